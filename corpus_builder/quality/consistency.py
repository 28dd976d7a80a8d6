"""Trilingual consistency: each of three sides against the other two.

With three sides there are three pairs, and how they fail tells what failed. A bad side fails both of its pairs and
leaves the third whole; where one pair alone fails, both its sides are good against the third language, and what is
wrong is between them: a number, a name, half a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from corpus_builder.quality.batch import Array

_WRONG = 0.5
"""A pair below fails."""
_TELLING = -0.5
"""What a score has to take off the log odds to be named as the reason."""

Pair = tuple[str, str]


class Consistency(NamedTuple):
    """What the sides of rows say of one another, by row; nothing (NaN, None) of rows with fewer than three.

    `value` is the probability that every side is right against at least one other: high where only one pair fails, low
    where a side does. `weakest` is the least likely pair, "en-ru"; `reason` is what failed, as "side uk: language" or
    "pair: numbers_agree", None where nothing did.
    """

    value: Array
    weakest: list[str | None]
    reason: list[str | None]


def consistency(probability: Mapping[Pair, Array], added: Mapping[Pair, Array], scores: Sequence[str]) -> Consistency:
    """Hold the sides of rows against one another.

    Args:
        probability: [rows] of each pair, by its two languages; NaN where a row lacks a side.
        added: [rows, scores] of each pair what each score adds to its log odds.
        scores: their names.

    >>> likely = {("en", "ru"): np.array([0.1]), ("en", "uk"): np.array([0.95]), ("ru", "uk"): np.array([0.9])}
    >>> consistency(likely, dict.fromkeys(likely, np.array([[-2.0, 0.1]])), ["numbers_agree", "coverage"])
    Consistency(value=array([0.9]), weakest=['en-ru'], reason=['pair: numbers_agree'])
    """
    pairs = sorted(probability)
    sides = sorted({side for pair in pairs for side in pair})
    likely = np.stack([probability[pair] for pair in pairs])
    known = ~np.isnan(likely)
    whole = known.sum(axis=0) > 2
    has = np.array([[side in pair for pair in pairs] for side in sides])
    support = np.where(has[:, :, None] & known, likely, -np.inf).max(axis=1)
    value = np.where(np.isinf(support), np.inf, support).min(axis=0)
    weakest = np.where(known, likely, np.inf).argmin(axis=0)
    failing = known & (likely < _WRONG)
    bad = (failing | ~known | ~has[:, :, None]).all(axis=1) & ~np.isinf(support)
    contributions = np.stack([added[pair] for pair in pairs])[weakest, np.arange(len(weakest))]
    worst = contributions.argmin(axis=1)
    telling = contributions.min(axis=1) <= _TELLING
    count, one_side = failing.sum(axis=0), bad.sum(axis=0) == 1
    names: list[str | None] = []
    reasons: list[str | None] = []
    for row, there in enumerate(whole.tolist()):
        names.append("-".join(pairs[weakest[row]]) if there else None)
        why = scores[worst[row]] if telling[row] else None
        if not there or not (why or count[row]):
            reasons.append(None)
            continue
        where = "all" if count[row] > 2 else "pair"
        if count[row] == 2 and one_side[row]:
            where = f"side {sides[bad[:, row].argmax()]}"
        reasons.append(f"{where}: {why or 'alignment'}")
    return Consistency(np.where(whole, value, np.nan), names, reasons)
