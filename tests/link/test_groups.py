"""Pairs of pages into stories."""

from __future__ import annotations

from corpus_builder.link.groups import Pair, stories
from tests.link.reference import mutual

LANGUAGES = {"u1": "uk", "u2": "uk", "r1": "ru", "e1": "en", "e2": "en"}


def test_two_pairs_make_a_story_of_three_and_pages_without_a_pair_stay_single() -> None:
    linked, refused = stories(LANGUAGES, [Pair("u1", "r1", 0.9, "content"), Pair("u1", "e1", 0.8, "content")])
    assert sorted(map(sorted, linked)) == [["e1", "r1", "u1"], ["e2"], ["u2"]]
    assert refused == []


def test_a_pair_that_contradicts_an_earlier_one_is_refused() -> None:
    pairs = [Pair("u1", "r1", 1.0, "id"), Pair("r1", "e1", 0.9, "content"), Pair("u1", "e2", 0.8, "content")]
    linked, refused = stories(LANGUAGES, pairs)
    assert sorted(map(sorted, linked)) == [["e1", "r1", "u1"], ["e2"], ["u2"]]
    assert refused == pairs[2:]


def test_hreflang_counts_only_where_it_is_answered_and_in_another_language() -> None:
    alternates = {
        "u1": [("en", "e1"), ("ru", "r1"), ("uk", "u2")],
        "e1": [("ua", "u1")],
        "r1": [],
        "u2": [("uk", "u1")],
    }
    assert mutual(alternates, LANGUAGES) == ([("e1", "u1")], [("u1", "r1")])
