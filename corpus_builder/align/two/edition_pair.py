"""Two editions of a document: from their words to the beads that may be, with scores and posteriors.

Order: local lexicon entries (the document's own counts taken out) → match of words → LLR both ways in a band →
scores of all beads → best paths → posteriors of the beads worth keeping.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.bead_shapes import PLAIN, SHAPES, SIZE
from corpus_builder.align.two import lattice
from corpus_builder.align.two import search_band as band
from corpus_builder.align.two.encoder_evidence import Similarity
from corpus_builder.align.two.lattice import Model
from corpus_builder.align.two.word_scores import explained
from corpus_builder.align.words import ibm1 as ibm
from corpus_builder.align.words.cognates import Cognates, Source, find
from corpus_builder.align.words.document_arrays import Encoded, Floats, Ints
from corpus_builder.align.words.edit_transducer import Transducer
from corpus_builder.align.words.translation_table import (
    Lexicon,
    local_entries,
    local_units,
    match,
    probabilities,
    transposed,
)

Matches = tuple[Ints, Ints, npt.NDArray[np.float32]]
LEARNED_SIZE = 3
"""Beads of up to so many segments teach the lexicon."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two editions with what follows from their words alone, and what an encoder sees in them if there is one."""

    a: Encoded
    b: Encoded
    cognates: Cognates
    unit_a: Ints
    own_a: Ints
    unit_b: Ints
    own_b: Ints
    similarity: Similarity | None = None

    @staticmethod
    def of(a: Encoded, b: Encoded, similarity: Similarity | None = None, source: Source = "table",
           spelling: Transducer | None = None) -> Pair:  # fmt: skip
        """Find the cognates and the units of both."""
        (unit_a, own_a), (unit_b, own_b) = local_units(a.units), local_units(b.units)
        return Pair(a, b, find(a, b, source, spelling), unit_a, own_a, unit_b, own_b, similarity)

    def spelt(self, source: Source, spelling: Transducer | None) -> Pair:
        """The same with cognates that are found anew."""
        return replace(self, cognates=find(self.a, self.b, source, spelling))


@dataclass(frozen=True, slots=True)
class Beads:
    """Beads of two editions: where each begins, its shape (shapes.py; skips after the shapes), score and posterior."""

    i: Ints
    j: Ints
    shape: Ints
    score: Floats
    probability: Floats

    def take(self, which: Any) -> Beads:
        """Some of them."""
        return Beads(self.i[which], self.j[which], self.shape[which], self.score[which], self.probability[which])

    @property
    def linked(self) -> npt.NDArray[np.bool_]:
        """Which of them have two sides."""
        return self.shape < len(SHAPES)


@dataclass(frozen=True, slots=True)
class Grid:
    """What a pair looks like to a lexicon and a model.

    `beads` are those that good paths use, `scores` [segments of a, shapes, widest band] those of all beads, `matches`
    the M that they come from, `first` and `last` the band.
    """

    beads: Beads
    scores: npt.NDArray[np.float32]
    matches: Matches
    first: Ints
    last: Ints


def teaching(beads: Beads) -> Beads:
    """The beads that teach the lexicon: short, without holes, and better than chance."""
    plain = beads.take((beads.shape < PLAIN) & (beads.score > 0))
    return plain.take(SIZE[SHAPES[plain.shape]].sum(axis=1) <= LEARNED_SIZE)


def learned_links(pair: Pair, beads: Beads) -> ibm.Beads:
    """The link weights of beads that teach (`teaching`)."""
    return ibm.link_weights(*_taught(pair, beads, pair.a.units, pair.b.units))  # type: ignore[no-any-return]


def _taught(pair: Pair, beads: Beads, units_a: Ints, units_b: Ints) -> tuple[Any, ...]:
    a, b = pair.a, pair.b
    return a.words, a.starts, b.words, b.starts, units_a, units_b, *pair.cognates, beads.i, beads.j, beads.shape


def matches(pair: Pair, lexicon: Lexicon, own: Beads | None) -> Matches:
    """M of the pair's types; `own` are the beads through which this document taught the lexicon, if it did."""
    known = lexicon.starts, lexicon.columns, lexicon.counts, lexicon.sums_x, lexicon.sums_y
    rows, y, c, sums_x, sums_y = local_entries(pair.own_a, pair.own_b, *known)
    nothing = np.zeros(len(c)), np.zeros(len(sums_x)), np.zeros(len(sums_y))
    forward, backward = probabilities(rows, y, c, sums_x, sums_y, *nothing)
    if own is not None:
        share_a, share_b = np.empty(len(pair.own_a)), np.empty(len(pair.own_b))
        share_a[pair.unit_a], share_b[pair.unit_b] = pair.a.shares, pair.b.shares
        mine = ibm.own_counts(
            *_taught(pair, own, pair.unit_a, pair.unit_b), rows, y, forward, backward, share_a, share_b
        )
        forward, backward = probabilities(rows, y, c, sums_x, sums_y, *mine)
    found: Matches = match(pair.unit_a, pair.unit_b, len(pair.own_b), rows, y, forward, backward, *pair.cognates)
    return found


def grid(pair: Pair, lexicon: Lexicon, model: Model, own: Beads | None = None) -> Grid:
    """All beads that good paths use."""
    a, b = pair.a, pair.b
    found = matches(pair, lexicon, own)
    if not a.size or not b.size:
        nothing = np.zeros(0, np.int32)
        return Grid(_one_sided(a.size, b.size), np.zeros((0, 0, 0), np.float32), found, nothing, nothing)
    first, last = band.of(pair, found)
    return within(pair, model, found, first, last)


def cut(pair: Pair, model: Model, seen: Grid) -> Grid:
    """The grid of a pair whose segments were cut; its words are the same, and so are their matches."""
    return within(pair, model, seen.matches, *band.of(pair, seen.matches))


def again(pair: Pair, model: Model, seen: Grid, bonus: npt.NDArray[np.float32]) -> Grid:
    """The grid with a bonus for links, as what a third edition says."""
    if not len(seen.first):
        return seen
    scores = lattice.with_bonus(seen.scores, bonus, seen.first, seen.last)
    return Grid(_good(pair, model, scores, seen.first, seen.last), scores, seen.matches, seen.first, seen.last)


def within(pair: Pair, model: Model, found: Matches, first: Ints, last: Ints) -> Grid:
    """The grid in a given band."""
    a, b = pair.a, pair.b
    first_back, last_back = band.turned(first, last, b.size)
    there = explained(a.words, a.starts, b.words, b.starts, b.shares, *found, 0, first, last)
    turned = transposed(*found, len(b.shares))
    back = explained(b.words, b.starts, a.words, a.starts, a.shares, *turned, 1, first_back, last_back)
    scores = lattice.bead_scores(
        there, back, first, last, first_back, a.lengths, b.lengths, a.edges, b.edges, a.roles, b.roles,
        model.priors, model.ratio, model.variance, model.inside, model.ends,
    )  # fmt: skip
    if pair.similarity is not None and model.semantic is not None:
        scores += pair.similarity.evidence(first, last, model.semantic).transpose(0, 2, 1)
    return Grid(_good(pair, model, scores, first, last), scores, found, first, last)


def _good(pair: Pair, model: Model, scores: npt.NDArray[np.float32], first: Ints, last: Ints) -> Beads:
    skips = model.priors[-2:]
    ahead, behind = lattice.best_paths(scores, first, last, pair.b.size, *skips)
    return Beads(*lattice.posteriors(scores, ahead, behind, first, last, pair.b.size, *skips))


def _one_sided(size_a: int, size_b: int) -> Beads:
    n = size_a + size_b
    i = np.concatenate((np.arange(size_a), np.full(size_b, size_a))).astype(np.int32)
    j = np.concatenate((np.zeros(size_a), np.arange(size_b))).astype(np.int32)
    shape = np.repeat(np.array([len(SHAPES), len(SHAPES) + 1], np.int32), (size_a, size_b))
    return Beads(i, j, shape, np.zeros(n), np.ones(n))


def best(beads: Beads, size_a: int, size_b: int) -> Beads:
    """The path with the greatest sum of scores."""
    return beads.take(lattice.decode(beads.i, beads.j, beads.shape, beads.score, size_a, size_b))


EXPECTED = 0.9
"""The precision that is expected: a bead that is less likely right costs more than it brings."""


def likeliest(beads: Beads, size_a: int, size_b: int, skip_cost: float) -> Beads:
    """The path that is expected to score best by strict F1.

    Every bead counts in precision, one with two sides in recall too; the derivative of F1 gives the worths. With a
    `skip_cost` of 0 one-sided beads cost no precision, as where only beads of two sides are published.
    """
    worth = np.where(beads.linked, 2 * beads.probability - EXPECTED, beads.probability - skip_cost)
    return beads.take(lattice.decode(beads.i, beads.j, beads.shape, worth, size_a, size_b))
