"""The translation table, learned from beads: IBM model 1 (Brown et al. 1993) in both directions, made to agree.

Within a bead each word of y is linked to a word of x, or to none, with probability proportional to
t(y|x) · exp(-4 |relative position of x - of y|) · (1 + 5 cog(x,y)); none has weight p(y). From the second iteration on
a link's probability is the product of the two directions' (Liang, Taskar and Klein 2006), so both share one table of
counts. A discount of every count (.1 here; the reader subtracts .5) removes links that are there by chance only.

Each round starts again from t = 1, so that one round's mistakes are not carried into the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs, Floats
from corpus_builder.align.bead_shapes import EXTENT, SHAPES
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.align.words.translation_table import (
    DocumentCounts,
    DocumentEntries,
    DocumentUnits,
    TranslationTable,
)
from corpus_builder.jit import compiled
from corpus_builder.ragged import Ints, SparseRows

ITERATIONS = 4
"""Of EM in each round. From the recipe of the prototype; not tuned again."""
DIAGONAL = 4.0
"""How fast a link's weight falls with the distance of relative positions . From the recipe of the
prototype; fast_align (Dyer et al. 2013) starts from the same value. 0 loses .0036 of F1 on Text+Berg dev
(benchmarks/align/ablation.py, "diagonal")."""
COGNATE_WEIGHT = 5.0
"""How much cognates add to a link's weight. From the recipe of the prototype; 0 loses .0047 of F1 on Text+Berg dev
(benchmarks/align/ablation.py, "cognates as priors of links")."""
DISCOUNT_BETWEEN = 0.1
"""Subtracted from every count after each iteration. From the recipe of the prototype; not tuned again."""
LONGEST = 120
"""Words of a bead's side that are read. Chosen: longer sides are lists or mistakes, and the work grows with the
square."""


class WordLinks(NamedTuple):
    """The words of beads, and the weights of the links between them before any table is read."""

    units_x: Ints
    """[words] of all beads' first sides, one after the other."""
    units_y: Ints
    count_x: Ints
    """[beads] words of the first side."""
    count_y: Ints
    weights: npt.NDArray[np.float32]
    """Of each bead a matrix [words of x, words of y], one after the other."""


def link_weights(a: EncodedEdition, b: EncodedEdition, cognates: SparseRows, beads: Arcs) -> WordLinks:
    """The word links of a document's beads, which have shapes without a hole."""
    return WordLinks(*_link_weights(units_a=a.units, units_b=b.units, **_beads_of(a, b, cognates, beads)))


def document_counts(
    a: EncodedEdition, b: EncodedEdition, units_a: DocumentUnits, units_b: DocumentUnits, cognates: SparseRows,
    beads: Arcs, entries: DocumentEntries, forward: Floats, backward: Floats,
) -> DocumentCounts:  # fmt: skip
    """What a document's beads contributed to the table's entries between its units.

    The links are those of `link_weights`, of pairs of units that have an entry; `forward` and `backward` are the
    entries' probabilities.
    """
    share_x, share_y = np.empty(len(units_a.vocabulary)), np.empty(len(units_b.vocabulary))
    share_x[units_a.of_type], share_y[units_b.of_type] = a.shares, b.shares
    return DocumentCounts(*_document_counts(
        unit_a=units_a.of_type, unit_b=units_b.of_type, rows=entries.links.starts, y_of=entries.links.columns,
        forward=forward, backward=backward, share_x=share_x, share_y=share_y, **_beads_of(a, b, cognates, beads),
    ))  # fmt: skip


def _beads_of(a: EncodedEdition, b: EncodedEdition, cognates: SparseRows, beads: Arcs) -> dict[str, npt.NDArray[Any]]:
    """The kernels' arguments that say where the beads are and what their words are."""
    return {
        "words_a": a.words.flat, "starts_a": a.words.starts, "words_b": b.words.flat, "starts_b": b.words.starts,
        "cognate_rows": cognates.starts, "cognate_y": cognates.columns, "cognate": cognates.values,
        "begin_a": beads.i, "begin_b": beads.j, "shape": beads.shape,
    }  # fmt: skip


@compiled
def _link_weights(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, units_a: Any, units_b: Any, cognate_rows: Any,
    cognate_y: Any, cognate: Any, begin_a: Any, begin_b: Any, shape: Any,
) -> Any:  # fmt: skip
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
    """All links, those of one unit of x after another, with a number for each pair of units that occurs in a bead.

    Returns (rows [words of x + 1] where each word's links begin, unit of x of each row, and per link: place of its
    word in ys, number of its pair, weight; then x and y of each number). In this order the data of one unit of x is
    contiguous and stays in the processor's cache.
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
    number = np.full(units_y, -1, np.int32)  # of x with each y; a number below `first` is of an earlier x
    n = 0
    e = 0
    for x in range(units_x):
        first = n
        for row in range(begin[x], begin[x + 1]):
            if n + bead_n[row] > len(of_x):
                of_x = np.concatenate((of_x, np.empty(len(of_x), np.int32)))
                of_y = np.concatenate((of_y, np.empty(len(of_y), np.int32)))
            for j in range(bead_n[row]):
                y = ys[bead_y[row] + j]
                if number[y] < first:
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
    """The links of pairs that still have counts, renumbered. A count of 0 stays 0 in all later iterations.

    They overwrite the old ones and are returned as the front parts of the arrays.
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
    counts, backward_counts = np.zeros(len(forward)), np.zeros(len(forward))
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
                counts[s] += p * q
            else:
                counts[s] += p
                backward_counts[s] += q
    return counts, (counts if agree else backward_counts)


def learn(
    documents: Iterable[WordLinks], shares_x: Floats, shares_y: Floats, base: TranslationTable | None = None
) -> TranslationTable:
    """A table from all documents' word links; the counts of `base` are added in every iteration.

    `shares_x`, `shares_y` [units] are the units' probabilities. Memory grows with the links, so each document's arrays
    are released as soon as they are joined.
    """
    units_x, units_y = len(shares_x), len(shares_y)
    columns = list(zip(*documents, strict=True))
    weights, count_y, count_x, ys, xs = (np.concatenate(columns.pop()) for _ in range(5))
    rows, row_x, at_y, pair, weight, of_x, of_y = _links(
        xs=xs, ys=ys, count_x=count_x, count_y=count_y, weights=weights, units_x=units_x, units_y=units_y
    )
    del weights
    given = _given_counts(base, of_x, of_y, units_x, units_y)
    counts = given.counts
    forward, backward = np.ones(len(of_x)), np.ones(len(of_x))
    null_x, null_y = np.ones(units_x), np.ones(units_y)
    for iteration in range(ITERATIONS):
        expected_x, expected_y = _expect(
            rows=rows, row_x=row_x, at_y=at_y, pair=pair, weight=weight, ys=ys, forward=forward, backward=backward,
            null_x=null_x, null_y=null_y, agree=iteration > 0,
        )  # fmt: skip
        expected_x = np.maximum(expected_x - DISCOUNT_BETWEEN, 0) + counts
        expected_y = np.maximum(expected_y - DISCOUNT_BETWEEN, 0) + counts
        sums_x = np.bincount(of_x, expected_x, units_x) + given.other_x
        sums_y = np.bincount(of_y, expected_y, units_y) + given.other_y
        if iteration < 2:
            living = (expected_x > 0) | (expected_y > 0)
            at_y, pair, weight = _living(rows=rows, at_y=at_y, pair=pair, weight=weight, living=living)
            expected_x, expected_y, counts = expected_x[living], expected_y[living], counts[living]
            of_x, of_y = of_x[living], of_y[living]
        forward, backward = expected_x / (sums_x[of_x] + 1e-9), expected_y / (sums_y[of_y] + 1e-9)
        null_x, null_y = shares_x, shares_y
    learned = expected_x
    if base is not None and given.unseen.any():
        x, y, unseen = (column[given.unseen] for column in base.entries())
        of_x, of_y, learned = np.concatenate((of_x, x)), np.concatenate((of_y, y)), np.concatenate((learned, unseen))
    return TranslationTable.of(of_x, of_y, learned, sums_x, sums_y)


class _Given(NamedTuple):
    """The counts of a table that training starts from."""

    counts: Floats
    """[pairs of units that the beads link]"""
    other_x: Floats
    """[units] the sum of each unit's other counts."""
    other_y: Floats
    unseen: npt.NDArray[np.bool_]
    """[entries of the table] those of pairs that no bead links."""


def _given_counts(base: TranslationTable | None, of_x: Ints, of_y: Ints, units_x: int, units_y: int) -> _Given:
    counts, other_x, other_y = np.zeros(len(of_x)), np.zeros(units_x), np.zeros(units_y)
    if base is None or not len(base.links.values):
        return _Given(counts, other_x, other_y, np.zeros(0, np.bool_))
    at = _entries(starts=base.links.starts, columns=base.links.columns, of_x=of_x, of_y=of_y, units_y=units_y)
    linked = at >= 0
    counts[linked] = base.links.values[at[linked]]
    other_x[: len(base.sums_x)] = base.sums_x
    other_y[: len(base.sums_y)] = base.sums_y
    other_x -= np.bincount(of_x, counts, units_x)
    other_y -= np.bincount(of_y, counts, units_y)
    unseen = np.ones(len(base.links.values), np.bool_)
    unseen[at[linked]] = False
    return _Given(counts, other_x, other_y, unseen)


@compiled
def _entries(starts: Any, columns: Any, of_x: Any, of_y: Any, units_y: int) -> Any:
    """A table's entry of each pair of units, -1 where it has none; the pairs of one x are adjacent."""
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
def _document_counts(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, unit_a: Any, unit_b: Any, cognate_rows: Any,
    cognate_y: Any, cognate: Any, begin_a: Any, begin_b: Any, shape: Any,
    rows: Any, y_of: Any, forward: Any, backward: Any, share_x: Any, share_y: Any,
) -> Any:  # fmt: skip
    counts = np.zeros(len(forward))
    sums_x, sums_y = np.zeros(len(share_x)), np.zeros(len(share_y))
    head, head_type = np.full(len(share_y), -1, np.int32), np.full(len(unit_b), -1, np.int32)
    following, following_type = np.empty(LONGEST, np.int32), np.empty(LONGEST, np.int32)
    column, cognate_factor = np.empty(LONGEST), np.ones(LONGEST)
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
            column[j] = share_y[unit]
        n = 0
        for i in range(nx):
            word = words_a[begin_x + i]
            for e in range(cognate_rows[word], cognate_rows[word + 1]):
                j = head_type[cognate_y[e]]
                while j >= 0:
                    cognate_factor[j] = 1 + COGNATE_WEIGHT * cognate[e]
                    j = following_type[j]
            for e in range(rows[unit_a[word]], rows[unit_a[word] + 1]):
                j = head[y_of[e]]
                while j >= 0:
                    fall = falls[int(256 * abs((i + 0.5) / nx - (j + 0.5) / ny))]
                    link_y[n], link_entry[n], link_weight[n] = j, e, fall * cognate_factor[j]
                    column[j] += link_weight[n] * forward[e]
                    n += 1
                    j = following[j]
            ends[i] = n
            for e in range(cognate_rows[word], cognate_rows[word + 1]):
                j = head_type[cognate_y[e]]
                while j >= 0:
                    cognate_factor[j] = 1.0
                    j = following_type[j]
        link = 0
        for i in range(nx):
            x = unit_a[words_a[begin_x + i]]
            row = share_x[x]
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
