"""What train must not hold is found and left out; what is left is told."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.dataset.excluded import index_excluded
from corpus_builder.dataset.leakage import Leakage, training_text
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


def admit(leakage: Leakage, config: str, *rows: Row) -> list[tuple[str, str] | None]:
    refusals = leakage.admit(config, [training_text(each) for each in rows])
    return [refusal and (refusal.reason, refusal.detail) for refusal in refusals]


def test_copies_of_test_rows_are_turned_away_in_either_language() -> None:
    leakage = Leakage()
    leakage.hold_out("sentences", "test", row("t", TEST))
    copy = {**OTHER, "uk": TEST["uk"].upper()}
    assert admit(leakage, "sentences", row("a", OTHER), row("b", copy), row("c", NEAR)) == [
        None, ("near_test", "uk: sentences t"), ("near_test", "en: sentences t")
    ]  # fmt: skip
    assert leakage.worst() == ("sentences", 0.0)
    assert leakage.refused == {"near_test": 2}


@pytest.mark.parametrize("held", ["documents", "paragraphs", "sentences", "quotes"])
@pytest.mark.parametrize("trained", ["paragraphs", "sentences", "quotes", "monolingual"])
def test_every_config_is_held_against_every_other(held: str, trained: str) -> None:
    leakage = Leakage()
    story = {"en": f"A first sentence that is nowhere else. {TEST['en']}\nThe second paragraph has words of its own."}
    leakage.hold_out(held, "test", row("t", story if held == "documents" else TEST))
    longer = {"en": f"Something was said before. {TEST['en']} And something after it."}
    assert admit(leakage, trained, row("a", longer), row("b", OTHER)) == [("near_test", f"en: {held} t"), None]
    assert leakage.summary()[held]["test"]["leaked"] == 0


def test_a_row_that_stands_in_a_training_document_is_withdrawn_and_the_document_flagged() -> None:
    leakage = Leakage()
    leakage.hold_out("sentences", "test", row("t", TEST))
    leakage.hold_out("sentences", "test", row("u", {"en": "Nothing like it stands anywhere in the training split."}))
    with_it = {"en": f"{OTHER['en']}\nIt was decided. {TEST['en']} That is all."}
    refusals, flagged = leakage.admit_documents([row("a", with_it, "1"), row("b", OTHER, "2")])
    assert (refusals, flagged) == ([None, None], [True, False])
    assert [leakage.withdrawn("sentences", name) for name in "tu"] == [True, False]
    told = leakage.summary()["sentences"]["test"]
    assert (told["rows"], told["withdrawn"], told["leaked"]) == (1, 1, 0)
    # What training documents have anyway does not cost a text in one language.
    assert admit(leakage, "monolingual", row("m", {"en": TEST["en"]})) == [None]
    assert admit(leakage, "paragraphs", row("p", TEST)) == [("near_test", "en: sentences t")]


def test_a_document_is_in_train_by_its_sentences_wherever_they_stand(tmp_path: Path) -> None:
    leakage = Leakage()
    leakage.hold_out("documents", "test", row("t", {"en": f"{TEST['en']} {OTHER['en']}"}))
    own = "This sentence is in no other story of the whole newspaper, and it is a long one."
    leakage.hold_out("documents", "test", row("u", {"en": f"{TEST['en']}\n{own}"}))
    leakage.admit_documents([row("a", {"en": TEST["en"]}, "1"), row("b", {"en": OTHER["en"]}, "2")])
    assert [leakage.withdrawn("documents", name) for name in "tu"] == [True, False]
    leakage.write(tmp_path / "leakage.json", 0.01)
    told = json.loads((tmp_path / "leakage.json").read_text(encoding="utf-8"))
    assert told["summary"]["documents"]["test"] == {
        "rows": 1, "withdrawn": 1, "leaked": 0, "in_train": {"documents": 0, "monolingual": 0},
        "with_sentences_in_train": 1,
    }  # fmt: skip
    share, *nearest = told["rows"]["documents"]["t"]["en"]
    assert (share, nearest[0]) == (1.0, "monolingual") or nearest[0] == "documents"
    assert told["leaked"] == 0


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
    (refusal, nothing), _ = leakage.admit_documents(
        [row("a", {"uk": OTHER["uk"], "en": f"First. {text} Last."}), row("b", OTHER)]
    )
    assert refusal is not None
    assert (refusal.reason, refusal.detail.split(":")[1].strip()) == ("in_excluded", name)
    assert nothing is None


def test_an_excluded_file_that_is_not_there_is_told() -> None:
    with pytest.raises(UsageError, match=r"no/such\.file"):
        index_excluded(["no/such.file"])
