"""`NAME=cmd:COMMAND`: any scorer of segments, in an environment of its own, as a shell command."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from corpus_builder.errors import RunError
from corpus_builder.evaluate.metrics.base import MeanMetric, MetricSettings, Signature, of_segments
from corpus_builder.evaluate.shell import digests, run_lines
from corpus_builder.evaluate.testset import Array, TestSet

# Seconds for the segments of one system. Chosen: a day, so that only a scorer that hangs is ended.
_TIMEOUT = 24 * 3600.0


class CommandMetric(MeanMetric):
    """The mean of the scores that a command gives to segments, by a cache if there is one.

    For each segment the command reads a line with the source, the output and the references, with tabs between them,
    and writes a line with a number.
    """

    command: str

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:
        self._columns = [test.sources, *test.references]
        self._cache = settings.cache
        files = digests(self.command)
        self._identity = {"kind": "scorer", "command": self.command, "files": files}
        named = {f"file{number}": digest[:16] for number, digest in enumerate(files, 1)}
        self.signature = Signature.of(nrefs=len(test.references), command=_fact(self.command), **named)

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2).

        Raises:
            RunError: the command failed, or did not write a number for every segment.
        """
        source, *references = self._columns
        lines = ["\t".join(map(_cell, columns)) for columns in zip(source, outputs, *references, strict=True)]
        known = {} if self._cache is None else {line: self._cache.get(self._identity, line) for line in lines}
        missing = [line for line in lines if known.get(line) is None]
        if missing:
            written = run_lines(self.command, missing, _TIMEOUT, "score fewer segments with --limit")
            # Checked before they are kept.
            numbers = [self._number(text, place) for place, text in enumerate(written, 1)]
            scores = {line: str(number) for line, number in zip(missing, numbers, strict=True)}
            if self._cache is not None:
                self._cache.put(self._identity, scores)
            known |= scores
        return of_segments([float(known[line] or math.nan) for line in lines])

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


def _cell(text: str) -> str:
    """A text without the signs that end columns and lines."""
    return " ".join(re.split(r"[\t\r\n]+", text))


def _fact(command: str) -> str:
    """A command as a fact of a signature, in which bars end facts."""
    return command.replace("|", "¦")
