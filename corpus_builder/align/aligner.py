"""One document's alignment, from the words to the beads of all its editions.

encode each edition → lattice of each language pair (two/edition_pair.py) → once more with the evidence of third
editions (many/third_edition.py) → likeliest paths → moved segments (two/moved.py) → beads of all editions, and of their
blocks (many/clustering.py)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus_builder.align import model_files, training
from corpus_builder.align.arcs import Arcs
from corpus_builder.align.calibration import (
    BLOCKS,
    MOST_REPETITIVE,
    SENTENCES,
    SURE_ENOUGH,
    Footing,
    Scale,
    document_probability,
    is_repetitive,
    known_share,
    likeness,
    moved_probability,
    sharp_probability,
    trusted,
    uncalibrated,
)
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.many.clustering import PairAlignment, join, join_blocks, likely_links
from corpus_builder.align.many.groups import Nodes, beads_of
from corpus_builder.align.many.third_edition import links, support
from corpus_builder.align.resplit.cuts import PairEvidence, joint_cuts
from corpus_builder.align.resplit.resegmented import Resegmented
from corpus_builder.align.state import AlignerState, PairState, fingerprint, require_same_encoder
from corpus_builder.align.two.edition_pair import (
    EditionPair,
    PairLattice,
    best,
    lattice_of,
    lattice_with_bonus,
    likeliest,
    resegmented_lattice,
)
from corpus_builder.align.two.encoder_evidence import similarity
from corpus_builder.align.two.moved import moved_beads
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.two.pins import Pins
from corpus_builder.align.words.cognates import Choice
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.align.words.seed_lexicon import SeedSource
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.model import Alignment, Bead, Document

Lattices = Mapping[tuple[str, str], tuple[EditionPair, PairLattice]]
"""By language pair, in the aligner's order of languages, the two editions and their lattice."""


class Aligner:
    """A trained aligner. `align` takes documents in the languages that it was trained on, or in others.

    `encoder` is the one that it was trained with, if any (encoder/open.py); UsageError for another.
    """

    def __init__(self, state: AlignerState, encoder: Embedder | None = None, name: str = "the aligner") -> None:
        require_same_encoder(state, encoder, name)
        self.state = state
        self.encoder = encoder

    def align(self, document: Document, *, skip_cost: float = 0.0, blocks: bool = True) -> Alignment:
        """The beads of one document; every segment (block) is in exactly one of them.

        A document of one edition has one-sided beads only. Its probability is that of the least likely language pair.
        `skip_cost`: see `edition_pair.likeliest`; 0 if only two-sided beads matter, .9 if one-sided ones are judged.
        Without `blocks` the alignment has none, which saves time.
        """
        return self._aligned(document, self.lattices(document), skip_cost, blocks)

    def align_resegmented(self, document: Document) -> tuple[Resegmented, Alignment]:
        """The document with sentences split where the other editions show a boundary (resplit/), and its beads."""
        lattices = self.lattices(document)
        alignment = self._aligned(document, lattices)
        evidence = {
            (a, b): PairEvidence(pair, lattice.matches, self.pair_state(a, b).model)
            for (a, b), (pair, lattice) in lattices.items()
        }
        known = known_segments(document)
        cuts = joint_cuts(document, [bead for bead in alignment.beads if not known(bead)], evidence)
        resegmented = Resegmented.of(document, cuts)
        if cuts:
            alignment = self._aligned(resegmented.document, self._resegmented(resegmented.document, lattices))
        return resegmented, alignment

    def lattices(self, document: Document) -> Lattices:
        """The lattice of each pair of the document's languages."""
        lattices = {}
        for (a, b), pair in self._pairs(document).items():
            state = self.pair_state(a, b)
            lattices[a, b] = pair, lattice_of(pair, state.table, state.model, self.trained_on(document, a, b))
        return self._with_third_editions(lattices)

    def _resegmented(self, document: Document, before: Lattices) -> Lattices:
        """The lattices of a document whose segments were split; `before` are those of the document before."""
        lattices = {}
        for (a, b), pair in self._pairs(document).items():
            matches = before[a, b][1].matches
            lattices[a, b] = pair, resegmented_lattice(pair, self.pair_state(a, b).model, matches)
        return self._with_third_editions(lattices)

    def _pairs(self, document: Document) -> dict[tuple[str, str], EditionPair]:
        order = self.ordered(document)
        editions = {x: encode(document.segments[x], self.vocabulary(x)) for x in order}
        pairs = {}
        for a, b in combinations(order, 2):
            state = self.pair_state(a, b)
            weighted = state.model.encoder_weights is not None
            pairs[a, b] = EditionPair.of(
                editions[a], editions[b], method=state.method, spelling=state.spelling,
                similarity=similarity(self.encoder, document, a, b) if self.encoder and weighted else None,
                pins=Pins.of(document, a, b),
            )  # fmt: skip
        return pairs

    def _with_third_editions(self, lattices: Lattices) -> Lattices:
        """The lattices with the bonus of third editions; the same without a third edition."""
        sizes = {x: size for (a, b), (pair, _) in lattices.items() for x, size in zip((a, b), pair.sizes, strict=True)}
        present = {language: size for language, size in sizes.items() if size}
        if len(present) < 3 or any(lattice.pair.arrangement for _, lattice in lattices.values()):
            return lattices  # in other orders the editions have no places in common
        all_links = {key: links(lattice.arcs, pair.a.size) for key, (pair, lattice) in lattices.items()}
        out = dict(lattices)
        for a, b in combinations(present, 2):
            pair, lattice = lattices[a, b]
            bonus = support(a, b, all_links, present, lattice.band, lattice.scores.shape[2])
            out[a, b] = pair, lattice_with_bonus(pair, self.pair_state(a, b).model, lattice, bonus)
        return out

    def _aligned(
        self, document: Document, lattices: Lattices, skip_cost: float = 0.0, blocks: bool = True
    ) -> Alignment:
        languages = list(document.segments)
        sizes = [len(document.segments[language]) for language in languages]
        nodes = Nodes.of(sizes)
        alignments = []
        footings: dict[tuple[str, str], Footing] = {}
        for (a, b), (pair, lattice) in lattices.items():
            footings[a, b] = self.footing(a, b, pair, lattice)
            beads = _two_sided(lattice, skip_cost, footings[a, b])
            pair_links = links(lattice.arcs, pair.a.size)
            if (arrangement := lattice.pair.arrangement) is not None:
                beads, pair_links = arrangement.beads_as_given(beads), arrangement.links_as_given(pair_links)
            alignments.append(PairAlignment(languages.index(a), languages.index(b), beads, pair_links))
        groups = join(sizes, nodes, alignments)
        segment_beads = _certain(beads_of(groups, nodes, languages, SENTENCES), document)
        block_beads: tuple[Bead, ...] = ()
        related = {two: footing.related for two, footing in footings.items()}
        if blocks:
            block_of = np.array([segment.block for a in languages for segment in document.segments[a]], np.int32)
            likely = likely_links(languages, related)
            block_beads = beads_of(*join_blocks(groups, nodes, block_of, len(languages), likely), languages, BLOCKS)
        least = min(related.values(), default=1.0)
        known = min((footing.known for footing in footings.values()), default=1.0)
        return Alignment(document.name, segment_beads, block_beads, round(least, 4), related, known)

    def footing(self, a: str, b: str, pair: EditionPair, lattice: PairLattice) -> Footing:
        """What the alignment of two editions stands on, from their lattice."""
        known = known_share(pair, lattice.matches)
        return Footing(self._related(a, b, pair, lattice, known), known)

    def _related(self, a: str, b: str, pair: EditionPair, lattice: PairLattice, known: float) -> float:
        if pair.pins and pair.pins.two_sided:
            return 1.0  # a person found translations
        model = self.pair_state(a, b).model
        path = best(lattice.arcs, pair.sizes)
        probability = document_probability(pair, path, model)
        # below that little is known of the words, or the texts are unrelated
        if probability < SURE_ENOUGH:
            probability = max(probability, sharp_probability(likeness(pair, path, model, known)))
        related = trusted(probability)
        in_band = lattice.band.width < pair.b.size
        return min(related, MOST_REPETITIVE) if in_band and is_repetitive(pair) else related

    def vocabulary(self, language: str) -> Vocabulary:
        """The language's vocabulary; an empty one for a language that it was not trained on."""
        vocabulary = self.state.vocabularies.get(language)
        if vocabulary is None:
            vocabulary = self.state.vocabularies[language] = Vocabulary()
        return vocabulary

    def forget(self, most: int) -> None:
        """Forget the words that were read since training, of each language that has more than so many of them."""
        for vocabulary in self.state.vocabularies.values():
            vocabulary.forget(most)

    def pair_state(self, a: str, b: str) -> PairState:
        """What is known of a language pair, in the aligner's order of languages."""
        return self.state.pairs.get((a, b)) or PairState()

    def ordered(self, document: Document) -> list[str]:
        """The document's languages in the aligner's order: those that it was trained on first."""
        trained = [language for language in self.state.languages if language in document.segments]
        return trained + sorted(set(document.segments) - set(trained))

    def trained_on(self, document: Document, a: str, b: str) -> Arcs | None:
        """The beads by which the document contributed to the pair's translation table, if it did."""
        trained_on = self.pair_state(a, b).trained_on
        return trained_on.get(fingerprint(document, a, b)) if trained_on else None

    def save(self, folder: Path) -> None:
        """Write the aligner into a folder; the same aligner gives the same bytes."""
        model_files.save(self.state, folder)

    @classmethod
    def load(cls, folder: Path, encoder: Embedder | None = None) -> Aligner:
        """Read what `save` wrote. UsageError if there is none, or if it was trained with another encoder."""
        return cls(model_files.load(folder), encoder, f"the aligner in {folder}")


def train(
    documents: Iterable[Document], languages: Sequence[str], *, seed_lexicon: SeedSource = True,
    previous: Aligner | None = None, sample: int = training.SAMPLE, encoder: Embedder | None = None,
    cognates: Choice = "auto", progress: training.TrainingProgress | None = None,
) -> Aligner:  # fmt: skip
    """Learn from the documents themselves: for each language pair a translation table and a lattice model.

    At most `sample` documents are read, chosen by a hash of their names. `seed_lexicon` is a folder of seed lexicons
    (True: the shipped ones; None or False: none). `previous` is an aligner to continue from: what it has learned is
    kept, and only documents that are new to it are added; UsageError if its encoder is not `encoder`. `encoder` adds
    the evidence of a sentence encoder. `cognates` chooses how cognates are found (words/cognates.py). `progress` is
    called before each language pair.
    """
    state = training.learn(
        documents, languages, source=seed_lexicon, previous=previous.state if previous else None, sample=sample,
        encoder=encoder, choice=cognates, progress=progress,
    )  # fmt: skip
    return Aligner(state, encoder)


def _two_sided(lattice: PairLattice, skip_cost: float, footing: Footing) -> PairBeads:
    """The two-sided beads of the likeliest path, then the moved ones, in the order of segments that the lattice has."""
    pair = lattice.pair
    path = likeliest(lattice.arcs, pair.sizes, skip_cost)
    beads = path.take(path.linked)
    linked = PairBeads.of_arcs(beads.i, beads.j, beads.shape, beads.score, beads.probability * footing.related)
    found = with_moved(linked, lattice, pair.sizes, footing, SENTENCES, firm=np.zeros(len(beads.score), np.bool_))
    return pair.pins.completed(found) if pair.pins else found


def _certain(beads: tuple[Bead, ...], document: Document) -> tuple[Bead, ...]:
    """The beads, with a probability of 1 for those that are known."""
    if not document.known:
        return beads
    known = known_segments(document)
    return tuple(
        replace(bead, probability=1.0, pairs=dict.fromkeys(bead.pairs, 1.0)) if known(bead) else bead for bead in beads
    )


def known_segments(document: Document) -> Callable[[Bead], bool]:
    """A function that says whether a bead of the document is a known one: all its segments are."""
    known = {(language, k) for bead in document.known for language, numbers in bead.items() for k in numbers}
    return lambda bead: all((language, k) in known for language, numbers in bead.segments.items() for k in numbers)


def with_moved(
    beads: PairBeads, lattice: PairLattice, sizes: tuple[int, int], footing: Footing, scale: Scale,
    firm: npt.NDArray[np.bool_] | None = None,
) -> PairBeads:  # fmt: skip
    """The beads of a path, and beads between segments that it left unmatched in both editions, at any places.

    They may displace the path's beads that are not `firm`; without it all are. `scale` is the one that the beads'
    probabilities are calibrated by later.
    """
    firm = np.ones(len(beads.score), np.bool_) if firm is None else firm
    moved, size, score, kept = moved_beads(lattice.scores, lattice.band, beads, firm, sizes)
    if not len(moved.score):
        return beads
    share = len(moved.score) / (len(moved.score) + int(kept.sum()))
    probability = uncalibrated(moved_probability(size, score, footing, share), scale)
    return beads.take(kept).and_moved(moved._replace(probability=probability))
