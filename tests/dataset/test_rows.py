"""Rows: what a bead becomes, what its pairs are, and that ids hold still."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from corpus_builder.dataset.level import PlacedRow, level_of
from corpus_builder.dataset.origins import Origins
from corpus_builder.dataset.quotes import quote_rows
from corpus_builder.dataset.rows import bead_rows, document_row, pair_row
from corpus_builder.model import Block, BlockKind, Edition, PlacedBead, PlacedQuote, QuoteSide, Span, Story

LANGUAGES = ("uk", "ru", "en")
TEXTS = {
    "uk": ("Назва", "Перше. Друге.", "Третє."),
    "ru": ("Название", "Первое.", "Второе. Третье."),
    "en": ("Title", "First."),
}


def edition(language: str) -> Edition:
    title, *rest = TEXTS[language]
    blocks = (Block(BlockKind.TITLE, title), *(Block(BlockKind.PARAGRAPH, text, label="source") for text in rest))
    when = datetime(2025, 12, 1, 10, tzinfo=UTC)
    return Edition("site", "7", language, f"https://site.example/{language}/7/", blocks, published=when, section="news")


def story() -> Story:
    return Story("site", "7", {language: edition(language) for language in LANGUAGES})


def bead(level: str, position: int, *spans: tuple[str, int, int, int], **pairs: float) -> PlacedBead:
    places = tuple(Span(*span) for span in spans)
    named = {name.replace("_", "-"): value for name, value in pairs.items()}
    return PlacedBead("7", level, position, places, 3.0, 0.9, named, ("moved",), 0.99)


def test_a_bead_becomes_a_row_with_a_text_per_language() -> None:
    beads = [bead("sentence", 4, ("uk", 1, 7, 13), ("uk", 2, 0, 6), ("ru", 2, 0, 15), ru_uk=0.8)]
    (row,) = bead_rows(story(), beads, "sentences", LANGUAGES)
    assert row.translation == {"uk": "Друге.\nТретє.", "ru": "Второе. Третье.", "en": None}
    assert (row.position, row.kind, row.label, row.date, row.section) == (
        4,
        "paragraph",
        "source",
        "2025-12-01",
        "news",
    )
    assert row.quality == {
        "probability": 0.9,
        "score": 3.0,
        "probability_en_ru": None,
        "probability_en_uk": None,
        "probability_ru_uk": 0.8,
    }
    assert row.flags == ("moved",)


def test_one_sided_beads_and_other_levels_make_no_row() -> None:
    beads = [bead("sentence", 0, ("uk", 1, 0, 6)), bead("block", 0, ("uk", 1, 0, 13), ("ru", 1, 0, 7))]
    assert list(bead_rows(story(), beads, "sentences", LANGUAGES)) == []


def test_a_pair_row_keeps_the_id_and_takes_the_pair_probability() -> None:
    (row,) = bead_rows(
        story(), [bead("block", 1, ("uk", 1, 0, 13), ("ru", 1, 0, 7), ru_uk=0.7)], "paragraphs", LANGUAGES
    )
    pair = pair_row(row, "ru-uk")
    assert pair is not None
    assert pair.id == row.id
    assert pair.translation == {"ru": "Первое.", "uk": "Перше. Друге."}
    assert pair.quality == {"probability": 0.7}
    assert set(pair.url) == {"ru", "uk"}
    assert pair_row(row, "en-uk") is None


def test_ids_depend_on_the_text_and_not_on_the_position() -> None:
    spans = (("uk", 1, 0, 6), ("ru", 1, 0, 7))
    (here,) = bead_rows(story(), [bead("sentence", 1, *spans)], "sentences", LANGUAGES)
    (there,) = bead_rows(story(), [bead("sentence", 9, *spans)], "sentences", LANGUAGES)
    (other,) = bead_rows(story(), [bead("sentence", 1, ("uk", 1, 0, 5), spans[1])], "sentences", LANGUAGES)
    assert here.id == there.id != other.id


def test_the_same_words_twice_in_a_story_get_two_ids() -> None:
    spans = (("uk", 1, 0, 6), ("ru", 1, 0, 7))
    rows = list(bead_rows(story(), [bead("sentence", 1, *spans), bead("sentence", 2, *spans)], "sentences", LANGUAGES))
    assert len({row.id for row in rows}) == 2


def test_a_document_row_holds_every_block() -> None:
    row = document_row(story(), LANGUAGES, {"en-uk": 0.99})
    assert row.translation == {language: "\n".join(texts) for language, texts in TEXTS.items()}
    assert row.quality == {"probability": 0.99, "probability_en_uk": 0.99}


def test_each_pair_of_a_document_has_its_own_probability() -> None:
    row = document_row(story(), LANGUAGES, {"en-ru": 0.02, "en-uk": 0.03, "ru-uk": 0.99})
    level = level_of("documents", tuple(LANGUAGES))
    table = level.table([PlacedRow("train", row)])
    stated = {name: level.take(table, name, "train")["probability"].to_pylist() for name in level.configs}
    assert stated == {
        "documents": [0.02], "documents.en-ru": [0.02], "documents.en-uk": [0.03], "documents.ru-uk": [0.99],
    }  # fmt: skip
    assert level.take(table, "documents", "train")["quality"].to_pylist() == [
        {"probability_en_ru": 0.02, "probability_en_uk": 0.03, "probability_ru_uk": 0.99}
    ]


SENTENCES = (
    (("uk", 0, 0, 5), ("ru", 0, 0, 8)),
    (("uk", 1, 0, 6), ("ru", 1, 0, 7)),
    (("uk", 1, 7, 13),),
    (("uk", 2, 0, 6), ("ru", 2, 0, 15)),
)


@pytest.mark.parametrize(
    ("corrected", "origins"),
    # Of the story, of the paragraphs "Перше. Друге." and "Третє.", of the quotations "Перше. Друге." and "ретє".
    [
        ((), ["aligner"] * 5),
        ((1,), ["mixed", "mixed", "aligner", "mixed", "aligner"]),
        ((3,), ["mixed", "aligner", "human", "aligner", "human"]),
        ((0, 1, 2), ["mixed", "human", "aligner", "human", "aligner"]),
        ((0, 1, 2, 3), ["human"] * 5),
    ],
)
def test_whatever_has_a_corrected_sentence_says_so(corrected: Collection[int], origins: list[str]) -> None:
    beads = [
        replace(bead("sentence", n, *spans), origin="human" if n in corrected else "aligner")
        for n, spans in enumerate(SENTENCES)
    ]
    blocks = [bead("block", n, ("uk", n + 1, 0, 6), ("ru", n + 1, 0, 7)) for n in range(2)]
    blocks[0] = bead("block", 0, ("uk", 1, 0, 13), ("ru", 1, 0, 7))
    found = Origins(beads)
    said = [
        PlacedQuote("7", n, (QuoteSide("uk", "x", "direct", None, None, None, 0, spans),), None, {}, ())
        for n, spans in enumerate([(Span("uk", 1, 0, 6), Span("uk", 1, 7, 13)), (Span("uk", 2, 1, 5),)])
    ]
    rows = [
        document_row(story(), LANGUAGES, {"en-uk": 0.99}, found.of_story),
        *bead_rows(story(), [*blocks, *beads], "paragraphs", LANGUAGES),
        *quote_rows(story(), said, {}, LANGUAGES, found),
    ]
    assert [row.origin for row in rows] == origins
    sentences = [row.origin for row in bead_rows(story(), [*blocks, *beads], "sentences", LANGUAGES)]
    assert sentences == ["human" if n in corrected else "aligner" for n in (0, 1, 3)]
    pair = pair_row(rows[0], "ru-uk")
    assert pair is not None
    assert pair.origin == origins[0]
