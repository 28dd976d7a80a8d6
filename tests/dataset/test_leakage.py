"""What train must not hold is found and left out; what is left is told."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.dataset.excluded import index_excluded
from corpus_builder.dataset.held_out import Held, HeldOutRows, HeldOutWriter, index_pieces, read_pieces
from corpus_builder.dataset.leakage import Comparison, training_text
from corpus_builder.dataset.leakage_report import LeakageReport, Published, worst
from corpus_builder.dataset.rows import Row
from corpus_builder.dataset.text_index import TextIndex
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


class Leakage:
    """The way of an export: held-out rows, in two shards; training documents, then other training rows, each in a
    process of its own; then the report."""

    def __init__(self, folder: Path, *held_out: tuple[str, str, Row]) -> None:
        self.folder = folder
        shards = [Held(folder / "a"), Held(folder / "b")]
        for number, shard in enumerate(shards):
            writer = HeldOutWriter()
            for config, split, each in held_out[number::2]:
                writer.add(config, split, each)
            writer.save(shard.folder)
        shards = [shard for shard in shards if shard.rows.is_file()]
        self.languages = sorted({language for shard in shards for language in shard.languages()})
        for language in self.languages:
            having = [(shard, language in shard.languages()) for shard in shards]
            index_pieces(language, having, folder / "index" / language, folder / f"{language}.i64")
        rows = HeldOutRows.read(shard.rows for shard in shards)
        self.report = LeakageReport(rows, read_pieces(sorted(folder.glob("*.i64"))))
        self.ids = rows.id.to_pylist()
        self.compared: dict[str, int] = {}
        self.refused: dict[str, int] = {}

    def _comparison(self, **found: object) -> Comparison:
        return Comparison({x: self.folder / "index" / x for x in self.languages}, **found)  # type: ignore[arg-type]

    def _told(self, comparison: Comparison) -> None:
        comparison.notes.write(self.folder / "notes.parquet")
        self.report.add([self.folder / "notes.parquet"])
        self.compared |= comparison.compared
        self.refused |= comparison.refused

    def admit_documents(self, *rows: Row) -> tuple[list[tuple[str, str] | None], list[bool]]:
        comparison = self._comparison()
        refusals, flagged = comparison.admit_documents(rows)
        self._told(comparison)
        return [refusal and (refusal.reason, refusal.detail) for refusal in refusals], flagged

    def admit(self, config: str, *rows: Row) -> list[tuple[str, str] | None]:
        known = {language: np.flatnonzero(there) for language, there in self.report.in_documents().items()}
        comparison = self._comparison(in_documents=known)
        refusals = comparison.admit(config, [training_text(each) for each in rows])
        self._told(comparison)
        return [refusal and (refusal.reason, refusal.detail) for refusal in refusals]

    def withdrawn(self) -> list[str]:
        return [row_id for row_id, gone in zip(self.ids, self.report.withdrawn(), strict=True) if gone]

    def summary(self) -> dict[str, dict[str, dict[str, object]]]:
        return self.report.summary(self.compared)


def test_copies_of_test_rows_are_turned_away_in_either_language(tmp_path: Path) -> None:
    leakage = Leakage(tmp_path, ("sentences", "test", row("t", TEST)))
    copy = {**OTHER, "uk": TEST["uk"].upper()}
    assert leakage.admit("sentences", row("a", OTHER), row("b", copy), row("c", NEAR)) == [
        None, ("near_test", "uk: sentences t"), ("near_test", "en: sentences t")
    ]  # fmt: skip
    assert worst(leakage.summary()) == ("sentences", 0.0)
    assert leakage.refused == {"near_test": 2}


@pytest.mark.parametrize("held", ["documents", "paragraphs", "sentences", "quotes"])
@pytest.mark.parametrize("trained", ["paragraphs", "sentences", "quotes", "monolingual"])
def test_every_config_is_held_against_every_other(tmp_path: Path, held: str, trained: str) -> None:
    story = {"en": f"A first sentence that is nowhere else. {TEST['en']}\nThe second paragraph has words of its own."}
    leakage = Leakage(tmp_path, (held, "test", row("t", story if held == "documents" else TEST)))
    longer = {"en": f"Something was said before. {TEST['en']} And something after it."}
    assert leakage.admit(trained, row("a", longer), row("b", OTHER)) == [("near_test", f"en: {held} t"), None]
    assert leakage.summary()[held]["test"]["leaked"] == 0


def test_a_row_that_stands_in_a_training_document_is_withdrawn_and_the_document_flagged(tmp_path: Path) -> None:
    other = row("u", {"en": "Nothing like it stands anywhere in the training split."})
    leakage = Leakage(tmp_path, ("sentences", "test", row("t", TEST)), ("sentences", "test", other))
    with_it = {"en": f"{OTHER['en']}\nIt was decided. {TEST['en']} That is all."}
    assert leakage.admit_documents(row("a", with_it, "1"), row("b", OTHER, "2")) == ([None, None], [True, False])
    assert leakage.withdrawn() == ["t"]
    told = leakage.summary()["sentences"]["test"]
    assert (told["rows"], told["withdrawn"], told["leaked"]) == (1, 1, 0)
    # What training documents have anyway does not cost a text in one language.
    assert leakage.admit("monolingual", row("m", {"en": TEST["en"]})) == [None]
    assert leakage.admit("paragraphs", row("p", TEST)) == [("near_test", "en: sentences t")]


def test_a_document_is_in_train_by_its_sentences_wherever_they_stand(tmp_path: Path) -> None:
    own = "This sentence is in no other story of the whole newspaper, and it is a long one."
    leakage = Leakage(
        tmp_path,
        ("documents", "test", row("t", {"en": f"{TEST['en']} {OTHER['en']}"})),
        ("documents", "test", row("u", {"en": f"{TEST['en']}\n{own}"})),
    )
    leakage.admit_documents(row("a", {"en": TEST["en"]}, "1"), row("b", {"en": OTHER["en"]}, "2"))
    assert leakage.withdrawn() == ["t"]
    leakage.report.write(tmp_path / "leakage.json", Published({}, leakage.compared, 0.01))
    told = json.loads((tmp_path / "leakage.json").read_text(encoding="utf-8"))
    assert told["summary"]["documents"]["test"] == {
        "rows": 1, "withdrawn": 1, "leaked": 0, "in_train": {"documents": 0, "monolingual": 0},
        "with_sentences_in_train": 1,
    }  # fmt: skip
    assert told["rows"]["documents"]["t"]["en"] == [1.0, "documents", "a"]
    assert told["rows"]["documents"]["u"]["en"][1:] == ["documents", "a"]
    assert told["leaked"] == 0


def test_the_nearest_row_does_not_depend_on_the_order_in_which_processes_end(tmp_path: Path) -> None:
    held = ("sentences", "test", row("t", TEST))
    longer = row("longer", {"en": f"It was said before. {TEST['en']} And after."})
    found = []
    for number, documents in enumerate(([longer, row("exact", TEST)], [row("exact", TEST), longer])):
        (tmp_path / str(number)).mkdir()
        leakage = Leakage(tmp_path / str(number), held)
        for each in documents:  # each of them in a process of its own
            leakage.admit_documents(each)
        path = tmp_path / "leakage.json"
        leakage.report.write(path, Published({}, leakage.compared, 1.0))
        found.append(json.loads(path.read_text(encoding="utf-8"))["rows"]["sentences"]["t"]["en"])
    assert found == [[1.0, "documents", "exact"]] * 2


@pytest.mark.parametrize("name", ["flores.dev", "wmt.tsv", "wmt.xml", "set.jsonl.gz", "set.parquet"])
def test_texts_of_outside_test_sets_are_kept_out_of_train(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus_builder.dataset.excluded.PART", 1)
    path, text = tmp_path / name, TEST["en"]
    if name.endswith(".parquet"):
        pq.write_table(pa.table({"translation": [{"en": text, "uk": None}]}), path)
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(json.dumps({"id": 1, "texts": [text]}).encode()))
    elif name.endswith(".xml"):
        path.write_text(f'<dataset><doc><src lang="en"><p><seg id="1">{text}</seg></p></src></doc></dataset>')
    else:
        path.write_text(f"12\t{text} And a second sentence is here.\n" if name.endswith("tsv") else text + "\n")
    places = index_excluded([str(path)], tmp_path / "index")
    comparison = Comparison({}, TextIndex(tmp_path / "index"), places)
    (refusal, nothing), _ = comparison.admit_documents(
        [row("a", {"uk": OTHER["uk"], "en": f"First. {text} Last."}), row("b", OTHER)]
    )
    assert refusal is not None
    assert (refusal.reason, refusal.detail.split(":")[1].strip()) == ("in_excluded", name)
    assert nothing is None


def test_an_excluded_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no/such\.file"):
        index_excluded(["no/such.file"], tmp_path / "index")
