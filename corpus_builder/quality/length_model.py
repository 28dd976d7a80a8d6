"""How unusual the ratio of two sides' lengths is in a corpus (after Gale and Church 1993).

A text of n characters in one language has about c·n in the other. How far the logarithm of the ratio varies depends on
the length, as short sentences vary more: its variance is v + w / n, so that z = ln(b / (c·a)) / √(v + w / n), n being
the mean length. c, v and w are estimated from the corpus with quantiles, so that misaligned rows do not widen what
counts as usual. z is positive where the second side is too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus_builder.quality.batch import Array

MAD_TO_SD = 1.4826
"""A median absolute deviation times this is the standard deviation of a normal distribution: 1 / Φ⁻¹(3/4)."""
_FEW = 30
"""Rows below which the defaults serve, and rows of a bin of lengths at least: the usual rule of thumb for a mean."""
_BINS = 12
"""Bins of lengths at most. Chosen: enough for a line through their variances."""
_LEAST_DEVIATION = 0.01
"""Chosen, so that a bin of equal ratios does not make the weight of its variance infinite."""
_LEAST_VARIANCE = 0.004
"""Of the longest texts. Chosen: a spread of 6 %, about half of that of news (the defaults of LengthModel), for word by
word translations are not a mistake, and a text beside them that is translated freely is none either."""
_LEAST_BY_LENGTH = 0.125
"""Chosen: a quarter of the default, so that in ten words one more is usual."""
_WIDE = 0.8
_WIDE_TO_SD = 1 / 1.2816
"""The deviation that four rows in five are within, and what makes it the standard deviation of a normal distribution:
1 / Φ⁻¹(0.9). Where half of the rows are equally long, their median deviation is 0 and says nothing of the others."""


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
    bins = [rows for rows in np.array_split(order, min(_BINS, len(a) // _FEW or 1)) if len(rows)]
    variances = np.array([max(_spread(off[rows]), _LEAST_DEVIATION) ** 2 for rows in bins])
    inverse = np.array([np.mean(1 / length[rows]) for rows in bins])
    fixed, by_length = _line(inverse, variances)
    return LengthModel(round(ratio, 4), round(fixed, 5), round(by_length, 4))


def _spread(off: Array) -> float:
    """The standard deviation of most of some deviations: the greater of two estimates, of half and of four in five."""
    return max(MAD_TO_SD * float(np.median(off)), _WIDE_TO_SD * float(np.quantile(off, _WIDE)))


def _line(x: Array, y: Array) -> tuple[float, float]:
    """The line through y with the least squared relative errors: its value at 0 and its slope, neither near 0."""
    from scipy.optimize import nnls

    at_0, slope = nnls(np.stack((1 / y, x / y), axis=1), np.ones(len(y)))[0]
    return max(float(at_0), _LEAST_VARIANCE), max(float(slope), _LEAST_BY_LENGTH)
