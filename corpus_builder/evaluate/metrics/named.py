"""Metrics that an option defines: NAME=cmd:COMMAND, a scorer, and NAME=http:URL, a judge."""

from __future__ import annotations

import re
from collections.abc import Container

from corpus_builder.errors import UsageError
from corpus_builder.evaluate.metrics.base import Metric
from corpus_builder.evaluate.metrics.command import CommandMetric
from corpus_builder.evaluate.metrics.judge import JudgeMetric

_NAME = re.compile(r"[a-z0-9][a-z0-9_.+-]*")


def named_metric(option: str, taken: Container[str], lower_is_better: Container[str]) -> type[Metric] | None:
    """The metric of an option NAME=cmd:COMMAND or NAME=http:URL, or None for an option without a name.

    Raises:
        UsageError: the name is one of `taken` or cannot be used, or there is no command and no address.
    """
    name, equals, rest = option.partition("=")
    if not equals:
        return None
    name, (kind, _, what) = name.lower(), rest.partition(":")
    if kind in ("http", "https") and what.startswith("//"):
        kind, what = "http", rest
    if kind not in ("cmd", "http") or not what.strip() or not _NAME.fullmatch(name):
        raise UsageError(
            f"--metric {option!r} is not NAME=cmd:COMMAND or NAME=http:URL",
            next_step="e.g. --metric bleurt=cmd:./bleurt.sh",
        )
    if name in taken:
        raise UsageError(f"there is a metric {name!r} already", next_step="give this one another name")
    facts: dict[str, object] = {"name": name, "title": name}
    if kind == "http":
        return type("NamedJudgeMetric", (JudgeMetric,), facts | {"url": what.strip()})
    higher = name not in lower_is_better
    return type("NamedCommandMetric", (CommandMetric,), facts | {"command": what.strip(), "higher_is_better": higher})
