"""From a test set and systems' outputs to everything that the tables and the report show.

evaluate() is pure: outputs come as texts, files are read and written elsewhere (files.py, dataset.py, outputs/).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from corpus_builder.errors import UsageError
from corpus_builder.evaluate.contamination import Contamination
from corpus_builder.evaluate.metrics import Metric
from corpus_builder.evaluate.ranking import Ranked, rank
from corpus_builder.evaluate.significance import Resampling, Tested, compare_systems
from corpus_builder.evaluate.slices import SMALLEST, Slice, Values, slice_scores
from corpus_builder.evaluate.testset import Array, TestSet

UNITS = ("segments", "documents")
TESTS = ("bootstrap", "randomisation")

FEWEST_DOCUMENTS = 20
"""Documents below which the ranking goes by segments: percentile intervals over few units are too narrow. Said to be
95 %, they hold the mean of a normal distribution 93.5 % of the time over 20 units, 90 % over 10, 85 % over 5
(benchmarks/evaluate.py units)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the ranking goes by: which units are resampled (None: documents where there are enough), which test."""

    resampling: Resampling | None = field(default_factory=Resampling)
    unit: str | None = None
    test: str = "bootstrap"
    alpha: float = 0.05
    smallest_slice: int = SMALLEST


@dataclass(frozen=True)
class Evaluation:
    """All results. Arrays per metric follow the order of `systems`; `tests` is keyed by unit, then by metric."""

    test: TestSet
    outputs: Mapping[str, Sequence[str]]
    metrics: tuple[Metric, ...]
    settings: Settings
    unit: str
    scores: Mapping[str, Array]
    segment_scores: Mapping[str, Mapping[str, Array]]
    tests: Mapping[str, Mapping[str, Tested]]
    ranking: Mapping[str, tuple[Ranked, ...]]
    slices: tuple[Slice, ...]
    contamination: Mapping[str, Contamination] = field(default_factory=dict)

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of the systems, as they were given."""
        return tuple(self.outputs)

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
    progress: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Score, test, rank and slice.

    Args:
        test: the test set.
        outputs: per system its translations, one per row.
        metrics: made for this test set.
        settings: what the ranking goes by.
        contamination: per training data what of the test set it holds.
        progress: told the name of each step before it begins.

    Raises:
        UsageError: tests over documents were asked for and documents are not known.
    """
    documents = test.documents
    unit = _unit(settings.unit, documents)
    statistics: dict[str, dict[str, Array]] = {metric.name: {} for metric in metrics}
    for system, texts in outputs.items():
        for metric in metrics:
            progress(f"{metric.title} of {system}")
            statistics[metric.name][system] = metric.statistics(texts)
    scores = {
        metric.name: np.array([metric.scores(array.sum(axis=0)) for array in statistics[metric.name].values()])
        for metric in metrics
    }
    tests: dict[str, dict[str, Tested]] = {}
    if settings.resampling is not None:
        arrays = {name: list(per_system.values()) for name, per_system in statistics.items()}
        scorers = {metric.name: metric.scores for metric in metrics}
        for name, units in (("segments", None), ("documents", documents)):
            if name == "segments" or documents is not None:
                progress(f"significance over {name}")
                tests[name] = compare_systems(arrays, scorers, units, settings.resampling)
    progress("slices")
    seen: dict[str, Values] = {}
    for name, found in (contamination or {}).items():
        held = set(found.any)
        seen[f"seen in {name}"] = ["held" if row in held else "not held" for row in range(len(test))]
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
        ranking={
            metric.name: rank(
                tuple(outputs),
                scores[metric.name],
                getattr(tests[unit][metric.name], settings.test) if tests else None,
                settings.alpha,
                metric.higher_is_better,
            )
            for metric in metrics
        },
        slices=slice_scores(test, metrics, statistics, settings.smallest_slice, seen),
        contamination=contamination or {},
    )


def _unit(asked: str | None, documents: np.ndarray | None) -> str:
    if asked == "documents" and documents is None:
        raise UsageError(
            "--unit documents: it is not known which document each segment lies in",
            next_step="give --documents FILE, the document's name for each segment, one a line",
        )
    if asked:
        return asked
    return "documents" if documents is not None and documents.max(initial=-1) + 1 >= FEWEST_DOCUMENTS else "segments"
