"""Punctuation: whether two sides end alike and have as many questions, exclamations, brackets and quotations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.score import PairScore, ScoreInput, Worst
from corpus_builder.quality.token_vocabulary import LINE
from corpus_builder.text.quote_marks import count_marks, pair

_CLOSERS = "\"'»”“’)]}… "
_ENDS = ".?!:;"
_COUNTED = "?!(:"


class Marks(NamedTuple):
    """By text its last mark (0: a word), [rows, 5] how many questions, exclamations, brackets, colons and quotations it
    has, and whether a quotation mark is left alone.
    """

    end: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    unpaired: npt.NDArray[np.bool_]


def marks(batch: Batch, language: str) -> Marks:
    """Count the marks of each text."""
    from corpus_builder.quality.kernels import last_marks

    index, text_tokens = batch.vocabulary.tokens, batch.tokens(language)
    end = last_marks(*text_tokens, index.array("last mark", lambda new: map(_last, new)))
    totals = text_tokens.totals(index.array("marks", lambda new: map(_seen, new), np.int32, len(_COUNTED) + 1))
    counts = np.concatenate((totals[:, : len(_COUNTED)], np.zeros((len(batch), 1), np.int32)), axis=1)
    unpaired = np.zeros(len(batch), np.bool_)
    for row in np.flatnonzero(totals[:, -1]).tolist():
        pairing = pair(batch.texts(language)[row] or "")
        counts[row, -1] = len(pairing.pairs)
        unpaired[row] = bool(pairing.unclosed or pairing.unopened)
    return Marks(end, counts, unpaired)


def _last(token: str) -> int:
    """What a token ends with: the number of a mark from 1, 0 for a word, -1 for nothing but closing marks."""
    bare = token.rstrip(_CLOSERS) if token != LINE else token
    return _ENDS.find(bare[-1]) + 1 if bare else -1


_NONE = [0] * (len(_COUNTED) + 1)


def _seen(token: str) -> list[int]:
    if token.rstrip(",.").isalnum():  # most tokens
        return _NONE
    return [*map(token.count, _COUNTED), count_marks(token)]


def agreement(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] 1 where all marks agree, 0 where none does; the final mark counts as much as two others."""
    x, y = rows.batch.read(a, marks), rows.batch.read(b, marks)
    fewer, more = np.minimum(x.counts, y.counts), np.maximum(x.counts, y.counts)
    shares = np.where(more > 0, fewer / np.maximum(more, 1), 1.0)
    same: Array = 2.0 * (x.end == y.end) + shares.sum(axis=1) + (x.unpaired == y.unpaired)
    return same / 8


PUNCTUATION = PairScore(
    name="punctuation",
    version=2,
    worst=Worst.LEAST,
    about="agreement of final punctuation, questions, brackets and quotations",
    compute=agreement,
)
