"""Rows -> what is published of their quality: all scores, the calibrated probabilities, and flags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus_builder.quality.batch import Batch, Candidate
from corpus_builder.quality.columns import PROBABILITY, Value, columns
from corpus_builder.quality.context import Context
from corpus_builder.quality.scores import compute

BATCH = 2_000
"""Rows scored at a time."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The quality of one row: `values` has every column of `columns(languages)`, None where there is no ground."""

    row: Candidate
    values: dict[str, Value]
    flags: tuple[str, ...] = ()


def score(rows: Sequence[Candidate], languages: Sequence[str], level: str, context: Context) -> Iterator[Scored]:
    """Score rows of one level, in their order."""
    batch = Batch(rows, languages)
    found: dict[str, Any] = compute(batch, level, context)
    found[PROBABILITY] = np.array([row.probability for row in rows])
    found["score"] = np.array([row.score for row in rows])
    for a, b in batch.pairs:
        found[f"{PROBABILITY}_{a}_{b}"] = found.get(f"alignment_{a}_{b}", found["alignment"])
    names = columns(languages)
    # Four decimals tell all that there is to tell, and halve the files.
    lists = {name: np.round(found[name], 4).tolist() for name in names}
    for i, row in enumerate(rows):
        values: dict[str, Value] = {}
        for name, own in lists.items():
            value = own[i]
            values[name] = None if value != value else value
        yield Scored(row, values)
