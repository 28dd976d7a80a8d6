"""Stories as the aligner takes them, with what a person corrected in them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from corpus_builder.model import Block, BlockKind, Edition, Span, Story
from corpus_builder.stages.documents import document, lesson

LANGUAGES = ("en", "uk")
TEXTS = {
    "en": ("A headline", "He came home. She left it. They stayed."),
    "uk": ("Заголовок", "Він прийшов. Вона пішла. Вони лишилися."),
}


def story() -> Story:
    editions = {
        language: Edition("s", "77", language, "", tuple(
            Block(BlockKind.TITLE if k == 0 else BlockKind.PARAGRAPH, text) for k, text in enumerate(texts)
        ))
        for language, texts in TEXTS.items()
    }  # fmt: skip
    return Story("s", "77", editions)


def texts(language: str, known: Sequence[Sequence[Span]]) -> list[str]:
    return [segment.text for segment in document(story(), LANGUAGES, known)[0].segments[language]]


HE, CAME, SHE, THEY = Span("en", 1, 0, 2), Span("en", 1, 3, 13), Span("en", 1, 14, 26), Span("en", 1, 27, 39)
BOTH = Span("en", 1, 0, 26)
VIN, VONA = Span("uk", 1, 0, 12), Span("uk", 1, 13, 24)


def test_without_corrections_they_are_the_sentences() -> None:
    assert texts("en", ()) == ["A headline", "He came home.", "She left it.", "They stayed."]
    assert document(story(), LANGUAGES)[0].known == ()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([[HE, VIN]], ["A headline", "He", "came home.", "She left it.", "They stayed."]),
        ([[CAME]], ["A headline", "He", "came home.", "She left it.", "They stayed."]),
        ([[BOTH, VIN, VONA]], ["A headline", "He came home. She left it.", "They stayed."]),
        ([[Span("en", 1, 10, 20)]], ["A headline", "He came ho", "me. She le", "ft it.", "They stayed."]),
        ([[Span("en", 0, 0, 1)]], ["A", "headline", "He came home.", "She left it.", "They stayed."]),
    ],
)
def test_corrected_places_are_segments_and_what_is_left_of_sentences_too(
    known: list[list[Span]], expected: list[str]
) -> None:
    assert texts("en", known) == expected


def test_beads_are_numbered_by_their_segments() -> None:
    known = [[THEY, VONA], [VIN, HE, CAME], [SHE], [Span("ru", 0, 0, 3)]]
    assert document(story(), LANGUAGES, known)[0].known == (
        {"en": (4,), "uk": (2,)}, {"en": (1, 2), "uk": (1,)}, {"en": (3,)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([[Span("en", 1, 0, 13), VIN]], [{"en": (1,), "uk": (1,)}]),
        ([[HE, VIN], [CAME, VONA]], [{"en": (1,), "uk": (1, 2)}]),  # halves of one sentence
        ([[HE, VIN], [CAME]], [{"en": (1,), "uk": (1,)}]),
        ([[HE, VIN]], []),  # nobody said anything of the rest of the sentence
        ([[BOTH, VIN, VONA]], [{"en": (1, 2), "uk": (1, 2)}]),
        ([[THEY]], [{"en": (3,)}]),
    ],
)
def test_a_lesson_has_the_sentences_of_the_splitter(
    known: list[list[Span]], expected: list[dict[str, tuple[int, ...]]]
) -> None:
    learned = lesson(story(), LANGUAGES, known)
    assert learned.segments == document(story(), LANGUAGES)[0].segments
    assert [dict(bead) for bead in learned.known] == expected
