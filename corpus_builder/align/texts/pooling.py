"""Beads of lines, from several looks at a text: lines as wholes, and cut into parts in several ways.

Parts show where two translators cut a passage differently, wholes are surer of what belongs together; and where one way
to cut misleads, another need not. All looks share the words' matches; each has its own shapes' priors and gives a
distribution over beads of lines. They are pooled by their geometric mean (a product of experts: Hinton 2002), and the
path is taken that is expected to score best.

From beads of parts to beads of lines: a path through the grid of parts touches some of its corners, the nodes where a
line begins in either edition. Between one corner and the next that it touches lies one bead of lines; of these, lines
whose parts are all skipped stand alone. The posteriors of the parts' beads make paths a Markov chain, so the
probability of each bead of lines is a sum over the ways to walk from its first corner to its last.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from corpus_builder.align.aligner import Aligner, with_moved
from corpus_builder.align.bead_shapes import EXTENT, OFFSETS, SHAPES
from corpus_builder.align.calibration import LINES, document_probability
from corpus_builder.align.many import clustering as joining
from corpus_builder.align.many.groups import Nodes
from corpus_builder.align.many.groups import beads as beads_of
from corpus_builder.align.many.third_edition import Links
from corpus_builder.align.training import EARLY, fit
from corpus_builder.align.two import search_band as band
from corpus_builder.align.two.edition_pair import EXPECTED, Beads, Grid, Matches, Pair, best, within
from corpus_builder.align.two.lattice import Model, decode, first_model
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.words.document_arrays import Floats, Ints, encode
from corpus_builder.model import Alignment, Document

FLOOR = 1e-3
"""Posteriors below are taken for it: what one look does not see the other may."""
FAINT = 1e-6
"""Ways through a bead of lines that are less likely are left out."""
TURNS = 3
ALONE = 0.9
"""What a line that stands alone must be worth, as likely right, to be given as such."""
MARGIN = 3
"""Lines to either side of where good paths of whole lines lead, within which parts are compared."""


@dataclass(frozen=True, slots=True)
class Look:
    """A document cut into parts, and per language the line that each part comes from (from 0, without gaps)."""

    parts: Document
    line_of: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Looks:
    """A document's lines, the parts that the aligner was trained on, and other ways to cut it."""

    lines: Look
    trained: Look
    others: tuple[Look, ...]


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
Models = Mapping[tuple[str, str], Sequence[Model]]
"""For each two languages the models of whole lines and of the other looks."""
_PATTERNS = [[offset for offset in pattern if offset >= 0] for pattern in OFFSETS.tolist()]
_SHAPES = [(_PATTERNS[p], _PATTERNS[q], int(EXTENT[p]), int(EXTENT[q])) for p, q in SHAPES.tolist()]


class _Seen(NamedTuple):
    """A look at two editions, their words' matches, and the band to compare."""

    pair: Pair
    matches: Matches
    first: Ints
    last: Ints

    def grid(self, model: Model) -> Grid:
        return within(self.pair, model, self.matches, self.first, self.last)


def learn(aligner: Aligner, documents: Sequence[Looks]) -> Models:
    """The lattice's models of each look but the trained one, from at most `EARLY` of the documents."""
    chosen = documents[:: -(-len(documents) // EARLY) or 1]
    found = [(document, key, pair, parts) for document in chosen
             for key, (pair, parts) in aligner.grids(document.trained.parts).items() if len(parts.first)]  # fmt: skip
    models = {}
    for key in sorted({key for _, key, _, _ in found}):
        start = first_model(aligner.pair_state(*key).model.ratio)
        here = [(document, pair, parts.matches) for document, own, pair, parts in found if own == key]
        wholes = [_whole(aligner, document.lines, *key, pair, matches) for document, pair, matches in here]
        models[key] = [_fitted(start, wholes)]
        beads = [seen.grid(models[key][0]).beads for seen in wholes]
        for look in range(len(here[0][0].others)):
            models[key].append(_fitted(start, [
                _part(aligner, document.others[look], *key, whole, corridor)
                for (document, _, _), whole, corridor in zip(here, wholes, beads, strict=True)
            ]))  # fmt: skip
    return models


def _fitted(model: Model, seen: Sequence[_Seen]) -> Model:
    for _ in range(TURNS):
        model = fit([one.pair for one in seen], [one.grid(model).beads for one in seen], model)
    return model


class Found(NamedTuple):
    """What was found between two languages: beads and link posteriors."""

    beads: PairBeads
    links: Links
    probability: float
    """That the editions are translations."""


def find(aligner: Aligner, models: Models, document: Looks) -> dict[tuple[str, str], Found]:
    """The beads of a document's lines, for each two languages."""
    found = {}
    for (a, b), (pair, parts) in aligner.grids(document.trained.parts).items():
        known = aligner.pair_state(a, b).model
        related = document_probability(pair, best(parts.beads, pair.a.size, pair.b.size), known)
        if not len(parts.first):
            found[a, b] = Found(PairBeads.of([], [], np.zeros(0), np.zeros(0)), _links({}, pair.a.size), related)
            continue
        model, *others = models.get((a, b)) or [first_model(known.ratio)] * (len(document.others) + 1)
        whole = _whole(aligner, document.lines, a, b, pair, parts.matches)
        seen = whole.grid(model)
        looks = [_spans(document.trained, a, b, parts.beads), _spans(document.lines, a, b, seen.beads)]
        for look, other in zip(document.others, others, strict=True):
            looks.append(_spans(look, a, b, _part(aligner, look, a, b, whole, seen.beads).grid(other).beads))
        pooled = pool(looks)
        scores = _scores(document.trained.line_of[a], parts.beads, whole.pair.a.size)
        size = whole.pair.a.size, whole.pair.b.size
        path = path_of(pooled, *size)
        beads = PairBeads.of(
            [span.left for span, _ in path], [span.right for span, _ in path],
            np.array([scores[list(span.left)].sum() for span, _ in path]), np.array([p * related for _, p in path]),
        )  # fmt: skip
        found[a, b] = Found(with_moved(beads, seen, size, related), _links(pooled, size[0]), related)
    return found


def joined(document: Looks, found: Mapping[tuple[str, str], Found], languages: Sequence[str]) -> Alignment:
    """The beads of a document's lines in some of its languages: of two, or of more together."""
    sizes = [len(document.lines.parts.segments[language]) for language in languages]
    nodes = Nodes.of(sizes)
    chosen = {(a, b): here for (a, b), here in found.items() if a in languages and b in languages}
    linked = [(languages.index(a), languages.index(b), here.beads, here.links) for (a, b), here in chosen.items()
              if len(here.beads.score)]  # fmt: skip
    probability = min((here.probability for here in chosen.values()), default=1.0)
    beads = beads_of(joining.join(sizes, nodes, linked), nodes, languages, LINES)
    return Alignment(document.lines.parts.name, beads, (), round(probability, 4))


def _links(pooled: Spans, size_a: int) -> Links:
    """The posteriors of the links of lines."""
    links: dict[tuple[int, int], float] = {}
    for span, p in pooled.items():
        for link in product(span.left, span.right):
            links[link] = min(links.get(link, 0.0) + p, 1.0)
    ends = np.array(sorted(links), np.int32).reshape(-1, 2)
    starts = np.searchsorted(ends[:, 0], np.arange(size_a + 1)).astype(np.int32)
    return starts, ends[:, 1].copy(), np.array([links[link] for link in sorted(links)], np.float64)


def _look(aligner: Aligner, look: Look, a: str, b: str, pair: Pair) -> Pair:
    """Two editions cut in another way. Their words are the same, numbered alike, and so match alike."""
    x, y = (encode(look.parts.segments[language], aligner.vocabulary(language)) for language in (a, b))
    return replace(pair, a=x, b=y, similarity=None)


def _whole(aligner: Aligner, look: Look, a: str, b: str, pair: Pair, matches: Matches) -> _Seen:
    lines = _look(aligner, look, a, b, pair)
    return _Seen(lines, matches, *band.of(lines, matches))


def _part(aligner: Aligner, look: Look, a: str, b: str, whole: _Seen, beads: Beads) -> _Seen:
    """A look at parts, compared only near where good paths of whole lines lead."""
    first, last = corridor(beads, whole.pair.a.size, whole.pair.b.size)
    line_a, line_b = np.asarray(look.line_of[a]), np.asarray(look.line_of[b])
    begin, end = np.searchsorted(line_b, first), np.searchsorted(line_b, last, side="right") - 1
    return _Seen(_look(aligner, look, a, b, whole.pair), whole.matches, begin[line_a].astype(np.int32),
                 end[line_a].astype(np.int32))  # fmt: skip


def corridor(beads: Beads, size_a: int, size_b: int) -> tuple[Ints, Ints]:
    """The first and last line of b for each of a that is near a bead, both rising."""
    first, last = np.full(size_a + 1, size_b), np.full(size_a + 1, -1)
    np.minimum.at(first, beads.i, beads.j)
    np.maximum.at(last, beads.i, beads.j)
    first[: MARGIN + 1], last[-MARGIN - 1 :] = 0, size_b - 1
    first, last = np.minimum.accumulate(first[::-1])[::-1], np.maximum.accumulate(last)
    low, high = np.arange(size_a) - MARGIN, np.arange(size_a) + MARGIN
    first, last = first[np.maximum(low, 0)] - MARGIN, last[np.minimum(high, size_a)] + MARGIN
    return np.maximum(first, 0).astype(np.int32), np.minimum(last, size_b - 1).astype(np.int32)


def _spans(look: Look, a: str, b: str, beads: Beads) -> Spans:
    return spans(look.line_of[a], look.line_of[b], beads)


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


def pool(looks: Sequence[Spans]) -> Spans:
    """The geometric mean of several distributions."""
    logs = {
        span: sum(math.log(max(look.get(span, 0.0), FLOOR)) for look in looks) / len(looks)
        for span in {span for look in looks for span in look}
    }
    return {span: math.exp(value) for span, value in logs.items()}


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
