"""Every change between two builds is told once, and what did not change is not told."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from corpus_builder.dataset.diff import compare
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.quotes import QuoteRow
from corpus_builder.dataset.rows import TextRow
from corpus_builder.dataset.write import DatasetWriter

from .small_dataset import LANGUAGES, ROW, ROWS, write_rows


def test_a_dataset_does_not_differ_from_itself(dataset: Path) -> None:
    found = compare(DatasetFolder(dataset), DatasetFolder(dataset))
    assert found.changes == []
    assert found.kept["sentences"] == 4


def test_each_kind_of_change(dataset: Path, tmp_path: Path) -> None:
    first, second, third = ROWS["train"]
    rows = {
        "train": [
            replace(first, quality={**first.quality, "score": 3.0}),
            replace(second, id="n2", translation={"uk": "Усі.", "ru": "Все.", "en": "All of them."}),
            replace(ROW, id="n5", article_id="10"),
        ],
        "test": [third],
    }
    later = write_rows(tmp_path / "later", rows)
    found = compare(DatasetFolder(dataset), DatasetFolder(later), ["sentences"])
    told = {(change.kind, change.old, change.new, change.detail) for change in found.changes}
    assert told == {
        ("rescored", "r1", "r1", "quality"),
        ("reworded", "r2", "n2", "train"),
        ("moved", "r3", "r3", "train → test"),
        ("added", None, "n5", "train"),
        ("removed", "r4", None, "test"),
    }
    assert found.counts() == {"sentences": dict.fromkeys(("rescored", "reworded", "moved", "added", "removed"), 1)}


def test_another_speaker_of_the_same_words_is_told(tmp_path: Path) -> None:
    none = dict.fromkeys(LANGUAGES)
    columns = {each.name: getattr(ROW, each.name) for each in fields(ROW)}
    row = QuoteRow(**columns, speaker=none, mention=none, cue=none, form=none, paragraph_id=None)
    for name, said in (("a", row), ("b", replace(row, speaker={**none, "en": "Ann"}))):
        with DatasetWriter(tmp_path / name, LANGUAGES) as writer:
            writer.write("quotes", "train", said)
    found = compare(DatasetFolder(tmp_path / "a"), DatasetFolder(tmp_path / "b"), ["quotes"])
    assert [(change.kind, change.detail) for change in found.changes] == [("rescored", "speaker")]


def test_texts_in_one_language_are_compared_too(tmp_path: Path) -> None:
    row = TextRow("t1", "7", "2025-12-01", None, "https://site.example/7/", "uk", "Title", "Text.")
    for name, rows in (("old", [row]), ("new", [row, replace(row, id="t2")])):
        with DatasetWriter(tmp_path / name, ("uk", "ru", "en")) as writer:
            for each in rows:
                writer.write_text("train", each)
    found = compare(DatasetFolder(tmp_path / "old"), DatasetFolder(tmp_path / "new"))
    assert found.counts() == {"monolingual.uk": {"kept": 1, "added": 1}}
