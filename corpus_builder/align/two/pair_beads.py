"""Two-sided beads of two editions, as arrays: from arcs of a lattice, or of any segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Floats
from corpus_builder.align.bead_shapes import OFFSETS, SHAPES, SIZE
from corpus_builder.jit import compiled
from corpus_builder.ragged import Ints


class PairBeads(NamedTuple):
    """Two-sided beads of two editions."""

    segments: Ints
    """[beads, size of the largest] the segments of the first edition, then those of the second, then -1."""
    sides: Ints
    """[beads, 2] how many segments of either edition."""
    score: Floats
    probability: Floats
    moved: npt.NDArray[np.bool_]
    """[beads] whether it crosses others."""

    @staticmethod
    def of(
        left: Sequence[Sequence[int]], right: Sequence[Sequence[int]], score: Floats, probability: Floats
    ) -> PairBeads:
        """From the segments of either side."""
        sides = np.array([(len(x), len(y)) for x, y in zip(left, right, strict=True)], np.int32).reshape(-1, 2)
        segments = np.full((len(sides), int(sides.sum(axis=1).max(initial=2))), -1, np.int32)
        for k, (x, y) in enumerate(zip(left, right, strict=True)):
            segments[k, : len(x) + len(y)] = (*x, *y)
        return PairBeads(segments, sides, score, probability, np.zeros(len(sides), np.bool_))

    @staticmethod
    def of_arcs(i: Ints, j: Ints, shape: Ints, score: Floats, probability: Floats) -> PairBeads:
        """From the arcs of a lattice (arcs.Arcs), none of them a skip."""
        segments, sides = _segments(i, j, shape)
        return PairBeads(segments, sides, score, probability, np.zeros(len(i), np.bool_))

    def and_moved(self, others: PairBeads) -> PairBeads:
        """These and others; of the others those that cross one of these are marked as moved."""
        i, j = self.first
        left, right = others.first
        crossing = ((left[:, None] < i) != (right[:, None] < j)).any(axis=1)
        width = max(self.segments.shape[1], others.segments.shape[1])
        return PairBeads(
            np.concatenate((wide(self.segments, width), wide(others.segments, width))),
            np.concatenate((self.sides, others.sides)), np.append(self.score, others.score),
            np.append(self.probability, others.probability), np.append(self.moved, crossing),
        )  # fmt: skip

    def take(self, chosen: npt.NDArray[np.bool_]) -> PairBeads:
        """Some of them."""
        segments, sides, score, probability, moved = self
        return PairBeads(segments[chosen], sides[chosen], score[chosen], probability[chosen], moved[chosen])

    def owners(self, size_a: int, size_b: int) -> tuple[Ints, Ints]:
        """By segment of either edition the number of its bead, -1 for none."""
        owners = np.full(size_a, -1, np.int32), np.full(size_b, -1, np.int32)
        for k, (a, b) in enumerate(self.sides.tolist()):
            owners[0][self.segments[k, :a]] = k
            owners[1][self.segments[k, a : a + b]] = k
        return owners

    @property
    def first(self) -> tuple[Ints, Ints]:
        """The first segment of either side."""
        return self.segments[:, 0], self.segments[np.arange(len(self.sides)), self.sides[:, 0]]

    def free(self, size_a: int, size_b: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which segments of either edition are in none of them."""
        free_a, free_b = _free(self.segments, self.sides, size_a, size_b)
        return free_a, free_b


def wide(segments: Ints, width: int) -> Ints:
    """The same segments, padded with -1 to a width."""
    if segments.shape[1] == width:
        return segments
    padded: Ints = np.pad(segments, ((0, 0), (0, width - segments.shape[1])), constant_values=-1)
    return padded


@compiled
def _segments(i: Any, j: Any, shape: Any) -> Any:
    segments, sides = np.full((len(i), 8), -1, np.int32), np.empty((len(i), 2), np.int32)
    for k in range(len(i)):
        p, q = SHAPES[shape[k], 0], SHAPES[shape[k], 1]
        for m in range(SIZE[p]):
            segments[k, m] = i[k] + OFFSETS[p, m]
        for m in range(SIZE[q]):
            segments[k, SIZE[p] + m] = j[k] + OFFSETS[q, m]
        sides[k, 0], sides[k, 1] = SIZE[p], SIZE[q]
    return segments, sides


@compiled
def _free(segments: Any, sides: Any, size_a: int, size_b: int) -> Any:
    free_a, free_b = np.ones(size_a, np.bool_), np.ones(size_b, np.bool_)
    for k in range(len(sides)):
        for m in range(sides[k, 0]):
            free_a[segments[k, m]] = False
        for m in range(sides[k, 0], sides[k, 0] + sides[k, 1]):
            free_b[segments[k, m]] = False
    return free_a, free_b
