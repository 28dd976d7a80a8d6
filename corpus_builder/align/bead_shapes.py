"""The shapes that a bead of two editions can have.

A side of a bead is a pattern of segments: one to four in a row, or two or three with a hole between them, for a segment
without a counterpart between two that belong together. A shape has a pattern for each side: 1-1 to 3-3, up to four
against one, and holes against one or two. In addition there are the two skips, a single segment of one side.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

OFFSETS = np.array(
    [(0, -1, -1, -1), (0, 1, -1, -1), (0, 1, 2, -1), (0, 1, 2, 3), (0, 2, -1, -1), (0, 1, 3, -1), (0, 2, 3, -1)],
    np.int8,
)
"""[patterns, 4] the segments of a pattern, counted from its first; then -1."""
SIZE = (OFFSETS >= 0).sum(axis=1).astype(np.int8)
"""[patterns] how many segments a pattern has."""
EXTENT = (OFFSETS.max(axis=1) + 1).astype(np.int8)
"""[patterns] from its first segment to its last, holes included."""
PATTERNS = len(OFFSETS)

_PLAIN = [(0, 0), (0, 1), (1, 0), (0, 2), (2, 0), (0, 3), (3, 0), (1, 1), (1, 2), (2, 1), (2, 2)]
_HOLES = [(hole, q) for q in (0, 1) for hole in (4, 5, 6)] + [(p, hole) for p in (0, 1) for hole in (4, 5, 6)]
SHAPES = np.array(_PLAIN + _HOLES, np.int8)
"""[shapes, 2] the pattern of either side. From the recipe of the aligner's prototype. Without holes F1 on Text+Berg dev
is .0013 lower, without 2-2 to 3-3 .0207 (benchmarks/align/ablation.py)."""
PLAIN = len(_PLAIN)
"""The first shapes have no hole."""


def _groups() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    names: dict[tuple[int, int, bool], int] = {}
    group = []
    for k, (p, q) in enumerate(SHAPES.tolist()):
        a, b = int(SIZE[p]), int(SIZE[q])
        key = (a, b, False) if k < PLAIN else (min(a, b), max(a, b), True)
        group.append(names.setdefault(key, len(names)))
    return np.array(group, np.int64), np.bincount(group)


GROUP, MEMBERS = _groups()
"""[shapes] the group of each shape, and [groups] how many shapes share it. A group has one prior: shapes of the same
sizes (with a hole: on either side)."""
SKIP_A, SKIP_B = len(SHAPES), len(SHAPES) + 1
"""The numbers of the two skips, after those of the shapes."""

# Chosen to be near the shares in newspapers' editions; what they gain: benchmarks/align/ablation.py, "usual shares".
_USUAL = {(1, 1): 0.75, (1, 2): 0.03, (2, 1): 0.03, (1, 3): 0.003, (3, 1): 0.003, (2, 2): 0.004}
_USUAL_SKIP, _RARE = 0.085, 0.0006


def usual_shares() -> npt.NDArray[np.float64]:
    """[groups + 2] the usual share of each group of shapes and each skip in newspapers, to smooth small counts."""
    sizes = SIZE[SHAPES].tolist()
    usual = {}
    for k in range(len(SHAPES)):
        usual[int(GROUP[k])] = _USUAL.get((sizes[k][0], sizes[k][1]), _RARE) if k < PLAIN else _RARE
    return np.array([usual[g] for g in range(len(MEMBERS))] + [_USUAL_SKIP, _USUAL_SKIP])


def first_priors() -> npt.NDArray[np.float64]:
    """[shapes + 2] log priors before training: a skip -1, else 1.4 - (a + b - 2) - 3 for a hole (the prototype's)."""
    sizes = SIZE[SHAPES[:, 0]].astype(float) + SIZE[SHAPES[:, 1]]
    return np.concatenate((1.4 - (sizes - 2) - 3 * (np.arange(len(SHAPES)) >= PLAIN), (-1.0, -1.0)))
