"""`NAME=cmd:COMMAND`: any scorer of segments, in an environment of its own, as a shell command."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Sequence

import numpy as np

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, Signature
from corpus_builder.evaluate.shell import digests, run_lines
from corpus_builder.evaluate.testset import Array, TestSet

_NAME = re.compile(r"[a-z0-9][a-z0-9_.+-]*")
# Seconds for the segments of one system. Chosen: a day, so that only a scorer that hangs is ended.
_TIMEOUT = 24 * 3600.0


class CommandMetric(Metric):
    """The mean of the scores that a command gives to segments. Statistics: score, 1.

    For each segment the command reads a line with the source, the output and the references, with tabs between them,
    and writes a line with a number.
    """

    decimals = 4
    command: str

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:  # noqa: ARG002 - all metrics take both
        self._columns = [test.sources, *test.references]
        files = {f"file{number}": digest[:16] for number, digest in enumerate(digests(self.command), 1)}
        self.signature = Signature.of(nrefs=len(test.references), command=_fact(self.command), **files)

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2).

        Raises:
            RunError: the command failed, or did not write a number for every segment.
        """
        source, *references = self._columns
        lines = ["\t".join(map(_cell, columns)) for columns in zip(source, outputs, *references, strict=True)]
        written = run_lines(self.command, lines, _TIMEOUT, "score fewer segments with --limit")
        return np.array([[self._number(line, place), 1.0] for place, line in enumerate(written, 1)])

    def _number(self, line: str, place: int) -> float:
        try:
            number = float(line)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise RunError(
                f"metric {self.name!r} (cmd:{self.command}): line {place} is not a number: {line[:60]!r}",
                next_step="the command must write one number per line, and nothing else, to standard output",
            )
        return number

    def scores(self, totals: Array) -> Array:
        """The mean segment score."""
        mean: Array = totals[..., 0] / totals[..., 1]
        return mean


def command_metric(option: str, taken: Container[str], lower_is_better: Container[str]) -> type[Metric] | None:
    """The metric of an option NAME=cmd:COMMAND, or None for an option of another form.

    Raises:
        UsageError: the name is one of `taken` or cannot be used, or there is no command.
    """
    name, equals, rest = option.partition("=")
    if not equals:
        return None
    name, command = name.lower(), rest.removeprefix("cmd:").strip()
    if not rest.startswith("cmd:") or not command or not _NAME.fullmatch(name):
        raise UsageError(
            f"--metric {option!r} is not NAME=cmd:COMMAND", next_step="e.g. --metric bleurt=cmd:./bleurt.sh"
        )
    if name in taken:
        raise UsageError(f"there is a metric {name!r} already", next_step="give the command another name")
    facts = {"name": name, "title": name, "command": command, "higher_is_better": name not in lower_is_better}
    return type("NamedCommandMetric", (CommandMetric,), facts)


def _cell(text: str) -> str:
    """A text without the signs that end columns and lines."""
    return " ".join(re.split(r"[\t\r\n]+", text))


def _fact(command: str) -> str:
    """A command as a fact of a signature, in which bars end facts."""
    return command.replace("|", "¦")
