"""Quotations without their words, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus_builder.dataset.exporters import FORMATS
from corpus_builder.dataset.exporters.selection import ExportOutcome, select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.places import StoryPlaces, story_places, texts_of
from corpus_builder.dataset.publish.texts import texts_in
from corpus_builder.dataset.quotes import quote_rows
from corpus_builder.dataset.rehydrate import Rehydration, rehydrate
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.errors import RunError
from corpus_builder.model import Block, BlockKind, Edition, PlacedBead, PlacedQuote, Span, Story
from corpus_builder.quotes import find_quotes
from corpus_builder.quotes.alignment import align_quotes

LANGUAGES = ("uk", "ru", "en")
# An editor's insertion; a quotation that one edition has in two pieces; one that a label announces; a pronoun.
PAGES = {
    "uk": (
        Block(BlockKind.PARAGRAPH, '"Ми не відступимо  [з міста – ред.] ніколи", – сказав мер Олег Мартинюк.'),
        Block(BlockKind.PARAGRAPH, '"Міст збудують навесні, – додав він. – Гроші на нього вже є".'),
        Block(BlockKind.PARAGRAPH, '"Ніхто не питав нас про цю дорогу".', "quote", "Пряма мова Мартинюка", "Мартинюка"),
    ),
    "en": (
        Block(BlockKind.PARAGRAPH, '"We will never retreat," said Mayor Oleh Martyniuk.'),
        Block(BlockKind.PARAGRAPH, '"The bridge will be built in spring. The money is there already," he added.'),
        Block(BlockKind.PARAGRAPH, '"Nobody asked us about this road."', "quote", "Quote from Martyniuk", "Martyniuk"),
    ),
}
WORDS = ("відступимо", "навесні", "питав", "retreat", "spring", "asked", "artyniuk", "артинюк", "сказав", "added")


def story() -> Story:
    editions = {
        language: Edition(
            "site", "7", language, f"https://site.example/{language}/7/", blocks,
            published=datetime(2025, 12, 1, tzinfo=UTC), capture="sha1:X",
        )
        for language, blocks in PAGES.items()
    }  # fmt: skip
    return Story("site", "7", editions)


def quotes() -> list[PlacedQuote]:
    beads = [
        PlacedBead(
            "7", "sentence", i, tuple(Span(x, i, 0, len(PAGES[x][i].text)) for x in PAGES), 3.0, 0.9, {}, (), 0.99
        )
        for i in range(3)
    ]
    found = {language: find_quotes(blocks, language) for language, blocks in PAGES.items()}
    return align_quotes("7", found, PAGES, beads)


def export(folder: Path, said: Sequence[PlacedQuote]) -> ExportOutcome:
    """A dataset of `quotes` in folder/dataset, and folder/standoff, for which `said` are placed."""
    with DatasetWriter(folder / "dataset", LANGUAGES) as writer:
        for row in quote_rows(story(), quotes(), {}, LANGUAGES):
            writer.write("quotes", "train", row)

    def places() -> Iterator[StoryPlaces]:
        yield story_places(story(), [], said)

    selection = select(DatasetFolder(folder / "dataset"))
    selection.places = places
    (folder / "standoff").mkdir()
    return FORMATS["standoff"].write(selection, folder / "standoff")


def put_back(folder: Path, pages: dict[str, Sequence[Block]]) -> Rehydration:
    def texts(_: str, language: str) -> Sequence[str] | None:
        return texts_of(pages[language]) if language in pages else None

    return rehydrate(DatasetFolder(folder / "standoff"), texts, folder / "back")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    outcome = export(tmp_path, quotes())
    assert (outcome.rows, outcome.left_out) == (6, {})
    return tmp_path


def test_what_is_quoted_here_is_worth_the_test() -> None:
    sides = [side for quote in quotes() for side in quote.sides]
    assert {side.insertions for side in sides} == {0, 1}
    assert "merged" in [flag for quote in quotes() for flag in quote.flags]
    assert {side.speaker for side in sides} >= {"Олег Мартинюк", "Oleh Martyniuk"}
    assert "Мартинюка" in {side.mention for side in sides}
    assert not [block for block in PAGES["uk"] if "Мартинюка" in block.text]  # a label alone has it


def test_no_word_of_a_quotation_and_no_name_is_in_it(folder: Path) -> None:
    files = {path.name: path for path in (folder / "standoff").rglob("*.parquet")}
    for path in (folder / "standoff").rglob("*.parquet"):
        told = json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str) + str(
            pq.read_metadata(path).metadata
        )
        assert not [word for word in WORDS if word in told]
    assert list(texts_in(files)) == []
    row = pq.read_table(folder / "standoff/data/quotes/train-00000-of-00001.parquet").to_pylist()[0]
    assert row["form"] == {"en": "direct", "ru": None, "uk": "direct"}
    assert row["quality"]["speakers_agree"] == 1.0


def test_speakers_and_cues_are_placed_where_they_stand_beside_the_quotation(folder: Path) -> None:
    row = pq.read_table(folder / "standoff/data/quotes/train-00000-of-00001.parquet").to_pylist()[1]
    own = {word["column"]: word for word in row["words"] if word["language"] == "en"}
    text = PAGES["en"][1].text
    for column, written in (("mention", "he"), ("cue", "added")):  # "The bridge" has an "he", too
        place = own[column]
        assert (place["block"], text[place["start"] : place["end"]]) == (1, written)
        assert text[place["start"] - 1] == " "
    assert own["speaker"]["block"] == 0


def test_the_same_pages_give_the_same_bytes(folder: Path) -> None:
    result = put_back(folder, PAGES)
    assert (dict(result.lost), dict(result.editions)) == ({}, {"same": 2})
    files = sorted(path.relative_to(folder / "dataset") for path in (folder / "dataset").rglob("*.parquet"))
    assert len(files) == 2
    for file in files:
        assert (folder / "back" / file).read_bytes() == (folder / "dataset" / file).read_bytes()


def test_what_changed_since_is_left_out_and_told(folder: Path) -> None:
    moved = (Block(BlockKind.PARAGRAPH, "Оновлено."), *PAGES["uk"])
    assert dict(put_back(folder, {**PAGES, "uk": moved}).lost) == {}
    changed = (PAGES["uk"][0], Block(BlockKind.PARAGRAPH, "Виправлено."), PAGES["uk"][2])
    result = put_back(folder, {**PAGES, "uk": changed})
    assert dict(result.lost) == {"text_changed": 2}  # of `quotes` and of `quotes.en-uk`
    assert result.editions == {"same": 1, "changed": 1}
    assert dict(put_back(folder, {"en": PAGES["en"]}).lost) == {"page_missing": 6}


def test_a_quotation_whose_words_are_not_in_the_pages_is_counted(tmp_path: Path) -> None:
    first, *others = quotes()
    side, *rest = first.sides
    unknown = replace(first, sides=(replace(side, speaker="Хтось Інший"), *rest))
    outcome = export(tmp_path, [unknown, *others])
    assert (outcome.rows, outcome.left_out) == (4, {"quote_not_placed": 2})


def test_places_of_another_build_are_refused(tmp_path: Path) -> None:
    first, second, third = quotes()
    later = [replace(second, position=0), replace(first, position=1), third]
    with pytest.raises(RunError, match="not in the workspace"):
        export(tmp_path, later)
