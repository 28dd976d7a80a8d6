"""Ctrl-C, SIGTERM and SIGHUP end a command in the same way: work in progress is put away, one line, exit status 130."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from corpus_builder.cli.start import STOPPED
from corpus_builder.cli.terminal import say

INTERRUPTED = 130
"""The exit status after Ctrl-C: 128 and the number of SIGINT, as shells have it."""

_LONGEST_EXIT = 5.0
"""Seconds that an interrupted process may take to close what is open. Chosen: it takes less than one as a rule."""

_MOMENT = 0.02
"""Seconds until an interruption that was lost is tried again. Chosen: what deletes an object takes less."""

_LIKE_CTRL_C = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class _Stopped(SystemExit):
    """The exit after the line was printed."""


@contextmanager
def interruptible(*, to_the_end: bool = False) -> Iterator[None]:
    """Run a command; where it is interrupted, print one line without a traceback and exit with status 130.

    With `to_the_end` nothing comes after the block but the end of the process, which signals do not disturb any more.
    """
    installed = []
    for name in _LIKE_CTRL_C:
        number = getattr(signal, name, None)
        # nohup ignores SIGHUP; the second is what start.py had set
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _like_ctrl_c)
            installed.append(number)
    hook, sys.unraisablehook = sys.unraisablehook, _raise_again
    try:
        yield
    except BaseException as error:
        if not isinstance(error, _Stopped) and _is_interruption(error):
            _stop()
        raise
    finally:
        if to_the_end:
            _ignore_signals()
        else:
            sys.unraisablehook = hook
        for number in installed if not to_the_end else ():
            if signal.getsignal(number) is _like_ctrl_c:  # else _stop has ignored it
                signal.signal(number, signal.SIG_DFL)


def _is_interruption(error: BaseException | None) -> bool:
    """Whether an exception is Ctrl-C, or what other code made of it: typer an exit, some modules an ImportError.

    Ctrl-C cancels what asyncio runs. As a rule that ends in a KeyboardInterrupt; a cancellation that ends the command
    itself is Ctrl-C, too, while one that another exception has in its past may be a time-out.
    """
    if type(error).__name__ == "CancelledError":
        return True
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _like_ctrl_c(_: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C does at this moment; asyncio has a handler of its own while it runs."""
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)
    else:  # a shell starts background jobs with SIGINT ignored
        raise KeyboardInterrupt


def _raise_again(lost: sys.UnraisableHookArgs) -> None:
    """Interrupt once more where Python could not raise an interruption, as while it deletes an object."""
    if not isinstance(lost.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    # From another thread and in a moment: here it would be lost again.
    again = threading.Timer(_MOMENT, os.kill, (os.getpid(), signal.SIGTERM if ignored else signal.SIGINT))
    again.daemon = True
    again.start()


def _ignore_signals() -> None:
    for name in ("SIGINT", *_LIKE_CTRL_C):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, signal.SIG_IGN)


def _stop() -> NoReturn:
    _ignore_signals()  # a second one would interrupt the line
    for worker in multiprocessing.active_children():  # an exit waits for their tasks
        worker.kill()
    with suppress(OSError):  # the terminal is gone, or the reader of a pipe
        say(STOPPED, error=True)
    # Python 3.11 may complain at its exit about the pool whose workers were just killed.
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 (for the rest of the process)
    last = threading.Timer(_LONGEST_EXIT, os._exit, (INTERRUPTED,))
    last.daemon = True
    last.start()
    raise _Stopped(INTERRUPTED)
