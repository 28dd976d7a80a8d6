"""The aligner's beads against corrected ones, and corrected stories as gold of `align score`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.texts.score import score
from corpus_builder.corrections.gold import write_gold
from corpus_builder.corrections.measure import is_complete, measured
from corpus_builder.errors import UsageError
from corpus_builder.model import Block, BlockKind, Edition, Span, Story

LANGUAGES = ("en", "ru", "uk")
TEXTS = {"en": ("Aa bb. Cc dd.", "Ee."), "ru": ("Aa bb; cc dd.", "Ee."), "uk": ("Aa bb.", "Cc dd.", "Ee.")}


def story(article_id: str = "77", **texts: Sequence[str]) -> Story:
    editions = {
        language: Edition("s", article_id, language, "", tuple(Block(BlockKind.PARAGRAPH, text) for text in blocks))
        for language, blocks in (texts or TEXTS).items()
    }
    return Story("s", article_id, editions)


E1, E2, E3, WHOLE = Span("en", 0, 0, 6), Span("en", 0, 7, 13), Span("en", 1, 0, 3), Span("en", 0, 0, 13)
R1, R3 = Span("ru", 0, 0, 13), Span("ru", 1, 0, 3)
U1, U2, U3 = Span("uk", 0, 0, 6), Span("uk", 1, 0, 6), Span("uk", 2, 0, 3)
GOLD = [[E1, E2, R1, U1, U2], [E3, R3, U3]]


def test_a_story_is_complete_if_every_word_is_in_a_bead() -> None:
    assert is_complete(story(), GOLD)
    assert not is_complete(story(), GOLD[:1])
    assert not is_complete(story(), [[E1, R1, U1, U2], [E3, R3, U3]])
    assert is_complete(story(), [[WHOLE, R1, U1, U2], [E3, R3, U3]])


def test_the_same_words_are_the_same_bead_however_they_are_cut() -> None:
    for found in (GOLD, [[WHOLE, R1, U1, U2], [E3, R3, U3]], [[E3, U3, R3], [U2, E2, U1, R1, E1]]):
        for tally in measured(story(), found, GOLD, LANGUAGES).values():
            assert tally.scored().strict.f1 == 1.0


def test_strict_and_lax_by_hand() -> None:
    found = [[E1, R1, U1], [E2, U2], [E3, R3], [U3]]
    pairs = {pair: tally.scored() for pair, tally in measured(story(), found, GOLD, LANGUAGES).items()}
    assert {pair: (each.strict.precision, each.strict.recall) for pair, each in pairs.items()} == {
        "en-ru": (1 / 3, 1 / 2),  # Ee. is right; Aa bb. lacks a sentence, the other one was not found
        "en-uk": (0.0, 0.0),
        "ru-uk": (0.0, 0.0),
    }
    assert pairs["en-uk"].lax.precision == 2 / 4
    assert pairs["en-ru"].lax.recall == 1.0


def test_a_language_that_a_story_lacks_is_left_out() -> None:
    two = story(en=TEXTS["en"], uk=TEXTS["uk"])
    assert measured(two, [[E1, U1]], [[E1, U1]], LANGUAGES).keys() == {"en-uk"}


def test_gold_is_scored_against_what_align_makes_of_its_texts(tmp_path: Path) -> None:
    stories = [story("../a.b"), story("77"), story("78", en=TEXTS["en"], uk=TEXTS["uk"])]
    gold = [GOLD, GOLD, [[E1, U1], [E2], [U2], [E3, U3]]]
    assert write_gold(tmp_path / "gold", zip(stories, gold, strict=True), LANGUAGES) == 8
    assert (tmp_path / "gold" / "78.en-uk.gold").read_text() == "[0]:[0]\n[1]:[]\n[2]:[2]\n[]:[1]\n"
    assert (tmp_path / "gold" / "78.en.txt").read_text() == "Aa bb.\nCc dd.\nEe.\n"
    align_texts(tmp_path / "gold", tmp_path / "beads.jsonl", LANGUAGES, level="segment")
    found = score(tmp_path / "beads.jsonl", tmp_path / "gold")
    assert {pair: each.documents for pair, each in found.items()} == {"en-ru": 2, "en-uk": 3, "ru-uk": 2}
    assert found["en-ru"].strict.f1 == 1.0


def test_gold_does_not_replace_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(UsageError, match="something else"):
        write_gold(tmp_path, [(story(), GOLD)], LANGUAGES)
    assert (tmp_path / "thesis.docx").exists()
