"""The columns of a row's `quality`: which there are for some languages, and what of them belongs to one pair.

A trilingual row has of each family the worst value and its parts. The row of a pair's config has the same families: of
its own two sides, under the same bare names, so that one filter serves both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from corpus_builder.quality.scores import SCORES, Of, column, worst_of

Value = float | str | None
PROBABILITY = "probability"

ROW = {"score": "float64", "near_duplicates": "float64", "duplicate_rank": "float64"}
"""Columns of a row as a whole, with their types: the aligner's log-likelihood ratio, how many rows of other stories say
nearly the same, and which of them this one is (0: the first)."""
THREE = {"consistency": "float64", "weakest_pair": "string", "weakest_reason": "string"}
"""Columns of rows in three languages or more (consistency.py)."""


def columns(languages: Sequence[str]) -> dict[str, str]:
    """The columns of rows in these languages (two or more), with their Arrow types."""
    pairs = ["_".join(pair) for pair in _pairs(languages)]
    found = {PROBABILITY: "float64"}
    if len(pairs) > 1:
        found |= {f"{PROBABILITY}_{pair}": "float64" for pair in pairs}
        found |= THREE
    found |= ROW
    for score in SCORES.values():
        found |= dict.fromkeys(score.columns(languages), "float64")
    return found


def narrowed(values: Mapping[str, Value], pair: Sequence[str]) -> dict[str, Value]:
    """Of the values of a row in more languages, those of one pair (two languages in alphabetical order)."""
    a, b = sorted(pair)
    own_probability = values.get(f"{PROBABILITY}_{a}_{b}")
    found: dict[str, Value] = {PROBABILITY: values.get(PROBABILITY) if own_probability is None else own_probability}
    found |= {name: values.get(name) for name in ROW}
    for score in SCORES.values():
        parts = score.parts((a, b))
        own = {column(score.name, part): values.get(column(score.name, part)) for part in parts}
        if not parts:
            continue
        if score.of is Of.PAIR:
            found[score.name] = next(iter(own.values()), None)
        else:
            known = [np.array([value], np.float64) for value in own.values() if isinstance(value, float)]
            found[score.name] = float(worst_of(score.worst, known)[0]) if known else None
            found |= own
    return found


def _pairs(languages: Sequence[str]) -> list[tuple[str, str]]:
    own = sorted(languages)
    return [(a, b) for i, a in enumerate(own) for b in own[i + 1 :]]
