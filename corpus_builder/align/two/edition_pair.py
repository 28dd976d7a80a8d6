"""Two editions of a document: from their words to the lattice of possible beads, with scores and posteriors.

Order: entries of the translation table (the document's own counts subtracted) → matches of words → log-likelihood
ratios in both directions, within a band → scores of all beads → best paths → posteriors of the beads on good paths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.bead_shapes import PLAIN, SHAPES, SIZE, SKIP_A, SKIP_B
from corpus_builder.align.transpose import transposed
from corpus_builder.align.two.arrangement import Arrangement, arrangement
from corpus_builder.align.two.bead_scores import bead_scores, with_bonus
from corpus_builder.align.two.encoder_evidence import Similarity
from corpus_builder.align.two.lattice import arcs_of, decode
from corpus_builder.align.two.lattice_model import LatticeModel
from corpus_builder.align.two.pins import Pins
from corpus_builder.align.two.search_band import Band, band_of
from corpus_builder.align.two.word_scores import word_scores
from corpus_builder.align.words import ibm1
from corpus_builder.align.words.cognates import Method, find
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.align.words.edit_transducer import Transducer
from corpus_builder.align.words.translation_table import DocumentUnits, Matches, TranslationTable, word_matches
from corpus_builder.ragged import SparseRows

LEARNED_SIZE = 3
"""The table is learned from beads of up to so many segments. From the recipe of the aligner's prototype: longer ones
are less certain, and their words have more wrong partners."""
EXPECTED = 0.9
"""The F1 that `likeliest` expects to reach. Chosen near the development figures: a bead that is right with less than
half this probability lowers F1."""


@dataclass(frozen=True, slots=True)
class EditionPair:
    """Two editions with what follows from their words alone, and the vectors of a sentence encoder if there is one.

    `cognates` has by type of a the types of b, with similarities (cognates.find); `pins` are beads that are known.
    """

    a: EncodedEdition
    b: EncodedEdition
    cognates: SparseRows
    units_a: DocumentUnits
    units_b: DocumentUnits
    similarity: Similarity | None = None
    pins: Pins | None = None
    arrangement: Arrangement | None = None
    """The order of b's segments, if it is not the one in which they were given."""

    @staticmethod
    def of(
        a: EncodedEdition, b: EncodedEdition, *, similarity: Similarity | None = None, method: Method = "table",
        spelling: Transducer | None = None, pins: Pins | None = None,
    ) -> EditionPair:  # fmt: skip
        """Find the cognates and the units of both."""
        cognates = find(a, b, method, spelling)
        return EditionPair(a, b, cognates, DocumentUnits.of(a.units), DocumentUnits.of(b.units), similarity, pins)

    def with_spelling(self, method: Method, spelling: Transducer | None) -> EditionPair:
        """The same with cognates by another spelling."""
        return replace(self, cognates=find(self.a, self.b, method, spelling))

    def arranged(self, arrangement: Arrangement) -> EditionPair:
        """The same with b's segments in another order."""
        similarity = self.similarity.arranged(arrangement.given) if self.similarity else None
        pins = self.pins.arranged(arrangement.given) if self.pins else None
        b = arrangement.edition(self.b)
        return replace(self, b=b, similarity=similarity, pins=pins, arrangement=arrangement)

    def in_one_order(self, matches: Matches) -> EditionPair:
        """The same with b's segments in the order of a's, if runs of them stand elsewhere."""
        found = arrangement(self.a, self.b, matches.links)
        return self.arranged(found) if found else self

    @property
    def sizes(self) -> tuple[int, int]:
        """How many segments either edition has."""
        return self.a.size, self.b.size


@dataclass(frozen=True, slots=True)
class PairLattice:
    """The lattice of two editions, whose segments may have been brought into one order: `pair` has them so.

    `arcs` are the beads and skips on good paths, with posteriors; `scores` [segments of a, shapes, band.width] those of
    all beads; `matches` the matches of words that they are computed from (translation_table.word_matches).
    """

    arcs: Arcs
    scores: npt.NDArray[np.float32]
    matches: Matches
    band: Band
    pair: EditionPair

    def training_beads(self) -> Arcs:
        """The beads of the best path that the translation table is learned from, of the editions as they were given:
        without a hole, and short and better than chance, or known."""
        pair = self.pair
        path = best(self.arcs, pair.sizes)
        plain = path.take(path.shape < PLAIN)
        chosen = (plain.score > 0) & (SIZE[SHAPES[plain.shape]].sum(axis=1) <= LEARNED_SIZE)
        beads = plain.take(chosen | pair.pins.among(plain) if pair.pins else chosen)
        return pair.arrangement.training_as_given(beads) if pair.arrangement else beads


def link_weights(pair: EditionPair, beads: Arcs) -> ibm1.WordLinks:
    """The word links of `PairLattice.training_beads`."""
    return ibm1.link_weights(pair.a, pair.b, pair.cognates, beads)


def matches_of(pair: EditionPair, table: TranslationTable, trained_on: Arcs | None) -> Matches:
    """The matches of the pair's types. `trained_on`: the beads by which this document contributed to the table."""
    entries = table.between(pair.units_a, pair.units_b)
    forward, backward = entries.probabilities()
    own_counts = None
    if trained_on is not None:
        own_counts = ibm1.document_counts(
            pair.a, pair.b, pair.units_a, pair.units_b, pair.cognates, trained_on, entries, forward, backward
        )
        forward, backward = entries.probabilities(without=own_counts)
    links = word_matches(pair.units_a, pair.units_b, entries, forward, backward, pair.cognates)
    return Matches.of(links, pair.units_a, pair.units_b, entries, own_counts)


def lattice_of(
    pair: EditionPair, table: TranslationTable, model: LatticeModel, trained_on: Arcs | None = None
) -> PairLattice:
    """The lattice of two editions; `trained_on` as in `matches_of`."""
    matches = matches_of(pair, table, trained_on)
    if not pair.a.size or not pair.b.size:
        band = Band(np.zeros(0, np.int32), np.zeros(0, np.int32))
        return PairLattice(_one_sided(*pair.sizes), np.zeros((0, 0, 0), np.float32), matches, band, pair)
    return resegmented_lattice(pair, model, matches)


def resegmented_lattice(pair: EditionPair, model: LatticeModel, matches: Matches) -> PairLattice:
    """The lattice of a pair whose segments were split. Its words are the same, and so are their matches."""
    pair = pair.in_one_order(matches)
    return lattice_in_band(pair, model, matches, band_of(pair.a, pair.b, matches.links))


def lattice_with_bonus(
    pair: EditionPair, model: LatticeModel, lattice: PairLattice, bonus: npt.NDArray[np.float32]
) -> PairLattice:
    """The lattice with a bonus for links, [segments of a, band.width], as third editions give it."""
    first, last = lattice.band
    if not len(first):
        return lattice
    scores: npt.NDArray[np.float32] = with_bonus(lattice.scores, bonus, first, last)
    return replace(lattice, arcs=_arcs(pair, model, scores, lattice.band), scores=scores)


def lattice_in_band(pair: EditionPair, model: LatticeModel, matches: Matches, band: Band) -> PairLattice:
    """The lattice in a given band."""
    a, b = pair.a, pair.b
    band_back = band.turned(b.size)
    there = word_scores(a, b, matches.links, matches.known_a, 0, band)
    back = word_scores(b, a, transposed(matches.links, len(b.shares)), matches.known_b, 1, band_back)
    scores: npt.NDArray[np.float32] = bead_scores(
        there=there, back=back, first=band.first, last=band.last, first_back=band_back.first,
        letters_a=a.lengths, letters_b=b.lengths, edges_a=a.edges, edges_b=b.edges, roles_a=a.roles, roles_b=b.roles,
        priors=model.priors, ratio=model.ratio, variance=model.variance, inside=model.inside, ends=model.ends,
    )  # fmt: skip
    del there, back  # for memory, in long documents
    if pair.similarity is not None and model.encoder_weights is not None:
        scores += pair.similarity.evidence(band, model.encoder_weights).transpose(0, 2, 1)
    if pair.arrangement:
        scores = pair.arrangement.torn(scores, band.first, band.last)
    if pair.pins:
        scores = pair.pins.bound(scores, band)
    return PairLattice(_arcs(pair, model, scores, band), scores, matches, band, pair)


def _arcs(pair: EditionPair, model: LatticeModel, scores: npt.NDArray[np.float32], band: Band) -> Arcs:
    """The beads and skips on good paths."""
    skip_a, skip_b = model.priors[-2:]
    lifted = pair.pins.lifted(scores, band) if pair.pins else scores
    arcs = Arcs(*arcs_of(lifted, band.first, band.last, pair.b.size, skip_a, skip_b))
    return pair.pins.lowered(arcs, band) if pair.pins else arcs


def _one_sided(size_a: int, size_b: int) -> Arcs:
    i = np.concatenate((np.arange(size_a), np.full(size_b, size_a))).astype(np.int32)
    j = np.concatenate((np.zeros(size_a), np.arange(size_b))).astype(np.int32)
    shape = np.repeat(np.array([SKIP_A, SKIP_B], np.int32), (size_a, size_b))
    return Arcs(i, j, shape, np.zeros(size_a + size_b), np.ones(size_a + size_b))


def best(arcs: Arcs, sizes: tuple[int, int]) -> Arcs:
    """The path with the greatest sum of scores."""
    return _path(arcs, arcs.score, sizes)


def likeliest(arcs: Arcs, sizes: tuple[int, int], skip_cost: float) -> Arcs:
    """The path with the best expected strict F1.

    Every bead counts in precision, two-sided ones in recall too; the derivative of F1 at EXPECTED gives the values.
    With a `skip_cost` of 0 one-sided beads cost no precision, which is right if only two-sided beads are published.
    """
    values = np.where(arcs.linked, 2 * arcs.probability - EXPECTED, arcs.probability - skip_cost)
    return _path(arcs, values, sizes)


def _path(arcs: Arcs, values: npt.NDArray[np.float64], sizes: tuple[int, int]) -> Arcs:
    chosen: npt.NDArray[np.int64] = decode(
        arc_i=arcs.i, arc_j=arcs.j, shape=arcs.shape, value=values, size_a=sizes[0], size_b=sizes[1]
    )
    return arcs.take(chosen)
