"""A stand-in for the process apart in which pages are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


class ProcessHere:
    """A process apart that is this one: each task's result is what `outcome` makes of it."""

    def __init__(self, outcome: Callable[[Any], Any]) -> None:
        self._outcome = outcome

    def results(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """The result of each task."""
        return map(self._outcome, tasks)
