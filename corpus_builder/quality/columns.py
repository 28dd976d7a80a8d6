"""The columns of a row's `quality`: which there are for some languages, and what of them belongs to one pair.

A trilingual row has of each family the worst value and its parts. The row of a pair's config has the same families: of
its own two sides, under the same bare names, so that one filter serves both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from corpus_builder.quality.scores import SCORES, Of, Worst, column

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
    for name, worst, parts in _parts(a, b):
        if worst is None:
            found[name] = values.get(parts[0])
            continue
        own = {part: values.get(part) for part in parts}
        known = [value for value in own.values() if isinstance(value, float)]
        found[name] = _worst(worst, known) if known else None
        found |= own
    return found


@cache
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
    own = sorted(languages)
    return [(a, b) for i, a in enumerate(own) for b in own[i + 1 :]]
