"""Where segments without a counterpart lie: how many of them follow one another, and how many of the other edition do
at the same place.

A chapter that one edition left out is a long run with nothing beside it. A line that lies beside a line of the other
edition which has no counterpart either is often its translation, and was not recognized.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from corpus_builder.align.arcs import Floats
from corpus_builder.align.two.pair_beads import PairBeads


def gaps(sizes: tuple[int, int], beads: PairBeads) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """For either edition (run [segments], facing [segments]): how many unlinked segments lie between the same two beads
    that have not moved, of its own edition and of the other one. Both are 0 for linked segments."""
    stay = beads.take(~beads.moved)
    free = beads.free(*sizes)
    places = [np.searchsorted(np.sort(first), np.arange(size), side="right")
              for first, size in zip(stay.first, sizes, strict=True)]  # fmt: skip
    counts = [np.bincount(at[alone], minlength=len(stay.score) + 1).astype(np.float64)
              for at, alone in zip(places, free, strict=True)]  # fmt: skip
    here = [np.where(free[k], counts[k][places[k]], 0.0) for k in (0, 1)]
    there = [np.where(free[k], counts[1 - k][places[k]], 0.0) for k in (0, 1)]
    return (here[0], there[0]), (here[1], there[1])


def beside(sizes: Iterable[int], alignments: Iterable[tuple[int, int, PairBeads]]) -> tuple[Floats, Floats]:
    """(run, facing) of each segment of all editions, edition after edition: the shortest run in an alignment with
    another edition, and the most that it faces in one. `alignments` are by the numbers of the editions."""
    sizes = list(sizes)
    first = np.cumsum([0, *sizes])
    run, facing = np.full(int(first[-1]), np.inf), np.zeros(int(first[-1]))
    for x, y, beads in alignments:
        for edition, (own, other) in zip((x, y), gaps((sizes[x], sizes[y]), beads), strict=True):
            inside = slice(first[edition], first[edition + 1])
            run[inside] = np.minimum(run[inside], own)
            facing[inside] = np.maximum(facing[inside], other)
    return np.where(np.isfinite(run), run, 0.0), facing
