"""The lexicon learned from beads: IBM model 1 (Brown et al. 1993) in both directions, made to agree.

Within a bead each word of y is linked to a word of x, or to none, with probability proportional to
t(y|x) · exp(-4 |relative position of x - of y|) · (1 + 5 cog(x,y)); none has weight p(y). From the second iteration on
a link's probability is the product of the two directions' (Liang, Taskar and Klein 2006), so both share one table of
counts. A discount taken from every count (.1; the reader takes .5) empties what is only there by chance.

Each round starts again from t = 1, so that a round's mistakes do not live on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.compiled import compiled
from corpus_builder.align.lexicon import Lexicon

ITERATIONS = 4
DIAGONAL = 4.0
COGNATE_WEIGHT = 5.0
DISCOUNT_BETWEEN = 0.1
LONGEST = 120
"""Words of a bead's side that are read; more is a list or a mistake."""


@compiled
def link_weights(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, units_a: Any, units_b: Any, cognate_rows: Any,
    cognate_y: Any, cognate: Any, begin_a: Any, end_a: Any, begin_b: Any, end_b: Any,
) -> Any:  # fmt: skip
    """A document's beads as lists of units with the weights of their links.

    The beads are segments begin_a..end_a-1 and begin_b..end_b-1. Returns (units of x, units of y, words of x in each
    bead, words of y, weights): the weights of a bead are a matrix [words of x, words of y], one after the other.
    """
    beads = len(begin_a)
    count_x, count_y = np.zeros(beads, np.int32), np.zeros(beads, np.int32)
    all_x, all_y, all_w = 0, 0, 0
    for k in range(beads):
        count_x[k] = min(starts_a[end_a[k]] - starts_a[begin_a[k]], LONGEST)
        count_y[k] = min(starts_b[end_b[k]] - starts_b[begin_b[k]], LONGEST)
        all_x += count_x[k]
        all_y += count_y[k]
        all_w += count_x[k] * count_y[k]
    xs, ys, weights = np.empty(all_x, np.int32), np.empty(all_y, np.int32), np.empty(all_w, np.float32)
    head = np.full(len(units_b), -1, np.int32)
    following = np.empty(LONGEST, np.int32)
    falls = np.exp(-DIAGONAL * np.arange(257) / 256)
    x, y, w = 0, 0, 0
    for k in range(beads):
        begin_x, begin_y = starts_a[begin_a[k]], starts_b[begin_b[k]]
        nx, ny = count_x[k], count_y[k]
        for i in range(nx):
            xs[x + i] = units_a[words_a[begin_x + i]]
        for j in range(ny - 1, -1, -1):
            word = words_b[begin_y + j]
            ys[y + j] = units_b[word]
            following[j] = head[word]
            head[word] = j
        for i in range(nx):
            for j in range(ny):
                weights[w + i * ny + j] = falls[int(256 * abs((i + 0.5) / nx - (j + 0.5) / ny))]
            word = words_a[begin_x + i]
            for e in range(cognate_rows[word], cognate_rows[word + 1]):
                j = head[cognate_y[e]]
                while j >= 0:
                    weights[w + i * ny + j] *= 1 + COGNATE_WEIGHT * cognate[e]
                    j = following[j]
        for j in range(ny):
            head[words_b[begin_y + j]] = -1
        x, y, w = x + nx, y + ny, w + nx * ny
    return xs, ys, count_x, count_y, weights


@compiled
def _slots(xs: Any, ys: Any, count_x: Any, count_y: Any, size: int) -> Any:
    """A number for each pair of units that meets in a bead: (number of every link, x of each number, y of each)."""
    room = 1 << 16
    while room < size // 2:  # about one link in four is of a pair not met before
        room *= 2
    table = np.full(room, -1, np.int64)
    number = np.zeros(room, np.int32)
    mask = len(table) - 1
    slots = np.empty(size, np.int32)
    of_x, of_y = np.empty(1 << 15, np.int32), np.empty(1 << 15, np.int32)
    n = 0
    x, y, w = 0, 0, 0
    for k in range(len(count_x)):
        for i in range(x, x + count_x[k]):
            for j in range(y, y + count_y[k]):
                key = (np.int64(xs[i]) << 32) | np.int64(ys[j])
                h = ((key * 0x9E3779B97F4A7C1) >> 20) & mask
                while table[h] >= 0 and table[h] != key:
                    h = (h + 1) & mask
                if table[h] < 0:
                    table[h] = key
                    number[h] = n
                    if n == len(of_x):
                        of_x = np.concatenate((of_x, np.empty(n, np.int32)))
                        of_y = np.concatenate((of_y, np.empty(n, np.int32)))
                    of_x[n], of_y[n] = xs[i], ys[j]
                    slots[w] = n
                    n += 1
                    if 2 * n > len(table):
                        bigger = np.full(2 * len(table), -1, np.int64)
                        numbers = np.zeros(2 * len(table), np.int32)
                        mask = len(bigger) - 1
                        for old in range(len(table)):
                            if table[old] >= 0:
                                g = ((table[old] * 0x9E3779B97F4A7C1) >> 20) & mask
                                while bigger[g] >= 0:
                                    g = (g + 1) & mask
                                bigger[g] = table[old]
                                numbers[g] = number[old]
                        table, number = bigger, numbers
                else:
                    slots[w] = number[h]
                w += 1
        x, y = x + count_x[k], y + count_y[k]
    return slots, of_x[:n].copy(), of_y[:n].copy()


@compiled
def _expect(
    xs: Any, ys: Any, count_x: Any, count_y: Any, weights: Any, slots: Any, forward: Any, backward: Any, shares_x: Any,
    shares_y: Any, agree: bool,
) -> Any:  # fmt: skip
    """Expected counts of all pairs: (from t(y|x), from t(x|y)), or the same twice where the directions agree."""
    one, two = np.zeros(len(forward)), np.zeros(len(forward))
    x, y, w = 0, 0, 0
    column = np.empty(LONGEST)
    for k in range(len(count_x)):
        nx, ny = count_x[k], count_y[k]
        column[:ny] = 0.0
        for j in range(ny):
            column[j] = shares_y[ys[y + j]]
        for i in range(nx):
            for j in range(ny):
                e = w + i * ny + j
                column[j] += weights[e] * forward[slots[e]]
        for i in range(nx):
            row = shares_x[xs[x + i]]
            for j in range(ny):
                e = w + i * ny + j
                row += weights[e] * backward[slots[e]]
            for j in range(ny):
                e = w + i * ny + j
                s = slots[e]
                p = weights[e] * forward[s] / column[j]
                q = weights[e] * backward[s] / row
                if agree:
                    one[s] += p * q
                else:
                    one[s] += p
                    two[s] += q
        x, y, w = x + nx, y + ny, w + nx * ny
    return one, (one if agree else two)


Beads = tuple[
    npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float32]
]


def learn(beads: list[Beads], shares_x: npt.NDArray[np.float64], shares_y: npt.NDArray[np.float64],
          seed: Lexicon | None = None) -> Lexicon:  # fmt: skip
    """A lexicon from all documents' `link_weights`; a seed's counts are added to every iteration's."""
    xs, ys, count_x, count_y, weights = (np.concatenate(parts) for parts in zip(*beads, strict=True))
    slots, of_x, of_y = _slots(xs, ys, count_x, count_y, len(weights))
    base, base_x, base_y, fresh = _seeded(seed, of_x, of_y, len(shares_x), len(shares_y))
    forward, backward = np.ones(len(of_x)), np.ones(len(of_x))
    null_x, null_y = np.ones(len(shares_x)), np.ones(len(shares_y))
    for iteration in range(ITERATIONS):
        one, two = _expect(xs, ys, count_x, count_y, weights, slots, forward, backward, null_x, null_y, iteration > 0)
        one, two = np.maximum(one - DISCOUNT_BETWEEN, 0) + base, np.maximum(two - DISCOUNT_BETWEEN, 0) + base
        sums_x = np.bincount(of_x, one, len(shares_x)) + base_x
        sums_y = np.bincount(of_y, two, len(shares_y)) + base_y
        forward, backward = one / (sums_x[of_x] + 1e-9), two / (sums_y[of_y] + 1e-9)
        null_x, null_y = shares_x, shares_y
    if seed is not None and len(fresh):
        x, y, counts = (column[fresh] for column in seed.entries())
        of_x, of_y, one = np.concatenate((of_x, x)), np.concatenate((of_y, y)), np.concatenate((one, counts))
    return Lexicon.of(of_x, of_y, one, sums_x, sums_y)


def _seeded(
    seed: Lexicon | None, of_x: npt.NDArray[np.int32], of_y: npt.NDArray[np.int32], units_x: int, units_y: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """The seed's counts of the given pairs, per unit the sum of its other counts, and its entries of other pairs."""
    base, base_x, base_y = np.zeros(len(of_x)), np.zeros(units_x), np.zeros(units_y)
    if seed is None or not len(seed.counts):
        return base, base_x, base_y, np.zeros(0, np.intp)
    x, y, counts = seed.entries()
    keys = x.astype(np.int64) << 32 | y
    wanted = of_x.astype(np.int64) << 32 | of_y
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    known = keys[at] == wanted
    base[known] = counts[at[known]]
    base_x[: len(seed.sums_x)] = seed.sums_x
    base_y[: len(seed.sums_y)] = seed.sums_y
    base_x -= np.bincount(of_x, base, units_x)
    base_y -= np.bincount(of_y, base, units_y)
    fresh = np.ones(len(keys), np.bool_)
    fresh[at[known]] = False
    return base, base_x, base_y, np.flatnonzero(fresh)


@compiled
def own_counts(
    rows: Any, y_of: Any, forward: Any, backward: Any, own_share_x: Any, own_share_y: Any,
    xs: Any, ys: Any, count_x: Any, count_y: Any, weights: Any,
) -> Any:  # fmt: skip
    """What a document's beads gave to the lexicon's entries between its own units (lexicon.local_entries).

    `xs`, `ys` hold the document's unit numbers here. Returns (counts of the entries, sums by x, sums by y).
    """
    counts = np.zeros(len(forward))
    sums_x, sums_y = np.zeros(len(own_share_x)), np.zeros(len(own_share_y))
    head = np.full(len(own_share_y), -1, np.int32)
    following = np.empty(LONGEST, np.int32)
    entry = np.empty((LONGEST, LONGEST), np.int32)
    column = np.empty(LONGEST)
    x, y, w = 0, 0, 0
    for k in range(len(count_x)):
        nx, ny = count_x[k], count_y[k]
        for j in range(ny - 1, -1, -1):
            following[j] = head[ys[y + j]]
            head[ys[y + j]] = j
            column[j] = own_share_y[ys[y + j]]
        entry[:nx, :ny] = -1
        for i in range(nx):
            for e in range(rows[xs[x + i]], rows[xs[x + i] + 1]):
                j = head[y_of[e]]
                while j >= 0:
                    entry[i, j] = e
                    column[j] += weights[w + i * ny + j] * forward[e]
                    j = following[j]
        for i in range(nx):
            row = own_share_x[xs[x + i]]
            for j in range(ny):
                if entry[i, j] >= 0:
                    row += weights[w + i * ny + j] * backward[entry[i, j]]
            for j in range(ny):
                e = entry[i, j]
                if e >= 0:
                    weight = weights[w + i * ny + j]
                    c = weight * forward[e] / column[j] * weight * backward[e] / row
                    counts[e] += c
                    sums_x[xs[x + i]] += c
                    sums_y[ys[y + j]] += c
        for j in range(ny):
            head[ys[y + j]] = -1
        x, y, w = x + nx, y + ny, w + nx * ny
    return counts, sums_x, sums_y
