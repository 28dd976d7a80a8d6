"""Segments that are at another place in the other edition.

The path is monotone, so where chapters were swapped it leaves segments unmatched, or links them with what stands in
their place. Runs of beads that are on no path are found by local alignment (Smith and Waterman 1981) over the same
bead scores: a bead counts what it scores more than the path's beads that it would displace, passing a segment costs a
little, and a run may begin and end anywhere. The runs with the greatest sums are taken first, as long as a sum is above
a threshold.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.bead_shapes import EXTENT, PLAIN, SHAPES
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.two.search_band import Band
from corpus_builder.jit import compiled

ENOUGH = 4.0
"""Nats that a run must gain; below, merely similar segments are linked (development data with the prototype:
F1 .928 to .936 where 3% of the segments are moved, -.002 where none are)."""
LEAST_BEAD = 1.0
"""Nats that each bead of it must score. Chosen: above the 0 of chance."""
GAP = 0.5
"""Nats that a run loses for each segment that it passes. Chosen: half of the least bead."""
TAKEN = 1e6
"""What it costs to displace a bead that stays anyway. Chosen: more than any run gains."""
MOST_WORK = 20_000_000
"""Pairs of segments that are compared in one document, at most, but all of them once. Chosen: a second of work."""


class MovedBeads(NamedTuple):
    """Beads of runs that have moved, with their scores in place of probabilities."""

    beads: PairBeads
    run_size: npt.NDArray[np.int64]
    """[beads] how many beads there are in the run that each is in."""
    run_score: npt.NDArray[np.float64]
    """[beads] the sum of their scores."""
    kept: npt.NDArray[np.bool_]
    """[beads of the path] which of them stay."""


def moved_beads(
    scores: npt.NDArray[np.float32], band: Band, path: PairBeads, firm: npt.NDArray[np.bool_], sizes: tuple[int, int]
) -> MovedBeads:
    """The beads of runs that have moved; `scores` are lattice.bead_scores, `firm` [beads of the path] stays anyway."""
    owner_a, owner_b = path.owners(*sizes)
    cost = np.where(firm, TAKEN, np.maximum(path.score, 0.0))
    i, j, shape, run, kept = _moved(scores, band.first, band.last, owner_a, owner_b, cost)
    score = scores[i, shape, j - band.first[i]].astype(np.float64) if len(i) else np.zeros(0)
    run_score, run_size = np.bincount(run, score)[run], np.bincount(run)[run]
    return MovedBeads(PairBeads.of_arcs(i, j, shape, score, score), run_size, run_score, kept)


@compiled
def _summed(owner: Any, cost: Any) -> Any:
    """[segments + 1] sums of what it costs to displace the first segments."""
    sums = np.zeros(len(owner) + 1)
    for k in range(len(owner)):
        sums[k + 1] = sums[k] + (cost[owner[k]] if owner[k] >= 0 else 0.0)
    return sums


@compiled
def _runs_ending(scores: Any, first: Any, last: Any, cost_a: Any, cost_b: Any) -> Any:
    """(best sum of a run that ends at a node, shape of its last bead, -1 and -2 for passed segments, -3 for none)."""
    size_a, width, size_b = len(first), scores.shape[2], len(cost_b) - 1
    best = np.zeros((size_a + 1, width + 1), np.float32)
    via = np.full((size_a + 1, width + 1), -3, np.int8)
    for i in range(size_a + 1):
        low = first[min(i, size_a - 1)]
        above = first[i - 1]
        for j in range(low, (last[i] + 1 if i < size_a else size_b) + 1):
            k = j - low
            if i > 0 and above <= j <= last[i - 1] + 1 and best[i - 1, j - above] - GAP > best[i, k]:
                best[i, k], via[i, k] = best[i - 1, j - above] - GAP, -1
            if k > 0 and best[i, k - 1] - GAP > best[i, k]:
                best[i, k], via[i, k] = best[i, k - 1] - GAP, -2
            for t in range(PLAIN):
                p, q = EXTENT[SHAPES[t, 0]], EXTENT[SHAPES[t, 1]]
                if i < p or j - q < first[i - p] or j - q > last[i - p]:
                    continue
                at = j - q - first[i - p]
                score = scores[i - p, t, at]
                if score <= LEAST_BEAD:
                    continue
                total = best[i - p, at] + score - (cost_a[i] - cost_a[i - p]) - (cost_b[j] - cost_b[j - q])
                if total > best[i, k]:
                    best[i, k], via[i, k] = total, t
    return best, via


@compiled
def _moved(scores: Any, first: Any, last: Any, owner_a: Any, owner_b: Any, cost: Any) -> Any:
    """(i, j, shape and number of the run of each bead; which beads of the path stay).

    `owner_a`, `owner_b` [segments] are the numbers of the path's beads, `cost` [beads] what it costs to displace each.
    """
    size_a, size_b, path = len(owner_a), len(owner_b), len(cost)
    taken = path  # the owner of segments in runs
    costs = np.append(cost, TAKEN)
    owner_a, owner_b = owner_a.copy(), owner_b.copy()
    kept = np.ones(path, np.bool_)
    beads = np.empty((min(size_a, size_b), 3), np.int32)
    runs = np.empty(len(beads), np.int64)
    n, run = 0, 0
    cells = (last - first + 1).sum()
    for _ in range(1 + MOST_WORK // max(cells, 1)):
        best, via = _runs_ending(scores, first, last, _summed(owner_a, costs), _summed(owner_b, costs))
        ends_i, ends_j = np.nonzero(best > ENOUGH)
        sums = np.empty(len(ends_i))
        for e in range(len(ends_i)):
            sums[e] = best[ends_i[e], ends_j[e]]
        found = n
        for e in np.argsort(-sums):
            i = ends_i[e]
            j = ends_j[e] + first[min(i, size_a - 1)]
            if via[i, ends_j[e]] < 0:
                continue
            begin, gain = n, sums[e]
            while via[i, j - first[min(i, size_a - 1)]] >= -2:
                t = via[i, j - first[min(i, size_a - 1)]]
                if t == -1:
                    i -= 1
                elif t == -2:
                    j -= 1
                else:
                    p, q = EXTENT[SHAPES[t, 0]], EXTENT[SHAPES[t, 1]]
                    if (owner_a[i - p : i] == taken).any() or (owner_b[j - q : j] == taken).any():
                        gain -= best[i, j - first[min(i, size_a - 1)]]  # what is left is the run's end
                        break
                    i -= p
                    j -= q
                    beads[n, 0], beads[n, 1], beads[n, 2] = i, j, t
                    n += 1
            if gain <= ENOUGH:
                n = begin
                continue
            runs[begin:n] = run
            run += 1
            for k in range(begin, n):
                i, j, t = beads[k, 0], beads[k, 1], beads[k, 2]
                for own, at, size in ((owner_a, i, EXTENT[SHAPES[t, 0]]), (owner_b, j, EXTENT[SHAPES[t, 1]])):
                    for s in range(at, at + size):
                        if own[s] >= 0:
                            kept[own[s]] = False
                            costs[own[s]] = 0.0
                        own[s] = taken
        if n == found:
            break
    return beads[:n, 0].copy(), beads[:n, 1].copy(), beads[:n, 2].copy(), runs[:n].copy(), kept
