"""The grid of two editions and the beads on it: their scores, the best path, and every bead's posterior.

A node (i, j) stands between segments: i of the one edition and j of the other are behind it. A bead leads from a node
to a later one (shapes.py); skips lead past one segment. Only nodes in a band are looked at: for row i, from first[i] to
last[i] + 1.

A bead's score is

    ½ LLR(B|A) + ½ LLR(A|B) - .7 min(z²/s², 16)/2 + prior(shape) + edges + roles (+ what the third edition says)

where z² = (l_b - r l_a)² / ((l_b + r l_a)/2 + 1) compares the lengths in letters (after Gale and Church 1993).
`edges` is a log ratio for blocks' ends: inside a bead they are rarer than elsewhere, and where one edition's block ends
at a bead's end the other's tends to (Model.inside, Model.ends). `roles` favours the same label or kind of block.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.compiled import compiled
from corpus_builder.align.encoded import ROLES
from corpus_builder.align.shapes import EXTENT, OFFSETS, SHAPES, SIZE, first_priors

LENGTH = 0.7
FARTHEST = 16.0
TEMPERATURE = 1.0
"""What scores are multiplied by before they are read as log probabilities (.7, 1 and 1.5 tried on development data)."""
FAINT = 12.0
"""Beads whose best path is worse than the best of all by this many nats (after tempering) have no posterior."""
NEVER = -1e30
TITLE = ROLES.index("title")
SAME_ROLE, OTHER_ROLE, ONE_ROLE = 2.0, -2.0, -1.0


class Model(NamedTuple):
    """What the lattice needs to know of two languages."""

    priors: npt.NDArray[np.float64]
    """[shapes + 2] log priors."""
    ratio: float
    """Letters of the second language for one of the first."""
    variance: float
    """s² of the lengths."""
    inside: npt.NDArray[np.float64]
    """[2 sides, 2] added for each place between two segments of a bead, without and with a block's end there."""
    ends: npt.NDArray[np.float64]
    """[2, 2] what is added at either end of a bead, by whether a block of either side ends there."""
    semantic: npt.NDArray[np.float64] | None = None
    """(α, β) of an encoder's evidence (semantic.py); None without one."""


def first_model(ratio: float = 1.0) -> Model:
    """The model before training."""
    return Model(first_priors(), ratio, 6.8, np.array([[0.0, -1.0], [0.0, -1.0]]), np.array([[0.0, -0.3], [-0.3, 0.3]]))


@compiled
def bead_scores(
    there: Any, back: Any, first: Any, last: Any, first_back: Any, letters_a: Any, letters_b: Any, edges_a: Any,
    edges_b: Any, roles_a: Any, roles_b: Any, priors: Any, ratio: float, variance: float, inside: Any, ends: Any,
) -> Any:  # fmt: skip
    """[segments of a, widest band, shapes] the score of every bead that starts at (i, first[i] + k).

    `there` and `back` are `explained` in both directions; edges_a [segments + 1] says where blocks begin.
    """
    size_a, size_b = len(letters_a), len(letters_b)
    width = there.shape[1]
    out = np.full((size_a, width, len(SHAPES)), NEVER, np.float32)
    inner_a, inner_b = np.zeros(7), np.zeros(7)
    long_a, long_b = np.zeros(7), np.zeros(7)
    for i in range(size_a):
        for p in range(7):
            inner_a[p] = 0.0
            long_a[p] = 0.0
            if i + EXTENT[p] <= size_a:
                for k in range(1, EXTENT[p]):
                    inner_a[p] += inside[0, edges_a[i + k]]
                for k in range(SIZE[p]):
                    long_a[p] += letters_a[i + OFFSETS[p, k]]
        for j in range(first[i], last[i] + 1):
            at = j - first[i]
            for q in range(7):
                inner_b[q] = 0.0
                long_b[q] = 0.0
                if j + EXTENT[q] <= size_b:
                    for k in range(1, EXTENT[q]):
                        inner_b[q] += inside[1, edges_b[j + k]]
                    for k in range(SIZE[q]):
                        long_b[q] += letters_b[j + OFFSETS[q, k]]
            start = 0.5 * ends[edges_a[i], edges_b[j]]
            if roles_a[i] >= 0 and roles_b[j] >= 0 and roles_a[i] + roles_b[j] > 0:
                if roles_a[i] == roles_b[j]:
                    start += SAME_ROLE
                elif roles_a[i] > 0 and roles_b[j] > 0:
                    start += OTHER_ROLE
                else:
                    start += ONE_ROLE
            for t in range(len(SHAPES)):
                p, q = SHAPES[t, 0], SHAPES[t, 1]
                below, right = i + EXTENT[p], j + EXTENT[q]
                if (roles_a[i] == TITLE and EXTENT[p] > 1) or (roles_b[j] == TITLE and EXTENT[q] > 1):
                    continue  # a headline shares its side of a bead with no other segment
                if below > size_a or right > size_b or right - 1 > last[i] or first[below - 1] > j:
                    continue
                score = 0.0
                for k in range(SIZE[q]):
                    score += there[i, at + OFFSETS[q, k], p]
                for k in range(SIZE[p]):
                    score += back[j, i + OFFSETS[p, k] - first_back[j], q]
                score *= 0.5
                expected = ratio * long_a[p]
                z = (long_b[q] - expected) ** 2 / ((long_b[q] + expected) / 2 + 1) / variance
                score += priors[t] - LENGTH * min(z, FARTHEST) / 2
                score += start + inner_a[p] + inner_b[q] + 0.5 * ends[edges_a[below], edges_b[right]]
                out[i, at, t] = score
    return out


@compiled
def with_bonus(scores: Any, bonus: Any, first: Any, last: Any) -> Any:
    """`bead_scores` plus a bonus [segments of a, widest band] for each link, its mean over either side of the bead."""
    out = scores.copy()
    for i in range(scores.shape[0]):
        for j in range(first[i], last[i] + 1):
            at = j - first[i]
            for t in range(scores.shape[2]):
                if scores[i, at, t] <= NEVER:
                    continue
                p, q = SHAPES[t, 0], SHAPES[t, 1]
                links = 0.0
                for k in range(SIZE[p]):
                    row = i + OFFSETS[p, k]
                    for m in range(SIZE[q]):
                        column = j + OFFSETS[q, m] - first[row]
                        if 0 <= column <= last[row] - first[row]:
                            links += bonus[row, column]
                out[i, at, t] += links / SIZE[p] + links / SIZE[q]
    return out


@compiled
def best_paths(scores: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float) -> Any:
    """The best sums of scores from the start to each node and from it to the end, [segments of a + 1, band + 1]."""
    size_a, width = scores.shape[0], scores.shape[1]
    ahead = np.full((size_a + 1, width + 1), NEVER)
    behind = np.full((size_a + 1, width + 1), NEVER)
    ahead[0, 0] = 0.0
    for i in range(size_a + 1):
        low = first[min(i, size_a - 1)]
        high = last[i] + 1 if i < size_a else size_b
        for j in range(low, high + 1):
            here = ahead[i, j - low]
            if here <= NEVER:
                continue
            if j < high:
                ahead[i, j + 1 - low] = max(ahead[i, j + 1 - low], here + skip_b)
            if i == size_a:
                continue
            below = first[min(i + 1, size_a - 1)]
            if j >= below:
                ahead[i + 1, j - below] = max(ahead[i + 1, j - below], here + skip_a)
            if j > last[i]:
                continue
            for t in range(scores.shape[2]):
                score = scores[i, j - low, t]
                if score > NEVER:
                    row = i + EXTENT[SHAPES[t, 0]]
                    column = j + EXTENT[SHAPES[t, 1]] - first[min(row, size_a - 1)]
                    if column >= 0 and here + score > ahead[row, column]:
                        ahead[row, column] = here + score
    low = first[size_a - 1]
    behind[size_a, size_b - low] = 0.0
    for i in range(size_a, -1, -1):
        low = first[min(i, size_a - 1)]
        high = last[i] + 1 if i < size_a else size_b
        for j in range(high, low - 1, -1):
            best = behind[i, j - low]
            if j < high:
                best = max(best, behind[i, j + 1 - low] + skip_b)
            if i < size_a:
                below = first[min(i + 1, size_a - 1)]
                if j >= below:
                    best = max(best, behind[i + 1, j - below] + skip_a)
                if j <= last[i]:
                    for t in range(scores.shape[2]):
                        score = scores[i, j - low, t]
                        if score > NEVER:
                            row = i + EXTENT[SHAPES[t, 0]]
                            column = j + EXTENT[SHAPES[t, 1]] - first[min(row, size_a - 1)]
                            if column >= 0:
                                best = max(best, score + behind[row, column])
            behind[i, j - low] = best
    return ahead, behind


@compiled
def posteriors(
    scores: Any, ahead: Any, behind: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float
) -> Any:
    """Every bead and skip with its posterior, by forward-backward sums over the nodes that good paths touch.

    Sums are kept relative to the best path to their node, so that they stay near 1. Returns (i, j, shape, score,
    posterior): a skip has the shape len(SHAPES) for a segment of a, len(SHAPES) + 1 for one of b.
    """
    size_a, width = scores.shape[0], scores.shape[1]
    shapes = scores.shape[2]
    total = behind[0, 0]
    limit = total - FAINT / TEMPERATURE
    # the arcs that good paths use, in the order of their beginnings
    capacity = 16 * (size_a + size_b) + 64
    arcs = np.empty((capacity, 5), np.int32)  # i, j, shape, end i, end j
    weights = np.empty(capacity)
    n = 0
    for i in range(size_a + 1):
        low = first[min(i, size_a - 1)]
        high = last[i] + 1 if i < size_a else size_b
        for j in range(low, high + 1):
            here = ahead[i, j - low]
            if here + behind[i, j - low] < limit:
                continue
            for t in range(shapes + 2):
                score = NEVER
                row, column = i, j
                if t < shapes:
                    if i < size_a and j <= last[i]:
                        score = scores[i, j - low, t]
                        row = i + EXTENT[SHAPES[t, 0]]
                        column = j + EXTENT[SHAPES[t, 1]]
                elif t == shapes:
                    if i < size_a:
                        score = skip_a
                        row = i + 1
                elif j < high:
                    score = skip_b
                    column = j + 1
                if score <= NEVER:
                    continue
                offset = column - first[min(row, size_a - 1)]
                if offset < 0 or here + score + behind[row, offset] < limit:
                    continue
                if n == capacity:
                    arcs = np.concatenate((arcs, np.empty((capacity, 5), np.int32)))
                    weights = np.concatenate((weights, np.empty(capacity)))
                    capacity *= 2
                arcs[n, 0], arcs[n, 1], arcs[n, 2], arcs[n, 3], arcs[n, 4] = i, j, t, row, column
                weights[n] = score
                n += 1
    forward = np.zeros((size_a + 1, width + 1))
    backward = np.zeros((size_a + 1, width + 1))
    forward[0, 0] = 1.0
    backward[size_a, size_b - first[size_a - 1]] = 1.0
    for k in range(n):
        i, j, row, column = arcs[k, 0], arcs[k, 1], arcs[k, 3], arcs[k, 4]
        j -= first[min(i, size_a - 1)]
        column -= first[min(row, size_a - 1)]
        forward[row, column] += forward[i, j] * np.exp(TEMPERATURE * (ahead[i, j] + weights[k] - ahead[row, column]))
    for k in range(n - 1, -1, -1):
        i, j, row, column = arcs[k, 0], arcs[k, 1], arcs[k, 3], arcs[k, 4]
        j -= first[min(i, size_a - 1)]
        column -= first[min(row, size_a - 1)]
        backward[i, j] += backward[row, column] * np.exp(
            TEMPERATURE * (behind[row, column] + weights[k] - behind[i, j])
        )
    probability = np.empty(n)
    for k in range(n):
        i, j, row, column = arcs[k, 0], arcs[k, 1], arcs[k, 3], arcs[k, 4]
        j -= first[min(i, size_a - 1)]
        column -= first[min(row, size_a - 1)]
        probability[k] = (
            forward[i, j]
            * backward[row, column]
            / backward[0, 0]
            * np.exp(TEMPERATURE * (ahead[i, j] + weights[k] + behind[row, column] - total))
        )
    return arcs[:n, 0].copy(), arcs[:n, 1].copy(), arcs[:n, 2].copy(), weights[:n].copy(), probability


@compiled
def decode(arc_i: Any, arc_j: Any, shape: Any, worth: Any, size_a: int, size_b: int) -> Any:
    """The path of arcs with the greatest sum of `worth`: the arcs' numbers, in order.

    With posteriors as worth it is the path with the most beads expected to be right (Goodman 1996).
    """
    low, high = np.full(size_a + 1, size_b, np.int64), np.zeros(size_a + 1, np.int64)
    for k in range(len(shape)):
        low[arc_i[k]] = min(low[arc_i[k]], arc_j[k])
        high[arc_i[k]] = max(high[arc_i[k]], arc_j[k])
    high[size_a] = size_b
    begin = np.zeros(size_a + 2, np.int64)
    for i in range(size_a + 1):
        begin[i + 1] = begin[i] + max(high[i] - low[i] + 1, 0)
    best, via = np.full(begin[-1], NEVER), np.full(begin[-1], -1, np.int64)
    best[begin[0] - low[0]] = 0.0
    for k in range(len(shape)):
        i, j, t = arc_i[k], arc_j[k], shape[k]
        here = best[begin[i] + j - low[i]]
        if here <= NEVER:
            continue
        row = i + (EXTENT[SHAPES[t, 0]] if t < len(SHAPES) else len(SHAPES) + 1 - t)
        column = j + (EXTENT[SHAPES[t, 1]] if t < len(SHAPES) else t - len(SHAPES))
        if column < low[row] or column > high[row]:
            continue
        end = begin[row] + column - low[row]
        if here + worth[k] > best[end]:
            best[end] = here + worth[k]
            via[end] = k
    path = np.empty(size_a + size_b, np.int64)
    n = 0
    i, j = size_a, size_b
    while i > 0 or j > 0:
        k = via[begin[i] + j - low[i]]
        path[n] = k
        n += 1
        i, j = arc_i[k], arc_j[k]
    return path[:n][::-1].copy()
