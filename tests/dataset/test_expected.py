"""Datasets of other tools, and those edited by hand: a clear error for whatever a command cannot work with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.dataset.diff import compare
from corpus_builder.dataset.expected import ROWS, check_columns
from corpus_builder.dataset.exporters import FORMATS
from corpus_builder.dataset.exporters.selection import select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.errors import UsageError

from .small_dataset import ROW, write_rows


@pytest.fixture
def table(tmp_path: Path) -> pa.Table:
    write_rows(tmp_path / "whole", {"train": [ROW]})
    return pq.read_table(tmp_path / "whole" / "data" / "sentences" / "train-00000-of-00001.parquet")


def folder_of(tmp_path: Path, table: pa.Table) -> DatasetFolder:
    place = tmp_path / "edited" / "data" / "sentences"
    place.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, place / "train-00000-of-00001.parquet")
    return DatasetFolder(tmp_path / "edited")


def with_values(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, pa.array(values))


def test_what_the_program_writes_is_expected(tmp_path: Path, table: pa.Table) -> None:
    check_columns(folder_of(tmp_path, table), "sentences")
    check_columns(folder_of(tmp_path, with_values(table, "label", [None])), "sentences")
    words = table.set_column(0, "id", pa.array(["r1"]).dictionary_encode())
    check_columns(folder_of(tmp_path, words), "sentences")


@pytest.mark.parametrize("name", ROWS)
def test_a_column_that_is_missing_is_named(tmp_path: Path, table: pa.Table, name: str) -> None:
    with pytest.raises(UsageError, match=rf"config sentences: no column {name}$"):
        select(folder_of(tmp_path, table.drop_columns([name])), pair="en-uk")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("translation", "Yes", "translation is string, not a text for each language"),
        ("translation", {"en": 1}, "not a text for each language"),
        ("probability", "0.75", "probability is string, not a number"),
        ("flags", "moved", "flags is string, not a list of texts"),
        ("article_id", 7, "article_id is int64, not text"),
        ("date", 20_251_201, "date is int64, not a date"),
        ("quality", 0.5, "quality is double, not a struct"),
    ],
)
def test_a_column_of_another_kind_is_named(
    tmp_path: Path, table: pa.Table, name: str, value: object, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        select(folder_of(tmp_path, with_values(table, name, [value])))
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["tsv", "jsonl", "tmx", "xliff"])
@pytest.mark.parametrize("column", [*(name for name in ROWS if name != "translation"), "quality"])
def test_a_value_that_is_missing_ends_no_export(tmp_path: Path, table: pa.Table, name: str, column: str) -> None:
    at = table.schema.get_field_index(column)
    folder = folder_of(tmp_path, table.set_column(at, column, pa.nulls(1, table.schema.field(at).type)))
    assert FORMATS[name].write(select(folder, "sentences", pair="en-uk"), tmp_path / "out").rows == 1


def test_versions_are_compared_by_their_ids(tmp_path: Path, table: pa.Table) -> None:
    whole = DatasetFolder(tmp_path / "whole")
    edited = folder_of(tmp_path, table.drop_columns(["id", "position"]))
    for old, new in ((whole, edited), (edited, whole)):
        with pytest.raises(UsageError, match=r"no column id$"):
            compare(old, new)
