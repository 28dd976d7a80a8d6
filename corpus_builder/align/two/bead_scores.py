"""The scores of all beads of two editions.

A bead's score is

    ½ LLR(B|A) + ½ LLR(A|B) - .7 min(z²/s², 16)/2 + prior(shape) + edges + roles (+ the bonus of the third edition)

where z² = (l_b - r l_a)² / ((l_b + r l_a)/2 + 1) compares the lengths in code points (after Gale and Church 1993).
`edges` is a log ratio for block ends: inside a bead they are rarer than elsewhere, and where one edition's block ends
at a bead's end the other's tends to (LatticeModel.inside, LatticeModel.ends). `roles` favours the same label or kind of
block.

The functions are compiled kernels; edition_pair.py calls them and gives their results types.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_builder.align.bead_shapes import EXTENT, OFFSETS, PATTERNS, SHAPES, SIZE
from corpus_builder.align.words.document_arrays import ROLES
from corpus_builder.jit import compiled

LENGTH = 0.7
"""Weight of the length term. From the recipe of the aligner's prototype; 0 loses .0340 of F1 on Text+Berg dev
(benchmarks/align/ablation.py, "length")."""
FARTHEST = 16.0
"""The length term's z²/s² counts no more than this: four standard deviations. From the recipe of the prototype."""
NEVER = -1e30
"""The score of a bead that cannot be: less than any path, and far from the end of float32's range."""
TITLE = ROLES.index("title")
SAME_ROLE, OTHER_ROLE, ONE_ROLE = 2.0, -2.0, -1.0
"""Nats added if both blocks have the same role, different roles, or one of them has none. Chosen with newsroom seed 1,
where they are worth .0007 of F1 (benchmarks/align/ablation.py, "labels and kinds")."""


@compiled
def _sides(letters: Any, edges: Any, inside: Any) -> Any:
    """For each pattern and each place where it may begin: its length, and the score of the block ends inside it."""
    size = len(letters)
    long, inner = np.zeros((PATTERNS, size)), np.zeros((PATTERNS, size))
    for p in range(PATTERNS):
        for i in range(size - EXTENT[p] + 1):
            for k in range(SIZE[p]):
                long[p, i] += letters[i + OFFSETS[p, k]]
            for k in range(1, EXTENT[p]):
                inner[p, i] += inside[edges[i + k]]
    return long, inner


@compiled
def _turned(back: Any, first: Any, last: Any, first_back: Any, width: int) -> Any:
    """`back` by the segments of a, [segments of a, PATTERNS, width]."""
    turned = np.zeros((len(first), PATTERNS, width), np.float32)
    for i in range(len(first)):
        for j in range(first[i], last[i] + 1):
            for q in range(PATTERNS):
                turned[i, q, j - first[i]] = back[j, q, i - first_back[j]]
    return turned


@compiled
def _role_score(role_a: int, role_b: int) -> float:
    """What the labels and kinds of the blocks add to a bead that begins with these segments."""
    if role_a < 0 or role_b < 0 or role_a + role_b == 0:
        return 0.0
    if role_a == role_b:
        return SAME_ROLE
    return OTHER_ROLE if role_a > 0 and role_b > 0 else ONE_ROLE


@compiled
def bead_scores(
    there: Any, back: Any, first: Any, last: Any, first_back: Any, letters_a: Any, letters_b: Any, edges_a: Any,
    edges_b: Any, roles_a: Any, roles_b: Any, priors: Any, ratio: float, variance: float, inside: Any, ends: Any,
) -> Any:  # fmt: skip
    """[segments of a, shapes, widest band] the score of every bead that starts at (i, first[i] + k), NEVER for none.

    `there` and `back` are word_scores in both directions; edges_a [segments + 1] says where blocks begin. The inner
    loops run along the band: the compiler makes vector instructions of them.
    """
    size_a, width = len(letters_a), there.shape[2]
    out = np.full((size_a, len(SHAPES), width), NEVER, np.float32)
    long_a, inner_a = _sides(letters_a, edges_a, inside[0])
    long_b, inner_b = _sides(letters_b, edges_b, inside[1])
    turned = _turned(back, first, last, first_back, width)
    closing = 0.5 * ends[:, edges_b]  # by whether a block of a ends, for each end in b
    single = np.where(roles_b == TITLE, NEVER, 0.0)  # a headline is alone on its side of a bead
    start, score = np.empty(width), np.empty(width)
    for i in range(size_a):
        for j in range(first[i], last[i] + 1):
            start[j - first[i]] = 0.5 * ends[edges_a[i], edges_b[j]] + _role_score(roles_a[i], roles_b[j])
        for t in range(len(SHAPES)):
            p, q = SHAPES[t, 0], SHAPES[t, 1]
            if i + EXTENT[p] > size_a or (roles_a[i] == TITLE and EXTENT[p] > 1):
                continue
            low = first[i + EXTENT[p] - 1]
            n = last[i] + 2 - EXTENT[q] - low
            if n <= 0:
                continue
            at = low - first[i]
            opened, inner = start[at : at + n], inner_b[q, low : low + n]
            closed = closing[edges_a[i + EXTENT[p]], low + EXTENT[q] : low + EXTENT[q] + n]
            constant = priors[t] + inner_a[p, i]
            for k in range(n):
                score[k] = opened[k] + inner[k] + closed[k] + constant
            if EXTENT[q] > 1:
                barred = single[low : low + n]
                for k in range(n):
                    score[k] += barred[k]
            for m in range(SIZE[q]):
                llr = there[i, p, at + OFFSETS[q, m] : at + OFFSETS[q, m] + n]
                for k in range(n):
                    score[k] += 0.5 * llr[k]
            for m in range(SIZE[p]):
                row = i + OFFSETS[p, m]
                llr = turned[row, q, low - first[row] : low - first[row] + n]
                for k in range(n):
                    score[k] += 0.5 * llr[k]
            long, expected = long_b[q, low : low + n], ratio * long_a[p, i]
            target = out[i, t, at : at + n]
            for k in range(n):
                apart = long[k] - expected
                z = apart * apart / (((long[k] + expected) / 2 + 1) * variance)
                score[k] -= LENGTH / 2 * (z if z < FARTHEST else FARTHEST)
                target[k] = score[k] if score[k] > NEVER / 2 else NEVER
    return out


@compiled
def with_bonus(scores: Any, bonus: Any, first: Any, last: Any) -> Any:
    """`bead_scores` plus a bonus [segments of a, widest band] for each link, its mean over either side of the bead."""
    out = scores.copy()
    size_a = len(first)
    links = np.empty(scores.shape[2])
    for i in range(size_a):
        for t in range(len(SHAPES)):
            p, q = SHAPES[t, 0], SHAPES[t, 1]
            if i + EXTENT[p] > size_a:
                continue
            low = first[i + EXTENT[p] - 1]
            n = last[i] + 2 - EXTENT[q] - low
            if n <= 0:
                continue
            links[:n] = 0.0
            for k in range(SIZE[p]):
                row = i + OFFSETS[p, k]
                for m in range(SIZE[q]):
                    column = low + OFFSETS[q, m] - first[row]
                    here = bonus[row, column : column + n]
                    for j in range(n):
                        links[j] += here[j]
            share = 1 / SIZE[p] + 1 / SIZE[q]
            target = out[i, t, low - first[i] : low - first[i] + n]
            for j in range(n):  # NEVER stays NEVER: adding a bonus does not change it in float32
                target[j] += share * links[j]
    return out
