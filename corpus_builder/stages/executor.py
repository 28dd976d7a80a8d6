"""Running a stage's tasks: in this process, in worker processes, or on a Dask cluster.

A worker that is killed breaks a process pool; a new pool then continues with the remaining tasks.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from corpus_builder.errors import RunError, UsageError
from corpus_builder.install import install_command

Task = TypeVar("Task")
Result = TypeVar("Result")

BROKEN_POOLS = 3
"""Pools that may break before the run ends. Chosen: one may be bad luck, after three a task kills its worker."""


@dataclass(frozen=True)
class Workers:
    """Where tasks run: in `count` processes (None: number of cores), or on the Dask scheduler at `cluster`."""

    count: int | None = None
    cluster: str | None = None

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[Task, Result]]:
        """Each task with its result, in the order in which they finish. The first error ends the run."""
        count = min(self.count or os.cpu_count() or 1, len(tasks))
        if count <= 1 and self.cluster is None:
            yield from ((task, function(task)) for task in tasks)
            return
        left = dict(enumerate(tasks))
        for _ in range(BROKEN_POOLS):
            try:
                with self._executor(count) as executor:
                    futures: dict[Any, int] = {executor.submit(function, task): i for i, task in left.items()}
                    for future in as_completed(futures):
                        result = future.result()
                        yield left.pop(futures[future]), result
                return
            except BrokenExecutor:
                continue
        raise RunError(
            f"worker processes were killed {BROKEN_POOLS} times; {len(left)} shards are not finished",
            next_step="probably too little memory: try --workers 1; the next run continues with the remaining shards",
        )

    @contextmanager
    def _executor(self, count: int) -> Iterator[Executor]:
        if self.cluster is None:
            # Not fork: the parent has threads (event loop, Arrow), which a forked child inherits in an undefined state.
            with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
                try:
                    yield pool
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
            return
        try:
            from distributed import Client
        except ImportError as error:
            raise UsageError("--cluster needs Dask", next_step=install_command("cluster")) from error
        try:
            client = Client(self.cluster, timeout=10)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {self.cluster}: {error}", next_step="an address is as tcp://host:8786"
            ) from error
        with client:
            yield client.get_executor(pure=False, retries=2)
