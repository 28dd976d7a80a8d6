"""Lexical coverage: how much of one side the other accounts for.

A word is covered if one of its learned translations is on the other side, or if a word there sounds the same
(text/names.py: the consonants of both agree to the fourth). Words are weighted by how rare they are, -log p, so that
what is covered is what the sentence is about. After the word alignment scores of hardrules and Zipporah (Xu and Koehn
2017).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.score import DirectionScore, ScoreInput, Worst
from corpus_builder.quality.token_vocabulary import Index
from corpus_builder.quality.word_translations import units_of_words
from corpus_builder.ragged import Ints, Ragged
from corpus_builder.text.names import frame
from corpus_builder.text.tokens import words

# Chosen: the first letter and three consonants tell names apart and lose most endings.
_FRAME = 4
# Chosen: shorter words have too few consonants to be recognised by sound.
_LEAST_LETTERS = 4
# Chosen: a share of a single word is 0 or 1.
_LEAST_WORDS = 2
UNSEEN = 10.0
"""The weight of a unit that the corpus does not have: about -log of one in 20,000."""


class TextUnits(NamedTuple):
    """By text the units of its words in order, and of each place the sound (-1: none) that its unit has there."""

    units: Ragged
    sounds: Ints


def plain_words(batch: Batch, language: str) -> Ragged:
    """By text its words (text/tokens.py), without punctuation."""
    number = batch.vocabulary.words.__getitem__
    words_of_tokens = batch.vocabulary.tokens.lists(
        "plain words", lambda token: (number(word) for word in words(token) if word[0].isalnum())
    )
    return batch.tokens(language).joined(words_of_tokens)


def content(batch: Batch, language: str) -> TextUnits:
    """The words of each text as units of the aligner's lexicon."""
    from corpus_builder.quality.kernels import sounds_of_units

    vocabulary, text_words = batch.vocabulary, batch.read(language, plain_words)
    units = Ragged(units_of_words(vocabulary)[text_words.flat], text_words.starts)
    sounds = vocabulary.words.array("sound", lambda new: (_sound(word, vocabulary.sounds) for word in new))
    return TextUnits(units, sounds_of_units(units.flat, units.starts, sounds[text_words.flat], len(vocabulary.units)))


def accounted(rows: ScoreInput, a: str, b: str) -> npt.NDArray[np.bool_]:
    """[places of b's words] whether the words of a account for a word of b."""
    from corpus_builder.quality import kernels

    batch, vocabulary = rows.batch, rows.batch.vocabulary
    x, y = batch.read(a, content), batch.read(b, content)
    a_to_b = rows.context.translations.numbered(a, b, vocabulary)
    units = vocabulary.units
    figures = units.array("figure", lambda new: (unit[0].isdigit() for unit in new), np.bool_)
    found: npt.NDArray[np.bool_] = kernels.accounted(
        *x.units, x.sounds, *y.units, y.sounds, *a_to_b, len(units), figures, len(vocabulary.sounds)
    )
    return found


def weights(rows: ScoreInput, language: str) -> Array:
    """[places of a language's words] how rare each word's unit is, -log of its share in the corpus."""
    units, learned = rows.batch.vocabulary.units, rows.context.translations.weights.get(language, {})
    of_units = units.array(("weight", language), lambda new: (learned.get(unit, UNSEEN) for unit in new), np.float64)
    weighed: Array = of_units[rows.batch.read(language, content).units.flat]
    return weighed


def covered(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] the share of b's words that a's words account for, 0 to 1; NaN where either has fewer than two words."""
    x, y = rows.batch.read(a, content).units, rows.batch.read(b, content).units
    weighed = weights(rows, b)
    share = _sums(np.where(accounted(rows, a, b), weighed, 0.0), y) / np.maximum(_sums(weighed, y), 1e-9)
    return np.where((x.sizes >= _LEAST_WORDS) & (y.sizes >= _LEAST_WORDS), share, np.nan)


def _sums(values: Array, places: Ragged) -> Array:
    """[texts] the sum over the places of each text."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    summed: Array = total[places.starts[1:]] - total[places.starts[:-1]]
    return summed


def _sound(word: str, sounds: Index) -> int:
    """The number of a word's sound; -1 for a word too short to have one, -2 for one whose sound is too short."""
    if len(word) < _LEAST_LETTERS or not word[0].isalpha():
        return -1
    sound = frame(word)[:_FRAME]
    return sounds[sound] if len(sound) > 2 else -2


COVERAGE = DirectionScore(
    name="coverage",
    version=1,
    worst=Worst.LEAST,
    about="share of the second side's words that the first accounts for",
    bound=0.1,
    compute=covered,
)
