"""The metrics of an evaluation, one file each, by the name that --metric and the JSON use.

A new metric is one module with a Metric in it and one line below.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus_builder.errors import UsageError
from corpus_builder.evaluate.metrics.base import Metric, MetricSettings
from corpus_builder.evaluate.metrics.bleu import Bleu
from corpus_builder.evaluate.metrics.chrf import Chrf, ChrfPlusPlus
from corpus_builder.evaluate.metrics.comet import Comet
from corpus_builder.evaluate.metrics.names import NameAccuracy
from corpus_builder.evaluate.metrics.numbers import NumberAccuracy
from corpus_builder.evaluate.metrics.quotes import QuoteAccuracy
from corpus_builder.evaluate.metrics.spbleu import SpBleu
from corpus_builder.evaluate.metrics.ter import Ter
from corpus_builder.evaluate.testset import TestSet

__all__ = ["DEFAULT", "METRICS", "Metric", "MetricSettings", "make_metrics"]

METRICS: dict[str, type[Metric]] = {
    metric.name: metric
    for metric in (Bleu, Chrf, ChrfPlusPlus, Ter, SpBleu, Comet, NameAccuracy, NumberAccuracy, QuoteAccuracy)
}

DEFAULT = ("bleu", "chrf", "chrf++", "name", "number", "quote")
"""The metrics without --metric: those that are fast and need no model. TER takes twice as long as these together
(benchmarks/evaluate.py metrics)."""


def make_metrics(names: Sequence[str], test: TestSet, settings: MetricSettings) -> list[Metric]:
    """The metrics with these names, in this order, each once; case is ignored.

    Raises:
        UsageError: a name is unknown, or a metric misses what it needs (a model, a command).
    """
    wanted = dict.fromkeys(name.lower() for name in names)
    for name in wanted:
        if name not in METRICS:
            raise UsageError(f"no metric {name!r}", next_step=f"choose from {', '.join(METRICS)}")
    return [METRICS[name](test, settings) for name in wanted]
