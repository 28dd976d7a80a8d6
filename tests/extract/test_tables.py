"""Tables of articles that were extracted elsewhere."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.errors import UsageError
from corpus_builder.extract import read_articles
from corpus_builder.model import BlockKind, Drop, Edition

TEXT = "Уряд ухвалив рішення, якого чекали.\nМіста почали підготовку."
ROWS = [
    {"id": "1", "language": "uk", "url": "https://a.example/1", "date": "2025-12-01", "title": "Рішення", "text": TEXT},
    {
        "id": "1",
        "language": "en",
        "url": "",
        "date": "",
        "title": "",
        "text": "The government decided.\n\nCities prepare.",
    },
]


def write(path: Path) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif path.suffix in (".csv", ".tsv"):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(ROWS[0]), delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(ROWS)
    else:
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
        path.write_bytes(gzip.compress(lines.encode()) if path.suffix == ".gz" else lines.encode())
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv", "a.tsv", "a.parquet"])
def test_forms(tmp_path: Path, name: str) -> None:
    uk, en = read_articles(write(tmp_path / name))
    assert isinstance(uk, Edition)
    assert isinstance(en, Edition)
    assert [(block.kind, block.text) for block in uk.blocks] == [
        (BlockKind.TITLE, "Рішення"),
        (BlockKind.PARAGRAPH, "Уряд ухвалив рішення, якого чекали."),
        (BlockKind.PARAGRAPH, "Міста почали підготовку."),
    ]
    assert (uk.article_id, uk.language, uk.detected_language, uk.layout) == ("1", "uk", "uk", "table")
    assert str(uk.published) == "2025-12-01 00:00:00+00:00"
    assert [block.text for block in en.blocks] == ["The government decided.", "Cities prepare."]
    assert en.published is None


def test_saved_datasets_and_folders(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_list(ROWS).save_to_disk(str(tmp_path / "saved"))
    assert len(list(read_articles(tmp_path / "saved"))) == 2
    (tmp_path / "files").mkdir()
    write(tmp_path / "files" / "a.parquet")
    assert len(list(read_articles(tmp_path / "files"))) == 2


def test_a_list_of_paragraphs(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"id": 7, "language": "en-GB", "paragraphs": ["One line.", " ", "Two."]}))
    [edition] = read_articles(file)
    assert isinstance(edition, Edition)
    assert (edition.article_id, edition.language) == ("7", "en")
    assert [block.text for block in edition.blocks] == ["One line.", "Two."]


def test_bad_rows_are_drops(tmp_path: Path) -> None:
    good = {"id": "1", "language": "uk", "text": TEXT}
    rows = [good, good, {**good, "id": ""}, {**good, "id": "2", "language": None}, {**good, "id": "3", "text": " \n"}]
    rows += [{**good, "id": "4", "language": "ru"}, {**good, "id": "5", "language": "en"}]
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\n{broken\n[1]\n")
    items = list(read_articles(file, languages=("uk", "ru")))
    assert isinstance(items[0], Edition)
    assert Counter(item.reason for item in items if isinstance(item, Drop)) == {
        "duplicate": 1,
        "no_id": 1,
        "no_language": 1,
        "empty_body": 1,
        "wrong_language": 1,
        "other_language": 1,
        "bad_row": 2,
    }
    assert items[-1] == Drop("extract", f"{file}:9", "bad_row", "not a JSON object")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_missing_columns_are_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name.endswith("parquet"):
        pq.write_table(pa.table({"key": ["1"], "language": ["uk"]}), file)
    else:
        file.write_text("key,language\n1,uk\n" if name.endswith("csv") else '{"key": 1, "language": "uk"}\n')
    with pytest.raises(UsageError, match=r"no column id, text \(or paragraphs\); it has key, language"):
        list(read_articles(file))


@pytest.mark.parametrize("name", ["missing.jsonl", "a.txt", "empty"])
def test_paths_that_are_no_table(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        list(read_articles(tmp_path / name))


def test_a_file_that_is_no_parquet(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("text")
    with pytest.raises(UsageError, match="not Parquet"):
        list(read_articles(tmp_path / "a.parquet"))
