"""From a test set and the outputs of systems to everything that the tables and the report show.

evaluate() is pure: outputs come as texts, files are read and written elsewhere (lines.py, dataset.py, outputs/).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from corpus_builder.errors import UsageError
from corpus_builder.evaluate.choices import SignificanceTest, Unit
from corpus_builder.evaluate.contamination import Contamination
from corpus_builder.evaluate.metrics import Metric
from corpus_builder.evaluate.ranking import Ranked, rank, unranked
from corpus_builder.evaluate.significance import Resampling, Tested, compare_systems, holm
from corpus_builder.evaluate.slices import SMALLEST, Slice, Values, slice_scores, values_of_rows
from corpus_builder.evaluate.testset import Array, Indices, TestSet

FEWEST_DOCUMENTS = 20
"""With fewer documents the ranks go by segments, because percentile intervals over few units are too narrow: nominal
95 % intervals contain the mean of a normal distribution in 93.5 % of cases over 20 units, 90 % over 10, 85 % over 5
(benchmarks/evaluate.py units)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the ranks go by.

    `resampling` is None for no tests, `unit` None for documents where there are at least FEWEST_DOCUMENTS. A difference
    is significant where its p-value, corrected by Holm for the number of pairs, is below `alpha`; 0.05 is the usual
    level.
    """

    resampling: Resampling | None = field(default_factory=Resampling)
    unit: Unit | None = None
    test: SignificanceTest = SignificanceTest.BOOTSTRAP
    alpha: float = 0.05
    smallest_slice: int = SMALLEST


@dataclass(frozen=True)
class Evaluation:
    """All results. Arrays per metric follow the order of `systems`; `tests` is keyed by unit, then by metric.

    `dimensions` has per dimension of slices the value of each row.
    """

    test: TestSet
    outputs: Mapping[str, Sequence[str]]
    metrics: tuple[Metric, ...]
    settings: Settings
    unit: Unit
    scores: Mapping[str, Array]
    segment_scores: Mapping[str, Mapping[str, Array]]
    tests: Mapping[Unit, Mapping[str, Tested]]
    ranking: Mapping[str, tuple[Ranked, ...]]
    dimensions: Mapping[str, Values]
    slices: tuple[Slice, ...]
    contamination: Mapping[str, Contamination] = field(default_factory=dict)

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of the systems, in the order given."""
        return tuple(self.outputs)

    @property
    def ranked(self) -> bool:
        """Whether systems are ranked at all; they are not on a single document."""
        return all(place.rank is not None for places in self.ranking.values() for place in places)

    def interval(self, metric: str, system: str) -> tuple[float, float] | None:
        """The confidence interval that goes with the ranking, or None without tests or without a score."""
        if self.unit not in self.tests:
            return None
        tested = self.tests[self.unit][metric]
        index = self.systems.index(system)
        low, high = float(tested.low[index]), float(tested.high[index])
        return None if np.isnan(low) else (low, high)


def evaluate(
    test: TestSet,
    outputs: Mapping[str, Sequence[str]],
    metrics: Sequence[Metric],
    settings: Settings = Settings(),
    contamination: Mapping[str, Contamination] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Evaluation:
    """Score, test, rank and slice.

    Args:
        test: the test set.
        outputs: per system its translations, one per row of the test set.
        metrics: made for this test set (make_metrics).
        settings: what the ranks go by.
        contamination: per training set its overlap with the test set.
        progress: called with the number of steps done and of all steps.

    Raises:
        UsageError: tests over documents were asked for and documents are not known.
    """
    documents = test.documents
    unit = _unit(settings.unit, documents)
    tested_units: list[Unit] = []
    if settings.resampling is not None:
        tested_units = [Unit.SEGMENTS] if documents is None else [Unit.SEGMENTS, Unit.DOCUMENTS]
    steps = _Steps(progress, len(outputs) * len(metrics) + len(tested_units) + 1)
    statistics = _statistics(outputs, metrics, steps)
    scores = {
        metric.name: np.array([metric.scores(array.sum(axis=0)) for array in statistics[metric.name].values()])
        for metric in metrics
    }
    tests: dict[Unit, dict[str, Tested]] = {}
    if settings.resampling is not None:
        arrays = {name: list(per_system.values()) for name, per_system in statistics.items()}
        scorers = {metric.name: metric.scores for metric in metrics}
        for tested_unit in tested_units:
            units = documents if tested_unit is Unit.DOCUMENTS else None
            tests[tested_unit] = compare_systems(arrays, scorers, units, settings.resampling)
            steps.done()
    overlaps = dict(contamination or {})
    dimensions = values_of_rows(test, _by_overlap(overlaps, len(test)))
    slices = slice_scores(dimensions, metrics, statistics, settings.smallest_slice)
    steps.done()
    return Evaluation(
        test=test,
        outputs=outputs,
        metrics=tuple(metrics),
        settings=settings,
        unit=unit,
        scores=scores,
        segment_scores={
            metric.name: {system: metric.scores(array) for system, array in statistics[metric.name].items()}
            for metric in metrics
        },
        tests=tests,
        ranking=_rankings(test, tuple(outputs), metrics, scores, tests.get(unit), settings),
        dimensions=dimensions,
        slices=slices,
        contamination=overlaps,
    )


class _Steps:
    """Counts the steps of an evaluation, and reports each."""

    def __init__(self, progress: Callable[[int, int], None], total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        progress(0, total)

    def done(self) -> None:
        """One more step is done."""
        self._done += 1
        self._progress(self._done, self._total)


def _statistics(
    outputs: Mapping[str, Sequence[str]], metrics: Sequence[Metric], steps: _Steps
) -> dict[str, dict[str, Array]]:
    """Per metric and system the statistics of all segments."""
    statistics: dict[str, dict[str, Array]] = {metric.name: {} for metric in metrics}
    for system, texts in outputs.items():
        for metric in metrics:
            statistics[metric.name][system] = metric.statistics(texts)
            steps.done()
    return statistics


def _rankings(
    test: TestSet,
    systems: Sequence[str],
    metrics: Sequence[Metric],
    scores: Mapping[str, Array],
    tests: Mapping[str, Tested] | None,
    settings: Settings,
) -> dict[str, tuple[Ranked, ...]]:
    """Per metric the systems in order; without tests every difference counts. One document ranks nothing."""
    documents = test.documents
    single = len(test) < 2 or (documents is not None and documents.max(initial=0) == 0)
    rankings = {}
    for metric in metrics:
        p_values: Array | None = None
        if tests is not None:
            tested = tests[metric.name]
            p_values = holm(tested.p_values(settings.test))
        places = rank(systems, scores[metric.name], p_values, settings.alpha, metric.higher_is_better)
        rankings[metric.name] = unranked(places) if single else places
    return rankings


def _by_overlap(contamination: Mapping[str, Contamination], rows: int) -> dict[str, Values]:
    """Dimensions for slices: per training set whether it contains a row."""
    dimensions: dict[str, Values] = {}
    for name, overlap in contamination.items():
        contained = set(overlap.any)
        dimensions[f"contained in {name}"] = [
            "contained" if row in contained else "not contained" for row in range(rows)
        ]
    return dimensions


def _unit(asked: Unit | None, documents: Indices | None) -> Unit:
    if asked is Unit.DOCUMENTS and documents is None:
        raise UsageError(
            "--unit documents: the document of each segment is not known",
            next_step="give --documents FILE, with the document name of each segment, one per line",
        )
    if asked is not None:
        return asked
    enough = documents is not None and documents.max(initial=-1) + 1 >= FEWEST_DOCUMENTS
    return Unit.DOCUMENTS if enough else Unit.SEGMENTS
