"""The metrics of an evaluation, one file each, by the name that --metric and the JSON use.

A new metric is one module with a Metric in it and one line below, or an entry point of another package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus_builder.errors import UsageError
from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, Signature
from corpus_builder.evaluate.metrics.bleu import Bleu
from corpus_builder.evaluate.metrics.chrf import Chrf, ChrfPlusPlus
from corpus_builder.evaluate.metrics.comet import Comet, CometKiwi
from corpus_builder.evaluate.metrics.named import named_metric
from corpus_builder.evaluate.metrics.names import NameAccuracy
from corpus_builder.evaluate.metrics.numbers import NumberAccuracy
from corpus_builder.evaluate.metrics.quotes import QuoteAccuracy
from corpus_builder.evaluate.metrics.spbleu import SpBleu
from corpus_builder.evaluate.metrics.ter import Ter
from corpus_builder.evaluate.testset import TestSet
from corpus_builder.plugins import Extensible

__all__ = ["DEFAULT", "METRICS", "Metric", "MetricSettings", "Signature", "make_metrics"]

_BUILT_IN = (Bleu, Chrf, ChrfPlusPlus, Ter, SpBleu, Comet, CometKiwi, NameAccuracy, NumberAccuracy, QuoteAccuracy)


def _accept(name: str, made: object) -> type[Metric]:
    """A class that an installed package has for a metric."""
    if not (isinstance(made, type) and issubclass(made, Metric)):
        raise TypeError("it must be a subclass of corpus_builder.evaluate.metrics.Metric")
    lacking = sorted({*made.__abstractmethods__, *(each for each in ("name", "title") if not hasattr(made, each))})
    if lacking:
        raise TypeError(f"it has no {', '.join(lacking)}")
    if made.name != name:
        raise ValueError(f"its name is {made.name!r}, that of the entry point is {name!r}")
    return made


METRICS: Mapping[str, type[Metric]] = Extensible(
    "corpus_builder.metrics", "metric", {metric.name: metric for metric in _BUILT_IN}, _accept
)
"""All metrics by name: those of this package, and those that installed packages add."""

DEFAULT = ("bleu", "chrf", "chrf++", "name", "number", "quote")
"""The metrics without --metric: those that are fast and need no model. TER takes twice as long as these together
(benchmarks/evaluate.py metrics)."""


# Metrics that people ask for by name and that are commands here, and what else they need.
_COMMANDS = {"metricx": " --lower-is-better metricx", "bleurt": "", "bertscore": ""}


def make_metrics(names: Sequence[str], test: TestSet, settings: MetricSettings) -> list[Metric]:
    """The metrics with these names, in this order, each once; case is ignored.

    NAME=cmd:COMMAND is a scorer that is run, NAME=http:URL a judge that is asked.

    Raises:
        UsageError: a name is unknown, or a metric misses what it needs (a model, a command).
    """
    wanted: dict[str, type[Metric]] = {}
    for option in names:
        made = named_metric(option, METRICS, settings.lower_is_better)
        if made is not None:
            if made.name in wanted:
                raise UsageError(f"two metrics are named {made.name!r}", next_step="give each another name")
            wanted[made.name] = made
        elif (name := option.lower()) in _COMMANDS and name not in METRICS:
            raise UsageError(
                f"{name} runs as a command, in an environment of its own",
                next_step=f"give --metric {name}=cmd:COMMAND{_COMMANDS[name]}; docs/evaluation.md has the command",
            )
        elif name not in METRICS:
            raise UsageError(
                f"no metric {name!r}",
                next_step=f"choose from {', '.join(METRICS)}, or give NAME=cmd:COMMAND or NAME=http:URL",
            )
        else:
            wanted[name] = METRICS[name]
    if unknown := [name for name in settings.lower_is_better if name not in wanted]:
        raise UsageError(
            f"--lower-is-better {unknown[0]}: no command of that name is among the metrics",
            next_step=f"give --metric {unknown[0]}=cmd:COMMAND",
        )
    return [metric(test, settings) for metric in wanted.values()]
