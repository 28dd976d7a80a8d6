"""Length: how unusual the ratio of two sides' lengths is in this corpus (after Gale and Church 1993).

Of n characters of one language come about c·n of the other. How far the logarithm of the ratio strays depends on the
length, as short sentences vary more: its variance is v + w / n, so that z = ln(b / (c·a)) / √(v + w / n), n being the
mean length. c, v and w are the corpus' own, taken robustly (medians), so that misaligned rows do not widen what counts
as usual. Positive where the second side is too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.text.tokens import words

_MAD = 1.4826
"""Makes of a median absolute deviation the standard deviation of a normal distribution."""
_FEW = 30
"""Rows below which a corpus, or a bin of lengths, does not tell."""
_BINS = 12


@dataclass(frozen=True, slots=True)
class LengthModel:
    """The usual ratio of two sides' lengths, second over first; its logarithm varies by fixed + by_length / n.

    The defaults are those of news in Ukrainian, Russian and English, in characters; they serve where a corpus is small.
    """

    ratio: float = 1.0
    fixed: float = 0.015
    by_length: float = 0.5

    def z(self, a: Array, b: Array) -> Array:
        """How many standard deviations each b is from what a makes one expect; NaN where either is 0 or NaN."""
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = self.fixed + self.by_length * 2 / (a + b)
            z: Array = np.log(b / (self.ratio * a)) / np.sqrt(variance)
        return np.where((a > 0) & (b > 0), z, np.nan)


def fit(a: Sequence[float], b: Sequence[float]) -> LengthModel:
    """The model of rows with these lengths."""
    if len(a) < _FEW:
        return LengthModel()
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    ratio = float(np.median(second / first))
    off, length = np.abs(np.log(second / (ratio * first))), (first + second) / 2
    order = np.argsort(length, kind="stable")
    bins = [own for own in np.array_split(order, min(_BINS, len(a) // _FEW or 1)) if len(own)]
    variances = np.array([max(_MAD * np.median(off[own]), 0.01) ** 2 for own in bins])
    inverse = np.array([np.mean(1 / length[own]) for own in bins])
    fixed, by_length = _line(inverse, variances)
    return LengthModel(round(ratio, 4), round(fixed, 5), round(by_length, 4))


def _line(x: Array, y: Array) -> tuple[float, float]:
    """The value at 0 and the slope, neither negative, of the line through y of least relative squares."""
    from scipy.optimize import nnls

    at_0, slope = nnls(np.stack((1 / y, x / y), axis=1), np.ones(len(y)))[0]
    return max(float(at_0), 1e-3), float(slope)


def characters(batch: Batch, language: str) -> Array:
    """Lengths of the texts of a language; NaN where there is none."""
    return np.array([np.nan if text is None else len(text) for text in batch.texts(language)], np.float64)


def tokens(batch: Batch, language: str) -> Array:
    """Words of the texts of a language; NaN where there is none."""
    own = batch.vocabulary.tokens.array("words", lambda new: (len(words(token)) for token in new))
    return np.where(batch.present(language), batch.tokens(language).totals(own), np.nan)
