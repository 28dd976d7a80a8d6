"""Number accuracy: of the numbers that reference or output states, how many does the other have.

Numbers, dates, times and months are read and compared as for the score `numbers_agree` of a dataset's rows
(text/quantities.py), so 4 тис. is 4000, "двадцять п'ять" is 25, and 8 p.m. is 20:00. A number that the output invents
counts as much as one that it loses. What both sides only put in words is not asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, Signature, best_reference, percentage
from corpus_builder.evaluate.testset import Array, TestSet
from corpus_builder.text.quantities import compare, quantities

VERSION = 2
"""Version 1 read numbers by rules of its own, and did not count numbers that only the output has."""


class NumberAccuracy(Metric):
    """Agreement on numbers, 0 to 100. Statistics: numbers that agree, numbers stated, each of both sides together.

    With several references, each segment is compared with the one that the output agrees with most.
    """

    name = "number"
    title = "Numbers"
    miss = "number wrong"

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:  # noqa: ARG002 - all metrics take both
        self._language = test.pair.target
        self._references = [[quantities(text, self._language) for text in side] for side in test.references]
        self.signature = Signature.of(nrefs=len(self._references), match="value", version=VERSION)

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2)."""
        read = [quantities(output, self._language) for output in outputs]
        return best_reference([[*map(compare, reference, read)] for reference in self._references])

    def scores(self, totals: Array) -> Array:
        """Agreeing numbers in per cent of all that are stated."""
        return percentage(totals[..., 0], totals[..., 1])
