"""Corrections of a page that changed: what still holds, and why the rest does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from corpus_builder.corrections.beads import CorrectedBead, Corrections
from corpus_builder.corrections.validity import Void, checked
from corpus_builder.model import Block, BlockKind, Edition, Span, Story

TEXTS = {
    "en": ("One two. Three four.", "Five six.", "Seven."),
    "uk": ("Один два. Три чотири.", "П'ять шість.", "Сім."),
}


def story(**texts: Sequence[str]) -> Story:
    editions = {
        language: Edition("s", "77", language, f"https://s.example/{language}/77",
                          tuple(Block(BlockKind.PARAGRAPH, text) for text in blocks))
        for language, blocks in texts.items()
    }  # fmt: skip
    return Story("s", "77", editions)


def corrections() -> Corrections:
    own = story(**TEXTS)
    first = [Span("en", 0, 0, 8), Span("uk", 0, 0, 9)]
    second = [Span("en", 0, 9, 20), Span("en", 1, 0, 9), Span("uk", 1, 0, 12)]
    last = [Span("en", 2, 0, 6), Span("uk", 2, 0, 4)]
    return Corrections(article_id="77").with_beads([CorrectedBead.of(own, spans) for spans in (first, second, last)])


def test_all_hold_while_the_page_stays() -> None:
    found = checked(corrections(), story(**TEXTS))
    assert (len(found.held), found.void, found.moved) == (3, (), 0)
    assert found.known[1] == (Span("en", 0, 9, 20), Span("en", 1, 0, 9), Span("uk", 1, 0, 12))


def test_a_paragraph_put_before_them_voids_nothing() -> None:
    found = checked(corrections(), story(en=("New.", *TEXTS["en"]), uk=TEXTS["uk"]))
    assert (len(found.held), found.void, found.moved) == (3, (), 4)
    assert found.known[1] == (Span("en", 1, 9, 20), Span("en", 2, 0, 9), Span("uk", 1, 0, 12))


@pytest.mark.parametrize(
    ("texts", "void"),
    [
        ({**TEXTS, "en": ("One two! Three four.", *TEXTS["en"][1:])}, {0: Void.TEXT_CHANGED}),
        ({**TEXTS, "en": TEXTS["en"][:1]}, {1: Void.TEXT_CHANGED, 2: Void.TEXT_CHANGED}),
        ({**TEXTS, "uk": (TEXTS["uk"][0], "П'ять шість", TEXTS["uk"][2])}, {1: Void.TEXT_CHANGED}),
        ({**TEXTS, "en": ("Seven.", *TEXTS["en"][:2], "Seven.")}, {2: Void.TEXT_CHANGED}),  # which one is not known
        ({**TEXTS, "ru": ("Один два.",)}, dict.fromkeys(range(3), Void.EDITION_ADDED)),
        ({"ru": ("Один два.",)}, dict.fromkeys(range(3), Void.EDITION_ADDED)),
    ],
)
def test_what_a_change_touches_is_void_with_its_reason(
    texts: dict[str, tuple[str, ...]], void: dict[int, Void]
) -> None:
    given = corrections()
    found = checked(given, story(**texts))
    assert {given.beads.index(bead): reason for bead, reason in found.void} == void
    assert len(found.held) == 3 - len(void)


def test_the_sides_of_an_edition_that_is_gone_are_left_out() -> None:
    found = checked(corrections(), story(en=TEXTS["en"]))
    assert found.known[1] == (Span("en", 0, 9, 20), Span("en", 1, 0, 9))
    alone = Corrections(article_id="77").with_beads([CorrectedBead.of(story(**TEXTS), [Span("uk", 2, 0, 4)])])
    assert checked(alone, story(en=TEXTS["en"])).reasons == {Void.EDITION_GONE: 1}


def test_words_that_two_beads_would_have_are_in_the_first() -> None:
    own = story(en=("Same.", "Same."), uk=("Те саме.", "Те саме."))
    two = [CorrectedBead.of(own, [Span("en", k, 0, 5), Span("uk", k, 0, 8)]) for k in (0, 1)]
    found = checked(Corrections(article_id="77").with_beads(two), story(en=("Same.",), uk=("Те саме.",)))
    assert len(found.held) == 1
    assert found.reasons == {Void.OVERLAP: 1}


def test_a_story_that_is_gone() -> None:
    assert checked(corrections(), None).reasons == {Void.STORY_GONE: 3}


@pytest.mark.parametrize("span", [Span("de", 0, 0, 3), Span("en", 9, 0, 3), Span("en", 0, 0, 99), Span("en", 0, 8, 9),
                                  Span("en", -1, 0, 3), Span("en", 0, 3, 3), Span("en", 0, -3, 3)])  # fmt: skip
def test_a_place_without_words_is_no_correction(span: Span) -> None:
    with pytest.raises(ValueError, match="has no words in"):
        CorrectedBead.of(story(**TEXTS), [span])
