"""Known beads of two editions, as a person corrected them: the lattice keeps them exactly and is aligned around them.

No other bead may have a segment of a known one. Known beads that do not cross one another are anchors: no bead passes
over them, and those that have a shape are on every path. The others (crossing ones, five segments to one) are on no
path; `completed` adds them to the beads that were found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.bead_shapes import EXTENT, OFFSETS, SHAPES
from corpus_builder.align.two.bead_scores import NEVER
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.two.search_band import Band
from corpus_builder.model import Document
from corpus_builder.ragged import Ints

CERTAIN = 4096.0
"""Nats that a known bead gets on top of its score, so that every path leads through it. Chosen: no skips of its
segments outweigh it, and float32 keeps scores to .0005 there."""
TRUSTED = 1000.0
"""A known bead's own score counts no more than this either way. Chosen: it cannot outweigh CERTAIN."""

Scores = npt.NDArray[np.float32]
Side = tuple[int, ...]

_SHAPE_OF = {
    tuple(tuple(int(k) for k in OFFSETS[pattern] if k >= 0) for pattern in shape): number
    for number, shape in enumerate(SHAPES.tolist())
}
"""The number of a shape by the segments of either side, counted from the first."""


@dataclass(frozen=True, slots=True)
class Pins:
    """The known beads of two editions: those of two sides, with the anchors among them, and all their segments."""

    two_sided: tuple[tuple[Side, Side], ...]
    anchors: tuple[tuple[Side, Side], ...]
    """In order; those that cross no other anchor."""
    known_a: npt.NDArray[np.bool_]
    """[segments of a] which of them are in a known bead, one-sided ones included."""
    known_b: npt.NDArray[np.bool_]

    @staticmethod
    def of(document: Document, a: str, b: str) -> Pins | None:
        """Those of two languages of a document; None without any."""
        beads = [(known.get(a, ()), known.get(b, ())) for known in document.known]
        if not any(left or right for left, right in beads):
            return None
        marks = []
        for side, language in enumerate((a, b)):
            mark = np.zeros(len(document.segments[language]), np.bool_)
            mark[[k for bead in beads for k in bead[side]]] = True
            marks.append(mark)
        two_sided = tuple((tuple(sorted(left)), tuple(sorted(right))) for left, right in beads if left and right)
        return Pins(two_sided, tuple(_chain(two_sided)), *marks)

    def arranged(self, given: Ints) -> Pins:
        """The same where `given` [places] are the segments of b that stand at each place."""
        place = np.empty(len(given), np.int64)
        place[given] = np.arange(len(given))
        beads = tuple((left, tuple(sorted(place[list(right)].tolist()))) for left, right in self.two_sided)
        return Pins(beads, tuple(_chain(beads)), self.known_a, self.known_b[given])

    def bound(self, scores: Scores, band: Band) -> Scores:
        """bead_scores with NEVER for every bead that has a segment of a known one, or passes over an anchor.

        Anchors with a shape keep their score, within TRUSTED; 0 for one that could not be, as two headlines in one.
        """
        out = scores.copy()
        rows, width = np.arange(out.shape[0]), out.shape[2]
        columns = band.first[:, None] + np.arange(width)
        low, high = self._between(out.shape[0])
        passing = (columns < low[:, None]) | (columns > high[:, None])
        padded_a = np.append(self.known_a, np.zeros(8, np.bool_))
        padded_b = np.append(self.known_b, np.zeros(width + 8, np.bool_))
        for shape, (p, q) in enumerate(SHAPES.tolist()):
            touched = passing.copy()
            for offset in OFFSETS[p][OFFSETS[p] >= 0].tolist():
                touched |= padded_a[rows + offset][:, None]
            for offset in OFFSETS[q][OFFSETS[q] >= 0].tolist():
                touched |= padded_b[np.minimum(columns + offset, len(padded_b) - 1)]
            out[:, shape][touched] = NEVER
        i, j, shapes = self._arcs(band)
        own = scores[i, shapes, j - band.first[i]]
        out[i, shapes, j - band.first[i]] = np.where(own <= NEVER, 0.0, np.clip(own, -TRUSTED, TRUSTED))
        return out

    def lifted(self, scores: Scores, band: Band) -> Scores:
        """`bound` scores with CERTAIN added to the anchors, which puts them on every path."""
        out = scores.copy()
        i, j, shape = self._arcs(band)
        out[i, shape, j - band.first[i]] += CERTAIN
        return out

    def lowered(self, arcs: Arcs, band: Band) -> Arcs:
        """The arcs of `lifted` scores with the anchors' own scores."""
        score = arcs.score.copy()
        score[self.among(arcs, band)] -= CERTAIN
        return Arcs(arcs.i, arcs.j, arcs.shape, score, arcs.probability)

    def among(self, arcs: Arcs, band: Band | None = None) -> npt.NDArray[np.bool_]:
        """[arcs] which of them are anchors."""
        own = set(zip(*(column.tolist() for column in self._arcs(band)), strict=True))
        return np.array([arc in own for arc in zip(arcs.i.tolist(), arcs.j.tolist(), arcs.shape.tolist(), strict=True)],
                        np.bool_)  # fmt: skip

    def completed(self, beads: PairBeads) -> PairBeads:
        """The beads and all known ones that are not among them, with a probability of 1."""
        found = {
            tuple(segments[: sum(sides)])
            for segments, sides in zip(beads.segments.tolist(), beads.sides.tolist(), strict=True)
        }
        missing = [bead for bead in self.two_sided if (*bead[0], *bead[1]) not in found]
        if not missing:
            return beads
        left, right = zip(*missing, strict=True)
        return beads.and_moved(PairBeads.of(left, right, np.zeros(len(missing)), np.ones(len(missing))))

    def _arcs(self, band: Band | None) -> tuple[Ints, Ints, Ints]:
        """(i, j, shape) of the anchors that have a shape and lie within a band, if one is given."""
        found = [arc for left, right in self.anchors if (arc := _arc(left, right)) and _within(arc, band)]
        i, j, shape = np.array(found, np.int32).reshape(-1, 3).T
        return i, j, shape

    def _between(self, size_a: int) -> tuple[Ints, Ints]:
        """[segments of a] the least and the greatest segment of b that a bead beginning there passes over no anchor
        with."""
        low, high = np.zeros(size_a + 1, np.int64), np.full(size_a + 1, len(self.known_b), np.int64)
        for left, right in self.anchors:
            low[left[-1] + 1] = max(low[left[-1] + 1], right[0])
            high[left[0]] = min(high[left[0]], right[-1])
        return np.maximum.accumulate(low)[:-1], np.minimum.accumulate(high[::-1])[::-1][:-1]


def _arc(left: Side, right: Side) -> tuple[int, int, int] | None:
    """The arc (i, j, shape) that has these segments."""
    shape = _SHAPE_OF.get((tuple(k - left[0] for k in left), tuple(k - right[0] for k in right)))
    return None if shape is None else (left[0], right[0], shape)


def _within(arc: tuple[int, int, int], band: Band | None) -> bool:
    """Whether all of a bead lies in the band."""
    if band is None:
        return True
    i, j, shape = arc
    p, q = SHAPES[shape]
    return bool(band.first[i + EXTENT[p] - 1] <= j and j + EXTENT[q] - 1 <= band.last[i])


def _chain(beads: Sequence[tuple[Side, Side]]) -> Iterator[tuple[Side, Side]]:
    """The longest series of beads that do not cross (Fredman 1975), without those that overlap the one before."""
    order = sorted(beads)
    ends: list[int] = []  # first segment in b of the last bead of the best series of each length
    last: list[int] = []
    before = [-1] * len(order)
    for k, (_, right) in enumerate(order):
        at = bisect_left(ends, right[0])
        before[k] = last[at - 1] if at else -1
        ends[at:], last[at:] = [right[0], *ends[at + 1 :]], [k, *last[at + 1 :]]
    series = []
    k = last[-1] if last else -1
    while k >= 0:
        series.append(order[k])
        k = before[k]
    end_a = end_b = -1
    for left, right in reversed(series):
        if left[0] > end_a and right[0] > end_b:
            yield left, right
            end_a, end_b = left[-1], right[-1]
