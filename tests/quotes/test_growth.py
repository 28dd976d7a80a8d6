"""Thousands of quotations in one sentence take time in proportion, and nothing is found that was not found before."""

from __future__ import annotations

import random
import time

from corpus_builder.quotes.mentions import last_match
from corpus_builder.quotes.speech_words import speech_words

WORDS = ["сказав", "заявила", "за", "словами", "він", "«Слово»", "і", "міністра", ",", ".", "  ", "слово"]


def test_the_last_match_is_that_of_a_search_from_the_start() -> None:
    words = speech_words("uk")
    assert words is not None
    rnd = random.Random(16)
    for _ in range(60):
        text = " ".join(rnd.choices(WORDS, k=rnd.choice([20, 200])))
        text += "слово " * rnd.choice([0, 100]) + "сказав"
        for pattern in (words.cue, words.according, words.pronoun):
            for _ in range(10):
                start = rnd.randrange(len(text) // 2)
                end = rnd.randrange(start, len(text) + 1)
                expected = [match.span() for match in pattern.finditer(text, start, end)][-1:]
                found = last_match(pattern, text, start, end)
                assert ([found.span()] if found else []) == expected


def test_twice_as_many_quotations_take_twice_as_long() -> None:
    words = speech_words("uk")
    assert words is not None

    def seconds(count: int) -> float:
        text = "«Слово» і " * count
        begun = time.perf_counter()
        for place in range(0, len(text), 10):
            last_match(words.cue, text, 0, place)
        return time.perf_counter() - begun

    seconds(10)
    assert seconds(2000) < 8 * seconds(500)  # four times as many; sixteen times as long if each searches the sentence
