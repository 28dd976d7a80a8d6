"""logs/<UTC time>.log: one file per run with all messages of the package's loggers, also those of worker processes.

Library code only calls `logging.getLogger(__name__)`. Workers append to the same file; a line is one write.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
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


class LineFormatter(logging.Formatter):
    """A record is one line, whatever its message quotes; a traceback follows on lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of logging
        """The line."""
        record.message = line(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name of logging
        """The traceback."""
        return terminal(super().formatException(ei))


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


def _attach(path: Path) -> logging.Handler:
    global _open_log
    handler = logging.FileHandler(path, encoding="utf-8")
    formatter = LineFormatter(FORMAT, datefmt="%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
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
        if _open_log != self.log:
            _attach(self.log)
        return self.function(task)


def in_worker(function: Callable[[Task], Result]) -> Callable[[Task], Result]:
    """The function for a worker process: its messages go to the log of this run, if there is one."""
    return _Logged(function, _open_log) if _open_log else function
