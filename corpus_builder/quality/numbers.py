"""Do two sides state the same numbers, and the same currencies?

The readings are quantities.py's, asked only of the rows in which a side has a figure or the name of a month.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.text import quantities as q


def numbers_agree(batch: Batch, a: str, b: str) -> Array:
    """[rows] of the quantities that either side states, the share that the other has; NaN where neither states one."""
    out = np.full(len(batch), np.nan)
    x, y = batch.read(a, _Read), batch.read(b, _Read)
    for row in np.flatnonzero((x.stating | y.stating) & batch.present(a) & batch.present(b)).tolist():
        out[row] = q.numbers_agree(x[row], y[row])
    return out


def units_agree(batch: Batch, a: str, b: str) -> Array:
    """[rows] of all currencies and percent signs of two sides, the share that both have; NaN where neither has one."""
    x, y = batch.read(a, _units), batch.read(b, _units)
    either = (x | y).sum(axis=1)
    return np.where(either > 0, (x & y).sum(axis=1) / np.maximum(either, 1), np.nan)


class _Read(dict[int, q.Quantities]):
    """The quantities of a row's text, read when asked for. `stating`: [rows] whether a text may state one."""

    def __init__(self, batch: Batch, language: str) -> None:
        super().__init__()
        own = batch.vocabulary.tokens.array("signs", lambda new: map(q.signs, new), np.int32, len(q.Signs._fields))
        there = batch.tokens(language).totals(own)
        self.stating: npt.NDArray[np.bool_] = (there[:, 0] > 0) | (there[:, 1] > 0)
        self._there, self._texts, self._language = there.tolist(), batch.texts(language), language

    def __missing__(self, row: int) -> q.Quantities:
        found = self[row] = q.quantities(self._texts[row] or "", self._language, q.Signs(*self._there[row]))
        return found


def _units(batch: Batch, language: str) -> npt.NDArray[np.bool_]:
    """[rows, units] which units a text names."""
    own = batch.vocabulary.tokens.array("units", lambda new: map(_named, new), np.int32, len(_NAMES))
    found: npt.NDArray[np.bool_] = batch.tokens(language).totals(own) > 0
    return found


_NAMES = tuple(sorted(set(q.SIGNS.values())))


def _named(token: str) -> list[bool]:
    found = q.units(token)
    return [name in found for name in _NAMES]
