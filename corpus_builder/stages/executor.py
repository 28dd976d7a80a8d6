"""Running a stage's tasks: in this process, in worker processes, or on a Dask cluster.

A worker that is killed breaks a process pool; a new pool then continues with the remaining tasks. Dask gives the tasks
of a worker that died to another one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from typing import Any, TypeVar

from corpus_builder.errors import RunError, UsageError
from corpus_builder.install import install_command
from corpus_builder.version import VERSION
from corpus_builder.workspace.manifest import code_version

Task = TypeVar("Task")
Result = TypeVar("Result")

BROKEN_POOLS = 3
"""Pools that may break before the run ends. Chosen: one may be bad luck, after three a task kills its worker."""

LOCAL = "local:"
"""What the address of a cluster begins with that is started here."""

AHEAD = 3
"""Tasks per worker that are in work or wait to be read. Chosen: a slow one lets the others carry on, and results stay
few."""


@dataclass
class _Kept:
    """Processes that stay until `stack` is closed."""

    stack: ExitStack
    executor: Executor | None = None

    def close(self) -> None:
        """End them; the next ones are others."""
        self.stack.close()
        self.executor = None


@dataclass(frozen=True)
class Workers:
    """Where tasks run: in `count` processes (None: number of cores), or on the Dask scheduler at `cluster`.

    `cluster` may be "local:N", for a cluster of N processes that is started here and ends with the tasks.
    """

    count: int | None = None
    cluster: str | None = None
    _kept: _Kept | None = field(default=None, compare=False, repr=False)

    @contextmanager
    def kept(self) -> Iterator[Workers]:
        """The same, with processes that stay from one `map` to the next until the block ends."""
        with ExitStack() as stack:
            yield replace(self, _kept=_Kept(stack))

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[Task, Result]]:
        """Each task with its result, in the order in which they finish. The first error ends the run."""
        count = min(self.count or os.cpu_count() or 1, len(tasks))
        if count <= 1 and self.cluster is None:
            yield from ((task, function(task)) for task in tasks)
            return
        left = dict(enumerate(tasks))
        for _ in range(BROKEN_POOLS):
            try:
                with self._pool(count) as executor:
                    with _signals_blocked():
                        futures: dict[Any, int] = {executor.submit(function, task): i for i, task in left.items()}
                    for future in as_completed(futures):
                        result = future.result()
                        yield left.pop(futures[future]), result
                return
            except BrokenExecutor:
                if self._kept:
                    self._kept.close()
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
    def _pool(self, count: int) -> Iterator[Executor]:
        """Processes for one `map`, or those that are kept."""
        if self._kept is None:
            with self._executor(count) as executor:
                yield executor
            return
        if self._kept.executor is None:
            most = self.count or os.cpu_count() or 1  # they start when there is work for them
            self._kept.executor = self._kept.stack.enter_context(self._executor(most))
        yield self._kept.executor

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
        with _dask(self.cluster) as client:
            yield client.get_executor(pure=False, retries=2)


@contextmanager
def _dask(address: str) -> Iterator[Any]:
    """A client of a Dask scheduler whose workers have this version of the program."""
    try:
        from distributed import Client, KilledWorker, LocalCluster
    except ImportError as error:
        raise UsageError("--cluster needs Dask", next_step=install_command("cluster")) from error
    with ExitStack() as stack:
        place: Any = address
        if address.startswith(LOCAL):
            with _signals_blocked():
                place = stack.enter_context(
                    LocalCluster(
                        n_workers=_number(address), threads_per_worker=1, dashboard_address=None, silence_logs="ERROR"
                    )
                )
        try:
            client = stack.enter_context(Client(place, timeout=10, set_as_default=False))
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {address}: {error}",
                next_step="an address is as tcp://host:8786; local:4 starts four workers here",
            ) from error
        _check_workers(client, address)
        try:
            yield client
        except KilledWorker as error:
            raise RunError(
                f"a task ended its worker again and again: {error}",
                next_step="probably too little memory for a worker; the next run continues with what is left",
            ) from error


def _number(address: str) -> int:
    """The N of local:N."""
    number = address.removeprefix(LOCAL)
    if not number.isascii() or not number.isdigit() or not int(number):
        raise UsageError(f"--cluster {address!r} is no number of workers", next_step="write it as local:4")
    return int(number)


def _check_workers(client: Any, address: str) -> None:
    """Raise UsageError where there is no worker, or one with another program: its results would be others."""
    try:
        client.wait_for_workers(1, timeout=60)
    except TimeoutError as error:
        raise UsageError(
            f"the Dask scheduler at {address} has no worker",
            next_step=f"start some: dask worker {address} --nthreads 1",
        ) from error
    found = client.run(program, on_error="return")
    found = {worker: told for worker, told in found.items() if not isinstance(told, OSError)}  # dead meanwhile
    if unable := [told for told in found.values() if isinstance(told, Exception)]:
        raise UsageError(
            f"a worker of {address} cannot run the program: {unable[0]}",
            next_step=f"there, {install_command('cluster', 's3')}",
        )
    others = sorted(worker for worker, told in found.items() if told != program())
    if others:
        raise UsageError(
            f"workers of {address} have another version of the program: {', '.join(others[:5])}",
            next_step=f"install version {VERSION} there, with the same extras",
        )


def program() -> str:
    """A hash of the program's code, and of the versions of what decides results most."""
    return code_version("") + f" Python {'.'.join(map(str, sys.version_info[:2]))}"


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
