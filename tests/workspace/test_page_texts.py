"""The notes of a shard's texts: as written; none where the file is missing, damaged, or another version's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.extract.page_text import PAGE_TEXTS, PageText, page_text_row
from corpus_builder.workspace.page_texts import read_page_texts, write_page_texts
from tests.extract.notes import table_of

PAGE = PageText(1, 2, (3, 4), (50, 60), (4,), 5, 6, "uk", "news", True, False)
TEXTS = [PAGE, replace(PAGE, text=-7, blocks=(), sizes=(), appeals=())]


def test_notes_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    assert write_page_texts(path, TEXTS) == 2
    assert read_page_texts(path, PAGE_TEXTS.names).to_pylist() == [
        {name: list(value) if isinstance(value, tuple) else value for name, value in page_text_row(text).items()}
        for text in TEXTS
    ]
    assert read_page_texts(path, ["said", "text"]).column_names == ["said", "text"]


TABLE = table_of(TEXTS)


@pytest.mark.parametrize(
    "table",
    [
        TABLE.drop_columns(["sizes"]),
        TABLE.set_column(0, "text", pa.array(["1", "2"])),
        TABLE.set_column(0, "text", pa.array([1, None], pa.int64())),
        TABLE.set_column(2, "blocks", pa.array([[1, None], []], pa.list_(pa.int64()))),
        TABLE.set_column(2, "blocks", pa.array([[1], []], pa.list_(pa.int64()))),
    ],
)
def test_damaged_notes_are_none(table: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    assert len(read_page_texts(path, ["text"])) == 0
    pq.write_table(table, path)
    read = read_page_texts(path, PAGE_TEXTS.names)
    assert (len(read), read.schema) == (0, PAGE_TEXTS)
    path.write_bytes(path.read_bytes()[:-20])
    assert len(read_page_texts(path, ["text"])) == 0
