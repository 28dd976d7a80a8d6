"""Rows -> what is published of their quality: all scores, the calibrated probabilities, and flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.batch import Array, Batch, RowTexts
from corpus_builder.quality.calibration import FAMILIES, Calibration
from corpus_builder.quality.columns import COMPLETE, PROBABILITY, columns
from corpus_builder.quality.consistency import consistency
from corpus_builder.quality.context import Context
from corpus_builder.quality.duplicates import ALONE, Duplicate
from corpus_builder.quality.score import Worst, column, worst_of
from corpus_builder.quality.scores import SCORES, compute

BATCH = 2_000
"""Rows scored at a time. Chosen: enough that the cost of a batch does not count, and some MB of texts."""
BOILERPLATE = 10
"""Other stories with the same text from which on a row is flagged. Chosen: a reprint has one or two."""
_DECIMALS = 4
"""Decimals of a published score. Chosen: finer than any threshold, and half the size of full floats."""


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """The quality of some rows, by column of `columns(languages)`: numbers, NaN where a score does not apply, or words.
    `flags` has the flags of each row.
    """

    values: Mapping[str, Array | list[str | None]]
    flags: list[tuple[str, ...]]


def score(
    rows: Sequence[RowTexts],
    languages: Sequence[str],
    level: str,
    context: Context,
    calibration: Calibration,
    duplicates: Sequence[Duplicate] = (),
) -> ScoredRows:
    """Score rows of one level, in their order; `duplicates` has the near-duplicates of each (duplicates.py)."""
    batch = Batch(rows, languages, context.vocabulary)
    scores = compute(batch, level, context)
    scores["score"] = np.array([row.score for row in rows])
    copies = [*duplicates] or [ALONE] * len(rows)
    scores["near_duplicates"] = np.array([each.others for each in copies], np.float64)
    scores["duplicate_rank"] = np.array([each.rank for each in copies], np.float64)
    words = _add_probabilities(scores, batch, level, context, calibration)
    values = {name: words[name] if name in words else np.round(scores[name], _DECIMALS) for name in columns(languages)}
    return ScoredRows(values, flags(scores, len(rows)))


def _add_probabilities(
    scores: dict[str, Array], batch: Batch, level: str, context: Context, calibration: Calibration
) -> dict[str, list[str | None]]:
    """Add the calibrated probabilities and the consistency to the scores; the columns of words, by name."""
    judged = {pair: calibration.pairs(scores, pair, level, context) for pair in batch.pairs}
    human = np.array([row.human for row in batch.rows], np.bool_)
    if human.any():  # what a person said needs no estimate
        judged = {pair: (_certain(probability, human), parts) for pair, (probability, parts) in judged.items()}
    for pair, (probability, _) in judged.items():
        scores[column(PROBABILITY, pair)] = probability
    complete = {
        pair: calibration.complete_pairs(scores, pair, level, context, probability)
        for pair, (probability, _) in judged.items()
    }
    scores.update({column(COMPLETE, pair): values for pair, values in complete.items()})
    least = worst_of(Worst.LEAST, [probability for probability, _ in judged.values()])
    least_complete = worst_of(Worst.LEAST, list(complete.values()))
    scores[PROBABILITY], scores[COMPLETE] = least, least_complete
    if len(batch.pairs) > 1:
        scores[PROBABILITY] = _certain(calibration.rows(least, level), human)
        scores[COMPLETE] = calibration.complete_rows(least_complete, level, scores[PROBABILITY])
    sides = consistency(
        {pair: probability for pair, (probability, _) in judged.items()},
        {pair: contributions for pair, (_, contributions) in judged.items()},
        FAMILIES,
        scores[PROBABILITY],
    )
    scores["consistency"] = sides.value
    return {"weakest_pair": sides.weakest, "weakest_reason": sides.reason}


def _certain(probability: Array, human: npt.NDArray[np.bool_]) -> Array:
    """The probabilities, 1 of rows that a person corrected; NaN stays."""
    certain: Array = np.where(human & ~np.isnan(probability), 1.0, probability)
    return certain


def flags(scores: Mapping[str, Array], count: int) -> list[tuple[str, ...]]:
    """[rows] the names of what is unusual about each row."""
    by_row: list[tuple[str, ...]] = [()] * count
    for name, unusual in _unusual(scores):
        for row in np.flatnonzero(unusual).tolist():
            by_row[row] += (name,)
    return by_row


def _unusual(scores: Mapping[str, Array]) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Each flag with the rows that have it."""
    of_scores = [
        (score.flag, score.flagged(np.round(scores[name], _DECIMALS)))
        for name, score in SCORES.items()
        if score.flag and name in scores
    ]
    return [
        *of_scores,
        ("near_duplicate", scores["duplicate_rank"] > 0),
        ("boilerplate", scores["near_duplicates"] >= BOILERPLATE),
    ]
