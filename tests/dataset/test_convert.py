"""`convert` as it is called: where it writes, what it refuses, and how it ends."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from corpus_builder.dataset.exporters.selection import STANDOFF

from .small_dataset import ROWS, write_rows

RUN = "from corpus_builder.cli.start import run; run()"


def convert(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", RUN, "convert", *map(str, arguments)], capture_output=True, check=False
    )


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("convert") / "dataset", ROWS)


def test_endings_compress_and_a_hyphen_prints(dataset: Path, tmp_path: Path) -> None:
    printed = convert(dataset, "--to", "tsv", "--columns", "en,uk", "-o", "-")
    assert (printed.returncode, printed.stdout.count(b"\n")) == (0, 3)
    assert b"3 rows" in printed.stderr
    for name, unpack in (("x.tsv.gz", gzip.decompress), ("x.tsv.zst", _unpacked)):
        assert convert(dataset, "--to", "tsv", "--columns", "en,uk", "-o", tmp_path / name).returncode == 0
        assert unpack((tmp_path / name).read_bytes()) == printed.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.tsv.gz", "x.tsv.zst"]


def _unpacked(packed: bytes) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(packed).read()


def test_no_rows_are_no_file(dataset: Path, tmp_path: Path) -> None:
    for to in ("csv", "moses", "parquet"):
        done = convert(dataset, "--to", to, "--min-probability", "0.99", "-o", tmp_path / "x")
        assert done.returncode == 3
        assert b"below_min_probability 4" in done.stderr
        assert not list(tmp_path.iterdir())


def test_all_pairs_at_once(dataset: Path, tmp_path: Path) -> None:
    assert convert(dataset, "--to", "tmx", "--all-pairs", "-o", tmp_path / "t").returncode == 0
    names = ["sentences.en-ru.tmx", "sentences.en-uk.tmx", "sentences.ru-uk.tmx"]
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == names
    assert convert(dataset, "--to", "opus", "--all-pairs", "-o", tmp_path / "o").returncode == 0
    found = sorted(path.relative_to(tmp_path / "o").as_posix() for path in (tmp_path / "o").glob("[mx]*/*"))
    pairs = ("en-ru", "en-uk", "ru-uk")
    assert found == [*(f"moses/{pair}.txt.zip" for pair in pairs), *(f"xml/{pair}.xml.gz" for pair in pairs)]


def test_what_is_refused_says_what_to_do(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / "sentences").mkdir(parents=True)
    (file,) = (dataset / "data" / "sentences").glob("train-*")
    (tmp_path / "data" / "sentences" / file.name).write_bytes(file.read_bytes())
    (tmp_path / STANDOFF).touch()
    for arguments, told in (
        ((tmp_path, "--to", "tsv", "-o", tmp_path / "x"), b"corpus-builder rehydrate"),
        ((dataset, "--to", "moses", "-o", "-"), b"name a folder"),
        ((dataset, "--to", "tmx", "--columns", "en", "-o", tmp_path / "x"), b"--to tsv or --to csv"),
        ((dataset, "--to", "tsv", "--columns", "de", "-o", tmp_path / "x"), b"choose from id, split"),
        ((dataset, "--to", "opus", "-o", tmp_path / "x"), b"--all-pairs"),
        ((dataset, "--to", "tmx", "--pair", "en-uk", "--all-pairs", "-o", tmp_path / "x"), b"remove one"),
    ):
        done = convert(*arguments)
        assert done.returncode == 2, arguments
        assert told in done.stderr
        assert b"Traceback" not in done.stderr
