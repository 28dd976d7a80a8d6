"""logs/<UTC time>.log: one file per run with all messages of the package's loggers, also those of worker processes.

Library code only calls `logging.getLogger(__name__)`. Workers append to the same file; a line is one write.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from corpus_builder.escape import line, terminal

PACKAGE = "corpus_builder"
FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s"

Task = TypeVar("Task")
Result = TypeVar("Result")

_open_log: Path | None = None
"""The file that this process logs to."""
_of_worker: logging.Handler | None = None
"""In a worker: what writes to it. A worker of a cluster outlives the run that it works for."""


class LineFormatter(logging.Formatter):
    """A record is one line, whatever its message quotes; a traceback follows on lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of logging
        """The line."""
        record.message = line(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name of logging
        """The traceback."""
        return terminal(super().formatException(ei))


class _Lines(logging.Handler):
    """Keeps lines."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(_formatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.lines.append(self.format(record))


def current_log() -> Path | None:
    """The file that this process logs to."""
    return _open_log


@contextmanager
def worker_log(log: Path | None) -> Iterator[list[str]]:
    """Log to a file while a task runs; on a machine that has no such folder into a list, which `add_lines` writes."""
    if log is None or log.parent.is_dir():
        _log_to(log)
        yield []
        return
    lines, root = _Lines(), logging.getLogger(PACKAGE)
    root.addHandler(lines)
    before = root.level
    root.setLevel(logging.INFO)
    try:
        yield lines.lines
    finally:
        root.removeHandler(lines)
        root.setLevel(before)


def add_lines(lines: Sequence[str]) -> None:
    """Write the lines of a worker of another machine to the log of this run."""
    if _open_log and lines:
        with _open_log.open("a", encoding="utf-8") as file:
            file.write("".join(f"{each}\n" for each in lines))


def _log_to(log: Path | None) -> None:
    """Let this worker log to a file from now on."""
    global _of_worker
    if log is None or log == _open_log:
        return
    if _of_worker:
        logging.getLogger(PACKAGE).removeHandler(_of_worker)
        _of_worker.close()
    _of_worker = _attach(log)


@contextmanager
def run_log(folder: Path) -> Iterator[Path]:
    """Log into a new file of the folder while the block runs; gives the file's path."""
    global _open_log
    folder.mkdir(parents=True, exist_ok=True)
    path = _new_name(folder)
    outer = _open_log
    handler = _attach(path)
    try:
        yield path
    finally:
        logging.getLogger(PACKAGE).removeHandler(handler)
        handler.close()
        _open_log = outer


def _new_name(folder: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    number, path = 1, folder / f"{stamp}.log"
    while path.exists():
        number += 1
        path = folder / f"{stamp}-{number}.log"
    return path


def _formatter() -> logging.Formatter:
    formatter = LineFormatter(FORMAT, datefmt="%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    return formatter


def _attach(path: Path) -> logging.Handler:
    global _open_log
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(_formatter())
    handler.setLevel(logging.INFO)
    root = logging.getLogger(PACKAGE)
    root.addHandler(handler)
    if root.level == logging.NOTSET or root.level > logging.INFO:
        root.setLevel(logging.INFO)
    _open_log = path
    return handler


@dataclass(frozen=True)
class _Logged(Generic[Task, Result]):
    """A function that logs to a file, in whichever process it runs."""

    function: Callable[[Task], Result]
    log: Path

    def __call__(self, task: Task) -> Result:
        _log_to(self.log)
        return self.function(task)


def in_worker(function: Callable[[Task], Result]) -> Callable[[Task], Result]:
    """The function for a worker process: its messages go to the log of this run, if there is one."""
    return _Logged(function, _open_log) if _open_log else function
