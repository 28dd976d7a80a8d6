"""Lexical coverage: how much of one side the other accounts for.

A word is covered if the lexicon knows one of its translations on the other side, or if a word there sounds the same
(names.py: the consonants of both agree to the fourth). Words count by how rare they are, -log p, so that what is
covered is what the sentence is about. After the word alignment scores of hardrules and Zipporah (Xu and Koehn 2017).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.lexicon import Lexicon, units_of_words
from corpus_builder.quality.names import frame
from corpus_builder.quality.vocabulary import Index, Ints, Lists
from corpus_builder.text.tokens import words

_FRAME = 4
_LEAST_LETTERS = 4
_LEAST_WORDS = 2
UNSEEN = 10.0
"""How much a unit counts that the corpus has not: as one of 20,000."""


class Content(NamedTuple):
    """By text the units of its words in order, and of each place the sound (-1: none) that its unit has there."""

    units: Lists
    sounds: Ints


def plain_words(batch: Batch, language: str) -> Lists:
    """By text its words (text/tokens.py), without marks."""
    number = batch.vocabulary.words.__getitem__
    own = batch.vocabulary.tokens.lists(
        "plain words", lambda token: (number(word) for word in words(token) if word[0].isalnum())
    )
    return batch.tokens(language).joined(own)


def content(batch: Batch, language: str) -> Content:
    """The words of each text as the lexicon knows them."""
    from corpus_builder.quality.kernels import sounds_of_units

    vocabulary, found = batch.vocabulary, batch.read(language, plain_words)
    units = Lists(units_of_words(vocabulary)[found.flat], found.starts)
    sounds = vocabulary.words.array("sound", lambda new: (_sound(word, vocabulary.sounds) for word in new))
    return Content(units, sounds_of_units(units.flat, units.starts, sounds[found.flat], len(vocabulary.units)))


def covered(batch: Batch, a: str, b: str, lexicon: Lexicon) -> Array:
    """[rows] the share of b's words that a's words account for, 0 to 1; NaN where either has fewer than two words."""
    from corpus_builder.quality import kernels

    vocabulary, units = batch.vocabulary, batch.vocabulary.units
    x, y = batch.read(a, content), batch.read(b, content)
    there = lexicon.numbered(a, b, vocabulary)
    known = lexicon.weights.get(b, {})
    weights = units.array(("weight", b), lambda new: (known.get(one, UNSEEN) for one in new), np.float64)
    figures = units.array("figure", lambda new: (one[0].isdigit() for one in new), np.bool_)
    found: Array = kernels.covered(
        *x.units, x.sounds, *y.units, y.sounds, *there, weights, figures, len(vocabulary.sounds), _LEAST_WORDS
    )
    return found


def _sound(word: str, sounds: Index) -> int:
    """The number of a word's sound; -1 for a word too short to have one, -2 for one whose sound is too short."""
    if len(word) < _LEAST_LETTERS or not word[0].isalpha():
        return -1
    sound = frame(word)[:_FRAME]
    return sounds[sound] if len(sound) > 2 else -2
