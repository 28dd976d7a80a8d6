"""Do two sides state the same numbers, and the same currencies?

text/quantities.py reads and compares them, only in rows where a side has a figure or the name of a month.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.score import PairScore, ScoreInput, Worst
from corpus_builder.text import quantities as q


def numbers_agree(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] of the quantities that either side states, the share that the other has; NaN where neither states one."""
    batch = rows.batch
    out = np.full(len(batch), np.nan)
    x, y = batch.read(a, _RowQuantities), batch.read(b, _RowQuantities)
    for row in np.flatnonzero((x.stating | y.stating) & batch.present(a) & batch.present(b)).tolist():
        out[row] = q.numbers_agree(x[row], y[row])
    return out


def units_agree(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] of all currencies and percent signs of two sides, the share that both have; NaN where neither has one."""
    x, y = rows.batch.read(a, _units), rows.batch.read(b, _units)
    either = (x | y).sum(axis=1)
    return np.where(either > 0, (x & y).sum(axis=1) / np.maximum(either, 1), np.nan)


class _RowQuantities(dict[int, q.Quantities]):
    """The quantities of a row's text, read when asked for. `stating`: [rows] whether a text may state one."""

    def __init__(self, batch: Batch, language: str) -> None:
        super().__init__()
        signs = batch.vocabulary.tokens.array(
            ("signs", language), lambda new: (q.signs(token, language) for token in new), np.int32, len(q.Signs._fields)
        )
        totals = batch.tokens(language).totals(signs)
        self.stating: npt.NDArray[np.bool_] = (totals[:, 0] > 0) | (totals[:, 1] > 0)
        self._signs, self._texts, self._language = totals.tolist(), batch.texts(language), language

    def __missing__(self, row: int) -> q.Quantities:
        stated = self[row] = q.quantities(self._texts[row] or "", self._language, q.Signs(*self._signs[row]))
        return stated


def _units(batch: Batch, language: str) -> npt.NDArray[np.bool_]:
    """[rows, units] which units a text names."""
    names = q.unit_names()
    named = batch.vocabulary.tokens.array(
        ("units", language),
        lambda new: (list(map(q.units(token, language).__contains__, names)) for token in new),
        np.int32,
        len(names),
    )
    present: npt.NDArray[np.bool_] = batch.tokens(language).totals(named) > 0
    return present


NUMBERS_AGREE = PairScore(
    name="numbers_agree",
    version=5,
    worst=Worst.LEAST,
    about="share of numbers, dates and times that both sides have",
    bound=0.5,
    compute=numbers_agree,
)
UNITS_AGREE = PairScore(
    name="units_agree",
    version=2,
    worst=Worst.LEAST,
    about="share of currencies and percentages that both sides have",
    compute=units_agree,
)
