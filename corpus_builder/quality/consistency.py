"""Trilingual consistency: each of three sides compared with the other two.

Three sides make three pairs, and the pairs that fail show what is wrong. With a bad side, both of its pairs fail and
the third does not. Where only one pair fails, both of its sides agree with the third, and the difference between
them is small: a number, a name, half a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from corpus_builder.model import LIKELY, RIGHT
from corpus_builder.quality.batch import Array

_TELLING = -0.5
"""How much a score has to lower the log odds to be named as the reason. Chosen: odds of 1.6."""

Pair = tuple[str, str]


class Consistency(NamedTuple):
    """[rows] how the sides of rows agree.

    `value` is the probability that every side is a translation of at least one other: high where only one pair fails,
    low where a side does; NaN for rows of two sides. `weakest` is the least likely pair, "en-ru"; `reason` is what is
    wrong with it, as "side uk: language" or "pair: numbers_agree", None where nothing is. A weak row always has a
    reason: "pair: alignment" where no score is unusual, as then only the aligner doubts it.
    """

    value: Array
    weakest: list[str | None]
    reason: list[str | None]


def consistency(
    probability: Mapping[Pair, Array], added: Mapping[Pair, Array], scores: Sequence[str], of_rows: Array
) -> Consistency:
    """Compare the sides of rows with each other.

    Args:
        probability: for each pair, [rows] its probability; NaN where a row lacks a side.
        added: for each pair, [rows, scores] what each score adds to its log odds.
        scores: their names.
        of_rows: [rows] the probability of each row as a whole; below RIGHT the row is weak.

    >>> likely = {("en", "ru"): np.array([0.1]), ("en", "uk"): np.array([0.95]), ("ru", "uk"): np.array([0.9])}
    >>> consistency(likely, dict.fromkeys(likely, np.array([[-2.0, 0.1]])), ["numbers_agree", "coverage"],
    ...             of_rows=np.array([0.1]))
    Consistency(value=array([0.9]), weakest=['en-ru'], reason=['pair: numbers_agree'])
    """
    pairs = sorted(probability)
    sides = sorted({side for pair in pairs for side in pair})
    likely = np.stack([probability[pair] for pair in pairs])
    has_pair = ~np.isnan(likely)
    whole = has_pair.sum(axis=0) > 2
    has = np.array([[side in pair for pair in pairs] for side in sides])
    support = np.where(has[:, :, None] & has_pair, likely, -np.inf).max(axis=1)
    value = np.where(np.isinf(support), np.inf, support).min(axis=0)
    weakest = np.where(has_pair, likely, np.inf).argmin(axis=0)
    failing = has_pair & (likely < LIKELY)
    bad = (failing | ~has_pair | ~has[:, :, None]).all(axis=1) & ~np.isinf(support)
    contributions = np.stack([added[pair] for pair in pairs])[weakest, np.arange(len(weakest))]
    worst = contributions.argmin(axis=1)
    telling = contributions.min(axis=1) <= _TELLING
    count, one_side = failing.sum(axis=0), bad.sum(axis=0) == 1
    weak = (count > 0) | (of_rows < RIGHT)
    names: list[str | None] = []
    reasons: list[str | None] = []
    for row, present in enumerate((has_pair.sum(axis=0) > 0).tolist()):
        names.append("-".join(pairs[weakest[row]]) if present else None)
        lowest = scores[worst[row]] if telling[row] else None
        if not present or not (lowest or weak[row]):
            reasons.append(None)
            continue
        where = "all" if count[row] > 2 else "pair"
        if count[row] == 2 and one_side[row]:
            where = f"side {sides[bad[:, row].argmax()]}"
        reasons.append(f"{where}: {lowest or 'alignment'}")
    return Consistency(np.where(whole, value, np.nan), names, reasons)
