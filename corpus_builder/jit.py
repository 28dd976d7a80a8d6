"""Numba's compiler for the inner loops, its work kept on disk where a folder for it can be written.

Importing this module imports numba: whoever has to start quickly imports the loops inside the function that runs them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` at its first call, and cache the code beside the module or in the user's cache folder.

    Where neither can be written (a read-only install without a home), it is compiled anew in every process.
    """
    try:
        kept: Callable[..., Any] = njit(cache=True, nogil=True)(function)
    except RuntimeError:
        kept = njit(nogil=True)(function)
    return kept
