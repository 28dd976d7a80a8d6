"""Numba's compiler for inner loops, with its results cached on disk.

The first compiled function imports numba: code that must start quickly imports loops in the function that runs them.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` at its first call; cache the code next to the module, else in the user's cache folder, else in
    a folder of the user's own among the temporary ones. `NUMBA_CACHE_DIR` names another.

    Where none of them can be written, every process compiles it again.
    """
    try:
        return _cached(function)
    except RuntimeError:  # numba found no place
        from numba import njit
        from numba.core import config

        if (folder := _own_folder()) is None:
            loop: Callable[..., Any] = njit(nogil=True)(function)
            return loop
        config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
        return _cached(function)


def _cached(function: Callable[..., Any]) -> Callable[..., Any]:
    from numba import njit

    loop: Callable[..., Any] = njit(cache=True, nogil=True)(function)
    return loop


def _own_folder() -> Path | None:
    """A temporary folder that nobody else can write to: what is cached there is run. None if there is no such place."""
    if not hasattr(os, "getuid"):  # Windows, where the user's cache folder can be written
        return None
    folder = Path(tempfile.gettempdir()) / f"corpus-builder-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    except OSError:
        return None
    own = stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid() and not state.st_mode & 0o077
    return folder if own else None


def start_quickly() -> None:
    """Load numba without SciPy and cffi, for compiled linear algebra and C functions, where they are not loaded yet.

    They take a third of the time of a start. For a process whose compiled code is this package's: none of it uses them.
    """
    modules: dict[str, Any] = sys.modules
    hidden = [name for name in ("scipy", "cffi") if name not in modules]
    modules |= dict.fromkeys(hidden)  # an import of them fails, as if they were not installed
    try:
        import numba.core.typing.cffi_utils
        import numba.np.arraymath  # noqa: F401
    finally:
        for name in hidden:
            del modules[name]


def when_compiling(tell: Callable[[], None]) -> None:
    """Call `tell` once, if something has to be compiled from now on because it is not in the cache."""
    from numba.core import event

    class FirstCompilation(event.Listener):
        told = False

        def on_start(self, event: object) -> None:  # noqa: ARG002
            if not self.told:
                self.told = True
                tell()

        def on_end(self, event: object) -> None:
            pass

    event.register("numba:compile", FirstCompilation())  # type: ignore[no-untyped-call]
