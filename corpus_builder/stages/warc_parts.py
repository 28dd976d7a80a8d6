"""WARC files read by workers, a task a file: what each has comes back as a file of the workspace.

The workers read the files where they are, of a store or of this machine. What they found is put together here in the
order of the files, so that it is the same whoever read them.
"""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import zstandard

from corpus_builder.crawl.warc_index import FileReader
from corpus_builder.errors import UsageError
from corpus_builder.files import file_hash, replacing
from corpus_builder.parquet import read_rows
from corpus_builder.remote import is_remote
from corpus_builder.sites import PageKey
from corpus_builder.stages.jobs import Job, ShardResult, receive, run_job
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.captures import captures_file
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.logs import current_log

LARGE = 50_000_000
"""Bytes of WARC files from which on they are read by several processes. Chosen: one reads them in some 15 s, and
processes take 2 s to start."""


@dataclass(frozen=True)
class WarcTask:
    """A WARC file to read, by its number (`shard`); `path` is its name, `place` where workers find it.

    `earlier` are the captures of earlier runs, a file with its hash; None where there are none, or they do not count.
    """

    shard: str
    key: str
    workspace: Workspace
    reader: FileReader
    path: Path | str
    place: Path | str
    earlier: tuple[str, str] | None


def elsewhere(run: Run) -> Callable[[FileReader, Sequence[Path | str]], Iterable[Any] | None]:
    """What reads WARC files on the cluster of a run; without one in processes of this machine, if they are large."""

    def read_all(reader: FileReader, paths: Sequence[Path | str]) -> Iterable[Any] | None:
        workers = run.workers
        here = workers.cluster is None and ((workers.count or os.cpu_count() or 1) < 2 or not _are_large(paths))
        return None if here else _parts(run, reader, paths)

    return read_all


def _are_large(paths: Sequence[Path | str]) -> bool:
    """Whether files are worth starting processes for; those of a store are taken to be."""
    here = [path for path in paths if isinstance(path, Path)]
    return len(paths) > 1 and (len(here) < len(paths) or sum(path.stat().st_size for path in here) >= LARGE)


def _parts(run: Run, reader: FileReader, paths: Sequence[Path | str]) -> Iterator[Any]:
    """What each file has, in the order of the files; one is in memory at a time."""
    workspace = run.workspace
    workspace.push()  # workers fetch the captures of earlier runs
    earlier = None if run.replace else _earlier_captures(workspace)
    needs = dict([earlier] if earlier and workspace.url else ())
    bare = replace(reader, earlier=frozenset())  # there may be millions: workers read them, once for all files
    jobs = [
        Job(read_warc, WarcTask(f"{number:07}", "", workspace, bare, path, _place(path), earlier), needs, current_log())
        for number, path in enumerate(paths)
    ]
    shutil.rmtree(workspace.captures_parts, ignore_errors=True)  # of a run that was killed
    try:
        read: dict[int, str] = {}
        following = 0
        for job, result in run.workers.map(run_job, jobs):
            receive(workspace, result)
            [read[int(job.task.shard)]] = result.outputs
            while following in read:
                yield _read_part(workspace.root / read.pop(following))
                following += 1
    finally:
        shutil.rmtree(workspace.captures_parts, ignore_errors=True)


def _place(path: Path | str) -> Path | str:
    return path if is_remote(path) else Path(path).absolute()


def read_warc(task: WarcTask) -> ShardResult:
    """Read one WARC file. Raises UsageError where this worker does not see it."""
    if isinstance(task.place, Path) and not task.place.exists():
        raise UsageError(
            f"a worker of the cluster does not see {task.place}",
            next_step="put the WARC files where all workers see them: in a shared folder, or in an object store",
        )
    earlier = _pages_of(task.workspace, *task.earlier) if task.earlier else frozenset()
    part = task.workspace.captures_parts / f"{task.shard}.zst"
    with replacing(part) as path:
        path.write_bytes(zstandard.compress(pickle.dumps(replace(task.reader, earlier=earlier)(task.path, task.place))))
    return ShardResult((part,), passing=True)


def _read_part(path: Path) -> Any:
    """What a worker found; the hash of the file is the one that it told."""
    return pickle.loads(zstandard.decompress(path.read_bytes()))


def _earlier_captures(workspace: Workspace) -> tuple[str, str] | None:
    """The file with the captures of earlier runs, and its hash; None for a new workspace."""
    path = captures_file(workspace)
    return (workspace.relative(path), file_hash(path)) if path else None


@lru_cache(maxsize=1)
def _pages_of(workspace: Workspace, name: str, _hash: str) -> frozenset[PageKey]:
    """The pages in a file of captures; `_hash` tells it from another one of this name."""
    rows = read_rows(workspace.root / name, ["language", "article_id", "part"])
    return frozenset(PageKey(row["language"], row["article_id"]) for row in rows if not row["part"])
