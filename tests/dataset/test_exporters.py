"""What is exported is read back by the rules of its format, and is what went in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from lxml import etree

from corpus_builder.dataset.exporters import FORMATS
from corpus_builder.dataset.exporters.selection import select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.errors import UsageError
from corpus_builder.escape import readable


def texts(dataset: Path, config: str = "sentences") -> dict[str, dict[str, str | None]]:
    return {row["id"]: row["translation"] for _, row in DatasetFolder(dataset).rows(config)}


def test_jsonl(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.jsonl"
    assert FORMATS["jsonl"].write(select(DatasetFolder(dataset)), out).rows == 4
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {row["id"]: row["translation"] for row in rows} == texts(dataset)
    assert [row["split"] for row in rows] == ["train"] * 3 + ["test"]
    assert rows[0]["quality"]["score"] == 2.5


@pytest.mark.parametrize(("name", "between"), [("tsv", "\t"), ("csv", ",")])
def test_tables(dataset: Path, tmp_path: Path, name: str, between: str) -> None:
    out = tmp_path / "x"
    FORMATS[name].write(select(DatasetFolder(dataset)), out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=between, strict=True))
    found = {row["id"]: {language: row[language] or None for language in ("en", "ru", "uk")} for row in rows}
    assert found == {
        key: {language: text and readable(text) for language, text in sides.items()}
        for key, sides in texts(dataset).items()
    }
    assert (rows[0]["flags"], rows[0]["probability"], rows[0]["label"]) == ("merged moved", "0.75", "source")


def test_chosen_columns_are_plain_lines(dataset: Path, tmp_path: Path) -> None:
    chosen = select(DatasetFolder(dataset))
    chosen.columns = ("en", "uk")
    outcome = FORMATS["tsv"].write(chosen, tmp_path / "x")
    lines = (tmp_path / "x").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    assert lines == ['A "tab" here \\n.\tТак & ні. Друге <речення>.', "All three.\tУсі три.", "The end.\tКінець 😀."]
    assert outcome.left_out == {"language_missing": 1}
    chosen.columns = ("en", "de")
    with pytest.raises(UsageError, match="no column de"):
        FORMATS["tsv"].write(chosen, tmp_path / "x")


def test_moses(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "moses"
    out.mkdir()
    outcome = FORMATS["moses"].write(select(DatasetFolder(dataset), pair="en-uk"), out)
    assert outcome.rows == 3
    read = {path.name: path.read_text(encoding="utf-8").splitlines() for path in out.iterdir()}
    assert read["sentences.en-uk.train.ids"] == ["r1", "r2"]
    assert read["sentences.en-uk.train.uk"] == ["Так & ні. Друге <речення>.", "Усі три."]
    assert read["sentences.en-uk.train.en"] == ['A "tab" here \\n.', "All three."]
    assert read["sentences.en-uk.test.uk"] == ["Кінець 😀."]


def test_moses_of_three_languages_has_only_whole_rows(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "moses"
    out.mkdir()
    outcome = FORMATS["moses"].write(select(DatasetFolder(dataset)), out)
    assert (outcome.rows, outcome.left_out) == (2, {"language_missing": 2})


def test_wmt(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.xml"
    FORMATS["wmt"].write(select(DatasetFolder(dataset), splits=["train"], pair="uk-en"), out)
    (document,) = etree.parse(str(out)).getroot()
    assert document.get("id") == "7"
    assert [(side.tag, side.get("lang"), side.get("translator")) for side in document] == [
        ("src", "uk", None), ("ref", "en", "A")
    ]  # fmt: skip
    numbers = [[segment.get("id") for segment in side.iter("seg")] for side in document]
    assert numbers == [["1", "2"]] * 2
    assert document.find("ref").xpath("p/seg/text()") == ['A "tab" here \\n.', "All three."]


def test_parquet_is_a_dataset_again(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "part"
    out.mkdir()
    FORMATS["parquet"].write(select(DatasetFolder(dataset), min_probability=0.5), out)
    assert texts(out) == texts(dataset)
    assert (
        DatasetFolder(out).schema("sentences").equals(DatasetFolder(dataset).schema("sentences"), check_metadata=True)
    )


def test_rows_below_the_probability_are_counted(dataset: Path, tmp_path: Path) -> None:
    outcome = FORMATS["jsonl"].write(select(DatasetFolder(dataset), min_probability=0.8), tmp_path / "x")
    assert (outcome.rows, outcome.left_out) == (0, {"below_min_probability": 4})


def test_what_cannot_be_chosen_is_told_with_the_choices(dataset: Path, tmp_path: Path) -> None:
    folder = DatasetFolder(dataset)
    for asked in ({"config": "words"}, {"splits": ["dev"]}, {"pair": "en-de"}, {"pair": "en"}):
        with pytest.raises(UsageError) as caught:
            select(folder, **asked)  # type: ignore[arg-type]
        assert caught.value.next_step.startswith("choose")
    with pytest.raises(UsageError, match="direction"):
        FORMATS["wmt"].write(select(folder), tmp_path / "x")
    with pytest.raises(UsageError, match="workspace"):
        FORMATS["standoff"].write(select(folder), tmp_path / "x")
