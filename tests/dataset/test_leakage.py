"""What train must not hold is found and left out; what is left is told."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.dataset.excluded import index_excluded
from corpus_builder.dataset.leakage import Leakage
from corpus_builder.dataset.rows import Row
from corpus_builder.errors import UsageError

TEST = {
    "en": "The city council has approved a loan to buy fourteen trams.",
    "uk": "Міськрада взяла кредит на 14 трамваїв.",
}
OTHER = {
    "en": "Heavy snow is expected in the mountains on Friday night.",
    "uk": "У п'ятницю вночі в горах очікують снігопад.",
}
NEAR = {**OTHER, "en": TEST["en"].replace("fourteen", "fifteen")}


def row(row_id: str, texts: dict[str, str], article_id: str = "7") -> Row:
    return Row(row_id, article_id, None, None, {}, 0, "paragraph", None, texts, {"probability": 1.0}, ())


def test_copies_of_test_rows_are_turned_away_in_either_language() -> None:
    leakage = Leakage()
    leakage.hold_out("sentences", "test", row("t", TEST))
    copy = {**OTHER, "uk": TEST["uk"].upper()}
    refusals = leakage.admit("sentences", [row("a", OTHER), row("b", copy), row("c", NEAR)])
    assert [refusal and (refusal.reason, refusal.detail) for refusal in refusals] == [
        None, ("near_test", "uk: t"), ("near_test", "en: t")
    ]  # fmt: skip
    assert leakage.worst() == ("sentences", 0.0)
    assert leakage.refused == {"near_test": 2}


def test_levels_are_held_apart() -> None:
    leakage = Leakage()
    leakage.hold_out("paragraphs", "test", row("t", TEST))
    assert leakage.admit("sentences", [row("a", TEST)]) == [None]


def test_a_story_in_two_splits_is_told_and_not_hidden(tmp_path: Path) -> None:
    leakage = Leakage()
    leakage.hold_out("documents", "test", row("t", TEST))
    leakage.hold_out("documents", "test", row("u", {"en": "Nothing like it stands anywhere in the training split."}))
    assert leakage.admit("documents", [row("a", OTHER), row("b", TEST), row("c", NEAR)]) == [None] * 3
    assert leakage.worst() == ("documents", 0.5)
    leakage.write(tmp_path / "leakage.json", 0.01)
    told = json.loads((tmp_path / "leakage.json").read_text(encoding="utf-8"))
    assert told["summary"]["documents"]["test"] == {"rows": 2, "leaked": 1, "exact": {"en": 1, "uk": 1}, "near": {}}
    assert told["rows"]["documents"]["t"] == {"split": "test", "en": [1.0, "b"], "uk": [1.0, "b"]}
    assert told["rows"]["documents"]["u"] == {"split": "test"}


@pytest.mark.parametrize("name", ["flores.dev", "wmt.tsv", "wmt.xml", "set.jsonl.gz", "set.parquet"])
def test_texts_of_outside_test_sets_are_kept_out_of_train(tmp_path: Path, name: str) -> None:
    path, text = tmp_path / name, TEST["en"]
    if name.endswith(".parquet"):
        pq.write_table(pa.table({"translation": [{"en": text, "uk": None}]}), path)
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(json.dumps({"id": 1, "texts": [text]}).encode()))
    elif name.endswith(".xml"):
        path.write_text(f'<dataset><doc><src lang="en"><p><seg id="1">{text}</seg></p></src></doc></dataset>')
    else:
        path.write_text(f"12\t{text} And a second sentence is here.\n" if name.endswith("tsv") else text + "\n")
    index, places = index_excluded([str(path)])
    leakage = Leakage(index, places)
    (refusal, nothing) = leakage.admit(
        "documents", [row("a", {"uk": OTHER["uk"], "en": f"First. {text} Last."}), row("b", OTHER)]
    )
    assert refusal is not None
    assert (refusal.reason, refusal.detail.split(":")[1].strip()) == ("in_excluded", name)
    assert nothing is None


def test_an_excluded_file_that_is_not_there_is_told() -> None:
    with pytest.raises(UsageError, match=r"no/such\.file"):
        index_excluded(["no/such.file"])
