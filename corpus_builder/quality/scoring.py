"""Rows -> what is published of their quality: all scores, the calibrated probabilities, and flags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.batch import Array, Batch, Candidate
from corpus_builder.quality.calibration import FAMILIES, Calibration
from corpus_builder.quality.columns import PROBABILITY, columns
from corpus_builder.quality.consistency import consistency
from corpus_builder.quality.context import Context
from corpus_builder.quality.duplicates import ALONE, Duplicate
from corpus_builder.quality.scores import Worst, column, compute, worst_of

BATCH = 2_000
"""Rows scored at a time."""
COPIED = 0.8
"""From this share of common runs of words on, one side is the other."""
WRONG_LANGUAGE = 0.1
BOILERPLATE = 10
"""Rows of other stories that say the same, from which on the site says it everywhere."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The quality of some rows, by column of `columns(languages)`: numbers, NaN where there is no ground, or words."""

    values: Mapping[str, Array | list[str | None]]
    flags: list[tuple[str, ...]]


def score(
    rows: Sequence[Candidate],
    languages: Sequence[str],
    level: str,
    context: Context,
    calibration: Calibration,
    duplicates: Sequence[Duplicate] = (),
) -> Scored:
    """Score rows of one level, in their order; `duplicates` are what is known of each (duplicates.py)."""
    batch = Batch(rows, languages, context.vocabulary)
    found = compute(batch, level, context)
    found["score"] = np.array([row.score for row in rows])
    known = [*duplicates] or [ALONE] * len(rows)
    found["near_duplicates"] = np.array([one.others for one in known], np.float64)
    found["duplicate_rank"] = np.array([one.rank for one in known], np.float64)
    judged = {pair: calibration.pairs(found, pair, level, context) for pair in batch.pairs}
    for pair, (probability, _) in judged.items():
        found[column(PROBABILITY, pair)] = probability
    least = worst_of(Worst.LEAST, [probability for probability, _ in judged.values()])
    found[PROBABILITY] = calibration.rows(least, level) if len(batch.pairs) > 1 else least
    words: dict[str, list[str | None]] = {}
    if len(batch.languages) > 2:
        told = consistency(
            {pair: p for pair, (p, _) in judged.items()}, {pair: added for pair, (_, added) in judged.items()}, FAMILIES
        )
        found["consistency"] = told.value
        words = {"weakest_pair": told.weakest, "weakest_reason": told.reason}
    # Four decimals tell all that there is to tell, and halve the files.
    values = {name: words[name] if name in words else np.round(found[name], 4) for name in columns(languages)}
    return Scored(values, flags(found, len(rows)))


def flags(found: Mapping[str, Array], count: int) -> list[tuple[str, ...]]:
    """By row what is unusual of it, in words."""
    own: list[tuple[str, ...]] = [()] * count
    for name, score_name, unusual in _FLAGS:
        for row in np.flatnonzero(unusual(np.round(found.get(score_name, np.zeros(0)), 4))).tolist():
            own[row] += (name,)
    return own


_FLAGS: tuple[tuple[str, str, Callable[[Array], npt.NDArray[np.bool_]]], ...] = (
    ("untranslated", "copied", lambda value: value >= COPIED),
    ("wrong_language", "language", lambda value: value < WRONG_LANGUAGE),
    ("near_duplicate", "duplicate_rank", lambda value: value > 0),
    ("boilerplate", "near_duplicates", lambda value: value >= BOILERPLATE),
)
