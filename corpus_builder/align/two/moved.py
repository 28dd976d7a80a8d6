"""Segments that are at another place in the other edition.

Segments that the monotone path leaves unmatched are compared again: each run of them in one edition with each run in
the other, by a small dynamic programme over the same bead scores (skips cost nothing). The pairs of runs with the
greatest sums are linked first, as long as a sum is above a threshold.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.bead_shapes import EXTENT, PLAIN, SHAPES
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.two.search_band import Band
from corpus_builder.jit import compiled

ENOUGH = 4.0
"""Nats that a pair of runs must score; below, merely similar segments are linked (development data with the prototype:
F1 .928 to .936 where 3% of the segments are moved, -.002 where none are)."""
LEAST_BEAD = 1.0
"""Nats that each bead of it must score. Chosen: above the 0 of chance."""

MOST_WORK = 20_000_000
"""Pairs of segments that are compared in one document, at most; of a pair of runs all or none. Chosen: about a second
of work, and 180 MB for the largest pair of runs."""


def moved_beads(
    scores: npt.NDArray[np.float32], band: Band, free_a: npt.NDArray[np.bool_], free_b: npt.NDArray[np.bool_]
) -> PairBeads:
    """Beads between segments that no bead of the path holds, with their scores in place of probabilities.

    `scores` are lattice.bead_scores; `free_a` and `free_b` [segments] are changed.
    """
    i, j, shape, score = _moved(scores, band.first, band.last, free_a, free_b)
    return PairBeads.of_arcs(i, j, shape, score, score)


@compiled
def _runs(free: Any) -> Any:
    begin, end = np.empty(len(free), np.int32), np.empty(len(free), np.int32)
    n = 0
    i = 0
    while i < len(free):
        if free[i]:
            begin[n] = i
            while i < len(free) and free[i]:
                i += 1
            end[n] = i
            n += 1
        else:
            i += 1
    return begin[:n].copy(), end[:n].copy()


@compiled
def _local(scores: Any, first: Any, last: Any, a0: int, a1: int, b0: int, b1: int) -> Any:
    """The best sum of plain beads within a rectangle: (sum, i, j, shape of its beads)."""
    rows, columns = a1 - a0 + 1, b1 - b0 + 1
    best, via = np.zeros((rows, columns)), np.full((rows, columns), -3, np.int8)
    for i in range(rows):
        for j in range(columns):
            if i > 0 and (best[i - 1, j] >= best[i, j]):
                best[i, j], via[i, j] = best[i - 1, j], -1
            if j > 0 and best[i, j - 1] > best[i, j]:
                best[i, j], via[i, j] = best[i, j - 1], -2
            for t in range(PLAIN):
                p, q = EXTENT[SHAPES[t, 0]], EXTENT[SHAPES[t, 1]]
                if i >= p and j >= q:
                    row = a0 + i - p
                    at = b0 + j - q - first[row]
                    if at >= 0 and b0 + j - q <= last[row]:
                        score = scores[row, t, at]
                        if score > LEAST_BEAD and best[i - p, j - q] + score > best[i, j]:
                            best[i, j] = best[i - p, j - q] + score
                            via[i, j] = t
    arcs = np.empty((rows + columns, 3), np.int32)
    n = 0
    i, j = rows - 1, columns - 1
    while i > 0 or j > 0:
        t = via[i, j]
        if t >= 0:
            i -= EXTENT[SHAPES[t, 0]]
            j -= EXTENT[SHAPES[t, 1]]
            arcs[n, 0], arcs[n, 1], arcs[n, 2] = a0 + i, b0 + j, t
            n += 1
        elif i > 0 and (t == -1 or j == 0):
            i -= 1
        else:
            j -= 1
    return best[rows - 1, columns - 1], arcs[:n]


@compiled
def _moved(scores: Any, first: Any, last: Any, free_a: Any, free_b: Any) -> Any:
    """(i, j, shape, score) of each bead."""
    beads = np.empty((min(len(free_a), len(free_b)), 3), np.int32)
    n, work = 0, 0
    while True:
        begin_a, end_a = _runs(free_a)
        begin_b, end_b = _runs(free_b)
        best = ENOUGH
        chosen = np.empty((0, 3), np.int32)
        for k in range(len(begin_a)):
            for m in range(len(begin_b)):
                if begin_b[m] > last[end_a[k] - 1] or end_b[m] <= first[begin_a[k]]:
                    continue
                work_here = (end_a[k] - begin_a[k]) * (end_b[m] - begin_b[m])
                if work + work_here > MOST_WORK:
                    continue
                work += work_here
                total, arcs = _local(scores, first, last, begin_a[k], end_a[k], begin_b[m], end_b[m])
                if total > best:
                    best = total
                    chosen = arcs
        if len(chosen) == 0:
            break
        for e in range(len(chosen)):
            i, j, t = chosen[e, 0], chosen[e, 1], chosen[e, 2]
            beads[n] = chosen[e]
            n += 1
            free_a[i : i + EXTENT[SHAPES[t, 0]]] = False
            free_b[j : j + EXTENT[SHAPES[t, 1]]] = False
    values = np.empty(n)
    for e in range(n):
        values[e] = scores[beads[e, 0], beads[e, 2], beads[e, 1] - first[beads[e, 0]]]
    return beads[:n, 0].copy(), beads[:n, 1].copy(), beads[:n, 2].copy(), values
