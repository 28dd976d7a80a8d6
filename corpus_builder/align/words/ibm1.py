"""The lexicon learned from beads: IBM model 1 (Brown et al. 1993) in both directions, made to agree.

Within a bead each word of y is linked to a word of x, or to none, with probability proportional to
t(y|x) · exp(-4 |relative position of x - of y|) · (1 + 5 cog(x,y)); none has weight p(y). From the second iteration on
a link's probability is the product of the two directions' (Liang, Taskar and Klein 2006), so both share one table of
counts. A discount taken from every count (.1; the reader takes .5) empties what is only there by chance.

Each round starts again from t = 1, so that a round's mistakes do not live on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.bead_shapes import EXTENT, SHAPES
from corpus_builder.align.words.translation_table import Lexicon
from corpus_builder.jit import compiled

ITERATIONS = 4
DIAGONAL = 4.0
COGNATE_WEIGHT = 5.0
DISCOUNT_BETWEEN = 0.1
LONGEST = 120
"""Words of a bead's side that are read; more is a list or a mistake."""


@compiled
def link_weights(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, units_a: Any, units_b: Any, cognate_rows: Any,
    cognate_y: Any, cognate: Any, begin_a: Any, begin_b: Any, shape: Any,
) -> Any:  # fmt: skip
    """A document's beads as lists of units with the weights of their links.

    The beads begin at segments begin_a and begin_b and have shapes without a hole. Returns (units of x, units of
    y, words of x in each bead, words of y, weights): a bead's weights are a matrix [words of x, words of y], one bead
    after the other.
    """
    beads = len(begin_a)
    count_x, count_y = np.zeros(beads, np.int32), np.zeros(beads, np.int32)
    all_x, all_y, all_w = 0, 0, 0
    for k in range(beads):
        end_a, end_b = begin_a[k] + EXTENT[SHAPES[shape[k], 0]], begin_b[k] + EXTENT[SHAPES[shape[k], 1]]
        count_x[k] = min(starts_a[end_a] - starts_a[begin_a[k]], LONGEST)
        count_y[k] = min(starts_b[end_b] - starts_b[begin_b[k]], LONGEST)
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
def _links(xs: Any, ys: Any, count_x: Any, count_y: Any, weights: Any, units_x: int, units_y: int) -> Any:
    """All links, those of one unit of x after another, with a number for each pair of units that meets in a bead.

    Returns (rows [words of x + 1] where each word's links begin, unit of x of each row, and per link: place of its
    word in ys, number of its pair, weight; then x and y of each number). In this order all that is looked up for one
    unit of x lies together, in the processor's cache.
    """
    begin = np.zeros(units_x + 1, np.int64)
    for x in xs:
        begin[x + 1] += 1
    for k in range(units_x):
        begin[k + 1] += begin[k]
    at = begin[:-1].copy()
    bead_y, bead_n, where = np.empty(len(xs), np.int32), np.empty(len(xs), np.int32), np.empty(len(xs), np.int64)
    x, y, w = 0, 0, 0
    for k in range(len(count_x)):
        for i in range(x, x + count_x[k]):
            row = at[xs[i]]
            at[xs[i]] += 1
            bead_y[row], bead_n[row], where[row] = y, count_y[k], w
            w += count_y[k]
        x, y = x + count_x[k], y + count_y[k]
    rows, row_x = np.zeros(len(xs) + 1, np.int64), np.empty(len(xs), np.int32)
    at_y, pair = np.empty(len(weights), np.int32), np.empty(len(weights), np.int32)
    weight = np.empty(len(weights), np.float32)
    of_x, of_y = np.empty(1 << 15, np.int32), np.empty(1 << 15, np.int32)
    number = np.full(units_y, -1, np.int32)  # of x with each y; a number below `own` is of an earlier x
    n = 0
    e = 0
    for x in range(units_x):
        own = n
        for row in range(begin[x], begin[x + 1]):
            if n + bead_n[row] > len(of_x):
                of_x = np.concatenate((of_x, np.empty(len(of_x), np.int32)))
                of_y = np.concatenate((of_y, np.empty(len(of_y), np.int32)))
            for j in range(bead_n[row]):
                y = ys[bead_y[row] + j]
                if number[y] < own:
                    number[y] = n
                    of_x[n], of_y[n] = x, y
                    n += 1
                at_y[e], pair[e], weight[e] = bead_y[row] + j, number[y], weights[where[row] + j]
                e += 1
            rows[row + 1] = e
            row_x[row] = x
    return rows, row_x, at_y, pair, weight, of_x[:n].copy(), of_y[:n].copy()


@compiled
def _living(rows: Any, at_y: Any, pair: Any, weight: Any, living: Any) -> Any:
    """The links of pairs that still have counts, numbered anew. A count of 0 stays 0, whatever it is multiplied by.

    They take the place of the old ones, and are returned as the front parts of the arrays.
    """
    number = np.empty(len(living), np.int32)
    n = 0
    for k in range(len(living)):
        number[k] = n
        n += living[k]
    n, begin = 0, 0
    for row in range(len(rows) - 1):
        end = rows[row + 1]
        for e in range(begin, end):
            if living[pair[e]]:
                at_y[n], pair[n], weight[n] = at_y[e], number[pair[e]], weight[e]
                n += 1
        rows[row + 1] = n
        begin = end
    return at_y[:n], pair[:n], weight[:n]


@compiled
def _expect(
    rows: Any, row_x: Any, at_y: Any, pair: Any, weight: Any, ys: Any, forward: Any, backward: Any, null_x: Any,
    null_y: Any, agree: bool,
) -> Any:  # fmt: skip
    """Expected counts of all pairs: (from t(y|x), from t(x|y)), or the same twice where the directions agree."""
    one, two = np.zeros(len(forward)), np.zeros(len(forward))
    column = np.empty(len(ys))
    for j in range(len(ys)):
        column[j] = null_y[ys[j]]
    for e in range(len(pair)):
        column[at_y[e]] += weight[e] * forward[pair[e]]
    for r in range(len(row_x)):
        total = null_x[row_x[r]]
        for e in range(rows[r], rows[r + 1]):
            total += weight[e] * backward[pair[e]]
        for e in range(rows[r], rows[r + 1]):
            s = pair[e]
            p = weight[e] * forward[s] / column[at_y[e]]
            q = weight[e] * backward[s] / total
            if agree:
                one[s] += p * q
            else:
                one[s] += p
                two[s] += q
    return one, (one if agree else two)


Beads = tuple[
    npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float32]
]


def learn(beads: Iterable[Beads], shares_x: npt.NDArray[np.float64], shares_y: npt.NDArray[np.float64],
          seed: Lexicon | None = None) -> Lexicon:  # fmt: skip
    """A lexicon from all documents' `link_weights`; a seed's counts are added to every iteration's."""
    units_x, units_y = len(shares_x), len(shares_y)
    columns = list(zip(*beads, strict=True))
    # the weights are most of it: each column's parts are let go before the next is joined
    weights, count_y, count_x, ys, xs = (np.concatenate(columns.pop()) for _ in range(5))
    rows, row_x, *links, of_x, of_y = _links(xs, ys, count_x, count_y, weights, units_x, units_y)
    del weights
    base, base_x, base_y, fresh = _seeded(seed, of_x, of_y, units_x, units_y)
    forward, backward = np.ones(len(of_x)), np.ones(len(of_x))
    null_x, null_y = np.ones(units_x), np.ones(units_y)
    for iteration in range(ITERATIONS):
        one, two = _expect(rows, row_x, *links, ys, forward, backward, null_x, null_y, iteration > 0)
        one, two = np.maximum(one - DISCOUNT_BETWEEN, 0) + base, np.maximum(two - DISCOUNT_BETWEEN, 0) + base
        sums_x = np.bincount(of_x, one, units_x) + base_x
        sums_y = np.bincount(of_y, two, units_y) + base_y
        if iteration < 2:
            living = (one > 0) | (two > 0)
            links = _living(rows, *links, living)
            one, two, of_x, of_y, base = one[living], two[living], of_x[living], of_y[living], base[living]
        forward, backward = one / (sums_x[of_x] + 1e-9), two / (sums_y[of_y] + 1e-9)
        null_x, null_y = shares_x, shares_y
    if seed is not None and fresh.any():
        x, y, counts = (column[fresh] for column in seed.entries())
        of_x, of_y, one = np.concatenate((of_x, x)), np.concatenate((of_y, y)), np.concatenate((one, counts))
    return Lexicon.of(of_x, of_y, one, sums_x, sums_y)


def _seeded(
    seed: Lexicon | None, of_x: npt.NDArray[np.int32], of_y: npt.NDArray[np.int32], units_x: int, units_y: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The seed's counts of the given pairs, per unit the sum of its other counts, and which entries are of others."""
    base, base_x, base_y = np.zeros(len(of_x)), np.zeros(units_x), np.zeros(units_y)
    if seed is None or not len(seed.counts):
        return base, base_x, base_y, np.zeros(0, np.bool_)
    at = _entries(seed.starts, seed.columns, of_x, of_y, units_y)
    known = at >= 0
    base[known] = seed.counts[at[known]]
    base_x[: len(seed.sums_x)] = seed.sums_x
    base_y[: len(seed.sums_y)] = seed.sums_y
    base_x -= np.bincount(of_x, base, units_x)
    base_y -= np.bincount(of_y, base, units_y)
    fresh = np.ones(len(seed.counts), np.bool_)
    fresh[at[known]] = False
    return base, base_x, base_y, fresh


@compiled
def _entries(starts: Any, columns: Any, of_x: Any, of_y: Any, units_y: int) -> Any:
    """A lexicon's entry of each pair of units, -1 where it has none; the pairs of one x lie together."""
    out = np.full(len(of_x), -1, np.int64)
    entry = np.full(units_y, -1, np.int64)
    last = -1
    for k in range(len(of_x)):
        x = of_x[k]
        if x >= len(starts) - 1:
            continue
        if x != last:
            last = x
            for e in range(starts[x], starts[x + 1]):
                entry[columns[e]] = e
        if entry[of_y[k]] >= starts[x]:
            out[k] = entry[of_y[k]]
    return out


@compiled
def own_counts(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, unit_a: Any, unit_b: Any, cognate_rows: Any,
    cognate_y: Any, cognate: Any, begin_a: Any, begin_b: Any, shape: Any,
    rows: Any, y_of: Any, forward: Any, backward: Any, own_share_x: Any, own_share_y: Any,
) -> Any:  # fmt: skip
    """What a document's beads gave to the lexicon's entries between its own units (lexicon.local_entries).

    The links are those of `link_weights`; only those of pairs that have an entry are looked at. `unit_a`, `unit_b`
    are the document's own numbers of its types' units. Returns (counts of the entries, sums by x, sums by y).
    """
    counts = np.zeros(len(forward))
    sums_x, sums_y = np.zeros(len(own_share_x)), np.zeros(len(own_share_y))
    head, head_type = np.full(len(own_share_y), -1, np.int32), np.full(len(unit_b), -1, np.int32)
    following, following_type = np.empty(LONGEST, np.int32), np.empty(LONGEST, np.int32)
    column, alike = np.empty(LONGEST), np.ones(LONGEST)
    ends = np.empty(LONGEST + 1, np.int32)  # where the links of each word of x end
    link_y, link_entry = np.empty(LONGEST * LONGEST, np.int32), np.empty(LONGEST * LONGEST, np.int32)
    link_weight = np.empty(LONGEST * LONGEST, np.float32)
    falls = np.exp(-DIAGONAL * np.arange(257) / 256)
    for k in range(len(shape)):
        begin_x, begin_y = starts_a[begin_a[k]], starts_b[begin_b[k]]
        nx = min(starts_a[begin_a[k] + EXTENT[SHAPES[shape[k], 0]]] - begin_x, LONGEST)
        ny = min(starts_b[begin_b[k] + EXTENT[SHAPES[shape[k], 1]]] - begin_y, LONGEST)
        for j in range(ny - 1, -1, -1):
            word = words_b[begin_y + j]
            unit = unit_b[word]
            following[j], following_type[j] = head[unit], head_type[word]
            head[unit] = head_type[word] = j
            column[j] = own_share_y[unit]
        n = 0
        for i in range(nx):
            word = words_a[begin_x + i]
            for e in range(cognate_rows[word], cognate_rows[word + 1]):
                j = head_type[cognate_y[e]]
                while j >= 0:
                    alike[j] = 1 + COGNATE_WEIGHT * cognate[e]
                    j = following_type[j]
            for e in range(rows[unit_a[word]], rows[unit_a[word] + 1]):
                j = head[y_of[e]]
                while j >= 0:
                    fall = falls[int(256 * abs((i + 0.5) / nx - (j + 0.5) / ny))]
                    link_y[n], link_entry[n], link_weight[n] = j, e, fall * alike[j]
                    column[j] += link_weight[n] * forward[e]
                    n += 1
                    j = following[j]
            ends[i] = n
            for e in range(cognate_rows[word], cognate_rows[word + 1]):
                j = head_type[cognate_y[e]]
                while j >= 0:
                    alike[j] = 1.0
                    j = following_type[j]
        link = 0
        for i in range(nx):
            x = unit_a[words_a[begin_x + i]]
            row = own_share_x[x]
            for n in range(link, ends[i]):
                row += link_weight[n] * backward[link_entry[n]]
            for n in range(link, ends[i]):
                e, weight = link_entry[n], link_weight[n]
                c = weight * forward[e] / column[link_y[n]] * weight * backward[e] / row
                counts[e] += c
                sums_x[x] += c
                sums_y[y_of[e]] += c
            link = ends[i]
        for j in range(ny):
            word = words_b[begin_y + j]
            head[unit_b[word]] = head_type[word] = -1
    return counts, sums_x, sums_y
