"""The columns of a row's `quality`: which columns rows in some languages have, and which values belong to one pair.

A trilingual row has the worst value of each family and its parts. The row of a pair's config has the same families for
its two sides, under the same bare names, so that one filter works for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from corpus_builder.languages import cached
from corpus_builder.quality.score import Of, Worst, column
from corpus_builder.quality.scores import SCORES

if TYPE_CHECKING:
    import pyarrow as pa

Value = float | str | None
PROBABILITY = "probability"
COMPLETE = "complete"
CALIBRATED = (PROBABILITY, COMPLETE)
"""Probabilities of rows and pairs: that all is right, and that it is right and no side says more than another."""

ROW = {"score": "float64", "near_duplicates": "float64", "duplicate_rank": "float64"}
"""Columns of a row as a whole, with their types: the aligner's log-likelihood ratio, the number of near-duplicate rows
in other stories, and the row's place among them (0: the first)."""
THREE = {"consistency": "float64", "weakest_pair": "string"}
"""Columns of rows in three languages or more (consistency.py)."""
REASON = "weakest_reason"
"""What is wrong with the least likely pair of a row (consistency.py); in words."""


def columns(languages: Sequence[str]) -> dict[str, str]:
    """The columns of rows in these languages (two or more), with their Arrow types."""
    pairs = ["_".join(pair) for pair in _pairs(languages)]
    types = dict.fromkeys(CALIBRATED, "float64")
    if len(pairs) > 1:
        types |= {f"{name}_{pair}": "float64" for name in CALIBRATED for pair in pairs}
        types |= THREE
    types |= {REASON: "string", **ROW}
    for score in SCORES.values():
        types |= dict.fromkeys(score.columns(languages), "float64")
    return types


def narrowed(values: Mapping[str, Value], pair: Sequence[str]) -> dict[str, Value]:
    """The values that belong to one pair of languages, out of those of a row in more languages."""
    a, b = sorted(pair)
    narrow: dict[str, Value] = {}
    for name in CALIBRATED:
        of_pair = values.get(f"{name}_{a}_{b}")
        narrow[name] = values.get(name) if of_pair is None else of_pair
    narrow[REASON] = values.get(REASON) if values.get("weakest_pair") in (None, f"{a}-{b}") else None
    narrow |= {name: values.get(name) for name in ROW}
    for name, worst, parts in _parts(a, b):
        if worst is None:  # a row in two languages has it under the bare name alone
            narrow[name] = values.get(parts[0], values.get(name))
            continue
        of_parts = {part: values.get(part) for part in parts}
        numbers = [value for value in of_parts.values() if isinstance(value, float)]
        narrow[name] = _worst(worst, numbers) if numbers else None
        narrow |= of_parts
    return narrow


def sources(pair: Sequence[str]) -> set[str]:
    """The columns of rows in more languages that the values of one pair come from."""
    a, b = sorted(pair)
    names = {*CALIBRATED, *(f"{name}_{a}_{b}" for name in CALIBRATED), REASON, "weakest_pair", *ROW}
    return names.union(*({name, *parts} for name, _, parts in _parts(a, b)))


def narrowed_columns(values: Mapping[str, pa.Array], pair: Sequence[str]) -> dict[str, pa.Array]:
    """The same of many rows: [rows] the values of each column that belong to one pair."""
    import pyarrow as pa
    import pyarrow.compute as pc

    a, b = sorted(pair)
    narrow: dict[str, pa.Array] = {}
    for name in CALIBRATED:
        of_pair = values.get(f"{name}_{a}_{b}")
        narrow[name] = values[name] if of_pair is None else pc.coalesce(of_pair, values[name])
    narrow[REASON] = values[REASON]
    if (weakest := values.get("weakest_pair")) is not None:
        own = pc.fill_null(pc.equal(weakest, f"{a}-{b}"), True)
        narrow[REASON] = pc.if_else(own, values[REASON], pa.scalar(None, pa.string()))
    narrow |= {name: values[name] for name in ROW}
    for name, worst, parts in _parts(a, b):
        if worst is None:
            narrow[name] = values[parts[0] if parts[0] in values else name]
            continue
        narrow[name] = values[parts[0]]
        for part in parts[1:]:
            narrow[name] = _worse(worst, narrow[name], values[part])
        narrow |= {part: values[part] for part in parts}
    return narrow


def _worse(worst: Worst, first: pa.Array, second: pa.Array) -> pa.Array:
    """[rows] the worse of two values, of equals the first; where one is null the other."""
    import pyarrow.compute as pc

    if worst is Worst.FARTHEST:
        worse = pc.greater(pc.abs(second), pc.abs(first))
    else:
        worse = pc.less(second, first) if worst is Worst.LEAST else pc.greater(second, first)
    return pc.coalesce(pc.if_else(pc.fill_null(worse, False), second, first), second)


@cached
def _parts(a: str, b: str) -> list[tuple[str, Worst | None, list[str]]]:
    """The families that a pair's row has: the name, the columns of its parts, and which of several values is worst."""
    return [
        (score.name, None if score.of is Of.PAIR else score.worst, [column(score.name, part) for part in parts])
        for score in SCORES.values()
        if (parts := score.parts((a, b)))
    ]


def _worst(worst: Worst, values: Sequence[float]) -> float:
    if worst is Worst.FARTHEST:
        return max(values, key=abs)
    return min(values) if worst is Worst.LEAST else max(values)


def _pairs(languages: Sequence[str]) -> list[tuple[str, str]]:
    return list(combinations(sorted(languages), 2))
