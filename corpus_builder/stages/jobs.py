"""A shard function on a worker: what it needs is fetched there, and what it made is stored, if that is another machine.

In a workspace on this machine all of that is there already, and only hashes are taken.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from corpus_builder.files import file_hash
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.logs import add_lines, worker_log


class ShardTask(Protocol):
    """What a shard function is given: plain data that travels to a worker process."""

    @property
    def shard(self) -> str:
        """The shard's name, as "2025-12"."""

    @property
    def key(self) -> str:
        """The hash of everything that the result depends on."""

    @property
    def workspace(self) -> Workspace:
        """Where its files are."""


@dataclass(frozen=True)
class ShardResult:
    """What a shard function returns: the files that it wrote, its counts, and whether an extra could change them.

    With `passing` they are read by the command alone: a worker of another machine does not keep them.
    """

    outputs: tuple[Path, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    needs_extras: bool = False
    passing: bool = False


Task = TypeVar("Task", bound=ShardTask)


@dataclass(frozen=True)
class Job(Generic[Task]):
    """A task on its way: its function, the files that it reads with their hashes by name, and the log of the run."""

    function: Callable[[Task], ShardResult]
    task: Task
    needs: Mapping[str, str]
    log: Path | None = None


@dataclass(frozen=True)
class Done:
    """What came of a job: its files by name with their hashes, with their tokens where they were stored; its log."""

    outputs: Mapping[str, str]
    tokens: Mapping[str, str]
    counts: Mapping[str, int]
    needs_extras: bool
    lines: Sequence[str]


_ONE = threading.Lock()
"""Dask runs tasks in threads, and those of one process share what they have read: one at a time."""


def run_job(job: Job[Task]) -> Done:
    """Run a job where this process is."""
    with _ONE, worker_log(job.log) as lines:
        workspace = job.task.workspace
        mirror = workspace.mirror
        if mirror:
            mirror.fetch(job.needs)
        result = job.function(job.task)
        names = list(map(workspace.relative, result.outputs))
        outputs = {name: file_hash(path) for name, path in zip(names, result.outputs, strict=True)}
        tokens = dict(zip(names, mirror.publish(names), strict=True)) if mirror else {}
        for path in result.outputs if mirror and result.passing else ():
            path.unlink()
        return Done(outputs, tokens, result.counts, result.needs_extras, lines)


def receive(workspace: Workspace, done: Done) -> None:
    """Bring what a worker of another machine made into the working copy here, and what it logged into the log."""
    add_lines(done.lines)
    if mirror := workspace.mirror:
        mirror.fetch(done.outputs)
        mirror.note(done.tokens)
