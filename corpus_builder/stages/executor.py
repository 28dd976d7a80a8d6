"""Running a stage's tasks: in this process, in worker processes, or on a Dask cluster.

A worker that is killed breaks a process pool; a new pool then continues with the remaining tasks.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any, TypeVar

from corpus_builder.errors import RunError, UsageError
from corpus_builder.install import install_command

Task = TypeVar("Task")
Result = TypeVar("Result")

BROKEN_POOLS = 3
"""Pools that may break before the run ends. Chosen: one may be bad luck, after three a task kills its worker."""

AHEAD = 3
"""Tasks per worker that are in work or wait to be read. Chosen: a slow one lets the others carry on, and results stay
few."""


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
                    with _signals_blocked():
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

    def in_order(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """The result of each task, in the order of the tasks; few are read ahead, so there may be any number of them.

        Worker processes get `function` once, however large it is.
        """
        count = self.count or os.cpu_count() or 1
        if count <= 1:
            yield from map(function, tasks)
            return
        try:
            with self._executor(count, function) as executor:
                waiting: deque[Future[Any]] = deque()
                for task in tasks:
                    with _signals_blocked():
                        waiting.append(executor.submit(_call, task))
                    if len(waiting) >= AHEAD * count:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
        except BrokenExecutor as error:
            raise RunError("a worker process was killed",
                           next_step="probably too little memory: try --workers 1") from error  # fmt: skip

    @contextmanager
    def _executor(self, count: int, function: Callable[..., Any] | None = None) -> Iterator[Executor]:
        if self.cluster is None:
            # Not fork: the parent has threads (event loop, Arrow), which a forked child inherits in an undefined state.
            context = multiprocessing.get_context("spawn")
            children = set(multiprocessing.active_children())
            with _signals_blocked():  # this starts multiprocessing's resource tracker
                executor = ProcessPoolExecutor(count, context, initializer=_begin, initargs=(function,))
            with executor as pool:
                try:
                    yield pool
                except BaseException as error:
                    pool.shutdown(wait=False, cancel_futures=True)
                    if not isinstance(error, Exception):  # interrupted: nobody waits for the tasks that still run
                        for worker in {*multiprocessing.active_children()} - children:
                            worker.kill()  # files are written under temporary names
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


_function: Callable[..., Any] | None = None
"""In a worker of `Workers.in_order`: what it calls."""


def _begin(function: Callable[..., Any] | None) -> None:
    global _function
    _end_with_parent()
    _function = function


def _call(task: Any) -> Any:
    assert _function is not None
    return _function(task)


def _end_with_parent() -> None:
    """Let this worker process end as soon as its parent does, however that ends: else it would wait for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # by which the pool ends its workers

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="ends with its parent", daemon=True).start()


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """Start worker processes that ignore Ctrl-C and SIGHUP, which a terminal sends to all of its processes.

    A process inherits what its parent blocks. The parent itself receives the signals, late by a moment, when all
    workers are known to the pool, and stops them.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
