"""Sentences that one edition runs together, cut where the other editions show a boundary.

A splitter that reads one edition cannot see where a sentence without a mark ends; the editions together can. A joint
cut of a bead takes one place in each of its editions: an end of a sentence, or a place that could be one
(text/unmarked.py). It is made if

- the signs suffice: one edition has an end of a sentence there, or two have a word that opens sentences;
- the halves score better than the whole (halves.py), and for no two editions much worse;
- in no edition another word lets the halves fit the others much better: names make many places that could be.

The surer the signs, the less the scores have to say: both are in nats, and signs of two nats outweigh two nats of
score.
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
from corpus_builder.align.resplit.split_gain import Places, Words, gains
from corpus_builder.align.two.edition_pair import Grid, Pair
from corpus_builder.align.two.lattice import Model
from corpus_builder.align.words.document_arrays import Encoded, Ints
from corpus_builder.model import Bead, BlockKind, Document, Segment
from corpus_builder.text.boundaries import Place, Sign, beginnings, may_open, places
from corpus_builder.text.tokens import pieces

NEAR = 1.5
"""How much better, in nats, another word may fit than the place that is cut; more where the signs say more."""
WEIGHT = {
    Sign.OPENER: 1.5,
    Sign.WORD: 0.0,
    Sign.MARK: -0.9,
    Sign.PAUSE: -1.5,
    Sign.CAPITAL: -2.0,
    Sign.NAME: -3.0,
}
ENDS = 2.0
"""What each sign says for a boundary, in nats, and an end of a sentence; a joint cut needs a sum above 0. After how
often the signs stood at boundaries of the newsroom's units and elsewhere (seed 1: openers 16 and 140, words seen small
6 and 290, other capitals 14 and 8,700)."""
MOST = 5000
"""Joint cuts that are compared at most; a bead with more has so many names that none could be told from a boundary."""
FEWEST_WORDS = 3
"""Words and marks on either side of a cut that no edition's own sentences show."""

Known = Mapping[tuple[str, str], tuple[Words, Model]]
"""What is known of each two editions."""


class Candidate(NamedTuple):
    """Where a side of a bead could be cut. Without a place it is the end of a segment."""

    word: int
    letters: float
    segment: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class Side:
    """One edition's part of a bead: its words, its letters, and where it could be cut."""

    words: Ints
    letters: float
    candidates: tuple[Candidate, ...]

    def part(self, begin: Candidate | None, end: Candidate | None) -> Side:
        """What lies between two of its candidates."""
        first, last = begin.word if begin else 0, end.word if end else len(self.words)
        before = begin.letters if begin else 0.0
        inside = [c for c in self.candidates if first < c.word < last]
        return Side(
            self.words[first:last],
            (end.letters if end else self.letters) - before,
            tuple(c._replace(word=c.word - first, letters=c.letters - before) for c in inside),
        )

    def at_candidates(self) -> Places:
        """Cut at any of its candidates."""
        words = np.array([c.word for c in self.candidates], np.int32)
        return Places(self.words, self.letters, words, np.array([c.letters for c in self.candidates]))

    def at(self, candidate: Candidate) -> Places:
        """Cut there."""
        return Places(self.words, self.letters, np.array([candidate.word], np.int32), np.array([candidate.letters]))

    def anywhere(self) -> Places:
        """Cut after any of its words, which are taken to be equally long."""
        words = np.arange(1, len(self.words), dtype=np.int32)
        return Places(self.words, self.letters, words, self.letters * words / len(self.words))


def joint_cuts(
    document: Document, beads: Sequence[Bead], pairs: Mapping[tuple[str, str], tuple[Pair, Grid, Model]]
) -> Cuts:
    """Where the segments of a document's beads are to be cut."""
    encoded = {x: edition for (a, b), (pair, _, _) in pairs.items() for x, edition in ((a, pair.a), (b, pair.b))}

    @cache
    def small(language: str) -> frozenset[str]:
        return beginnings(segment.text for segment in document.segments[language])

    sides_of = (_sides(document, bead, encoded, small) for bead in beads if len(bead.languages) > 1)
    promising = [sides for sides in sides_of if sides and all(s.candidates for s in _pruned(sides).values())]
    if not promising:
        return {}
    known = {two: (Words.of(pair.a, pair.b, seen.matches), model) for two, (pair, seen, model) in pairs.items()}
    found: dict[str, dict[int, list[Place]]] = {}
    for sides in promising:
        for cut in _cuts(sides, known):
            for language, candidate in cut.items():
                if candidate.place:
                    found.setdefault(language, {}).setdefault(candidate.segment, []).append(candidate.place)
    return {x: {k: sorted(cuts) for k, cuts in segments.items()} for x, segments in found.items()}


def _sides(
    document: Document, bead: Bead, encoded: Mapping[str, Encoded], small: Callable[[str], Set[str]]
) -> dict[str, Side] | None:
    """The bead's sides if signs for a cut are there: segments in a row, no headline."""
    rows = {}
    for language, numbers in bead.segments.items():
        if numbers:
            row = rows[language] = document.segments[language][numbers[0] : numbers[-1] + 1]
            if len(row) > len(numbers) or row[0].kind is BlockKind.TITLE:
                return None
    if not _hopeful(rows):
        return None
    return {x: _side(row, bead.segments[x][0], encoded[x], x, small(x)) for x, row in rows.items()}


def _hopeful(rows: Mapping[str, Sequence[Segment]]) -> bool:
    """Whether the sides' best signs could make a cut; to be quick, a capital is taken for a word seen small."""
    if all(len(row) == 1 for row in rows.values()) and sum(may_open(row[0].text, x) for x, row in rows.items()) < 2:
        return False
    best = 0.0
    for language, row in rows.items():
        found = [place.sign for segment in row for place in places(segment.text, language)]
        signs = [WEIGHT[Sign.WORD if sign == Sign.CAPITAL else sign] for sign in found] + [ENDS] * (len(row) > 1)
        if not signs:
            return False
        best += max(signs)
    return best > 0


def _side(row: Sequence[Segment], first: int, encoded: Encoded, language: str, small: Set[str]) -> Side:
    candidates = []
    letters, begin = 0.0, int(encoded.starts[first])
    for k, segment in enumerate(row, first):
        text, at = segment.text, int(encoded.starts[k]) - begin
        if k > first:
            candidates.append(Candidate(at, letters, k, None))
        here = places(text, language, small)
        candidates += [Candidate(at + len(pieces(text[: p.end])), letters + p.end, k, p) for p in here]
        letters += len(text)
    words = encoded.words[begin : encoded.starts[first + len(row)]]
    return Side(words, letters, tuple(c for c in candidates if 0 < c.word < len(words)))


def _cuts(sides: Mapping[str, Side], known: Known) -> Iterator[dict[str, Candidate]]:
    """The best joint cut, and those of the halves that it makes."""
    best = _best_cut(sides, known)
    if best is None:
        return
    yield best
    for first in (True, False):
        half = {x: s.part(None, best[x]) if first else s.part(best[x], None) for x, s in sides.items()}
        for cut in _cuts(half, known):
            yield cut if first else {x: _shifted(c, best[x]) for x, c in cut.items()}


def _shifted(candidate: Candidate, by: Candidate) -> Candidate:
    return candidate._replace(word=candidate.word + by.word, letters=candidate.letters + by.letters)


def _best_cut(sides: Mapping[str, Side], known: Known) -> dict[str, Candidate] | None:
    """The joint cut with the greatest sum of scores and signs."""
    sides = _pruned(sides)
    if prod(len(s.candidates) for s in sides.values()) > MOST:
        return None
    two = [(x, y) for x, y in known if x in sides and y in sides]
    possible = [
        dict(zip(sides, chosen, strict=True))
        for chosen in product(*(s.candidates for s in sides.values()))
        if _suffice(chosen, list(sides.values()))
    ]
    if not possible:
        return None
    tables = {(x, y): gains(sides[x].at_candidates(), sides[y].at_candidates(), *known[x, y]) for x, y in two}
    row = {x: {c: k for k, c in enumerate(s.candidates)} for x, s in sides.items()}
    best, most = None, 0.0
    for chosen in possible:
        each = [float(tables[x, y][row[x][chosen[x]], row[y][chosen[y]]]) for x, y in two]
        signs = _signs(chosen.values())
        if min(each) > -signs / 2 and sum(each) + signs > most and _likeliest(chosen, sides, known, max(signs, NEAR)):
            best, most = chosen, sum(each) + signs
    return best


def _pruned(sides: Mapping[str, Side]) -> dict[str, Side]:
    """The sides with those candidates alone that the others' best signs could help to a cut."""
    best = {x: max((_signs([c]) for c in s.candidates), default=-inf) for x, s in sides.items()}
    others = {x: sum(best[y] for y in sides if y != x) for x in sides}
    return {
        x: replace(s, candidates=tuple(c for c in s.candidates if _signs([c]) + others[x] > 0))
        for x, s in sides.items()
    }


def _signs(chosen: Iterable[Candidate]) -> float:
    return sum(WEIGHT[c.place.sign] if c.place else ENDS for c in chosen)


def _suffice(chosen: Sequence[Candidate], sides: Sequence[Side]) -> bool:
    """Whether the signs of a joint cut make a boundary believable."""
    signs = [c.place.sign for c in chosen if c.place]
    if not signs or _signs(chosen) <= 0:
        return False
    if len(signs) < len(chosen):
        return True
    enough = all(FEWEST_WORDS <= c.word <= len(s.words) - FEWEST_WORDS for c, s in zip(chosen, sides, strict=True))
    return enough and not {Sign.MARK, Sign.PAUSE, Sign.NAME} & set(signs)


def _likeliest(chosen: Mapping[str, Candidate], sides: Mapping[str, Side], known: Known, near: float) -> bool:
    """Whether in no edition another word would fit the others' places much better."""
    for x, candidate in chosen.items():
        if not candidate.place:
            continue
        total = np.zeros(len(sides[x].words) - 1)
        for a, b in known:
            if x == a and b in sides:
                total += gains(sides[a].anywhere(), sides[b].at(chosen[b]), *known[a, b])[:, 0]
            elif x == b and a in sides:
                total += gains(sides[a].at(chosen[a]), sides[b].anywhere(), *known[a, b])[0]
        if total.max() > total[candidate.word - 1] + near:
            return False
    return True
