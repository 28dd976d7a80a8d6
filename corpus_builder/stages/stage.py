"""What a stage declares, what it is given, and how its tasks run over the shards.

A Stage says what its result depends on: the files that it reads, its code, shipped data, installed extras, settings.
From these come the keys of its tasks. A task runs again when its key or one of its outputs changed, and only then.
The stages themselves are in the files named after them; pipeline.py has all of them in order.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from corpus_builder.crawl import Archive
from corpus_builder.files import file_hash
from corpus_builder.resources import shipped
from corpus_builder.sites import Site
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.executor import Workers
from corpus_builder.stages.jobs import Job, ShardResult, Task, receive, run_job
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.logs import current_log
from corpus_builder.workspace.manifest import Manifest, code_version, task_key
from corpus_builder.workspace.tables import join_drop_files

logger = logging.getLogger(__name__)

ALL = "all"
"""The shard name of a task that works on the whole corpus."""
SHARD = "<shard>"
"""Stands for the name of the task's shard in the patterns of `Stage.reads` and `Stage.writes`."""


def silent(stage: str, done: int, total: int | None) -> None:
    """Ignore progress."""


class Progress(Protocol):
    """Is called with how much of a stage is done; `total` is None while it is unknown."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Take note that `done` of `total` are done."""


@dataclass(frozen=True)
class Source:
    """Where the articles come from: the site itself, or WARC files, saved pages, a table of articles, an archive.

    WARC files and tables may be in an object store (s3://…).
    """

    warc: str | None = None
    pages: Path | None = None
    articles: Path | str | None = None
    archive: Archive | None = None


@dataclass(frozen=True)
class Run:
    """One run of a build: its config, its workspace, and `stages`, the whole pipeline in order.

    Its stories are added to those of earlier runs; with `replace` they take their place.
    """

    config: RunConfig
    site: Site
    workspace: Workspace
    manifest: Manifest
    source: Source = Source()
    workers: Workers = field(default_factory=Workers)
    progress: Progress = silent
    stages: tuple[Stage, ...] = ()
    replace: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the run, in a fixed order: those of the config, else those of the site."""
        return self.config.languages or self.site.languages


@dataclass(frozen=True)
class Figure:
    """A step of the funnel: the count of a stage that is shown, and its label.

    One that is not `always` there is shown only where the stage counted it.
    """

    label: str
    count: str
    always: bool = True


@dataclass(frozen=True)
class Stage:
    """One stage of a build.

    `command` is the command that runs it. `reads` and `writes` are glob patterns in the workspace, with `<shard>` for
    the task's shard. `modules` are the modules and packages of corpus_builder whose code decides what comes out
    ("text", "dataset.rows"); a test compares them with the import graph. `data` are shipped files and folders
    ("data/lexicon"), `extras` optional distributions that can change the result ("trafilatura"). A stage without
    `modules` runs every time. `drops` names the files of dropped/ that it writes, `figures` its steps of the funnel,
    `nothing` the message for a run that loses everything here. Where it is not `fetched`, a worker needs none of the
    files of `reads`.
    """

    name: str
    command: str
    about: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    run: Callable[[Run], None]
    modules: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    nothing: str = ""
    fetched: bool = True

    def key(self, workspace: Workspace, shard: str, *settings: Any, inputs: Any = None) -> str:
        """The key of a task. `inputs` replaces the hashes of the files of `reads`, where a task uses parts of them."""
        inputs = self.inputs(workspace, shard) if inputs is None else inputs
        shipped_files = [path for name in self.data for path in _files(shipped(name))]
        data = {path.name: file_hash(path) for path in shipped_files}
        return task_key(code_version(*self.modules), data, settings, inputs)

    def inputs(self, workspace: Workspace, shard: str) -> dict[str, str]:
        """The files that a task reads, with their hashes; paths are relative to the workspace."""
        return {
            workspace.relative(path): file_hash(path)
            for pattern in self.reads
            for path in sorted(workspace.root.glob(pattern.replace(SHARD, shard)))
            if path.is_file()
        }

    def needs(self, workspace: Workspace, shard: str) -> dict[str, str]:
        """The files with their hashes that a worker of another machine has to fetch for a task; else none."""
        return self.inputs(workspace, shard) if workspace.url and self.fetched else {}

    def installed(self) -> str:
        """The versions of the stage's extras that are installed."""
        return ", ".join(f"{name} {_version(name)}" for name in self.extras)


def _files(path: Path) -> list[Path]:
    return sorted(part for part in path.rglob("*") if part.is_file()) if path.is_dir() else [path]


@cache
def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


@dataclass(frozen=True)
class StageTask:
    """A shard of the workspace (or ALL) to work on, in these languages."""

    shard: str
    key: str
    workspace: Workspace
    languages: tuple[str, ...]


def run_shards(run: Run, stage: Stage, tasks: Sequence[Task], function: Callable[[Task], ShardResult]) -> None:
    """Run a stage on the shards whose key, extras or outputs changed; remove the outputs of shards that are gone.

    The seconds in the manifest are wall-clock time since the shard before was finished, so they add up to the stage's.
    """
    manifest, extras = run.manifest, stage.installed()
    manifest.keep_only(stage.name, [task.shard for task in tasks])
    stale = [task for task in tasks if not manifest.fresh(stage.name, task.shard, task.key, extras)]
    done = len(tasks) - len(stale)
    logger.info("%s: %d of %d shards are up to date", stage.name, done, len(tasks))
    run.progress(stage.name, done, len(tasks))
    jobs = [Job(function, task, stage.needs(run.workspace, task.shard), current_log()) for task in stale]
    try:
        _collect(run, stage, jobs, extras, done, len(tasks))
    finally:
        manifest.save()


def run_here(run: Run, stage: Stage, task: Task, function: Callable[[Task], ShardResult]) -> None:
    """Run a stage that is one task in this process, where all files of the workspace are, if that is necessary."""
    run_shards(replace(run, workers=Workers(1)), stage, [task], function)


def _collect(run: Run, stage: Stage, jobs: Sequence[Job[Task]], extras: str, done: int, total: int) -> None:
    started = time.monotonic()
    for job, result in run.workers.map(run_job, jobs):
        receive(run.workspace, result)
        now, shard = time.monotonic(), job.task.shard
        used = extras if result.needs_extras else ""
        run.manifest.enter(stage.name, shard, job.task.key, result.outputs, result.counts, now - started, used)
        logger.info("%s %s: %.1f s; %s", stage.name, shard, now - started, listed(result.counts))
        started, done = now, done + 1
        run.progress(stage.name, done, total)


def shard_tasks(run: Run, stage: Stage, *settings: Any) -> list[StageTask]:
    """A task for each shard of articles/."""
    return [
        StageTask(shard, stage.key(run.workspace, shard, run.languages, *settings), run.workspace, run.languages)
        for shard in run.workspace.shards()
    ]


def whole_task(run: Run, stage: Stage, *settings: Any) -> StageTask:
    """The task of a stage that works on the whole corpus."""
    key = stage.key(run.workspace, ALL, run.languages, *settings)
    return StageTask(ALL, key, run.workspace, run.languages)


def join_drops(workspace: Workspace, name: str) -> None:
    """Write dropped/<name>.parquet from the drops of all its shards."""
    files = sorted((workspace.dropped / ".shards" / name).glob("*.parquet"))
    join_drop_files(workspace.dropped / f"{name}.parquet", files)


def listed(counts: Mapping[str, int]) -> str:
    """Counts as a line of text."""
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "no counts"
