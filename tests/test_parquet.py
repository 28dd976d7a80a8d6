"""Parquet files that are damaged, or are something else, are errors that name them; no other module opens one."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import corpus_builder
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.errors import RunError
from corpus_builder.evaluate.training import training_texts
from corpus_builder.model import Drop
from corpus_builder.parquet import footer, read_columns, read_rows, row_count, schema_of, write_rows
from corpus_builder.workspace.tables import DROPS, read_beads, read_drops, read_quotes, read_stories, write_drops

SCHEMA = pa.schema([("article_id", pa.string()), ("text", pa.string()), ("number", pa.int64())])
NOT_UTF8 = os.fsdecode(b"na\xefve-\xff")


def written(path: Path) -> Path:
    texts = random.Random(1)
    rows = [{"article_id": str(n), "text": texts.randbytes(200).hex(), "number": n} for n in range(2000)]
    write_rows(path, SCHEMA, rows)
    return path


def zeros(data: bytes) -> bytes:
    third = len(data) // 3
    return data[:third] + bytes(third) + data[2 * third :]


def noise(data: bytes) -> bytes:
    third = len(data) // 3
    return data[:third] + random.Random(3).randbytes(third) + data[2 * third :]


def flipped(data: bytes) -> bytes:
    changed = bytearray(data)
    for place in range(40, len(data) - 2000, 997):
        changed[place] ^= 0x55
    return bytes(changed)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut after the start": lambda data: data[:10],
    "cut in the middle": lambda data: data[: len(data) // 2],
    "cut before the end": lambda data: data[:-3],
    "zeros inside": zeros,
    "noise inside": noise,
    "flipped bits": flipped,
    "text": lambda _: b"id,text\n1,one\n" * 50,
    "footer alone": lambda data: b"PAR1" + data[-600:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_named_with_the_next_step(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = written(tmp_path / "some.parquet")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RunError, match=r"some\.parquet cannot be read as Parquet: ") as caught:
        list(read_rows(path))
    assert caught.value.next_step
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("reader", [read_stories, read_beads, read_quotes, read_drops], ids=lambda each: each.__name__)
def test_other_columns_than_a_shard_has_are_told(reader: Callable[[Path], object], tmp_path: Path) -> None:
    path = written(tmp_path / "2025-12.parquet")
    with pytest.raises(RunError, match=r"2025-12\.parquet cannot be read as Parquet: it has no column \w+"):
        list(reader(path))  # type: ignore[call-overload]


def test_other_types_than_a_shard_has_are_told(tmp_path: Path) -> None:
    columns = {name: pa.array([1, 2]) for name in DROPS.names}
    pq.write_table(pa.table(columns), tmp_path / "crawl.parquet")
    with pytest.raises(RunError, match=r"crawl\.parquet .* the column stage has values of another type: int64"):
        list(read_drops(tmp_path / "crawl.parquet"))


def test_a_column_that_is_asked_for_and_missing_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet")
    with pytest.raises(RunError, match=r"a\.parquet cannot be read: it has no column url"):
        read_columns(path, ["article_id", "url"])
    assert read_columns(path, ["number"]).num_rows == row_count(path) == footer(path).num_rows == 2000


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    for read in (footer, schema_of, row_count):
        with pytest.raises(RunError, match=r"file not found: .*absent\.parquet"):
            read(tmp_path / "absent.parquet")


def test_files_of_datasets_and_training_sets_are_named(tmp_path: Path) -> None:
    path = tmp_path / "data" / "sentences" / "train-00000-of-00001.parquet"
    written(path)
    whole = path.read_bytes()
    path.write_bytes(noise(whole))
    folder = DatasetFolder(tmp_path)  # the footer is whole
    with pytest.raises(RunError, match=r"train-00000-of-00001\.parquet cannot be read"):
        list(folder.rows("sentences"))
    with pytest.raises(RunError, match=r"--trained-on .*train-00000-of-00001\.parquet cannot be read"):
        list(training_texts(str(path)))
    path.write_bytes(whole[:-9])
    with pytest.raises(RunError, match=r"train-00000-of-00001\.parquet cannot be read") as caught:
        DatasetFolder(tmp_path)
    assert "export the dataset again" in caught.value.next_step


def test_names_and_texts_that_are_not_utf8(tmp_path: Path) -> None:
    """A folder and a file with bytes of another charset in their names; a path in a row; half a character."""
    path = tmp_path / NOT_UTF8 / f"{NOT_UTF8}.parquet"
    drops = [Drop("crawl", f"/pages/{NOT_UTF8}.html", "not_html"), Drop("crawl", "x", "y", "half \ud83d")]
    assert write_drops(path, drops) == 2
    assert [(drop.item, drop.detail) for drop in read_drops(path)] == [
        ("/pages/na\\xefve-\\xff.html", ""),
        ("x", "half \\ud83d"),
    ]


def test_only_one_module_opens_parquet_files() -> None:
    opens = re.compile(r"ParquetFile\(|ParquetWriter\(|pq\.read_\w+\(|pq\.write_table\(")
    root = Path(corpus_builder.__file__).parent
    elsewhere = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if opens.search(line)
    }
    # On the Hub a footer is read from an open connection.
    assert elsewhere - {"parquet.py"} == {"dataset/publish/hub.py"}
