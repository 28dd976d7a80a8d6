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
from corpus_builder.align.two.runs import runs
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.jit import compiled
from corpus_builder.ragged import Ints, Ragged, SparseRows, offsets

NEAR = 4
"""A segment between two runs is compared with so many of the other edition on either side of where the run, continued,
would have its counterpart. Chosen: editions differ by a few segments over a gap between two anchors."""
BESIDE = 100
"""Segments after and before a run for which that is asked, at most. Chosen: as far as two anchors of a run may be."""


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
    ends_of_both = np.array([(-1, -1, -1, -1, 1), (a.size, a.size, b.size, b.size, 1)], np.int32)  # as if runs, too
    by_a = np.concatenate((ends_of_both[:1], found[np.argsort(found[:, 0])], ends_of_both[1:]))
    in_frame = _in_frame(by_a)
    if in_frame.all():
        return None
    by_b = np.argsort(by_a[:, 2])
    frequency = np.bincount(b.words.flat, minlength=len(b.shares)).astype(np.float64)
    here = np.full(len(b.shares), -1, np.int64)
    begins = [0]
    for number, following in pairwise(by_b.tolist()):
        before, after = by_a[number], by_a[following]
        reach = np.array((_reach(before, by_a, 1), _reach(after, by_a, -1)))
        evidence = _evidence(
            before=before, after=after, reach=reach, words_a=a.words.flat, starts_a=a.words.starts,
            words_b=b.words.flat, starts_b=b.words.starts, rows=matches.starts, columns=matches.columns,
            values=matches.values, frequency=frequency, here=here,
        )  # fmt: skip
        room = np.diff(reach)[:, 0] * b.size / a.size
        begin = int(before[3]) + 1
        begins.append(begin + _cut(evidence, b.edges[begin : begin + len(evidence) + 1], room, in_frame[number]))
    ends = [*begins[1:], b.size]
    given, moved = np.empty(0, np.int32), np.zeros(b.size, np.bool_)
    pieces: dict[int, Ints] = {}
    for number, begin, end in zip(by_b.tolist(), begins, ends, strict=True):
        piece = np.arange(begin, end, dtype=np.int32)
        pieces[number] = piece if by_a[number, 4] > 0 else _backwards(piece, b.edges)
        moved[begin:end] = not in_frame[number]
    given = np.concatenate([pieces[number] for number in range(len(by_a))])
    return Arrangement(given, moved)


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


def _cut(evidence: npt.NDArray[np.float64], edges: Ints, room: npt.NDArray[np.float64], keeps: bool) -> int:
    """How many of the segments between two runs go with the one before, up to the end of a block if there is one.

    `evidence` [segments, 2] says how well each goes with the run before and with the one after, `room` [2] how many of
    either's have a counterpart; it may be wrong by NEAR. Others go with the run before if it `keeps` its place.
    """
    before, after = np.concatenate((np.zeros((1, 2)), np.cumsum(evidence, axis=0))).T
    value, size = before + after[-1] - after, len(evidence)
    low, high = max(size - round(room[1]), 0), min(round(room[0]), size)
    usual = (low + high) // 2 if low <= high else low if keeps else high
    first, last = (low, high) if low <= high else (usual, usual)
    allowed = np.arange(max(first - NEAR, 0), min(last + NEAR, size) + 1)
    if edges[allowed].any():
        allowed = allowed[edges[allowed] > 0]
    best = allowed[value[allowed] >= value[allowed].max() - 1e-9]
    return int(best[np.argmin(abs(best - usual))])


def _reach(run: Ints, by_a: Ints, step: int) -> tuple[int, int]:
    """The segments of a, up to the next run there, in which a run has the counterparts of those after it in b (before
    it, for a step of -1): the first of them, and the one after the last."""
    if step * int(run[4]) > 0:
        return int(run[1]) + 1, int(by_a[np.searchsorted(by_a[:, 0], run[1], side="right"), 0])
    return int(by_a[np.searchsorted(by_a[:, 0], run[0]) - 1, 1]) + 1, int(run[0])


@compiled
def _evidence(
    before: Any, after: Any, reach: Any, words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, rows: Any,
    columns: Any, values: Any, frequency: Any, here: Any,
) -> Any:  # fmt: skip
    """[segments of b between two runs, 2] the matches of each where either run, continued, has its counterpart.

    `frequency` [types of b] how often each occurs; `here` [types of b] is room for marks, -1 or an earlier segment.
    """
    begin, end = before[3] + 1, after[2]
    out = np.zeros((end - begin, 2))
    for j in range(begin, end):
        for k in range(starts_b[j], starts_b[j + 1]):
            here[words_b[k]] = j
        for side in range(2):
            far = j - before[3] if side == 0 else after[2] - j
            if far > BESIDE:
                continue
            low, high = reach[side]
            later = (before[4] if side == 0 else -after[4]) > 0  # whether the counterparts stand after the run in a
            middle = low - 1 + far if later else high - far
            for i in range(max(low, middle - NEAR), min(high, middle + NEAR + 1)):
                for k in range(starts_a[i], starts_a[i + 1]):
                    for e in range(rows[words_a[k]], rows[words_a[k] + 1]):
                        if here[columns[e]] == j:
                            out[j - begin, side] += (values[e, 0] + values[e, 1]) / frequency[columns[e]]
    return out
