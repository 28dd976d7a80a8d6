"""One run at a time in a workspace of an object store: an object says who has it, and is renewed by the run."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from corpus_builder.errors import CorpusBuilderError, UsageError
from corpus_builder.files import json_of
from corpus_builder.mirror import Mirror

NAME = ".lock"
RENEWED = 30.0
"""Seconds between two renewals. Chosen: ten of them may fail before the lock counts as left behind."""
LEFT_BEHIND = 300.0
"""Seconds without a renewal after which a run on another machine counts as dead. Chosen: ten renewals."""


@contextmanager
def store_locked(mirror: Mirror) -> Iterator[None]:
    """Hold the lock. One that a killed run has left is taken over: at once on its machine, else after LEFT_BEHIND.

    Raises UsageError where another run has it.
    """
    if not mirror.write(NAME, _mine(), new=True):
        if (holder := _holder(mirror)) and _lives(holder):
            raise UsageError(
                f"another run is using {mirror.url}: process {holder['process']} on {holder['machine']}",
                next_step=f"wait for it to end; one that was killed is forgotten after {LEFT_BEHIND / 60:.0f} minutes",
            )
        mirror.write(NAME, _mine())
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(mirror, done), name="renews the lock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        mirror.remove([NAME])


def _renew(mirror: Mirror, done: threading.Event) -> None:
    while not done.wait(RENEWED):
        with suppress(CorpusBuilderError):  # the next one may go well; the run itself says what is wrong
            mirror.write(NAME, _mine())


def _mine() -> bytes:
    return json.dumps({"machine": socket.gethostname(), "process": os.getpid(), "time": time.time()}).encode()


def _holder(mirror: Mirror) -> dict[str, Any] | None:
    try:
        found = json_of(mirror.read(NAME) or b"")
        return {"machine": str(found["machine"]), "process": int(found["process"]), "time": float(found["time"])}
    except (ValueError, KeyError, TypeError):
        return None


def _lives(holder: dict[str, Any]) -> bool:
    if holder["machine"] == socket.gethostname():
        if holder["process"] == os.getpid():
            return False  # flock keeps other threads out
        try:
            os.kill(holder["process"], 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    return bool(time.time() - holder["time"] < LEFT_BEHIND)
