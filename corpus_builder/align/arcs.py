"""The arcs of a lattice: beads of two editions, and skips, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_builder.align.bead_shapes import SHAPES
from corpus_builder.ragged import Ints

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Arcs:
    """Beads and skips, each between two nodes of the lattice.

    i, j [arcs] the node where each begins: the number of its first segment in either edition; shape [arcs] a number of
    SHAPES, or SKIP_A or SKIP_B (bead_shapes.py); score [arcs] in nats; probability [arcs] posteriors, 0 to 1.
    """

    i: Ints
    j: Ints
    shape: Ints
    score: Floats
    probability: Floats

    @staticmethod
    def certain(i: Ints, j: Ints, shape: Ints) -> Arcs:
        """Arcs with a probability of 1 and no meaningful score."""
        return Arcs(i, j, shape, np.ones(len(i)), np.ones(len(i)))

    def take(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Arcs:
        """Some of them, by a mask or by their numbers."""
        return Arcs(self.i[which], self.j[which], self.shape[which], self.score[which], self.probability[which])

    @property
    def linked(self) -> npt.NDArray[np.bool_]:
        """[arcs] which of them are two-sided beads, not skips."""
        return self.shape < len(SHAPES)
