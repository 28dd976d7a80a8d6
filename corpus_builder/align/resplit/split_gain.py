"""How much better a bead of two editions scores when cut in two: by words (scores.py) and lengths (lattice.py)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.two.edition_pair import Matches
from corpus_builder.align.two.lattice import FARTHEST, LENGTH, Model
from corpus_builder.align.two.word_scores import MARGIN, MIX
from corpus_builder.align.words.document_arrays import Encoded, Floats, Ints
from corpus_builder.align.words.translation_table import transposed
from corpus_builder.jit import compiled


class Words(NamedTuple):
    """What the words of two editions say of each other.

    The matches M from types of a to types of b, and turned; per type of either edition what it adds to an LLR without a
    match, and by what a match counts, [types, 2].
    """

    there: Matches
    back: Matches
    terms_b: npt.NDArray[np.float64]
    terms_a: npt.NDArray[np.float64]

    @staticmethod
    def of(a: Encoded, b: Encoded, matches: Matches) -> Words:
        """From a grid's matches (pairs.py)."""
        back = transposed(*matches, len(b.shares))
        return Words(matches, back, _terms(a.words, *matches, 0, b.shares), _terms(b.words, *back, 1, a.shares))


class Places(NamedTuple):
    """One edition's part of a bead, and where it may be cut: after so many of its words, of its letters."""

    words: Ints
    letters: float
    after: Ints
    long: Floats


def gains(a: Places, b: Places, words: Words, model: Model) -> npt.NDArray[np.float64]:
    """[places of a, places of b] the score of the two halves less that of the whole, in nats."""
    there, back = _sums(a.words, b.words, *words.there, 0), _sums(b.words, a.words, *words.back, 1)
    out: npt.NDArray[np.float64] = _gains(
        there, back, words.terms_b[b.words], words.terms_a[a.words], a.after, b.after, a.long, b.long, a.letters,
        b.letters, model.ratio, model.variance,
    )  # fmt: skip
    return out


@compiled
def _terms(words_a: Any, rows: Any, columns: Any, values: Any, side: int, shares_b: Any) -> Any:
    total = np.zeros(len(shares_b))
    for x in words_a:
        for e in range(rows[x], rows[x + 1]):
            total[columns[e]] += values[e, side]
    out = np.empty((len(shares_b), 2))
    for y in range(len(shares_b)):
        background = (1 - MIX) * shares_b[y]
        margin = MIX * ((1 - MARGIN) * shares_b[y] + MARGIN * total[y] / max(len(words_a), 1))
        out[y, 0] = np.log(background / (margin + background))
        out[y, 1] = MIX / background
    return out


@compiled
def _sums(words_a: Any, words_b: Any, rows: Any, columns: Any, values: Any, side: int) -> Any:
    """[words of a + 1, words of b] the matches of each word of b with the first so many words of a, summed."""
    out = np.zeros((len(words_a) + 1, len(words_b)))
    for i in range(len(words_a)):
        out[i + 1] = out[i]
        x = words_a[i]
        for e in range(rows[x], rows[x + 1]):
            for k in range(len(words_b)):
                if words_b[k] == columns[e]:
                    out[i + 1, k] += values[e, side]
    return out


@compiled
def _llr(sums: Any, terms: Any, a0: int, a1: int, b0: int, b1: int) -> Any:
    total = 0.0
    for k in range(b0, b1):
        total += terms[k, 0] + np.log(1 + terms[k, 1] * (sums[a1, k] - sums[a0, k]) / max(a1 - a0, 1))
    return total


@compiled
def _score(
    there: Any, back: Any, terms_b: Any, terms_a: Any, a0: int, a1: int, b0: int, b1: int, long_a: float, long_b: float,
    ratio: float, variance: float,
) -> Any:  # fmt: skip
    expected = ratio * long_a
    z = (long_b - expected) ** 2 / ((long_b + expected) / 2 + 1) / variance
    llr = _llr(there, terms_b, a0, a1, b0, b1) + _llr(back, terms_a, b0, b1, a0, a1)
    return 0.5 * llr - LENGTH * min(z, FARTHEST) / 2


@compiled
def _gains(
    there: Any, back: Any, terms_b: Any, terms_a: Any, after_a: Any, after_b: Any, long_a: Any, long_b: Any,
    all_a: float, all_b: float, ratio: float, variance: float,
) -> Any:  # fmt: skip
    m, n = len(terms_a), len(terms_b)
    whole = _score(there, back, terms_b, terms_a, 0, m, 0, n, all_a, all_b, ratio, variance)
    out = np.empty((len(after_a), len(after_b)))
    for k in range(len(after_a)):
        for e in range(len(after_b)):
            i, j, left, right = after_a[k], after_b[e], long_a[k], long_b[e]
            out[k, e] = (
                _score(there, back, terms_b, terms_a, 0, i, 0, j, left, right, ratio, variance)
                + _score(there, back, terms_b, terms_a, i, m, j, n, all_a - left, all_b - right, ratio, variance)
                - whole
            )
    return out
