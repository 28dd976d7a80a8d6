"""The lattice of two editions: the best path, and every bead's posterior.

A node (i, j) lies between segments: i segments of the first edition and j of the second precede it. A bead leads from a
node to a later one (bead_shapes.py) and has a score (bead_scores.py); skips lead past one segment. Only nodes in a band
are visited: for row i, from first[i] to last[i] + 1 (search_band.py).

The functions are compiled kernels; edition_pair.py calls them and gives their results types.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_builder.align.bead_shapes import EXTENT, SHAPES
from corpus_builder.align.two.bead_scores import NEVER
from corpus_builder.jit import compiled

TEMPERATURE = 1.0
"""Factor of scores before they are read as log probabilities (.7, 1 and 1.5 tried on development data)."""
FAINT = 12.0
"""Beads whose best path is worse than the best of all by this many nats (after tempering) have no posterior. Chosen: it
would be below e⁻¹² = 6e-6."""
MOST = 256
"""Beads and skips a segment that have a posterior, at most. Chosen: in development texts there are fewer, and memory
stays below 20 KB a segment."""
NEAR = 4
"""Where no score says which beads are good, those that begin so many segments from a best path have a posterior.
Chosen: so there are about MOST of them."""
LARGE = 2.0**256
"""Sums of posteriors are kept below this, with a power of it. Chosen: a product of two fits a double (2¹⁰²⁴), and a
multiplication by a power of two is exact."""


@compiled
def _improve(target: Any, source: Any, score: Any) -> None:
    """The better of `target` and `source + score`, into `target`."""
    for k in range(len(source)):
        if source[k] + score[k] > target[k]:
            target[k] = source[k] + score[k]


@compiled
def _improve_by_skip(target: Any, source: Any, skip: float) -> None:
    for k in range(len(source)):
        if source[k] + skip > target[k]:
            target[k] = source[k] + skip


@compiled
def best_paths(scores: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float) -> Any:
    """The best sums of scores from the start to each node and from there to the end, [segments of a + 1, band + 1]."""
    ahead = _paths_ahead(scores, first, last, size_b, skip_a, skip_b)
    return ahead, _paths_behind(scores, first, last, size_b, skip_a, skip_b)


@compiled
def _paths_ahead(scores: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float) -> Any:
    size_a, width = scores.shape[0], scores.shape[2]
    ahead = np.full((size_a + 1, width + 1), NEVER)
    ahead[0, 0] = 0.0
    for i in range(size_a + 1):
        low = first[min(i, size_a - 1)]
        n = (last[i] + 1 if i < size_a else size_b) - low + 1
        sums = ahead[i]
        for k in range(1, n):
            if sums[k - 1] + skip_b > sums[k]:
                sums[k] = sums[k - 1] + skip_b
        if i == size_a:
            break
        base = first[min(i + 1, size_a - 1)] - low
        begin, end = max(base, 0), n
        if end > begin:
            _improve_by_skip(ahead[i + 1, begin - base : end - base], sums[begin:end], skip_a)
        for t in range(len(SHAPES)):
            down, right = EXTENT[SHAPES[t, 0]], EXTENT[SHAPES[t, 1]]
            if i + down > size_a:
                continue
            base = first[min(i + down, size_a - 1)] - right - low
            begin, end = max(base, 0), n - right
            if end > begin:
                _improve(ahead[i + down, begin - base : end - base], sums[begin:end], scores[i, t, begin:end])
    return ahead


@compiled
def _paths_behind(scores: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float) -> Any:
    size_a, width = scores.shape[0], scores.shape[2]
    behind = np.full((size_a + 1, width + 1), NEVER)
    behind[size_a, size_b - first[size_a - 1]] = 0.0
    for i in range(size_a, -1, -1):
        low = first[min(i, size_a - 1)]
        n = (last[i] + 1 if i < size_a else size_b) - low + 1
        sums = behind[i]
        if i < size_a:
            base = first[min(i + 1, size_a - 1)] - low
            begin, end = max(base, 0), n
            if end > begin:
                _improve_by_skip(sums[begin:end], behind[i + 1, begin - base : end - base], skip_a)
            for t in range(len(SHAPES)):
                down, right = EXTENT[SHAPES[t, 0]], EXTENT[SHAPES[t, 1]]
                if i + down > size_a:
                    continue
                base = first[min(i + down, size_a - 1)] - right - low
                begin, end = max(base, 0), n - right
                if end > begin:
                    _improve(sums[begin:end], behind[i + down, begin - base : end - base], scores[i, t, begin:end])
        for k in range(n - 2, -1, -1):
            if sums[k + 1] + skip_b > sums[k]:
                sums[k] = sums[k + 1] + skip_b
    return behind


@compiled
def _arc(
    scores: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float, i: int, j: int, t: int
) -> Any:  # fmt: skip
    """(score, end i, end j) of the bead or skip of a shape that begins at a node; the score is NEVER for none."""
    size_a, shapes = scores.shape[:2]
    score, row, column = NEVER, i, j
    if t < shapes:
        if i < size_a and j <= last[i]:
            score = np.float64(scores[i, t, j - first[i]])
            row = i + EXTENT[SHAPES[t, 0]]
            column = j + EXTENT[SHAPES[t, 1]]
    elif t == shapes:
        if i < size_a:
            score = skip_a
            row = i + 1
    elif j < (last[i] + 1 if i < size_a else size_b):
        score = skip_b
        column = j + 1
    if score > NEVER and column < first[min(row, size_a - 1)]:
        score = NEVER
    return score, row, column


@compiled
def _arcs_within(
    scores: Any, ahead: Any, behind: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float,
    low: Any, high: Any, limit: float, most: int,
) -> Any:  # fmt: skip
    """(arcs, scores, whether they are all) of paths that score `limit` or more, which begin in columns low to high."""
    size_a, shapes = scores.shape[:2]
    capacity = min(16 * (size_a + size_b) + 64, most)
    arcs = np.empty((capacity, 5), np.int32)
    weights = np.empty(capacity)
    n = 0
    for i in range(size_a + 1):
        begin = first[min(i, size_a - 1)]
        for j in range(max(low[i], begin), min(high[i], last[i] + 1 if i < size_a else size_b) + 1):
            before = ahead[i, j - begin]
            if before + behind[i, j - begin] < limit:
                continue
            for t in range(shapes + 2):
                score, row, column = _arc(scores, first, last, size_b, skip_a, skip_b, i, j, t)
                if score <= NEVER or before + score + behind[row, column - first[min(row, size_a - 1)]] < limit:
                    continue
                if n == most:
                    return arcs, weights, False
                if n == capacity:
                    more = min(capacity, most - capacity)
                    arcs = np.concatenate((arcs, np.empty((more, 5), np.int32)))
                    weights = np.concatenate((weights, np.empty(more)))
                    capacity += more
                arcs[n, 0], arcs[n, 1], arcs[n, 2], arcs[n, 3], arcs[n, 4] = i, j, t, row, column
                weights[n] = score
                n += 1
    return arcs[:n], weights[:n].copy(), True


@compiled
def _near_best_path(
    scores: Any, behind: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float
) -> Any:  # fmt: skip
    """(low, high) [segments of a + 1] the columns within NEAR of one of the best paths."""
    size_a, shapes = scores.shape[:2]
    low, high = np.full(size_a + 1, size_b, np.int64), np.zeros(size_a + 1, np.int64)
    i, j = 0, 0
    while i < size_a or j < size_b:
        best, next_i, next_j = 2 * NEVER, size_a, size_b
        for t in range(shapes + 2):
            score, row, column = _arc(scores, first, last, size_b, skip_a, skip_b, i, j, t)
            if score > NEVER and score + behind[row, column - first[min(row, size_a - 1)]] > best:
                best, next_i, next_j = score + behind[row, column - first[min(row, size_a - 1)]], row, column
        for row in range(i, next_i + 1):
            low[row], high[row] = min(low[row], max(j - NEAR, 0)), max(high[row], min(next_j + NEAR, size_b))
        i, j = next_i, next_j
    return low, high


@compiled
def _good_arcs(
    scores: Any, ahead: Any, behind: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float
) -> Any:
    """The arcs on good paths, in the order of their beginnings: ((i, j, shape, end i, end j), score) of each.

    There are at most MOST a segment. Where more are good, as where no word is known, the better half of the scores is
    kept until they fit; and where all are as good as the best, as in identical lines, those near one of the best paths.
    """
    size_a, most = len(first), MOST * (len(first) + size_b)
    low, high = np.zeros(size_a + 1, np.int64), np.full(size_a + 1, size_b, np.int64)
    faint = FAINT
    while faint > FAINT / 100:
        arcs, weights, complete = _arcs_within(
            scores,
            ahead,
            behind,
            first,
            last,
            size_b,
            skip_a,
            skip_b,
            low,
            high,
            behind[0, 0] - faint / TEMPERATURE,
            most,
        )
        if complete:
            return arcs, weights
        faint /= 2
    low, high = _near_best_path(scores, behind, first, last, size_b, skip_a, skip_b)
    arcs, weights, complete = _arcs_within(
        scores, ahead, behind, first, last, size_b, skip_a, skip_b, low, high, behind[0, 0] - FAINT / TEMPERATURE,
        (len(SHAPES) + 2) * int((high - low + 1).sum()),
    )  # fmt: skip
    return arcs, weights


@compiled
def _add(sums: Any, powers: Any, row: int, column: int, term: float, power: int) -> None:
    """Add term · LARGE**power to the sum at a node."""
    if power > powers[row, column]:
        sums[row, column] *= LARGE ** float(powers[row, column] - power)
        powers[row, column] = power
    elif power < powers[row, column]:
        term *= LARGE ** float(power - powers[row, column])
    sums[row, column] += term
    if sums[row, column] > LARGE:
        sums[row, column] /= LARGE
        powers[row, column] += 1


@compiled
def posteriors(
    scores: Any, ahead: Any, behind: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float
) -> Any:
    """Every bead and skip with its posterior, by forward-backward sums over the arcs on good paths.

    Sums are relative to the best path to their node. They still grow with every line that has several good beads, so
    each has a power of LARGE of its own. Returns (i, j, shape, score, posterior): a skip has the shape len(SHAPES) for
    a segment of a, len(SHAPES) + 1 for one of b.
    """
    size_a, width = scores.shape[0], scores.shape[2]
    total = behind[0, 0]
    arcs, weights = _good_arcs(scores, ahead, behind, first, last, size_b, skip_a, skip_b)
    n = len(weights)
    forward, backward = np.zeros((size_a + 1, width + 1)), np.zeros((size_a + 1, width + 1))
    powers, powers_back = np.zeros(forward.shape, np.int32), np.zeros(forward.shape, np.int32)
    forward[0, 0] = 1.0
    backward[size_a, size_b - first[size_a - 1]] = 1.0
    for k in range(n):
        i, j, row, column = arcs[k, 0], arcs[k, 1], arcs[k, 3], arcs[k, 4]
        j -= first[min(i, size_a - 1)]
        column -= first[min(row, size_a - 1)]
        share = np.exp(TEMPERATURE * (ahead[i, j] + weights[k] - ahead[row, column]))
        _add(forward, powers, row, column, forward[i, j] * share, powers[i, j])
    for k in range(n - 1, -1, -1):
        i, j, row, column = arcs[k, 0], arcs[k, 1], arcs[k, 3], arcs[k, 4]
        j -= first[min(i, size_a - 1)]
        column -= first[min(row, size_a - 1)]
        share = np.exp(TEMPERATURE * (behind[row, column] + weights[k] - behind[i, j]))
        _add(backward, powers_back, i, j, backward[row, column] * share, powers_back[row, column])
    probability = np.empty(n)
    for k in range(n):
        i, j, row, column = arcs[k, 0], arcs[k, 1], arcs[k, 3], arcs[k, 4]
        j -= first[min(i, size_a - 1)]
        column -= first[min(row, size_a - 1)]
        share = np.exp(TEMPERATURE * (ahead[i, j] + weights[k] + behind[row, column] - total))
        probability[k] = forward[i, j] * backward[row, column] / backward[0, 0] * share
        power = powers[i, j] + powers_back[row, column] - powers_back[0, 0]
        if power != 0:
            probability[k] *= LARGE ** float(power)
    return arcs[:, 0].copy(), arcs[:, 1].copy(), arcs[:, 2].copy(), weights, probability


@compiled
def arcs_of(scores: Any, first: Any, last: Any, size_b: int, skip_a: float, skip_b: float) -> Any:
    """`posteriors` from the scores alone: one call instead of two, which saves time on short documents."""
    ahead, behind = best_paths(scores, first, last, size_b, skip_a, skip_b)
    return posteriors(scores, ahead, behind, first, last, size_b, skip_a, skip_b)


@compiled
def decode(arc_i: Any, arc_j: Any, shape: Any, value: Any, size_a: int, size_b: int) -> Any:
    """The path of arcs with the greatest sum of `value`: the arcs' numbers, in order.

    With posteriors as value it is the path with the most beads expected to be right (Goodman 1996).
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
        before = best[begin[i] + j - low[i]]
        if before <= NEVER:
            continue
        row = i + (EXTENT[SHAPES[t, 0]] if t < len(SHAPES) else len(SHAPES) + 1 - t)
        column = j + (EXTENT[SHAPES[t, 1]] if t < len(SHAPES) else t - len(SHAPES))
        if column < low[row] or column > high[row]:
            continue
        end = begin[row] + column - low[row]
        if before + value[k] > best[end]:
            best[end] = before + value[k]
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
