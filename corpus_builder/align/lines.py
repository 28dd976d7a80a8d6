"""Beads of lines, from two looks at a text: lines as wholes, and as the parts that they were cut into.

Parts show where two translators cut a passage differently, wholes are surer of what belongs together. Both looks share
the words' matches; each has its own shapes' priors and gives a distribution over beads of lines. The two are pooled by
their weighted geometric mean (a product of experts: Hinton 2002), and the path is taken that is expected to score best.

From beads of parts to beads of lines: a path through the grid of parts touches some of its corners, the nodes where a
line begins in either edition. Between one corner and the next that it touches lies one bead of lines; of these, lines
whose parts are all skipped stand alone. The posteriors of the parts' beads make paths a Markov chain, so the
probability of each bead of lines is a sum over the ways to walk from its first corner to its last.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from corpus_builder.align import joining
from corpus_builder.align.aligner import Aligner, moved_beads
from corpus_builder.align.calibration import SENTENCES, document_probability
from corpus_builder.align.encoded import Floats, regrouped
from corpus_builder.align.joining import Node, PairBead
from corpus_builder.align.lattice import Model, decode, first_model
from corpus_builder.align.pairs import EXPECTED, Beads, Grid, Pair, best, cut
from corpus_builder.align.shapes import EXTENT, OFFSETS, SHAPES
from corpus_builder.align.training import EARLY, fit
from corpus_builder.model import Alignment, Document

PARTS = 0.6
"""The weight of the parts' look (.4 to .7 tried on Text+Berg dev: within .006)."""
FLOOR = 1e-3
"""Posteriors below are taken for it: what one look does not see the other may."""
FAINT = 1e-6
"""Ways through a bead of lines that are less likely are left out."""
TURNS = 3
ALONE = 0.9
"""What a line that stands alone must be worth, as likely right, to be given as such."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A document's lines and the parts they were cut into; per language the line that each part comes from."""

    lines: Document
    parts: Document
    line_of: Mapping[str, Sequence[int]]


class Span(NamedTuple):
    """Lines of two editions from one corner to the next, as bits which of them have a linked part."""

    a: int
    b: int
    end_a: int
    end_b: int
    linked_a: int
    linked_b: int

    @property
    def left(self) -> tuple[int, ...]:
        """The linked lines of the first edition."""
        return tuple([k for k in range(self.a, self.end_a) if self.linked_a >> (k - self.a) & 1])

    @property
    def right(self) -> tuple[int, ...]:
        """The linked lines of the second."""
        return tuple([k for k in range(self.b, self.end_b) if self.linked_b >> (k - self.b) & 1])

    @property
    def alone(self) -> list[tuple[int, int]]:
        """The others: (0 or 1 for the edition, line)."""
        left = [(0, k) for k in range(self.a, self.end_a) if not self.linked_a >> (k - self.a) & 1]
        return left + [(1, k) for k in range(self.b, self.end_b) if not self.linked_b >> (k - self.b) & 1]


Spans = Mapping[Span, float]
Models = Mapping[tuple[str, str], Model]
_PATTERNS = [[offset for offset in pattern if offset >= 0] for pattern in OFFSETS.tolist()]
_SHAPES = [(_PATTERNS[p], _PATTERNS[q], int(EXTENT[p]), int(EXTENT[q])) for p, q in SHAPES.tolist()]


def learn(aligner: Aligner, documents: Sequence[Cut]) -> Models:
    """The lattice's models for whole lines, per pair of languages, from at most `EARLY` of the documents."""
    looks: dict[tuple[str, str], list[tuple[Pair, Grid]]] = defaultdict(list)
    for document in documents[:: -(-len(documents) // EARLY) or 1]:
        for key, (pair, parts) in aligner.grids(document.parts).items():
            if len(parts.first):
                looks[key].append((_whole(document, *key, pair), parts))
    models = {}
    for key, seen in looks.items():
        model = first_model(aligner.pair_state(*key).model.ratio)
        for _ in range(TURNS):
            model = fit([pair for pair, _ in seen], [cut(pair, model, parts).beads for pair, parts in seen], model)
        models[key] = model
    return models


def align(aligner: Aligner, models: Models, document: Cut) -> Alignment:
    """The beads of a document's lines."""
    languages = list(document.lines.segments)
    sizes = [len(document.lines.segments[language]) for language in languages]
    found: list[PairBead] = []
    links: dict[tuple[Node, Node], float] = {}
    probability = 1.0
    for (a, b), (pair, parts) in aligner.grids(document.parts).items():
        x, y = languages.index(a), languages.index(b)
        path = best(parts.beads, pair.a.size, pair.b.size)
        related = document_probability(pair, path, aligner.pair_state(a, b).model)
        probability = min(probability, related)
        if not len(parts.first):
            continue
        whole = _whole(document, a, b, pair)
        seen = cut(whole, models.get((a, b)) or first_model(aligner.pair_state(a, b).model.ratio), parts)
        lines = [range(size) for size in (whole.a.size, whole.b.size)]
        pooled = pool(
            spans(document.line_of[a], document.line_of[b], parts.beads), spans(lines[0], lines[1], seen.beads)
        )
        scores = _scores(document.line_of[a], parts.beads, whole.a.size)
        beads = [PairBead(x, y, span.left, span.right, float(scores[list(span.left)].sum()), p * related)
                 for span, p in path_of(pooled, whole.a.size, whole.b.size)]  # fmt: skip
        sides = [(bead.left, bead.right) for bead in beads]
        beads += moved_beads(x, y, sides, seen, (whole.a.size, whole.b.size), related)
        for span, p in pooled.items():
            for i in span.left:
                for j in span.right:
                    link = ((x, i), (y, j)) if x < y else ((y, j), (x, i))
                    links[link] = min(links.get(link, 0.0) + p, 1.0)
        found += beads if x < y else [PairBead(y, x, bead.right, bead.left, *bead[4:]) for bead in beads]
    groups = joining.join(sizes, found, links)
    beads_of_all = tuple(joining.bead(group, languages, SENTENCES) for group in groups)
    return Alignment(document.lines.name, beads_of_all, (), round(probability, 4))


def _whole(document: Cut, a: str, b: str, parts: Pair) -> Pair:
    """Two editions in whole lines."""
    x, y = (
        regrouped(side, document.line_of[language], document.lines.segments[language])
        for side, language in ((parts.a, a), (parts.b, b))
    )
    return replace(parts, a=x, b=y, similarity=None)


def _scores(line_a: Sequence[int], beads: Beads, lines: int) -> Floats:
    """[lines] the expected score of the beads of parts that begin in each line of the first edition."""
    linked = beads.take(beads.linked)
    scores = np.zeros(lines)
    np.add.at(scores, np.asarray(line_a)[linked.i], linked.probability * linked.score)
    return scores


def spans(line_a: Sequence[int], line_b: Sequence[int], beads: Beads) -> Spans:
    """The probability of each bead of lines. `line_a`, `line_b` say which line each part is of, from 0 without gaps."""
    corner_a, corner_b = _corners(line_a), _corners(line_b)
    kept = beads.probability > FLOOR
    kept[decode(beads.i, beads.j, beads.shape, beads.probability, len(line_a), len(line_b))] = True  # one path at least
    chosen = beads.take(kept)
    out: dict[tuple[int, int], list[tuple[int, int, int, int, int, int, float]]] = defaultdict(list)
    through: dict[tuple[int, int], float] = defaultdict(float)
    for i, j, shape, p in zip(
        chosen.i.tolist(), chosen.j.tolist(), chosen.shape.tolist(), chosen.probability.tolist(), strict=True
    ):
        through[i, j] += p
        first_a = first_b = linked_a = linked_b = 0
        if shape < len(_SHAPES):
            left, right, high, wide = _SHAPES[shape]
            first_a, first_b = line_a[i], line_b[j]
            for k in left:
                linked_a |= 1 << (line_a[i + k] - first_a)
            for k in right:
                linked_b |= 1 << (line_b[j + k] - first_b)
        else:
            high, wide = len(_SHAPES) + 1 - shape, shape - len(_SHAPES)
        out[i, j].append((i + high, j + wide, first_a, linked_a, first_b, linked_b, p))
    found: dict[Span, float] = defaultdict(float)
    for start in [node for node in through if node[0] in corner_a and node[1] in corner_b]:
        a, b = corner_a[start[0]], corner_b[start[1]]
        waiting = [start]
        masses: dict[tuple[int, int], dict[tuple[int, int], float]] = {start: {(0, 0): through[start]}}
        while waiting:
            node = heapq.heappop(waiting)
            here = masses.pop(node)
            if node != start and node[0] in corner_a and node[1] in corner_b:
                for (linked_a, linked_b), p in here.items():
                    found[Span(a, b, corner_a[node[0]], corner_b[node[1]], linked_a, linked_b)] += p
                continue
            for end_i, end_j, first_a, more_a, first_b, more_b, p in out[node]:
                share = p / through[node]
                if (end_i, end_j) not in masses:
                    masses[end_i, end_j] = defaultdict(float)
                    heapq.heappush(waiting, (end_i, end_j))
                there = masses[end_i, end_j]
                bits_a = more_a << (first_a - a) if more_a else 0
                bits_b = more_b << (first_b - b) if more_b else 0
                for (linked_a, linked_b), mass in here.items():
                    if mass * share > FAINT or not there:
                        there[linked_a | bits_a, linked_b | bits_b] += mass * share
    return found


def _corners(lines: Sequence[int]) -> dict[int, int]:
    """The parts that begin a line, and the end, with the lines they begin."""
    begins = [0] + [k + 1 for k, (one, other) in enumerate(pairwise(lines)) if one != other]
    return {k: lines[k] for k in begins} | {len(lines): lines[-1] + 1}


def pool(parts: Spans, wholes: Spans) -> Spans:
    """The geometric mean of two distributions, that of the parts with the weight `PARTS`."""
    return {
        span: max(parts.get(span, 0.0), FLOOR) ** PARTS * max(wholes.get(span, 0.0), FLOOR) ** (1 - PARTS)
        for span in {**parts, **wholes}
    }


def path_of(pooled: Spans, size_a: int, size_b: int) -> list[tuple[Span, float]]:
    """The two-sided beads of the path that is expected to score best by strict F1 (pairs.likeliest), in order."""
    alone: dict[tuple[int, int], float] = defaultdict(float)
    starts: dict[tuple[int, int], list[tuple[Span, float]]] = defaultdict(list)
    for span, p in pooled.items():
        starts[span.a, span.b].append((span, p))
        for line in span.alone:
            alone[line] += p
    waiting = [(0, 0)]
    reached: dict[tuple[int, int], tuple[float, Span | None]] = {(0, 0): (0.0, None)}
    while waiting:
        node = heapq.heappop(waiting)
        for span, p in starts[node]:
            worth = reached[node][0] + sum(alone[line] - ALONE for line in span.alone)
            if span.linked_a and span.linked_b:
                worth += 2 * p - EXPECTED
            end = span.end_a, span.end_b
            if end not in reached:
                heapq.heappush(waiting, end)
            if end not in reached or worth > reached[end][0]:
                reached[end] = worth, span
    path: list[tuple[Span, float]] = []
    node = size_a, size_b
    while (via := reached[node][1]) is not None:
        if via.linked_a and via.linked_b:
            path.append((via, pooled[via]))
        node = via.a, via.b
    return path[::-1]
