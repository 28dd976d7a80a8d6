"""Rows -> what is published of their quality: all scores, the calibrated probabilities, and flags."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus_builder.quality.batch import Batch, Candidate
from corpus_builder.quality.calibration import FAMILIES, Calibration
from corpus_builder.quality.columns import PROBABILITY, Value, columns
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
    """The quality of one row: `values` has every column of `columns(languages)`, None where there is no ground."""

    row: Candidate
    values: dict[str, Value]
    flags: tuple[str, ...] = ()


def score(
    rows: Sequence[Candidate],
    languages: Sequence[str],
    level: str,
    context: Context,
    calibration: Calibration,
    duplicates: Sequence[Duplicate] = (),
) -> Iterator[Scored]:
    """Score rows of one level, in their order; `duplicates` are what is known of each (duplicates.py)."""
    batch = Batch(rows, languages)
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
    # Four decimals tell all that there is to tell, and halve the files.
    named = {name: kind for name, kind in columns(languages).items() if kind == "float64" and name in found}
    lists = {name: np.round(found[name], 4).tolist() for name in named}
    for i, row in enumerate(rows):
        values: dict[str, Value] = {name: None if own[i] != own[i] else own[i] for name, own in lists.items()}
        if len(batch.languages) > 2:
            own = {pair: float(p[i]) for pair, (p, _) in judged.items() if not np.isnan(p[i])}
            told = consistency(own, {pair: judged[pair][1][i].tolist() for pair in own}, FAMILIES)
            values["consistency"] = None if told.value != told.value else round(told.value, 4)
            values["weakest_pair"], values["weakest_reason"] = told.weakest, told.reason
        yield Scored(row, values, tuple(flags(values)))


def flags(values: Mapping[str, Value]) -> Iterator[str]:
    """What is unusual of a row, in words."""
    for name, score_name, unusual in _FLAGS:
        value = values.get(score_name)
        if isinstance(value, float) and unusual(value):
            yield name


_FLAGS: tuple[tuple[str, str, Callable[[float], bool]], ...] = (
    ("untranslated", "copied", lambda value: value >= COPIED),
    ("wrong_language", "language", lambda value: value < WRONG_LANGUAGE),
    ("near_duplicate", "duplicate_rank", lambda value: value > 0),
    ("boilerplate", "near_duplicates", lambda value: value >= BOILERPLATE),
)
