"""The gain of splitting a bead of two editions in two: by words (word_scores.py) and lengths (lattice.py)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Floats
from corpus_builder.align.transpose import transposed
from corpus_builder.align.two.bead_scores import FARTHEST, LENGTH
from corpus_builder.align.two.lattice_model import LatticeModel
from corpus_builder.align.two.word_scores import MIX, terms
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.align.words.translation_table import Matches
from corpus_builder.jit import compiled
from corpus_builder.ragged import Ints, SparseRows


class WordEvidence(NamedTuple):
    """The matches of the words of two editions, and the words' terms in a log-likelihood ratio.

    `there` are the matches M from types of a to types of b, `back` those from b to a; the terms [types, 2] are what a
    type adds without a match, and the factor of its matches.
    """

    there: SparseRows
    back: SparseRows
    terms_b: npt.NDArray[np.float64]
    terms_a: npt.NDArray[np.float64]
    known_a: npt.NDArray[np.float64]
    """[types of a] how much of a word's translations is known (translation_table.Matches)."""
    known_b: npt.NDArray[np.float64]

    @staticmethod
    def of(a: EncodedEdition, b: EncodedEdition, matches: Matches) -> WordEvidence:
        """From the matches of a lattice (translation_table.word_matches)."""
        back = transposed(matches.links, len(b.shares))
        terms_b, terms_a = _terms_of(a, b, matches.links, 0, matches.known_a), _terms_of(b, a, back, 1, matches.known_b)
        return WordEvidence(matches.links, back, terms_b, terms_a, matches.known_a, matches.known_b)


class SplitPoints(NamedTuple):
    """One edition's part of a bead, and where it may be split: after so many words, after so many code points."""

    words: Ints
    length: float
    after_words: Ints
    after_length: Floats


def gains(a: SplitPoints, b: SplitPoints, words: WordEvidence, model: LatticeModel) -> npt.NDArray[np.float64]:
    """[points of a, points of b] the score of the two parts minus that of the whole, in nats."""
    there, back = _sums_of(a.words, b.words, words.there, 0), _sums_of(b.words, a.words, words.back, 1)
    out: npt.NDArray[np.float64] = _gains(
        there=there, back=back, terms_b=words.terms_b[b.words], terms_a=words.terms_a[a.words],
        known_a=_sums_to(words.known_a[a.words]), known_b=_sums_to(words.known_b[b.words]),
        after_a=a.after_words, after_b=b.after_words, long_a=a.after_length, long_b=b.after_length,
        all_a=a.length, all_b=b.length, ratio=model.ratio, variance=model.variance,
    )  # fmt: skip
    return out


def _sums_to(masses: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """[words + 1] the sums of the masses of the first so many words."""
    return np.concatenate(([0.0], np.cumsum(masses)))


def _terms_of(
    a: EncodedEdition, b: EncodedEdition, matches: SparseRows, side: int, mass: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    base, gain = terms(
        words_a=a.words.flat, shares_b=b.shares, rows=matches.starts, columns=matches.columns, values=matches.values,
        side=side, mass=mass,
    )  # fmt: skip
    return np.stack((base, gain), axis=1)


def _sums_of(words_a: Ints, words_b: Ints, matches: SparseRows, side: int) -> npt.NDArray[np.float64]:
    sums: npt.NDArray[np.float64] = _sums(
        words_a=words_a, words_b=words_b, rows=matches.starts, columns=matches.columns, values=matches.values, side=side
    )
    return sums


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
def _llr(sums: Any, terms: Any, known: Any, a0: int, a1: int, b0: int, b1: int) -> Any:
    total, words = 0.0, max(a1 - a0, 1)
    rest = 1 - MIX * (known[a1] - known[a0]) / words
    for k in range(b0, b1):
        total += terms[k, 0] + np.log(rest + terms[k, 1] * (sums[a1, k] - sums[a0, k]) / words)
    return total


@compiled
def _score(
    there: Any, back: Any, terms_b: Any, terms_a: Any, known_a: Any, known_b: Any, a0: int, a1: int,
    b0: int, b1: int, long_a: float, long_b: float,
    ratio: float, variance: float,
) -> Any:  # fmt: skip
    expected = ratio * long_a
    z = (long_b - expected) ** 2 / ((long_b + expected) / 2 + 1) / variance
    llr = _llr(there, terms_b, known_a, a0, a1, b0, b1) + _llr(back, terms_a, known_b, b0, b1, a0, a1)
    return 0.5 * llr - LENGTH * min(z, FARTHEST) / 2


@compiled
def _gains(
    there: Any, back: Any, terms_b: Any, terms_a: Any, known_a: Any, known_b: Any, after_a: Any, after_b: Any,
    long_a: Any, long_b: Any,
    all_a: float, all_b: float, ratio: float, variance: float,
) -> Any:  # fmt: skip
    m, n = len(terms_a), len(terms_b)
    whole = _score(there, back, terms_b, terms_a, known_a, known_b, 0, m, 0, n, all_a, all_b, ratio, variance)
    out = np.empty((len(after_a), len(after_b)))
    for k in range(len(after_a)):
        for e in range(len(after_b)):
            i, j, left, right = after_a[k], after_b[e], long_a[k], long_b[e]
            out[k, e] = (
                _score(there, back, terms_b, terms_a, known_a, known_b, 0, i, 0, j, left, right, ratio, variance)
                + _score(
                    there,
                    back,
                    terms_b,
                    terms_a,
                    known_a,
                    known_b,
                    i,
                    m,
                    j,
                    n,
                    all_a - left,
                    all_b - right,
                    ratio,
                    variance,
                )
                - whole
            )
    return out
