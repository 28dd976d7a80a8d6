"""Time that may only grow in proportion to an input."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Input = TypeVar("Input")

TIMES_LARGER = 8
"""How much larger the second input is. Work in proportion takes 8 times as long, quadratic work 64 times."""
_ALLOWED = 24
"""How many times as long the larger input may take. Chosen: half way, in factors, between 8 and 64 (22.6)."""
_NOTHING = 0.05
"""Seconds of processor time for the larger input that are not worth a comparison: some machines count in steps of 0.01
or 0.02.
"""


def assert_in_proportion(make: Callable[[int], Input], run: Callable[[Input], object], size: int) -> None:
    """Fail where an input of 8 times `size` takes far more than 8 times as long; processor time, the best of three."""
    small, large = make(size), make(size * TIMES_LARGER)
    run(make(size // 2))  # compiles patterns, reads languages
    larger = _seconds(run, large, 1)
    if larger < _NOTHING or larger < _ALLOWED * _seconds(run, small, 3):
        return
    larger, smaller = _seconds(run, large, 3), _seconds(run, small, 3)
    if larger < _NOTHING:  # at first something else took the time
        return
    assert larger < _ALLOWED * smaller, f"{size}: {smaller:.4f} s, {TIMES_LARGER * size}: {larger:.4f} s"


def _seconds(run: Callable[[Input], object], value: Input, times: int) -> float:
    used = []
    for _ in range(times):
        begun = time.process_time()
        run(value)
        used.append(time.process_time() - begun)
    return min(used)
