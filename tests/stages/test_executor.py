"""Tasks over processes: every result arrives, and a killed worker costs only its task's time."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from corpus_builder.errors import RunError, UsageError
from corpus_builder.stages.executor import Workers


def square(number: int) -> int:
    return number * number


def die_once(flag: str) -> str:
    if not Path(flag).exists():
        Path(flag).write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def die_always(_: str) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def test_all_tasks_are_done_here_and_over_processes() -> None:
    expected = {number: number * number for number in range(5)}
    assert dict(Workers(1).map(square, range(5))) == expected
    assert dict(Workers(2).map(square, range(5))) == expected


def test_a_killed_worker_does_not_end_the_run(tmp_path: Path) -> None:
    flags = [str(tmp_path / name) for name in ("a", "b", "c")]
    Path(flags[1]).write_text("died before")
    Path(flags[2]).write_text("died before")
    assert sorted(Workers(2).map(die_once, flags)) == [(flag, "alive") for flag in flags]


def test_a_task_that_kills_every_worker_ends_the_run_with_a_next_step() -> None:
    with pytest.raises(RunError, match="not finished") as caught:
        list(Workers(2).map(die_always, ["a", "b"]))
    assert "--workers 1" in caught.value.next_step


def test_an_absent_cluster_is_a_users_mistake() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="no Dask scheduler"):
        list(Workers(cluster="tcp://127.0.0.1:1").map(square, [1, 2]))


@pytest.mark.slow
def test_a_dask_cluster_does_the_tasks() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        assert dict(Workers(cluster=cluster.scheduler_address).map(square, [1, 2, 3])) == {1: 1, 2: 4, 3: 9}
