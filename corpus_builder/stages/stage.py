"""What every stage of a build is given, and how a stage runs its tasks over the shards."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from corpus_builder.sites import Site
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.executor import Workers
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.tables import read_drops, write_drops


def silent(stage: str, done: int, total: int | None) -> None:
    """Say nothing."""


class Progress(Protocol):
    """Told how far a stage is; `total` is None while nobody knows."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Say that `done` of `total` are done."""


@dataclass(frozen=True)
class Source:
    """Where the articles come from: the site itself, or one of WARC files, saved pages, a table of articles."""

    warc: str | None = None
    pages: Path | None = None
    articles: Path | None = None


@dataclass(frozen=True)
class Run:
    """One run of a build: what was asked for, and where it works."""

    config: RunConfig
    site: Site
    workspace: Workspace
    manifest: Manifest
    source: Source = Source()
    workers: Workers = field(default_factory=Workers)
    progress: Progress = silent

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the run, in a fixed order: those of the config, else those of the site."""
        return self.config.languages or self.site.languages


class ShardTask(Protocol):
    """What a shard function is given: plain data that travels to a worker process."""

    @property
    def shard(self) -> str:
        """The shard's name, as "2025-12"."""

    @property
    def key(self) -> str:
        """The hash of everything that the result depends on."""


@dataclass(frozen=True)
class StageTask:
    """A shard of the workspace (or "all") to work on, in these languages."""

    shard: str
    key: str
    workspace: Workspace
    languages: tuple[str, ...]


@dataclass(frozen=True)
class ShardResult:
    """What a shard function answers: the files that it wrote, and what it counted."""

    outputs: tuple[Path, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


Task = TypeVar("Task", bound=ShardTask)


def run_shards(run: Run, stage: str, tasks: Sequence[Task], function: Callable[[Task], ShardResult]) -> None:
    """Run a stage on the shards whose key or outputs changed, and remove what shards made that are gone."""
    run.manifest.keep_only(stage, [task.shard for task in tasks])
    stale = [task for task in tasks if not run.manifest.fresh(stage, task.shard, task.key)]
    done = len(tasks) - len(stale)
    run.progress(stage, done, len(tasks))
    started = time.monotonic()
    for task, result in run.workers.map(function, stale):
        now = time.monotonic()
        run.manifest.record(stage, task.shard, task.key, result.outputs, result.counts, now - started)
        started, done = now, done + 1
        run.progress(stage, done, len(tasks))


def join_drops(run: Run, stage: str) -> None:
    """Write dropped/<stage>.parquet from the drops of all its shards."""
    files = sorted((run.workspace.dropped / ".shards" / stage).glob("*.parquet"))
    write_drops(run.workspace.dropped / f"{stage}.parquet", (drop for file in files for drop in read_drops(file)))
