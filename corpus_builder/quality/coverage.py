"""Lexical coverage: how much of one side the other accounts for.

A word is covered if the lexicon knows one of its translations on the other side, or if a word there sounds the same
(names.py: the consonants of both agree to the fourth). Words count by how rare they are, -log p, so that what is
covered is what the sentence is about. After the word alignment scores of hardrules and Zipporah (Xu and Koehn 2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from corpus_builder.quality.batch import MISSING
from corpus_builder.quality.names import Translations, frame
from corpus_builder.text.tokens import unit, words

_FRAME = 4
_LEAST_LETTERS = 4
_LEAST_WORDS = 2
UNSEEN = 10.0
"""How much a unit counts that the corpus has not: as one of 20,000."""


@dataclass(frozen=True)
class Lexicon:
    """What is known of words: by (language, other language) the likely translations of its units, and by language how
    much a unit counts (-log of its share in the corpus).
    """

    translations: Mapping[tuple[str, str], Translations] = field(default_factory=dict)
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of(self, a: str, b: str) -> Translations:
        """The translations from a to b; empty where nothing is known."""
        return self.translations.get((a, b), {})


class Content(NamedTuple):
    """The words of a text: their units in order, all units, and the sounds of the longer ones by unit."""

    units: tuple[str, ...]
    distinct: frozenset[str]
    frames: Mapping[str, str]
    sounds: frozenset[str]


def content(text: str, language: str) -> Content:  # noqa: ARG001 - a reader is told the language
    """The words of a text, without marks."""
    found = [word for word in words(text) if word[0].isalnum()]
    units = tuple(map(unit, found))
    frames = {unit(word): frame(word)[:_FRAME] for word in found if len(word) >= _LEAST_LETTERS and word[0].isalpha()}
    frames = {key: sound for key, sound in frames.items() if len(sound) > 2}
    return Content(units, frozenset(units), frames, frozenset(frames.values()))


def covered(a: Content, b: Content, there: Translations, weights: Mapping[str, float]) -> float:
    """The share of b's words that a's words account for, 0 to 1; NaN where either has fewer than two words.

    `there` are the translations of a's units, `weights` how much the units of b count.
    """
    if len(a.units) < _LEAST_WORDS or len(b.units) < _LEAST_WORDS:
        return MISSING
    known: set[str] = set()
    for one in a.distinct:
        rendered = there.get(one)
        if rendered:
            known |= rendered & b.distinct
    total = found = 0.0
    for other in b.units:
        weight = weights.get(other, UNSEEN)
        total += weight
        if other in known or (other[0].isdigit() and other in a.distinct) or b.frames.get(other) in a.sounds:
            found += weight
    return found / total
