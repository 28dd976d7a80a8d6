"""Sentences that one edition runs together, split where the other editions show a boundary.

A splitter that reads one edition cannot see where a sentence without a mark ends; the editions together can. A joint
cut of a bead takes one place in each of its editions: the end of a sentence, or a possible one (text/boundaries.py). It
is made if

- the signs suffice: one edition has the end of a sentence there, or two have a word that opens sentences;
- the two parts score better than the whole (split_gain.py), and for no language pair much worse;
- in no edition a cut after another word would fit the other editions much better: names make many possible places.

Signs and scores are added, both in nats: with certain signs the scores may be lower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from math import inf, prod
from typing import NamedTuple

import numpy as np

from corpus_builder.align.resplit.resegmented import Cuts
from corpus_builder.align.resplit.split_gain import SplitPoints, WordEvidence, gains
from corpus_builder.align.two.edition_pair import EditionPair
from corpus_builder.align.two.lattice_model import LatticeModel
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.align.words.translation_table import Matches
from corpus_builder.model import Bead, BlockKind, Document, Segment
from corpus_builder.ragged import Ints
from corpus_builder.text.boundaries import Place, Sign, beginnings, may_open, places
from corpus_builder.text.tokens import pieces

NEAR = 1.5
"""How much better, in nats, another word may fit than the place that is cut; more if the signs are stronger (newsroom
seed 1)."""
WEIGHT = {
    Sign.OPENER: 1.5,
    Sign.WORD: 0.0,
    Sign.MARK: -0.9,
    Sign.PAUSE: -1.5,
    Sign.CAPITAL: -2.0,
    Sign.NAME: -3.0,
}
ENDS = 2.0
"""The evidence of each sign for a boundary, and that of the end of a sentence, in nats; a joint cut needs a sum above
0. After how often the signs stood at boundaries of the newsroom's units and elsewhere (seed 1: openers 16 and 140,
words also written small 6 and 290, other capitals 14 and 8,700)."""
MOST = 5000
"""Number of joint cuts that are compared, at most. Chosen for speed: a bead with more has many names, and few of its
possible places are boundaries."""
FEWEST_WORDS = 3
"""Words and marks that a cut without any end of a sentence needs on either side (newsroom seed 1)."""


class PairEvidence(NamedTuple):
    """Two editions with the matches of their words, and the lattice model of their languages."""

    pair: EditionPair
    matches: Matches
    model: LatticeModel


EvidenceByPair = Mapping[tuple[str, str], tuple[WordEvidence, LatticeModel]]
"""By language pair."""


class CutPoint(NamedTuple):
    """Where one side of a bead may be cut: after so many words and code points. `place` is None between segments."""

    word: int
    length: float
    segment: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class BeadSide:
    """One edition's part of a bead: its words, its length, and where it may be cut."""

    words: Ints
    length: float
    points: tuple[CutPoint, ...]

    def part(self, begin: CutPoint | None, end: CutPoint | None) -> BeadSide:
        """The part between two of its points."""
        first, last = begin.word if begin else 0, end.word if end else len(self.words)
        before = begin.length if begin else 0.0
        inside = [c for c in self.points if first < c.word < last]
        return BeadSide(
            self.words[first:last],
            (end.length if end else self.length) - before,
            tuple(c._replace(word=c.word - first, length=c.length - before) for c in inside),
        )

    def split_at_points(self) -> SplitPoints:
        """Split at any of its points."""
        words = np.array([c.word for c in self.points], np.int32)
        return SplitPoints(self.words, self.length, words, np.array([c.length for c in self.points]))

    def split_at(self, point: CutPoint) -> SplitPoints:
        """Split at one point."""
        return SplitPoints(self.words, self.length, np.array([point.word], np.int32), np.array([point.length]))

    def split_anywhere(self) -> SplitPoints:
        """Split after any of its words, which are taken to be equally long."""
        words = np.arange(1, len(self.words), dtype=np.int32)
        return SplitPoints(self.words, self.length, words, self.length * words / len(self.words))


def joint_cuts(document: Document, beads: Sequence[Bead], pairs: Mapping[tuple[str, str], PairEvidence]) -> Cuts:
    """Where to cut the segments of a document, given its beads."""
    encoded = {x: edition for (a, b), (pair, _, _) in pairs.items() for x, edition in ((a, pair.a), (b, pair.b))}

    @cache
    def small(language: str) -> frozenset[str]:
        return beginnings(segment.text for segment in document.segments[language])

    sides_of = (_sides(document, bead, encoded, small) for bead in beads if len(bead.languages) > 1)
    promising = [sides for sides in sides_of if sides and all(s.points for s in _pruned(sides).values())]
    if not promising:
        return {}
    evidence = {key: (WordEvidence.of(pair.a, pair.b, matches), model) for key, (pair, matches, model) in pairs.items()}
    cuts: dict[str, dict[int, list[Place]]] = {}
    for sides in promising:
        for cut in _cuts(sides, evidence):
            for language, point in cut.items():
                if point.place:
                    cuts.setdefault(language, {}).setdefault(point.segment, []).append(point.place)
    return {x: {k: sorted(places) for k, places in segments.items()} for x, segments in cuts.items()}


def _sides(
    document: Document, bead: Bead, encoded: Mapping[str, EncodedEdition], small: Callable[[str], Set[str]]
) -> dict[str, BeadSide] | None:
    """The bead's sides if it may be cut: by its signs, with segments in a row, without a headline."""
    rows = {}
    for language, numbers in bead.segments.items():
        if numbers:
            row = rows[language] = document.segments[language][numbers[0] : numbers[-1] + 1]
            if len(row) > len(numbers) or row[0].kind is BlockKind.TITLE:
                return None
    if not _may_be_cut(rows):
        return None
    return {x: _side(row, bead.segments[x][0], encoded[x], x, small(x)) for x, row in rows.items()}


def _may_be_cut(rows: Mapping[str, Sequence[Segment]]) -> bool:
    """Whether the sides' best signs could make a cut; for speed, every capital counts as a word also written small."""
    if all(len(row) == 1 for row in rows.values()) and sum(may_open(row[0].text, x) for x, row in rows.items()) < 2:
        return False
    best = 0.0
    for language, row in rows.items():
        signs = [place.sign for segment in row for place in places(segment.text, language)]
        weights = [WEIGHT[Sign.WORD if sign == Sign.CAPITAL else sign] for sign in signs] + [ENDS] * (len(row) > 1)
        if not weights:
            return False
        best += max(weights)
    return best > 0


def _side(row: Sequence[Segment], first: int, encoded: EncodedEdition, language: str, small: Set[str]) -> BeadSide:
    points = []
    length, begin = 0.0, int(encoded.words.starts[first])
    for k, segment in enumerate(row, first):
        text, at = segment.text, int(encoded.words.starts[k]) - begin
        if k > first:
            points.append(CutPoint(at, length, k, None))
        inside = places(text, language, small)
        points += [CutPoint(at + len(pieces(text[: p.end])), length + p.end, k, p) for p in inside]
        length += len(text)
    words = encoded.words.flat[begin : encoded.words.starts[first + len(row)]]
    return BeadSide(words, length, tuple(c for c in points if 0 < c.word < len(words)))


def _cuts(sides: Mapping[str, BeadSide], evidence: EvidenceByPair) -> Iterator[dict[str, CutPoint]]:
    """The best joint cut, and those of the two parts that it makes."""
    best = _best_cut(sides, evidence)
    if best is None:
        return
    yield best
    for first in (True, False):
        part = {x: s.part(None, best[x]) if first else s.part(best[x], None) for x, s in sides.items()}
        for cut in _cuts(part, evidence):
            yield cut if first else {x: _shifted(c, best[x]) for x, c in cut.items()}


def _shifted(point: CutPoint, by: CutPoint) -> CutPoint:
    return point._replace(word=point.word + by.word, length=point.length + by.length)


def _best_cut(sides: Mapping[str, BeadSide], evidence: EvidenceByPair) -> dict[str, CutPoint] | None:
    """The joint cut with the greatest sum of scores and signs."""
    sides = _pruned(sides)
    if prod(len(s.points) for s in sides.values()) > MOST:
        return None
    present = [(x, y) for x, y in evidence if x in sides and y in sides]
    possible = [
        dict(zip(sides, chosen, strict=True))
        for chosen in product(*(s.points for s in sides.values()))
        if _suffice(chosen, list(sides.values()))
    ]
    if not possible:
        return None
    tables = {
        (x, y): gains(sides[x].split_at_points(), sides[y].split_at_points(), *evidence[x, y]) for x, y in present
    }
    row = {x: {c: k for k, c in enumerate(s.points)} for x, s in sides.items()}
    best, most = None, 0.0
    for chosen in possible:
        each = [float(tables[x, y][row[x][chosen[x]], row[y][chosen[y]]]) for x, y in present]
        signs = _signs(chosen.values())
        if (
            min(each) > -signs / 2
            and sum(each) + signs > most
            and _likeliest(chosen, sides, evidence, max(signs, NEAR))
        ):
            best, most = chosen, sum(each) + signs
    return best


def _pruned(sides: Mapping[str, BeadSide]) -> dict[str, BeadSide]:
    """The sides with only those points that could make a cut with the other sides' best signs."""
    best = {x: max((_signs([c]) for c in s.points), default=-inf) for x, s in sides.items()}
    others = {x: sum(best[y] for y in sides if y != x) for x in sides}
    return {x: replace(s, points=tuple(c for c in s.points if _signs([c]) + others[x] > 0)) for x, s in sides.items()}


def _signs(chosen: Iterable[CutPoint]) -> float:
    return sum(WEIGHT[c.place.sign] if c.place else ENDS for c in chosen)


def _suffice(chosen: Sequence[CutPoint], sides: Sequence[BeadSide]) -> bool:
    """Whether the signs of a joint cut are enough for a boundary."""
    signs = [c.place.sign for c in chosen if c.place]
    if not signs or _signs(chosen) <= 0:
        return False
    if len(signs) < len(chosen):
        return True
    enough = all(FEWEST_WORDS <= c.word <= len(s.words) - FEWEST_WORDS for c, s in zip(chosen, sides, strict=True))
    return enough and not {Sign.MARK, Sign.PAUSE, Sign.NAME} & set(signs)


def _likeliest(
    chosen: Mapping[str, CutPoint], sides: Mapping[str, BeadSide], evidence: EvidenceByPair, near: float
) -> bool:
    """Whether in no edition a cut after another word would fit the other editions' points much better."""
    for x, point in chosen.items():
        if not point.place:
            continue
        total = np.zeros(len(sides[x].words) - 1)
        for a, b in evidence:
            if x == a and b in sides:
                total += gains(sides[a].split_anywhere(), sides[b].split_at(chosen[b]), *evidence[a, b])[:, 0]
            elif x == b and a in sides:
                total += gains(sides[a].split_at(chosen[a]), sides[b].split_anywhere(), *evidence[a, b])[0]
        if total.max() > total[point.word - 1] + near:
            return False
    return True
