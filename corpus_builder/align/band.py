"""Which segments of the other edition each segment is compared with.

Short documents are compared whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_builder.align.compiled import compiled

WHOLE = 400_000
"""Cells up to which a document is compared whole."""


def of(pair: Any, found: Any) -> Any:
    """(first, last) segment of b for each segment of a, both rising; all of them in a short document."""
    size_a, size_b = pair.a.size, pair.b.size
    return np.zeros(size_a, np.int32), np.full(size_a, size_b - 1, np.int32)


@compiled
def turned(first: Any, last: Any, size_b: int) -> Any:
    """The band seen from the other side: (first, last) segment of a for each of b."""
    low, high = np.zeros(size_b, np.int32), np.full(size_b, -1, np.int32)
    i = 0
    for j in range(size_b):
        while i < len(first) - 1 and last[i] < j:
            i += 1
        low[j] = i
        high[j] = i
        while high[j] + 1 < len(first) and first[high[j] + 1] <= j:
            high[j] += 1
    return low, high
