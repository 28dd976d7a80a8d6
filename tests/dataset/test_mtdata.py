"""mtdata downloads the tables that `convert --to mtdata` writes, by the entries that it writes beside them."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from corpus_builder.dataset.exporters.selection import select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.escape import one_line

from .clients import where
from .publish.test_whole import finish
from .small_dataset import ROWS, write_rows

RUN = "from corpus_builder.cli.start import run; run()"
# mtdata with no entries but ours: to index the 290,000 that it knows takes a minute.
MTDATA = """
import importlib, types
load, none = importlib.import_module, types.SimpleNamespace(load_all=lambda index: None)
importlib.import_module = lambda name, package=None: none if name.startswith(".") else load(name, package)
from mtdata.main import main
main()
"""
TRAIN = "A_name_with_marks-sentences_train-1.0.0-eng-ukr"


def convert(folder: Path, *options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", RUN, "convert", str(folder), "--to", "mtdata", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    folder = write_rows(tmp_path / "whole", ROWS)
    finish(folder)
    return folder


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A web server of the folder `out`."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "out"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as there:
        threading.Thread(target=there.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{there.server_address[1]}"
        there.shutdown()


@pytest.mark.slow
def test_mtdata_downloads_it_by_its_entries(server: str, whole: Path, tmp_path: Path) -> None:
    python = where("mtdata")
    if python is None:
        pytest.skip("mtdata is not installed: pip install '.[clients]'")
    out = tmp_path / "out"
    assert convert(whole, "--all-pairs", "--url", server, "-o", out).returncode == 0

    def mtdata(*words: str) -> str:
        command = [python, "-c", MTDATA, "-no-pb", *words]
        own = {**os.environ, "MTDATA": str(tmp_path / "cache")}
        done = subprocess.run(command, cwd=out, env=own, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    mtdata("index")
    listed = [line for line in mtdata("list", "-id", "-l", "eng-ukr").splitlines() if line.startswith("A_name")]
    assert listed == [TRAIN.replace("train", "test"), TRAIN]
    mtdata("get", "-l", "eng-ukr", "--train", TRAIN, "--test", listed[0], "-o", str(tmp_path / "got"))
    for split, name in (("train", TRAIN), ("test", listed[0])):
        rows = [row for _, row in select(DatasetFolder(whole), splits=[split], pair="en-uk").rows()]
        (there,) = (tmp_path / "got").glob(f"*/{name}.eng")
        for path, language in ((there, "en"), (there.with_suffix(".ukr"), "uk")):
            wanted = [one_line(row["translation"][language]) for row in rows]
            assert path.read_text(encoding="utf-8").splitlines() == wanted
    (described,) = (tmp_path / "got").glob(f"*/{TRAIN}.meta*.gz")
    assert b'"probability": "0.75"' in gzip.decompress(described.read_bytes())


def test_all_pairs_are_in_one_module(whole: Path, tmp_path: Path) -> None:
    assert convert(whole, "--all-pairs", "--url", "https://x.example/a/", "-o", tmp_path / "out").returncode == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    tables = [f"sentences.{pair}.{split}.tsv.gz" for pair in ("en-ru", "en-uk", "ru-uk") for split in ("test", "train")]
    assert names == ["mtdata_a_name_with_marks.py", *tables]
    module: dict[str, object] = {}
    text = (tmp_path / "out" / names[0]).read_text(encoding="utf-8")
    exec(text.replace("from mtdata.entry import Entry", ""), module)
    assert sorted(module["TABLES"].values()) == tables  # type: ignore[attr-defined]
    assert module["URL"] == "https://x.example/a"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--pair", "en-uk"], "--url"),
        (["--pair", "en-uk", "--url", "lab/x"], "--url"),
        (["--pair", "en-uk", "--url", 'https://x.example/"a'], "--url"),
        (["--url", "https://x.example"], "--all-pairs"),
    ],
)
def test_what_it_needs(whole: Path, tmp_path: Path, options: list[str], said: str) -> None:
    done = convert(whole, *options, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "out").exists()
