"""Names: does each side have the names of the other, in the spelling and the endings of its language?

What a name is, and when words of two languages are the same name, is in text/names.py. This module computes it for
batches, and a name may also be matched by a translation that was learned from the corpus (Німеччина, Germany).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.score import PairScore, ScoreInput, Worst
from corpus_builder.quality.token_vocabulary import LINE
from corpus_builder.quality.word_translations import units_of_words
from corpus_builder.ragged import Ragged
from corpus_builder.text.names import ENDING, Before, alias, capitalised, frame, left_for_next
from corpus_builder.text.names import words as words_of


class NameLists(NamedTuple):
    """The names and all words of each text, each once and in order."""

    names: Ragged
    words: Ragged


def names(batch: Batch, language: str) -> NameLists:
    """The names of each text."""
    from corpus_builder.quality.kernels import named

    index, words, tokens = batch.vocabulary.tokens, batch.vocabulary.words, batch.tokens(language)
    every = index.lists("every word", lambda token: (words[word] for word in words_of(token)))
    capitals = index.lists("capitals", lambda token: (words[word] << 2 | before for word, before in capitalised(token)))
    after = index.array("after", lambda new: map(_left_for_next, new), np.int8)
    lists = named(*tokens, *capitals, after, *every, len(words))
    return NameLists(Ragged(*lists[:2]), Ragged(*lists[2:]))


def names_agree(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] of the names of both sides, the share that the other side has; NaN where neither has one."""
    from corpus_builder.quality import kernels

    batch, translations = rows.batch, rows.context.translations
    vocabulary, words = batch.vocabulary, batch.vocabulary.words
    x, y = batch.read(a, names), batch.read(b, names)
    units = units_of_words(vocabulary)
    a_to_b, b_to_a = translations.numbered(a, b, vocabulary), translations.numbered(b, a, vocabulary)
    frames = words.lists("frame", lambda word: map(ord, frame(word)))
    aliases = words.array("alias", lambda new: map(alias, new))
    shares: Array = kernels.names_agree(
        *x.names,
        *x.words,
        *y.names,
        *y.words,
        units,
        *a_to_b,
        *b_to_a,
        *frames,
        aliases,
        len(vocabulary.units),
        ENDING,
    )
    return shares


def _left_for_next(token: str) -> Before:
    return Before.START if token == LINE else left_for_next(token)


NAMES_AGREE = PairScore(
    name="names_agree",
    version=3,
    worst=Worst.LEAST,
    about="share of names that both sides have, in any spelling",
    bound=0.25,
    compute=names_agree,
)
