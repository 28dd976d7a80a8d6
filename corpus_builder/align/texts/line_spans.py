"""From the beads of parts to the beads of lines: sums over the ways from one corner of the lattice to the next.

A node (i, j) of the lattice of parts is a corner if parts i and j begin a line (pooling.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.bead_shapes import EXTENT, OFFSETS, SHAPES
from corpus_builder.jit import compiled

FAINT = 1e-5
"""Less likely corners, and ways between two of them, are ignored. Chosen for speed: a hundredth of pooling.FLOOR."""
LAST_BIT = 62
"""The bit that all lines from the 63rd of a bead on share: integers of 64 bits have no more. Chosen: so long a bead is
a mistake anyway, and only has to lead on."""


class LineSpan(NamedTuple):
    """Lines of two editions from one corner to the next, and as bits which of them have a linked part."""

    a: int
    b: int
    end_a: int
    end_b: int
    linked_a: int
    linked_b: int

    @property
    def left(self) -> tuple[int, ...]:
        """The linked lines of the first edition."""
        return tuple([k for k in range(self.a, self.end_a) if self.linked_a >> min(k - self.a, LAST_BIT) & 1])

    @property
    def right(self) -> tuple[int, ...]:
        """The linked lines of the second."""
        return tuple([k for k in range(self.b, self.end_b) if self.linked_b >> min(k - self.b, LAST_BIT) & 1])

    @property
    def alone(self) -> list[tuple[int, int]]:
        """The others: (0 or 1 for the edition, line)."""
        left = [(0, k) for k in range(self.a, self.end_a) if not self.linked_a >> min(k - self.a, LAST_BIT) & 1]
        right = [(1, k) for k in range(self.b, self.end_b) if not self.linked_b >> min(k - self.b, LAST_BIT) & 1]
        return left + right


def sums(line_a: Sequence[int], line_b: Sequence[int], arcs: Arcs) -> dict[LineSpan, float]:
    """The probability of each bead of lines, summed over the ways through the arcs from its first corner to its last.

    `line_a`, `line_b` [parts] are the line that each part belongs to, from 0 without gaps; the arcs are in the order of
    their beginnings.
    """
    if not len(arcs.i):
        return {}
    lines_a, lines_b = _with_end(line_a), _with_end(line_b)
    row = len(lines_b)
    begin = arcs.i.astype(np.int64) * row + arcs.j
    nodes, place = np.unique(np.concatenate((begin, begin + _steps(arcs, row))), return_inverse=True)
    starts, ends = place[: len(begin)], place[len(begin) :]
    spans, values = _sums(
        node_i=nodes // row, node_j=nodes % row, first=np.searchsorted(starts, np.arange(len(nodes) + 1)), ends=ends,
        shape=arcs.shape, probability=arcs.probability, line_a=lines_a, line_b=lines_b,
        faint=FAINT,
    )  # fmt: skip
    return {LineSpan(*span): value for span, value in zip(spans.tolist(), values.tolist(), strict=True)}


def _with_end(lines: Sequence[int]) -> npt.NDArray[np.int64]:
    """[parts + 1] the lines, and the number of lines."""
    return np.append(np.asarray(lines, np.int64), lines[-1] + 1)


def _steps(arcs: Arcs, row: int) -> npt.NDArray[np.int64]:
    """How far each arc leads, in nodes, if a row has so many."""
    down = np.append(EXTENT[SHAPES[:, 0]], (1, 0)).astype(np.int64)
    right = np.append(EXTENT[SHAPES[:, 1]], (0, 1)).astype(np.int64)
    return (down * row + right)[arcs.shape]


@compiled
def _is_corner(line_a: Any, line_b: Any, i: int, j: int) -> bool:
    return (i == 0 or line_a[i - 1] < line_a[i]) and (j == 0 or line_b[j - 1] < line_b[j])


@compiled
def _linked(lines: Any, at: int, pattern: int, first: int) -> int:
    """As bits from line `first` the lines of a pattern's parts."""
    bits = 0
    for k in range(4):
        if OFFSETS[pattern, k] >= 0:
            bits |= 1 << min(lines[at + OFFSETS[pattern, k]] - first, LAST_BIT)
    return bits


@compiled
def _sums(
    node_i: Any, node_j: Any, first: Any, ends: Any, shape: Any, probability: Any, line_a: Any, line_b: Any,
    faint: float,
) -> Any:  # fmt: skip
    """([spans, 6] as LineSpan, their probabilities). The arcs of node n are first[n] to first[n + 1]."""
    nodes = len(node_i)
    through = np.zeros(nodes)
    corner = np.zeros(nodes, np.bool_)
    for n in range(nodes):
        corner[n] = _is_corner(line_a, line_b, node_i[n], node_j[n])
        for k in range(first[n], first[n + 1]):
            through[n] += probability[k]
    # the ways that reach a node, by which lines they linked: a list for each node, of states
    head = np.full(nodes, -1, np.int64)
    following, bits_a, bits_b, mass = (
        np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64)
    )  # fmt: skip
    spans, values, found = np.empty((64, 6), np.int64), np.empty(64), 0
    for start in range(nodes):
        if not corner[start] or through[start] < faint:
            continue
        a, b = line_a[node_i[start]], line_b[node_j[start]]
        head[start], following[0], bits_a[0], bits_b[0], mass[0] = 0, -1, 0, 0, through[start]
        states, last, n = 1, start, start
        while n <= last:
            state, head[n] = head[n], -1
            while state >= 0:
                if n > start and corner[n]:
                    if found == len(values):
                        spans = np.concatenate((spans, np.empty((found, 6), np.int64)))
                        values = np.concatenate((values, np.empty(found)))
                    spans[found, 0], spans[found, 1] = a, b
                    spans[found, 2], spans[found, 3] = line_a[node_i[n]], line_b[node_j[n]]
                    spans[found, 4], spans[found, 5] = bits_a[state], bits_b[state]
                    values[found] = mass[state]
                    found += 1
                    state = following[state]
                    continue
                for k in range(first[n], first[n + 1]):
                    share = mass[state] * probability[k] / through[n]
                    if share < faint:
                        continue
                    linked_a, linked_b = bits_a[state], bits_b[state]
                    if shape[k] < len(SHAPES):
                        linked_a |= _linked(line_a, node_i[n], SHAPES[shape[k], 0], a)
                        linked_b |= _linked(line_b, node_j[n], SHAPES[shape[k], 1], b)
                    end = ends[k]
                    same = head[end]
                    while same >= 0 and (bits_a[same] != linked_a or bits_b[same] != linked_b):
                        same = following[same]
                    if same >= 0:
                        mass[same] += share
                        continue
                    if states == len(mass):
                        following = np.concatenate((following, np.empty(states, np.int64)))
                        bits_a = np.concatenate((bits_a, np.empty(states, np.int64)))
                        bits_b = np.concatenate((bits_b, np.empty(states, np.int64)))
                        mass = np.concatenate((mass, np.empty(states)))
                    following[states], bits_a[states], bits_b[states] = head[end], linked_a, linked_b
                    mass[states] = share
                    head[end] = states
                    states += 1
                    last = max(last, end)
                state = following[state]
            n += 1
    return spans[:found], values[:found]
