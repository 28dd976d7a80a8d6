"""A function in a process of its own, which may hang in C code, take all memory or crash: its caller goes on.

    caller                                         the process apart (`serve`)
    -> function, then one task at a time           limits of memory and of processor time a task
    <- the result, or the exception that it raised

What the process does to itself costs one task. That task becomes a Failure with the place where it was, and a new
process takes over for the rest.

                                 Linux    macOS    Windows
    processor time, in C code    yes      yes      -           RLIMIT_CPU; the stack is written by faulthandler
    wall-clock time              yes      yes      yes         a thread of the caller
    memory                       yes      polled   -           RLIMIT_DATA; `ps`, once a second
    a crash                      yes      yes      yes
"""

from __future__ import annotations

import errno
import faulthandler
import logging
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Generic, Self, TypeVar, cast

from corpus_builder.errors import CorpusBuilderError, RunError, place_of

if sys.platform != "win32":
    import resource

logger = logging.getLogger(__name__)

Task = TypeVar("Task")
Result = TypeVar("Result")

TIME, MEMORY, CRASH = "time", "memory", "crash"
"""Why a process ended: the values of Failure.cause."""

_IN_A_ROW = 5
"""Tasks in a row whose process is ended by something else, from which on the machine is to blame. Chosen: pages that
crash a parser are rare; where memory is short, the system ends process after process.
"""

_ENDS = 5.0
"""Seconds that a process has to write its stack. Chosen: it takes milliseconds."""

_FRAME = re.compile(r'^ {1,4}File "([^"\n]{1,4000})", line (\d{1,9}) in', re.MULTILINE)
_FUNCTION, _TASK = "function", "task"
_START = (
    "import pickle, sys; sys.path[:], absent = pickle.load(sys.stdin.buffer); sys.modules.update(absent); "
    "from {0} import serve; serve()"
)


@dataclass(frozen=True)
class Limits:
    """What one task may take: seconds of processor time, seconds on the clock, bytes of memory (of the process)."""

    processor: float
    clock: float
    memory: int


@dataclass(frozen=True)
class Failure:
    """A task that ended its process: `cause` is TIME, MEMORY or CRASH; `place` is a module:line of this package."""

    cause: str
    place: str
    detail: str = ""


class Apart(Generic[Task, Result]):
    """Calls of a function in a process of its own, one after the other. To be closed; use it in `with`.

    The function, its tasks and results are pickled, so the function is one of a module, or an object of such a class.
    """

    def __init__(self, function: Callable[[Task], Result], limits: Limits) -> None:
        self._function = function
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._calls = 0
        self._crashes = 0  # in a row
        self._since: float | None = None  # when the task was sent that it works on
        self._stopped: tuple[str, float] | None = None  # why, and in which task
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="limits of a process", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._closed.set()
        self._end()
        self._errors.close()

    def use(self, function: Callable[[Task], Result]) -> None:
        """Call another function from now on. All results of the one before must have been taken."""
        self._function = function
        if self._process is not None:
            try:
                _put(self._process.stdin, (_FUNCTION, function))
                pickle.load(cast("IO[bytes]", self._process.stdout))
            except (OSError, EOFError, pickle.UnpicklingError):
                self._end()  # another starts with the next task

    def results(self, tasks: Iterable[Task]) -> Iterator[Result | Failure]:
        """The result of each task, in their order. The process works on the next one while the caller has a result.

        Raises what the function raised, and RunError where the process cannot be started or is ended again and again.
        """
        waiting: Task | None = None
        for task in tasks:
            if waiting is not None:
                outcome = self._counted(self._outcome(waiting))
                self._send(task)
                yield outcome
            else:
                self._send(task)
            waiting = task
        if waiting is not None:
            yield self._counted(self._outcome(waiting))

    def _counted(self, outcome: Result | Failure) -> Result | Failure:
        """An outcome, once it is counted whether tasks in a row ended their process for no reason that is theirs."""
        if not isinstance(outcome, Failure) or outcome.cause != CRASH:
            self._crashes = 0
            return outcome
        self._crashes += 1
        if self._crashes >= _IN_A_ROW:
            raise RunError(
                f"the process that reads pages was ended {self._crashes} times in a row ({outcome.detail})",
                next_step="probably too little memory: try --workers 1; the next run carries on",
            )
        return outcome

    def _outcome(self, task: Task) -> Result | Failure:
        """What comes of the task that was sent. One that fails behind others is tried again in a new process, so that
        they have no part in it.
        """
        outcome = self._received()
        if isinstance(outcome, Failure):
            alone = self._calls == 1
            self._end()
            if not alone and outcome.cause != TIME:
                self._send(task)
                outcome = self._received()
                if isinstance(outcome, Failure):
                    self._end()
        return outcome

    def _send(self, task: Task) -> None:
        process = self._process or self._start()
        self._calls += 1
        with suppress(BrokenPipeError):  # it ended between two tasks; _received sees that
            _put(process.stdin, (_TASK, task))
        self._since = time.monotonic()

    def _received(self) -> Result | Failure:
        process, since = self._process, self._since
        assert process is not None
        assert since is not None
        try:
            kind, value = pickle.load(cast("IO[bytes]", process.stdout))
        except (EOFError, pickle.UnpicklingError):
            return self._failure(process, since)
        finally:
            self._since = None
        if kind == "result":
            return cast("Result", value)
        if kind == MEMORY:
            return Failure(MEMORY, value)
        raise value

    def _failure(self, process: subprocess.Popen[bytes], since: float) -> Failure:
        status = process.wait()
        place = _place(self._written())
        if self._stopped and self._stopped[1] == since:
            return Failure(self._stopped[0], place)
        if sys.platform != "win32" and status == -signal.SIGXCPU:
            return Failure(TIME, place)
        return Failure(CRASH, place, _described(status))

    def _start(self) -> subprocess.Popen[bytes]:
        if self._closed.is_set():  # by another thread than that which waits for a result
            raise RunError("the process that reads pages is closed")
        self._errors.seek(0)
        self._errors.truncate()
        self._calls, self._stopped = 0, None
        self._process = process = subprocess.Popen(
            [sys.executable, "-c", _START.format(__name__)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        try:
            for value in (what_can_be_imported(), self._limits, (_FUNCTION, self._function)):
                _put(process.stdin, value)
            ready = pickle.load(cast("IO[bytes]", process.stdout))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._end()
            raise RunError(
                f"the process that reads pages did not start: {_last_line(self._written()) or error}",
                next_step="is there enough memory? The next run carries on",
            ) from error
        assert ready == "ready"
        return process

    def _written(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            with suppress(OSError):  # for what was still to be sent
                stream.close()

    def _watch(self) -> None:
        """End the process where a task takes too long by the clock, or too much memory."""
        while not self._closed.wait(1.0):
            process, since = self._process, self._since
            if process is None or since is None or (seconds := time.monotonic() - since) < 1:
                continue
            if seconds > self._limits.clock:
                self._stop(process, TIME, since)
            elif (resident_memory(process.pid) or 0) > self._limits.memory:
                self._stop(process, MEMORY, since)

    def _stop(self, process: subprocess.Popen[bytes], cause: str, since: float) -> None:
        if not self._stopped:
            logger.info("ending process %d: too much %s", process.pid, cause)
            self._stopped = cause, since
            if sys.platform != "win32":
                process.send_signal(signal.SIGABRT)  # at which it writes its stack
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_ENDS)
        process.kill()


def _put(stream: IO[bytes] | None, value: object) -> None:
    assert stream is not None
    pickle.dump(value, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def what_can_be_imported() -> tuple[list[str], dict[str, None]]:
    """Where modules are found, and those that shall not be: None in sys.modules. The process apart imports the same."""
    return list(sys.path), {name: None for name, module in sys.modules.items() if module is None}


def resident_memory(process: int) -> int | None:
    """The bytes of memory that a process has; None where this system does not say."""
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError, IndexError, ValueError):
        return _resident_by_ps(process)


def _resident_by_ps(process: int) -> int | None:
    try:
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=False, timeout=5)
        return int(told.stdout) * 1024
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def _place(stack: str) -> str:
    """The innermost place of this package in a stack that faulthandler wrote, as module:line."""
    package = __name__.partition(".")[0]
    for file, line in _FRAME.findall(stack):
        parts = re.split(r"[\\/]", file.removesuffix(".py"))
        if package in parts:
            start = len(parts) - 1 - parts[::-1].index(package)
            module = ".".join(parts[start:])
            if module != __name__:
                return f"{module}:{line}"
    return "unknown place"


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2][:300]


def _described(status: int) -> str:
    """An exit status in words."""
    if status < 0 and -status in set(signal.Signals):
        return f"ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"


# ------------------------------------------------------------------------------------------------ the process apart


def serve() -> None:
    """Answer tasks from standard input until it ends: what `Apart` starts."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGHUP):  # go to all processes of a terminal; the caller ends this one
            signal.signal(number, signal.SIG_IGN)
        faulthandler.register(signal.SIGXCPU, sys.stderr, all_threads=False, chain=True)
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    faulthandler.enable(sys.stderr, all_threads=False)
    tasks = sys.stdin.buffer
    limits: Limits = pickle.load(tasks)
    _limit_memory(limits.memory)
    function: Callable[[Any], Any] | None = None
    try:
        while True:
            kind, value = pickle.load(tasks)
            if kind == _FUNCTION:
                function = value
                _put(answers, "ready")
            else:
                assert function is not None
                _limit_time(limits.processor)
                _put(answers, _answer(function, value))
    except (EOFError, BrokenPipeError):  # the caller needs no more, or is no more
        os._exit(0)


def _answer(function: Callable[[Any], Any], task: object) -> tuple[str, object]:
    try:
        return "result", function(task)
    except MemoryError as error:
        return MEMORY, place_of(error)
    except CorpusBuilderError as error:
        return "raised", error
    except Exception as error:  # any: the caller decides what becomes of it
        if isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return MEMORY, place_of(error)
        logger.info("a task raised an exception", exc_info=True)
        return "raised", _that_travels(error)


def _that_travels(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - an exception of any class may have any way to fail here
        return RunError(f"{type(error).__name__}: {error}")
    return error


def _limit_memory(size: int) -> None:
    if sys.platform == "linux":  # others accept the limit and do not mind it
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _limit_time(seconds: float) -> None:
    """Let the system end this process once the task has taken so much processor time, whatever code it is in."""
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(sum(os.times()[:2]) + seconds) + 1
        if hard == resource.RLIM_INFINITY or soft <= hard:
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
