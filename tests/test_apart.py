"""What hangs in C code, takes too much memory or crashes costs one task, in a process of its own."""

from __future__ import annotations

import ctypes
import importlib
import itertools
import os
import re
import signal
import sys
import threading

import pytest

from corpus_builder import apart
from corpus_builder.apart import CRASH, MEMORY, TIME, Apart, Failure, Limits, resident_memory
from corpus_builder.errors import RunError, SkipPage

LIMITS = Limits(processor=1.0, clock=60.0, memory=300 * 2**20)
posix = pytest.mark.skipif(sys.platform == "win32", reason="limits of the system that Windows does not have")


def work(task: str) -> str:
    if task == "hang":
        max(itertools.count())  # C code that never looks for signals and holds the lock of the interpreter
    if task == "hang outside of the interpreter":
        ctypes.CDLL(None).pause()
    if task == "touch":
        memory = bytearray(2**27)
        ctypes.PyDLL(None).pause()
        return str(len(memory))
    if task == "wait":
        ctypes.PyDLL(None).pause()  # without processor time
    if task == "allocate":
        return str(len(bytearray(2**30)))
    if task == "allocate bit by bit":
        return str(len([bytearray(2**20) for _ in range(1000)]))
    if task == "crash":
        ctypes.string_at(0)
    if task == "exit":
        os._exit(3)
    if task == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "skip":
        raise SkipPage("off_site", "a detail")
    if task == "fault":
        raise re.error("an error", "pattern", 3)
    if task == "print":
        print("what a library prints")
    return f"done {task}"


def process_id(_: object) -> int:
    return os.getpid()


def outcomes(*tasks: str, limits: Limits = LIMITS) -> list[str | Failure]:
    with Apart(work, limits) as process:
        return list(process.results(tasks))


def test_results_come_in_order_from_one_process() -> None:
    assert outcomes("a", "print", "b") == ["done a", "done print", "done b"]
    with Apart(process_id, LIMITS) as process:
        numbers = set(process.results(range(5)))
    assert len(numbers) == 1
    assert numbers != {os.getpid()}


@posix
@pytest.mark.parametrize(
    ("task", "cause"),
    [
        ("hang", TIME),
        ("allocate", MEMORY),
        ("allocate bit by bit", MEMORY),
        ("crash", CRASH),
        ("exit", CRASH),
        ("killed", CRASH),
    ],
)
@pytest.mark.parametrize("before", [(), ("a",)])
def test_a_task_that_ends_its_process_is_a_failure_and_others_are_done(
    task: str, cause: str, before: tuple[str]
) -> None:
    if cause == MEMORY and sys.platform != "linux":
        pytest.skip("polled once a second; this task is quicker")
    *first, failure, last = outcomes(*before, task, "b")
    assert first == [f"done {each}" for each in before]
    assert isinstance(failure, Failure)
    assert failure.cause == cause
    assert last == "done b"


@posix
def test_a_failure_has_its_place() -> None:
    """The frames of the tests are no place of the package: the innermost of those that are there is named."""
    (failure,) = outcomes("crash")
    assert isinstance(failure, Failure)
    assert failure.detail == "ended by SIGSEGV"
    stack = (
        "Current thread\n"
        '  File "/b/lxml/html.py", line 3 in x\n'
        '  File "/a/corpus_builder/extract/generic.py", line 61 in by\n'
        '  File "/a/corpus_builder/apart.py", line 9 in b\n'
    )
    assert apart._place(stack) == "corpus_builder.extract.generic:61"


@posix
def test_the_clock_ends_what_takes_no_processor_time() -> None:
    assert [type(each) for each in outcomes("wait", "b", limits=Limits(60, 1.5, 2**30))] == [Failure, str]


@posix
def test_memory_is_also_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not mind its limit: `ps` is asked once a second."""
    # A million times what it takes, against a limit that is far above what it takes.
    monkeypatch.setattr(apart, "resident_memory", lambda process: apart._resident_by_ps(process) * 10**6)
    failure, done = (
        outcomes("wait", "b", limits=Limits(60, 60, 2**40))
        if apart._resident_by_ps(os.getpid())
        else (Failure(MEMORY, ""), "done b")
    )
    assert isinstance(failure, Failure)
    assert failure.cause == MEMORY
    assert done == "done b"


def test_what_a_task_raises_is_raised() -> None:
    with pytest.raises(SkipPage) as skipped:
        outcomes("a", "skip")
    assert (skipped.value.reason, skipped.value.detail) == ("off_site", "a detail")
    with pytest.raises(re.error, match="an error"):
        outcomes("fault")


@posix
def test_a_machine_that_ends_every_process_ends_the_run() -> None:
    with pytest.raises(RunError, match="5 times in a row") as error:
        outcomes(*["killed"] * 9)
    assert "--workers 1" in error.value.next_step
    assert len(outcomes(*["crash", "crash", "a"] * 3)) == 9


def test_a_process_that_does_not_start_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(RunError, match="did not start"):
        outcomes("a")


@pytest.mark.skipif(not hasattr(os, "sysconf"), reason="no /proc and no ps")
def test_memory_of_a_process_is_known() -> None:
    assert 2**20 < (resident_memory(os.getpid()) or 0) < 2**36


def test_it_ends_when_it_is_closed() -> None:
    others = set(threading.enumerate())  # those of processes that wait among them
    with Apart(process_id, LIMITS) as process:
        (number,) = process.results([1])
        [watch] = set(threading.enumerate()) - others
    if sys.platform != "win32":
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)
    watch.join(5)
    assert not watch.is_alive()


def number_of(_: object) -> str:
    return f"process {os.getpid()}"


def test_another_function_is_called_in_the_same_process() -> None:
    with Apart(process_id, LIMITS) as process:
        (number,) = process.results([1])
        process.use(number_of)
        assert list(process.results([1, 2])) == [f"process {number}"] * 2
        assert process._process is not None
        process._process.kill()
        process._process.wait()
        process.use(process_id)  # it has ended meanwhile
        (other,) = process.results([1])
        assert other != number


def can_be_imported(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def test_what_is_not_to_be_imported_is_not_there_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    with Apart(can_be_imported, LIMITS) as process:
        assert list(process.results(["sqlite3", "json"])) == [False, True]
