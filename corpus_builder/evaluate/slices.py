"""Scores on parts of the test set, which show where a system fails.

Each dimension (section, month, length, …) gives every row a value, or None; a slice is the rows with one value. A new
dimension is one function and one line in DIMENSIONS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus_builder.evaluate.metrics.base import Metric
from corpus_builder.evaluate.metrics.names import known_names, names_in
from corpus_builder.evaluate.metrics.quotes import quotations_in
from corpus_builder.evaluate.testset import Array, TestSet
from corpus_builder.text.quantities import quantities

SMALLEST = 50
"""Rows below which a slice gets no score: at 50, the 95 % interval of BLEU is ±5.5 on WMT22's English-Ukrainian
systems, more than between the best and the worst of them (benchmarks/evaluate.py slices)."""

# Bounds of bins. Chosen: round numbers that give bins of comparable size on news.

_LENGTHS = ((5, "1–5 words"), (10, "6–10 words"), (20, "11–20 words"), (40, "21–40 words"))
_LONGEST = "over 40 words"
_PROBABILITIES = ((0.5, "below 0.5"), (0.7, "0.5–0.7"), (0.9, "0.7–0.9"), (0.99, "0.9–0.99"))
_SUREST = "0.99 and above"

Values = list[str | None]


@dataclass(frozen=True)
class Slice:
    """The rows with one value of one dimension.

    `scores` are per system and metric the score on these rows alone: None where the metric has nothing to score, and
    None as a whole where the slice is too small.
    """

    dimension: str
    value: str
    rows: int
    scores: Mapping[str, Mapping[str, float | None]] | None


def values_of_rows(test: TestSet, further: Mapping[str, Values] | None = None) -> dict[str, Values]:
    """Per dimension that divides the rows the value of each row, in the order of DIMENSIONS.

    Args:
        test: the test set.
        further: more dimensions, with a value for each row.
    """
    every = {name: values_of(test) for name, values_of in DIMENSIONS.items()} | dict(further or {})
    return {name: values for name, values in every.items() if len(set(values)) > 1}


def slice_scores(
    dimensions: Mapping[str, Values],
    metrics: Sequence[Metric],
    statistics: Mapping[str, Mapping[str, Array]],
    smallest: int = SMALLEST,
) -> tuple[Slice, ...]:
    """Score all systems on all slices.

    Args:
        dimensions: per dimension the value of each row (values_of_rows).
        metrics: the metrics.
        statistics: per metric and system an array of shape (segments, statistics).
        smallest: slices with fewer rows get no scores.
    """
    slices = []
    for dimension, values in dimensions.items():
        present = set(values) - {None}
        for value in sorted(present, key=lambda value: _order(dimension, str(value))):
            chosen = np.array([row_value == value for row_value in values])
            rows = int(chosen.sum())
            slices.append(Slice(dimension, str(value), rows, _scores(metrics, statistics, chosen, rows, smallest)))
    return tuple(slices)


def _scores(
    metrics: Sequence[Metric],
    statistics: Mapping[str, Mapping[str, Array]],
    chosen: np.ndarray,
    rows: int,
    smallest: int,
) -> dict[str, dict[str, float | None]] | None:
    if rows < smallest:
        return None
    scores: dict[str, dict[str, float | None]] = {}
    for metric in metrics:
        for system, array in statistics[metric.name].items():
            score = float(metric.scores(array[chosen].sum(axis=0)))
            scores.setdefault(system, {})[metric.name] = None if np.isnan(score) else score
    return scores


def _order(dimension: str, value: str) -> tuple[int, str]:
    """Bins by their bounds, all else alphabetically."""
    bins = {"length": [*(name for _, name in _LENGTHS), _LONGEST]}
    bins["probability"] = [*(name for _, name in _PROBABILITIES), _SUREST]
    return (bins[dimension].index(value), value) if dimension in bins else (0, value)


def _lengths(test: TestSet) -> Values:
    def name(words: int) -> str:
        return next((name for largest, name in _LENGTHS if words <= largest), _LONGEST)

    return [name(len(row.source.split())) for row in test.rows]


def _probabilities(test: TestSet) -> Values:
    def name(probability: float) -> str:
        return next((name for above, name in _PROBABILITIES if probability < above), _SUREST)

    return [None if row.probability is None else name(row.probability) for row in test.rows]


def _quotations(test: TestSet) -> Values:
    def quoted(text: str, label: str | None, config: str | None) -> bool:
        return label == "quote" or (config or "").startswith("quotes") or bool(quotations_in(text))

    return ["quotation" if quoted(row.references[0], row.label, row.config) else "narrative" for row in test.rows]


def _headlines(test: TestSet) -> Values:
    return [None if row.kind is None else "headline" if row.kind == "title" else "body" for row in test.rows]


def _numbers(test: TestSet) -> Values:
    language = test.pair.target
    return ["with numbers" if quantities(row.references[0], language).stated else "without" for row in test.rows]


def _names(test: TestSet) -> Values:
    names = known_names([row.references[0] for row in test.rows])
    return ["with names" if names_in(row.references[0], names) else "without" for row in test.rows]


DIMENSIONS: dict[str, Callable[[TestSet], Values]] = {
    "config": lambda test: [row.config for row in test.rows],
    "section": lambda test: [row.section for row in test.rows],
    "month": lambda test: [row.date[:7] if row.date else None for row in test.rows],
    "length": _lengths,
    "label": lambda test: [row.label for row in test.rows],
    "quotation": _quotations,
    "headline": _headlines,
    "numbers": _numbers,
    "names": _names,
    "probability": _probabilities,
}
