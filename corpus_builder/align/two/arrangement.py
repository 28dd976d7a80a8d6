"""Segments of the second edition in the order of the first, where chapters of it stand elsewhere or run backwards.

The runs of segments that match (runs.py) are put into the order of the first edition, each with the segments around it,
and the lattice is computed over these. So what has moved gets beads and posteriors as everything else does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.bead_shapes import EXTENT, SHAPES
from corpus_builder.align.two.bead_scores import NEVER
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.two.runs import Runs, runs
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.jit import compiled
from corpus_builder.ragged import Ints, Ragged, SparseRows, offsets

NEAR = 4
"""A segment between two runs is compared with so many of the other edition on either side of where the run, continued,
would have its counterpart. Chosen: editions differ by a few segments over a gap between two anchors."""
BESIDE = 100
"""Segments after and before a run for which that is asked, at most, and at either end of it, where it may go on by
chance. Chosen: as far as two anchors of a run may be."""

FAR = -1000
"""A place outside of every edition, and not NEAR one. Chosen: any such."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Another order of an edition's segments."""

    given: Ints
    """[places] the number of the segment, in the edition as given, that stands at each place."""
    moved: npt.NDArray[np.bool_]
    """[segments as given] whether it belongs to a run that crosses others."""

    @property
    def joins(self) -> Ints:
        """The places whose segment was not next to the one before them."""
        found: Ints = (np.flatnonzero(np.abs(np.diff(self.given)) != 1) + 1).astype(np.int32)
        return found

    def torn(self, scores: npt.NDArray[np.float32], first: Ints, last: Ints) -> npt.NDArray[np.float32]:
        """bead_scores in a band with NEVER for every bead of segments that were not next to one another."""
        out = scores.copy()
        for join in self.joins.tolist():
            for shape, (_, q) in enumerate(SHAPES.tolist()):
                for j in range(max(join - int(EXTENT[q]) + 1, 0), join):
                    rows = np.flatnonzero((first <= j) & (j <= last))
                    out[rows, shape, j - first[rows]] = NEVER
        return out

    def edition(self, b: EncodedEdition) -> EncodedEdition:
        """The edition in this order. Blocks end where it was torn apart."""
        given = self.given
        sizes = b.words.sizes[given]
        starts = offsets(sizes)
        at = np.repeat(b.words.starts[given] - starts[:-1], sizes) + np.arange(starts[-1])
        edges = np.ones(len(given) + 1, np.int32)
        edges[1:-1] = np.where(np.diff(given) == 1, b.edges[given[1:]], 1)
        return replace(
            b, words=Ragged(b.words.flat[at], starts), lengths=b.lengths[given], edges=edges, roles=b.roles[given]
        )

    def places(self) -> Ints:
        """[segments as given] the place of each."""
        place = np.empty(len(self.given), np.int32)
        place[self.given] = np.arange(len(self.given), dtype=np.int32)
        return place

    def links_as_given(self, links: SparseRows) -> SparseRows:
        """Links to places as links to segments."""
        return SparseRows.of(links.row_numbers(), self.given[links.columns], links.values, links.rows)

    def training_as_given(self, beads: Arcs) -> Arcs:
        """Arcs of plain beads that begin at places as arcs that begin at segments."""
        first = self.given[beads.j]
        last = self.given[beads.j + EXTENT[SHAPES[beads.shape, 1]] - 1]
        return replace(beads, j=np.minimum(first, last))

    def beads_as_given(self, beads: PairBeads) -> PairBeads:
        """Beads with places as beads with segments; those of runs that cross others are marked as moved."""
        segments, moved = beads.segments.copy(), beads.moved.copy()
        for k, (size_a, size_b) in enumerate(beads.sides.tolist()):
            own = np.sort(self.given[segments[k, size_a : size_a + size_b]])
            segments[k, size_a : size_a + size_b] = own
            moved[k] |= bool(self.moved[own].any())
        return beads._replace(segments=segments, moved=moved)


def arrangement(a: EncodedEdition, b: EncodedEdition, matches: SparseRows) -> Arrangement | None:
    """The order of b's segments in which its runs follow a's; None if they do so as they are."""
    if not a.size or not b.size:
        return None
    found = runs(a, b, matches)
    if _in_frame(found.ends).all():
        return None
    found = _with_ends_of_texts(_joined(found), a.size, b.size)
    by_a, inside = found.ends, _inside(found)
    in_frame = _in_frame(by_a)
    by_b = np.argsort(by_a[:, 2])
    frequency = np.bincount(b.words.flat, minlength=len(b.shares)).astype(np.float64)
    here = np.full(len(b.shares), -1, np.int64)
    begins = [0]
    for number, following in pairwise(by_b.tolist()):
        own = by_a if number == 0 or following == len(by_a) - 1 else inside  # an end of the texts doesn't go on
        begin, end = int(own[number, 3]) + 1, int(own[following, 2])
        evidence = _evidence(
            begin=begin, counterparts=_counterparts(found, number, following, begin, end),
            reach=np.array((_reach(own[number], own, 1), _reach(own[following], own, -1))),
            words_a=a.words.flat, starts_a=a.words.starts, words_b=b.words.flat, starts_b=b.words.starts,
            rows=matches.starts, columns=matches.columns, values=matches.values, frequency=frequency, here=here,
        )  # fmt: skip
        reach = np.array((_reach(by_a[number], by_a, 1), _reach(by_a[following], by_a, -1)))
        room = np.diff(reach)[:, 0] * b.size / a.size
        within = int(by_a[number, 3]) + 1 - begin, end - int(by_a[following, 2])
        begins.append(begin + _cut(evidence, b.edges[begin : end + 1], room, within, in_frame[number]))
    ends = [*begins[1:], b.size]
    given, moved = np.empty(0, np.int32), np.zeros(b.size, np.bool_)
    pieces: dict[int, Ints] = {}
    for number, begin, end in zip(by_b.tolist(), begins, ends, strict=True):
        piece = np.arange(begin, end, dtype=np.int32)
        pieces[number] = piece if by_a[number, 4] > 0 else _backwards(piece, b.edges)
        moved[begin:end] = not in_frame[number]
    given = np.concatenate([pieces[number] for number in range(len(by_a))])
    return Arrangement(given, moved)


def _joined(found: Runs) -> Runs:
    """The runs, those as one that follow one another in both editions (or backwards in one)."""
    by_a = found.ends
    rank = np.argsort(np.argsort(by_a[:, 2]))
    turn = by_a[1:, 4]
    begins = np.concatenate((np.ones(1, np.bool_), (by_a[:-1, 4] != turn) | (np.diff(rank) != turn)))
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(by_a)) - 1
    ends = np.stack((
        by_a[first, 0], by_a[last, 1], np.minimum.reduceat(by_a[:, 2], first), np.maximum.reduceat(by_a[:, 3], first),
        by_a[first, 4],
    ), axis=1)  # fmt: skip
    number = np.cumsum(begins, dtype=np.int32) - 1
    return Runs(ends, np.column_stack((found.anchors[:, :2], number[found.anchors[:, 2]])))


def _with_ends_of_texts(found: Runs, size_a: int, size_b: int) -> Runs:
    """The runs, and the beginning and the end of both texts as if they were runs, too."""
    first, last = np.array([(-1, -1, 0)], np.int32), np.array([(size_a, size_b, len(found.ends) + 1)], np.int32)
    ends_of_both = [np.column_stack((x[:, 0], x[:, 0], x[:, 1], x[:, 1], np.ones(1, np.int32))) for x in (first, last)]
    anchors = found.anchors + np.array((0, 0, 1), np.int32)
    return Runs(np.concatenate((ends_of_both[0], found.ends, ends_of_both[1])), np.concatenate((first, anchors, last)))


def _inside(found: Runs) -> Ints:
    """The ends of runs without the segments of b that may belong to another run, into which it goes on by chance."""
    out = found.ends.copy()
    for number, (_, _, low, high, _) in enumerate(found.ends.tolist()):
        i, j = found.of(number)
        less = min(BESIDE, (high - low + 1) // 3)
        kept = (low + less <= j) & (j <= high - less)
        if kept.any():
            out[number, :4] = i[kept].min(), i[kept].max(), j[kept].min(), j[kept].max()
    return out


def _counterparts(found: Runs, before: int, after: int, begin: int, end: int) -> Ints:
    """[segments of b from begin to end, 2] the segment of a that each would have in one run, and in the other: between
    its anchors, or where it would be if the run went on; FAR where that is too far away."""
    j = np.arange(begin, end)
    out = np.empty((len(j), 2), np.int32)
    for side, number in enumerate((before, after)):
        turn = int(found.ends[number, 4])
        own_i, own_j = found.of(number)[:, ::turn]
        beyond = np.minimum(j - own_j[0], 0) + np.maximum(j - own_j[-1], 0)
        at = np.rint(np.interp(j, own_j, own_i)) + turn * beyond
        out[:, side] = np.where(abs(beyond) > BESIDE, FAR, at)
    return out


def _in_frame(by_a: Ints) -> npt.NDArray[np.bool_]:
    """[runs] which of them, sorted by a, are of the series with the most segments that follow one another in b too."""
    size = len(by_a)
    forward = by_a[:, 4] > 0
    best = np.where(forward, by_a[:, 1] - by_a[:, 0] + 1, 0).astype(np.int64)
    own, before = best.copy(), np.full(size, -1)
    for k in range(size):
        earlier = np.flatnonzero(forward[:k] & (by_a[:k, 3] < by_a[k, 2])) if forward[k] else np.zeros(0, np.int64)
        if len(earlier):
            before[k] = earlier[np.argmax(best[earlier])]
            best[k] = own[k] + best[before[k]]
    chosen = np.zeros(size, np.bool_)
    k = int(np.argmax(best)) if forward.any() else -1
    while k >= 0:
        chosen[k] = True
        k = int(before[k])
    return chosen


def _backwards(piece: Ints, edges: Ints) -> Ints:
    """The blocks of consecutive segments in the opposite order, each as it is."""
    starts = np.flatnonzero(edges[piece[1:]]) + 1 if len(piece) else np.zeros(0, np.int64)
    return np.concatenate(np.split(piece, starts)[::-1])


def _cut(
    evidence: npt.NDArray[np.float64], edges: Ints, room: npt.NDArray[np.float64], within: tuple[int, int], keeps: bool
) -> int:
    """How many segments go with the run before, up to the end of a block if there is one; the others with the one
    after. `evidence` [segments, 2] says how well each goes with either.

    The first and the last of them are `within` the two runs; of those between them so many have a counterpart as either
    has `room` for. That may be wrong by NEAR. Others go with the run before if it `keeps` its place.
    """
    before, after = np.concatenate((np.zeros((1, 2)), np.cumsum(evidence, axis=0))).T
    value, size = before + after[-1] - after, len(evidence) - sum(within)
    low, high = max(size - round(room[1]), 0), min(round(room[0]), size)
    usual = (low + high) // 2 if low <= high else low if keeps else high
    first, last = (low, high) if low <= high else (usual, usual)
    allowed = np.arange(max(first - NEAR, 0), min(last + NEAR + sum(within), len(evidence)) + 1)
    if edges[allowed].any():
        allowed = allowed[edges[allowed] > 0]
    best = allowed[value[allowed] >= value[allowed].max() - 1e-9]
    return int(best[np.argmin(abs(best - usual - within[0]))])


def _reach(run: Ints, by_a: Ints, step: int) -> tuple[int, int]:
    """The segments of a, up to the next run there, in which a run has the counterparts of those after it in b (before
    it, for a step of -1): the first of them, and the one after the last."""
    if step * int(run[4]) > 0:
        return int(run[1]) + 1, int(by_a[np.searchsorted(by_a[:, 0], run[1], side="right"), 0])
    return int(by_a[np.searchsorted(by_a[:, 0], run[0]) - 1, 1]) + 1, int(run[0])


@compiled
def _evidence(
    begin: int, counterparts: Any, reach: Any, words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, rows: Any,
    columns: Any, values: Any, frequency: Any, here: Any,
) -> Any:  # fmt: skip
    """[segments of b from begin on, 2] the matches of each with its `counterparts` and the segments NEAR them.

    `frequency` [types of b] how often each occurs; `here` [types of b] is room for marks, -1 or an earlier segment.
    """
    out = np.zeros(counterparts.shape)
    for row in range(len(counterparts)):
        j = begin + row
        for k in range(starts_b[j], starts_b[j + 1]):
            here[words_b[k]] = j
        for side in range(2):
            middle = counterparts[row, side]
            for i in range(max(reach[side, 0], middle - NEAR), min(reach[side, 1], middle + NEAR + 1)):
                for k in range(starts_a[i], starts_a[i + 1]):
                    for e in range(rows[words_a[k]], rows[words_a[k] + 1]):
                        if here[columns[e]] == j:
                            out[row, side] += (values[e, 0] + values[e, 1]) / frequency[columns[e]]
    return out
