"""Numba's compiler for inner loops, with its results cached on disk if possible.

Importing this module imports numba. Code that must start quickly imports the loops in the function that runs them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` at its first call; cache the code next to the module or in the user's cache folder.

    If neither is writable (a read-only installation without a home), every process compiles it again.
    """
    try:
        loop: Callable[..., Any] = njit(cache=True, nogil=True)(function)
    except RuntimeError:
        loop = njit(nogil=True)(function)
    return loop
