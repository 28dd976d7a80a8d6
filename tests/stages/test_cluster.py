"""A Dask cluster whose workers share no folder with the run, only the object store, and one of which is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from corpus_builder.errors import UsageError
from corpus_builder.stages.build import build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.executor import Workers
from corpus_builder.stages.stage import Source
from tests.stages.test_store_workspace import BUILD, URL, command, differing, expected, store, stored  # noqa: F401 - fixtures


def square(number: int) -> int:
    return number * number


def die_once(flag: str) -> str:
    if not Path(flag).exists():
        Path(flag).write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


@contextmanager
def started(*arguments: str, scratch: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask."""
    environment = {**os.environ, **({"CORPUS_BUILDER_SCRATCH": str(scratch)} if scratch else {})}
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def cluster(tmp_path: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its workers: one process each, with a scratch folder of its own."""
    pytest.importorskip("distributed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as stack:
        scheduler = ("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        stack.enter_context(started(*scheduler))
        one = ("dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--death-timeout", "60")
        started_workers = [
            stack.enter_context(
                started(*one, "--local-directory", str(tmp_path / f"dask-{number}"), scratch=tmp_path / f"w{number}")
            )
            for number in range(workers)
        ]
        _await(address, workers)
        yield address, started_workers


def _await(address: str, workers: int) -> None:
    from distributed import Client

    for _ in range(60):
        try:
            with Client(address, timeout=5, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=60)
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("no scheduler")


@pytest.mark.slow
def test_workers_that_share_nothing_build_the_same_and_one_may_die(store, expected, tmp_path):  # noqa: F811
    with cluster(tmp_path, 2) as (address, workers):
        built = command(*BUILD[:-2], "--cluster", address, "--verbose")
        assert built.stderr
        seen = []
        for line in built.stderr:
            seen.append(line)
            if "stage align begins" in line:  # it has read pages and has tasks of its own
                workers[0].kill()
        built.wait()
        assert built.returncode == 0, "".join(seen)
        assert workers[0].poll() is not None
        assert workers[1].poll() is None
    assert differing(stored(store), expected) == []
    for made in ("articles/*.parquet", "captures.parts"):
        own = [path for number in range(2) for path in (tmp_path / f"w{number}").rglob(made)]
        assert own, "worked in its own folder"


@pytest.mark.slow
def test_a_worker_that_dies_before_its_first_task_is_done_without(tmp_path):
    with cluster(tmp_path, 2) as (address, workers):
        workers[0].kill()
        assert dict(Workers(cluster=address).map(square, [1, 2, 3])) == {1: 1, 2: 4, 3: 9}


@pytest.mark.slow
def test_a_cluster_is_started_for_the_tasks_and_a_worker_that_dies_is_replaced(tmp_path):
    pytest.importorskip("distributed")
    assert dict(Workers(cluster="local:2").map(square, [1, 2, 3])) == {1: 1, 2: 4, 3: 9}
    flags = [str(tmp_path / name) for name in ("a", "b")]
    Path(flags[1]).write_text("died before")
    assert sorted(Workers(cluster="local:2").map(die_once, flags)) == [(flag, "alive") for flag in flags]


@pytest.mark.parametrize("address", ["local:", "local:0", "local:two", "local:-1"])
def test_a_number_of_workers_is_checked(address):
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="is no number of workers"):
        list(Workers(cluster=address).map(square, [1]))


def test_files_that_workers_do_not_see_are_refused(store, tmp_path):  # noqa: F811
    (tmp_path / "x.warc.gz").write_bytes(b"")
    for source in (Source(warc=str(tmp_path / "*.warc.gz")), Source(pages=tmp_path)):
        with pytest.raises(UsageError, match="do not see") as caught:
            build_run(load_config("sample"), URL, source=source, cluster="tcp://10.0.0.1:8786")
        assert "s3://bucket" in caught.value.next_step
