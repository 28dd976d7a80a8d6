"""The lattice of two editions: the scores of all beads, the best path, and every bead's posterior.

A node (i, j) lies between segments: i segments of the first edition and j of the second precede it. A bead leads from a
node to a later one (bead_shapes.py); skips lead past one segment. Only nodes in a band are visited: for row i, from
first[i] to last[i] + 1 (search_band.py).

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
