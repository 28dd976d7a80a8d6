"""What a metric is: statistics per segment that add up, and a score of their sum.

Because the statistics of any set of segments are the sum of the segments' own, one significance test, one slice table
and one list of worst segments serve all metrics alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from corpus_builder.evaluate.testset import Array, TestSet


@dataclass(frozen=True, slots=True)
class MetricSettings:
    """What some metrics need: a sentencepiece model for spBLEU, a model for COMET."""

    sentencepiece: str | None = None
    comet_model: str | None = None
    comet_gpus: int = 0


class Metric(ABC):
    """One metric over one test set; whatever depends on the references alone is computed once.

    `name` is what --metric and the JSON call it, `title` what tables do; scores run to `decimals` places there.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    higher_is_better: ClassVar[bool] = True
    decimals: ClassVar[int] = 2
    signature: str

    @abstractmethod
    def __init__(self, test: TestSet, settings: MetricSettings) -> None: ...

    @abstractmethod
    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, statistics)."""

    @abstractmethod
    def scores(self, totals: Array) -> Array:
        """The scores of summed statistics, shape (…, statistics) to (…); NaN where there was nothing to score."""


def percentage(part: Array, whole: Array) -> Array:
    """100 · part / whole, and NaN where whole is 0."""
    result: Array = np.divide(100.0 * part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
    return result
