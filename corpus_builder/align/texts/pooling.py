"""Beads of lines from multiple segmentations of a text: whole lines, and lines split into parts in several ways.

Parts show where two translators split a passage differently, whole lines are better at telling what belongs together;
and where one segmentation misleads, another may not. All segmentations share the matches of words; each has priors of
its own and gives a probability distribution over beads of lines. The distributions are combined by their geometric mean
(a product of experts: Hinton 2002), and the path with the best expected score is taken.

From beads of parts to beads of lines: a path through the lattice of parts touches some of its corners, the nodes where
a line begins in either edition. Between one corner and the next that it touches lies one bead of lines; of these, lines
whose parts are all skipped are one-sided. The posteriors of the parts' beads make paths a Markov chain, so the
probability of a bead of lines is a sum over the ways from its first corner to its last.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.aligner import Aligner, with_moved
from corpus_builder.align.arcs import Arcs, Floats
from corpus_builder.align.calibration import LINES, Footing
from corpus_builder.align.many.clustering import PairAlignment, join
from corpus_builder.align.many.groups import Nodes, beads_of
from corpus_builder.align.texts.line_spans import FAINT, LineSpan, sums
from corpus_builder.align.training import EARLY, fit
from corpus_builder.align.two.arrangement import Arrangement
from corpus_builder.align.two.edition_pair import EXPECTED, EditionPair, PairLattice, lattice_in_band
from corpus_builder.align.two.lattice import decode
from corpus_builder.align.two.lattice_model import LatticeModel, first_model
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.two.search_band import Band, band_of
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.align.words.translation_table import Matches
from corpus_builder.model import Alignment, Document
from corpus_builder.ragged import Ints, SparseRows, offsets

FLOOR = 1e-3
"""Smaller probabilities count as this: a bead that one segmentation cannot show may be shown by another. Chosen."""
SPANS = 50
"""Beads of lines that one segmentation has for each line of either edition, at most: the likeliest ones. Chosen: in
development texts there are fewer, and it bounds time and memory where no word is known."""
ROUNDS = 3
"""Rounds of fitting the priors of a segmentation; the matches of words do not change. Chosen for speed."""
ALONE = 0.9
"""The probability that a one-sided line needs, to be worth a bead: the precision that is expected otherwise (as
edition_pair.EXPECTED for two-sided beads). Chosen near the development figures."""
CORRIDOR = 200
"""Parts of the other edition that a part is compared with, on average, at most. Chosen: in development texts there are
fewer, and it bounds time and memory where no word is known."""
MARGIN = 3
"""Lines on either side of the good paths of whole lines within which parts are compared. Chosen for speed."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A document split into parts, and by language the line that each part comes from (from 0, without gaps).

    `order` has by language another order of the parts, in which whole lines have moved; `line_of` follows it, and has
    the places of the lines instead of their numbers.
    """

    parts: Document
    line_of: Mapping[str, Sequence[int]]
    order: Mapping[str, Arrangement] = field(default_factory=dict)

    def arranged(self, language: str, lines: Arrangement) -> Segmentation:
        """With the lines of a language in another order."""
        numbers = np.asarray(self.line_of[language])
        places = lines.places()[numbers]
        given = np.argsort(places, kind="stable").astype(np.int32)
        order = Arrangement(given, lines.moved[numbers])
        return replace(self, line_of={**self.line_of, language: places[given].tolist()}, order={language: order})


@dataclass(frozen=True, slots=True)
class Segmentations:
    """A document's whole lines, the parts that the aligner was trained on, and other ways to split it."""

    lines: Segmentation
    trained: Segmentation
    others: tuple[Segmentation, ...]

    def in_one_order(self, language: str, arrangement: Arrangement | None) -> Segmentations:
        """With the lines of a language in the order that the parts of `trained` have been brought into."""
        if arrangement is None:
            return self
        line_of = np.asarray(self.trained.line_of[language])
        given = np.array(list(dict.fromkeys(line_of[arrangement.given].tolist())), np.int32)
        moved = np.zeros(len(given), np.bool_)
        moved[line_of[arrangement.moved]] = True
        lines = Arrangement(given, moved)
        return Segmentations(
            self.lines.arranged(language, lines), self.trained.arranged(language, lines),
            tuple(other.arranged(language, lines) for other in self.others),
        )  # fmt: skip


Spans = Mapping[LineSpan, float]
"""Probabilities of beads of lines."""
Models = Mapping[tuple[str, str], Sequence[LatticeModel]]
"""By language pair the lattice models of whole lines and of the other segmentations."""


class _BandedPair(NamedTuple):
    """Two editions in one segmentation, the matches of their words, and the band to compare."""

    pair: EditionPair
    matches: Matches
    band: Band

    def lattice(self, model: LatticeModel) -> PairLattice:
        return lattice_in_band(self.pair, model, self.matches, self.band)


def learn(aligner: Aligner, documents: Sequence[Segmentations]) -> Models:
    """The lattice models of each segmentation but the trained one, from at most `EARLY` of the documents."""
    chosen = documents[:: -(-len(documents) // EARLY) or 1]
    by_pair: dict[tuple[str, str], list[tuple[Segmentations, EditionPair, Matches]]] = defaultdict(list)
    for document in chosen:
        for key, (pair, lattice) in aligner.lattices(document.trained.parts).items():
            if len(lattice.band.first):
                ordered = document.in_one_order(key[1], lattice.pair.arrangement)
                by_pair[key].append((ordered, pair, lattice.matches))
    models = {}
    for key in sorted(by_pair):
        first = first_model(aligner.pair_state(*key).model.ratio)
        lines = [_whole_lines(aligner, document.lines, key, pair, matches) for document, pair, matches in by_pair[key]]
        models[key] = [_fitted(first, lines)]
        line_arcs = [banded.lattice(models[key][0]).arcs for banded in lines]
        for number in range(len(by_pair[key][0][0].others)):
            parts = [
                _parts(aligner, document.others[number], key, whole, arcs)
                for (document, _, _), whole, arcs in zip(by_pair[key], lines, line_arcs, strict=True)
            ]
            models[key].append(_fitted(first, parts))
    return models


def _fitted(model: LatticeModel, documents: Sequence[_BandedPair]) -> LatticeModel:
    for _ in range(ROUNDS):
        arcs = [document.lattice(model).arcs for document in documents]
        model = fit([document.pair for document in documents], arcs, model)
    return model


class LineAlignment(NamedTuple):
    """The alignment of the lines of two editions."""

    beads: PairBeads
    links: SparseRows
    """By line of the first edition the lines of the second, with posteriors."""
    footing: Footing


def align_lines(aligner: Aligner, models: Models, document: Segmentations) -> dict[tuple[str, str], LineAlignment]:
    """The beads of a document's lines, by language pair."""
    alignments = {}
    for key, (pair, lattice) in aligner.lattices(document.trained.parts).items():
        footing = aligner.footing(*key, pair, lattice)
        if not len(lattice.band.first):
            nothing = PairBeads.of([], [], np.zeros(0), np.zeros(0))
            alignments[key] = LineAlignment(nothing, _links({}, pair.a.size), footing)
            continue
        ordered, lattice = _in_order_of_lines(aligner, document, key, pair, lattice)
        ratio = aligner.pair_state(*key).model.ratio
        line_model, *others = models.get(key) or [first_model(ratio)] * (len(ordered.others) + 1)
        lines = _whole_lines(aligner, ordered.lines, key, pair, lattice.matches)
        line_lattice = lines.lattice(line_model)
        distributions = [_spans(ordered.trained, key, lattice.arcs), _spans(ordered.lines, key, line_lattice.arcs)]
        for segmentation, model in zip(ordered.others, others, strict=True):
            parts = _parts(aligner, segmentation, key, lines, line_lattice.arcs)
            distributions.append(_spans(segmentation, key, parts.lattice(model).arcs))
        pooled = pool(distributions)
        path = path_of(pooled, lines.pair.sizes)
        scores = _scores(ordered.trained.line_of[key[0]], lattice.arcs, lines.pair.a.size)
        beads = PairBeads.of(
            [span.left for span, _ in path], [span.right for span, _ in path],
            np.array([scores[list(span.left)].sum() for span, _ in path]),
            np.array([p * footing.related for _, p in path]),
        )  # fmt: skip
        beads = with_moved(beads, line_lattice, lines.pair.sizes, footing, LINES)
        links = _links(pooled, lines.pair.a.size)
        if (order := ordered.lines.order.get(key[1])) is not None:
            beads, links = order.beads_as_given(beads), order.links_as_given(links)
        alignments[key] = LineAlignment(beads, links, footing)
    return alignments


def _in_order_of_lines(
    aligner: Aligner, document: Segmentations, key: tuple[str, str], pair: EditionPair, lattice: PairLattice
) -> tuple[Segmentations, PairLattice]:
    """A document and the lattice of its parts in one order, if that is another, of whole lines."""
    ordered = document.in_one_order(key[1], lattice.pair.arrangement)
    if ordered is document:
        return document, lattice
    arranged = pair.arranged(ordered.trained.order[key[1]])
    band = band_of(arranged.a, arranged.b, lattice.matches.links)
    return ordered, lattice_in_band(arranged, aligner.pair_state(*key).model, lattice.matches, band)


def joined(
    document: Segmentations, alignments: Mapping[tuple[str, str], LineAlignment], languages: Sequence[str]
) -> Alignment:
    """The beads of a document's lines in some of its languages: of two, or of more together."""
    sizes = [len(document.lines.parts.segments[language]) for language in languages]
    nodes = Nodes.of(sizes)
    chosen = {(a, b): each for (a, b), each in alignments.items() if a in languages and b in languages}
    pairs = [PairAlignment(languages.index(a), languages.index(b), alignment.beads, alignment.links)
             for (a, b), alignment in chosen.items() if len(alignment.beads.score)]  # fmt: skip
    related = min((alignment.footing.related for alignment in chosen.values()), default=1.0)
    known = min((alignment.footing.known for alignment in chosen.values()), default=1.0)
    beads = beads_of(join(sizes, nodes, pairs), nodes, languages, LINES)
    return Alignment(document.lines.parts.name, beads, (), round(related, 4), known_words=known)


def _links(pooled: Spans, size_a: int) -> SparseRows:
    """The posteriors of the links of lines."""
    links: dict[tuple[int, int], float] = {}
    for span, p in pooled.items():
        for link in product(span.left, span.right):
            links[link] = min(links.get(link, 0.0) + p, 1.0)
    ends = np.array(sorted(links), np.int32).reshape(-1, 2)
    starts = offsets(np.bincount(ends[:, 0], minlength=size_a)).astype(np.int32)
    return SparseRows(starts, ends[:, 1].copy(), np.array([links[link] for link in sorted(links)], np.float64))


def _segmented(aligner: Aligner, segmentation: Segmentation, key: tuple[str, str], pair: EditionPair) -> EditionPair:
    """Two editions in another segmentation. Their words have the same numbers, so the matches are the same."""
    a, b = (encode(segmentation.parts.segments[language], aligner.vocabulary(language)) for language in key)
    segmented = replace(pair, a=a, b=b, similarity=None, arrangement=None)
    order = segmentation.order.get(key[1])
    return segmented.arranged(order) if order else segmented


def _whole_lines(
    aligner: Aligner, lines: Segmentation, key: tuple[str, str], pair: EditionPair, matches: Matches
) -> _BandedPair:
    segmented = _segmented(aligner, lines, key, pair)
    return _BandedPair(segmented, matches, band_of(segmented.a, segmented.b, matches.links))


def _parts(
    aligner: Aligner, segmentation: Segmentation, key: tuple[str, str], lines: _BandedPair, line_arcs: Arcs
) -> _BandedPair:
    """Parts of lines, compared only near the good paths of whole lines."""
    line_a, line_b = (np.asarray(segmentation.line_of[language]) for language in key)
    band = _band_of_parts(line_a, line_b, line_arcs, lines.pair.sizes)
    return _BandedPair(_segmented(aligner, segmentation, key, lines.pair), lines.matches, band)


def _band_of_parts(line_a: Ints, line_b: Ints, line_arcs: Arcs, sizes: tuple[int, int]) -> Band:
    """The band of parts, in the corridor of the arcs of lines: of those that are likely enough to keep it narrow."""
    on_path = np.zeros(len(line_arcs.i), np.bool_)
    on_path[_likeliest(line_arcs, sizes)] = True
    for least in (0.0, 0.001, 0.01, 0.1, 1.0):
        corridor = corridor_of(line_arcs.take((line_arcs.probability >= least) | on_path), sizes)
        first = np.searchsorted(line_b, corridor.first)[line_a]
        last = np.searchsorted(line_b, corridor.last, side="right")[line_a] - 1
        if (last - first + 1).sum() <= CORRIDOR * (len(line_a) + len(line_b)):
            break
    return Band(first.astype(np.int32), last.astype(np.int32))


def corridor_of(arcs: Arcs, sizes: tuple[int, int]) -> Band:
    """The band of lines that are near an arc."""
    size_a, size_b = sizes
    first, last = np.full(size_a + 1, size_b), np.full(size_a + 1, -1)
    np.minimum.at(first, arcs.i, arcs.j)
    np.maximum.at(last, arcs.i, arcs.j)
    first[: MARGIN + 1], last[-MARGIN - 1 :] = 0, size_b - 1
    first, last = np.minimum.accumulate(first[::-1])[::-1], np.maximum.accumulate(last)
    low, high = np.arange(size_a) - MARGIN, np.arange(size_a) + MARGIN
    first, last = first[np.maximum(low, 0)] - MARGIN, last[np.minimum(high, size_a)] + MARGIN
    return Band(np.maximum(first, 0).astype(np.int32), np.minimum(last, size_b - 1).astype(np.int32))


def _spans(segmentation: Segmentation, key: tuple[str, str], arcs: Arcs) -> Spans:
    a, b = key
    return spans(segmentation.line_of[a], segmentation.line_of[b], arcs)


def _scores(line_a: Sequence[int], arcs: Arcs, lines: int) -> Floats:
    """[lines] the expected score of the beads of parts that begin in each line of the first edition."""
    linked = arcs.take(arcs.linked)
    scores = np.zeros(lines)
    np.add.at(scores, np.asarray(line_a)[linked.i], linked.probability * linked.score)
    return scores


def spans(line_a: Sequence[int], line_b: Sequence[int], arcs: Arcs) -> Spans:
    """The probability of each bead of lines, from the arcs of parts: of SPANS a line at most, and of those of one path.

    `line_a`, `line_b` [parts] are the line that each part belongs to, from 0 without gaps.
    """
    path = _likeliest(arcs, (len(line_a), len(line_b)))
    kept = arcs.probability > FLOOR
    kept[path] = True
    by_parts = sums(line_a, line_b, arcs.take(kept))
    likely = sorted(by_parts.items(), key=lambda item: -item[1])[: SPANS * (line_a[-1] + line_b[-1] + 2)]
    chosen = arcs.take(path)
    on_path = sums(line_a, line_b, Arcs.certain(chosen.i, chosen.j, chosen.shape))
    return dict.fromkeys(on_path, FAINT) | dict(likely)


def _likeliest(arcs: Arcs, sizes: tuple[int, int]) -> npt.NDArray[np.int64]:
    """The numbers of the arcs of the path with the greatest sum of posteriors."""
    path: npt.NDArray[np.int64] = decode(
        arc_i=arcs.i, arc_j=arcs.j, shape=arcs.shape, value=arcs.probability, size_a=sizes[0], size_b=sizes[1]
    )
    return path


def pool(distributions: Sequence[Spans]) -> Spans:
    """The geometric mean of several distributions."""
    logs = {
        span: sum(math.log(max(each.get(span, 0.0), FLOOR)) for each in distributions) / len(distributions)
        for span in {span for each in distributions for span in each}
    }
    return {span: math.exp(value) for span, value in logs.items()}


def path_of(pooled: Spans, sizes: tuple[int, int]) -> list[tuple[LineSpan, float]]:
    """The two-sided beads of the path with the best expected strict F1 (edition_pair.likeliest), in order."""
    alone: dict[tuple[int, int], float] = defaultdict(float)
    starts: dict[tuple[int, int], list[tuple[LineSpan, float]]] = defaultdict(list)
    for span, p in pooled.items():
        starts[span.a, span.b].append((span, p))
        for line in span.alone:
            alone[line] += p
    waiting = [(0, 0)]
    reached: dict[tuple[int, int], tuple[float, LineSpan | None]] = {(0, 0): (0.0, None)}
    while waiting:
        node = heapq.heappop(waiting)
        for span, p in starts[node]:
            value = reached[node][0] + sum(alone[line] - ALONE for line in span.alone)
            if span.linked_a and span.linked_b:
                value += 2 * p - EXPECTED
            end = span.end_a, span.end_b
            if end not in reached:
                heapq.heappush(waiting, end)
            if end not in reached or value > reached[end][0]:
                reached[end] = value, span
    path: list[tuple[LineSpan, float]] = []
    node = sizes
    while (via := reached[node][1]) is not None:
        if via.linked_a and via.linked_b:
            path.append((via, pooled[via]))
        node = via.a, via.b
    return path[::-1]
