"""What a metric is: additive statistics per segment, and the score of their sum.

Because the statistics of any set of segments are the sum over its segments, significance tests, slices and segment
scores work alike for all metrics.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np

from corpus_builder.evaluate.cache import AnswerCache
from corpus_builder.evaluate.testset import Array, TestSet


@dataclass(frozen=True, slots=True)
class MetricSettings:
    """What some metrics need: a sentencepiece model for spBLEU, models for COMET and CometKiwi, which commands count
    errors, and the options of judges by their names. `cache` has the scores of commands and judges (None: nothing is
    kept), `notice` receives what they cost, a line each.
    """

    sentencepiece: str | None = None
    comet_model: str | None = None
    comet_gpus: int = 0
    lower_is_better: tuple[str, ...] = ()
    cometkiwi_model: str | None = None
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    cache: AnswerCache | None = None
    notice: Callable[[str], None] = lambda _line: None


class SacrebleuMetric(Protocol):
    """What a signature needs of a metric of sacrebleu, which has no types."""

    num_refs: int

    def get_signature(self) -> object:
        """The signature; its text is `name:value` pairs between bars."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a score depends on besides the texts: names and values, in order, in the notation of sacrebleu.

    Scores with equal signatures can be compared. The last fact is the `version`, of sacrebleu if it defines the metric,
    else of the metric; it changes whenever values may.

    >>> str(Signature.of(nrefs=1, match="value", version=2))
    'nrefs:1|match:value|version:2'
    """

    facts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, **facts: str | int) -> Signature:
        """The signature with these facts."""
        return cls(tuple((name, str(value)) for name, value in facts.items()))

    @classmethod
    def of_sacrebleu(cls, metric: SacrebleuMetric, references: int) -> Signature:
        """The signature of a metric of sacrebleu over so many references."""
        metric.num_refs = references
        facts = (fact.partition(":") for fact in str(metric.get_signature()).split("|"))
        return cls(tuple((name, value) for name, _, value in facts))

    def replace(self, **facts: str | int) -> Signature:
        """The signature with other values of some facts that it has."""
        return Signature.of(**(dict(self.facts) | facts))

    def __str__(self) -> str:
        return "|".join(f"{name}:{value}" for name, value in self.facts)


class Metric(ABC):
    """One metric over one test set; what depends on the references alone is computed once.

    `name` is for --metric and the JSON, `title` for tables, which show scores with `decimals` places. `miss` says what
    a segment with less than 100 shows, for metrics by which single segments are right or wrong: "name lost".
    """

    name: ClassVar[str]
    title: ClassVar[str]
    higher_is_better: ClassVar[bool] = True
    decimals: ClassVar[int] = 2
    miss: ClassVar[str] = ""
    signature: Signature

    @abstractmethod
    def __init__(self, test: TestSet, settings: MetricSettings) -> None: ...

    @abstractmethod
    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, statistics)."""

    @abstractmethod
    def scores(self, totals: Array) -> Array:
        """The scores of summed statistics, shape (…, statistics) to (…); NaN where there is nothing to score."""


class MeanMetric(Metric):
    """The mean of scores that segments have. Statistics: score, 1."""

    decimals = 4

    def scores(self, totals: Array) -> Array:
        """The mean segment score."""
        mean: Array = totals[..., 0] / totals[..., 1]
        return mean


def of_segments(scores: Sequence[float]) -> Array:
    """The statistics of a MeanMetric, shape (segments, 2)."""
    return np.stack([np.array(scores, np.float64), np.ones(len(scores))], axis=1)


def percentage(part: Array, whole: Array) -> Array:
    """100 · part / whole, and NaN where whole is 0."""
    result: Array = np.divide(100.0 * part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
    return result


def best_reference(counts: Sequence[Sequence[tuple[int, int]]]) -> Array:
    """Of (part, whole) per reference and segment, those of the reference with the greatest share, [segments, 2]."""
    stacked = np.array(counts, dtype=np.float64).reshape(len(counts), -1, 2)
    share = np.divide(stacked[..., 0], stacked[..., 1], out=np.zeros(stacked.shape[:2]), where=stacked[..., 1] > 0)
    best: Array = np.take_along_axis(stacked, share.argmax(axis=0)[None, :, None], axis=0)[0]
    return best
