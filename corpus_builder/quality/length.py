"""Length: how unusual the ratio of two sides' lengths is in this corpus (after Gale and Church 1993).

Of n characters of one language come about c·n of the other, with a variance that grows with the length:
z = (b - c·a) / (s · √((b + c·a) / 2)). c and s are the corpus' own, taken robustly (medians), so that misaligned rows
do not widen what counts as usual. Positive where the second side is too long.
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
"""Rows below which a corpus does not tell; the usual spread stands in."""
_USUAL_SPREAD = 1.2
"""s of news in Ukrainian, Russian and English, in characters (benchmarks/quality/calibrate.py prints it)."""


@dataclass(frozen=True, slots=True)
class LengthModel:
    """The usual ratio of two sides' lengths, second over first, and its spread."""

    ratio: float = 1.0
    spread: float = _USUAL_SPREAD

    def z(self, a: Array, b: Array) -> Array:
        """How many spreads each b is from what a makes one expect; NaN where either is 0 or NaN."""
        with np.errstate(invalid="ignore", divide="ignore"):
            z: Array = (b - self.ratio * a) / (self.spread * np.sqrt((b + self.ratio * a) / 2))
            return np.where((a > 0) & (b > 0), z, np.nan)


def fit(a: Sequence[float], b: Sequence[float]) -> LengthModel:
    """The model of rows with these lengths."""
    if len(a) < _FEW:
        return LengthModel()
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    ratio = float(np.median(second / first))
    off = LengthModel(ratio, 1.0).z(first, second)
    return LengthModel(round(ratio, 4), round(max(_MAD * float(np.median(np.abs(off))), 0.1), 4))


def token_list(text: str, language: str) -> list[str]:  # noqa: ARG001 - a reader is told the language
    """The words of a text (text/tokens.py)."""
    return words(text)


def characters(batch: Batch, language: str) -> Array:
    """Lengths of the texts of a language; NaN where there is none."""
    return np.array([np.nan if text is None else len(text) for text in batch.texts(language)], np.float64)


def tokens(batch: Batch, language: str) -> Array:
    """Words of the texts of a language; NaN where there is none."""
    return np.array([np.nan if w is None else len(w) for w in batch.read(language, token_list)], np.float64)
