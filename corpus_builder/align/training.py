"""Self-training: in each round the corpus is aligned, and the tables and models are learned again from the beads."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs, Floats
from corpus_builder.align.bead_shapes import EXTENT, GROUP, MEMBERS, OFFSETS, SHAPES, usual_shares
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.state import AlignerState, PairState, fingerprint, require_same_encoder
from corpus_builder.align.two import encoder_evidence
from corpus_builder.align.two.edition_pair import EditionPair, best, lattice_of, link_weights
from corpus_builder.align.two.lattice_model import FIRST_VARIANCE, LatticeModel, first_model
from corpus_builder.align.two.pins import Pins
from corpus_builder.align.words import cognates, ibm1, seed_lexicon
from corpus_builder.align.words.document_arrays import EncodedEdition, encode
from corpus_builder.align.words.edit_transducer import Transducer
from corpus_builder.align.words.translation_table import TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.model import Document
from corpus_builder.ragged import Ints

TrainingProgress = Callable[[str, int, int], None]
"""Called with the language pair that comes next, the number of pairs done, and the number of pairs."""

ROUNDS, MORE_ROUNDS = 4, 6
"""From the recipe of the aligner's prototype; one round only loses .0121 of F1 on Text+Berg dev
(benchmarks/align/ablation.py, "rounds")."""
FEW = 5000
"""A corpus of fewer segments gets more rounds: it still gains from them (Text+Berg dev), and they cost little."""
ROUNDS_WITH_TABLE, HANDFUL = 2, 1000
"""Rounds of a corpus of fewer segments than HANDFUL that starts from a table (a seed lexicon, an earlier run): the
first round aligns it well, and in more rounds a lone story confirms its own mistakes (newsroom seeds 1 to 3: 1, 2, 3
and 6 tried; whole sites lose .0002 to .001 by two)."""
EARLY = 300
"""Number of documents that all rounds but the last read, at most: on 1,000 stories F1 is within .0006 of reading them
all in the last two (mean .9811 against .9812)."""
SAMPLE = 2000
"""Number of documents that training reads, at most. Chosen for memory and time: 10,000 stories then train in 9 s
(benchmarks/align/speed.py)."""
USUAL = 20.0
"""Number of beads that the usual shares of shapes count for, added to the corpus' counts. Chosen: enough to keep a
single story's priors reasonable; 1 loses .0021 of paragraphs F1 on lone stories (benchmarks/align/ablation.py, "usual
shares")."""
LINKED = 1.5
"""Nats that two-sided beads get over skips: without them training skips more with each round. From the recipe of the
prototype."""
VARIANCE_WEIGHT = 20.0
"""Number of beads that FIRST_VARIANCE counts for. From the recipe of the prototype."""
GAIN = 0.05
"""The share by which an encoder must raise what words explain, to be used, where other documents or a lexicon say what
they mean. Chosen on development data: on Text+Berg `use` raised it by .03, `e5` lowered it, and both cost F1."""
CONTRADICTED = 0.5
"""In a lone document without a lexicon nothing else says what its words mean. There an encoder is used unless the words
of the beads that it leads to explain one another worse than so much of what they do without it. Chosen: on lone
documents of Tatoeba, where `e5` is right, they lose a tenth at most."""
OUTLIER = 9.0
"""Beads with a greater z²/s² do not count for the spread of lengths: three standard deviations."""


@dataclass(slots=True)
class _Totals:
    """Expected counts of a round, over all documents."""

    shapes: Floats = field(default_factory=lambda: np.zeros(len(SHAPES) + 2))
    """[shapes and skips]"""
    squares: float = 0.0
    """Sum of z² of the lengths, and of the beads' weights."""
    weight: float = 0.0
    inside: Floats = field(default_factory=lambda: np.zeros((2, 2)))
    """[side, block end or not] places between two segments of a bead."""
    everywhere: Floats = field(default_factory=lambda: np.zeros((2, 2)))
    """[side, block end or not] places between any two segments."""
    ends: Floats = field(default_factory=lambda: np.zeros((2, 2)))
    """[block of a ends or not, block of b ends or not] ends of beads."""

    def add(self, pair: EditionPair, arcs: Arcs, model: LatticeModel) -> None:
        """Count the arcs of one document's lattice by their posteriors."""
        np.add.at(self.shapes, arcs.shape, arcs.probability)
        linked = arcs.take(arcs.linked & (arcs.probability > 0.01))  # for speed: fainter ones hardly count
        p, q = SHAPES[linked.shape, 0], SHAPES[linked.shape, 1]
        length_a, length_b = _lengths(pair.a.lengths, linked.i, p), _lengths(pair.b.lengths, linked.j, q)
        expected = model.ratio * length_a
        z2 = (length_b - expected) ** 2 / ((length_b + expected) / 2 + 1)
        usual = (z2 < OUTLIER * model.variance) & (EXTENT[p] <= 3) & (EXTENT[q] <= 3)
        self.squares += float((linked.probability * z2)[usual].sum())
        self.weight += float(linked.probability[usual].sum())
        edges_a, edges_b = pair.a.edges, pair.b.edges
        for side, (edges, at, pattern) in enumerate(((edges_a, linked.i, p), (edges_b, linked.j, q))):
            self.everywhere[side] += np.bincount(edges[1:-1], minlength=2)
            for k in range(1, 4):
                within = EXTENT[pattern] > k
                np.add.at(self.inside[side], edges[at[within] + k], linked.probability[within])
        begin, end = (
            (edges_a[linked.i], edges_b[linked.j]),
            (edges_a[linked.i + EXTENT[p]], edges_b[linked.j + EXTENT[q]]),
        )
        for edge_a, edge_b in (begin, end):
            np.add.at(self.ends, (edge_a, edge_b), linked.probability)


def fit(pairs: Sequence[EditionPair], arcs: Sequence[Arcs], model: LatticeModel) -> LatticeModel:
    """Priors, spread of lengths and weights of block ends, from the posteriors of a round (`arcs` [documents])."""
    totals = _Totals()
    for pair, pair_arcs in zip(pairs, arcs, strict=True):
        if pair.a.size and pair.b.size:
            totals.add(pair, pair_arcs, model)
    grouped = np.bincount(GROUP, totals.shapes[: len(SHAPES)])
    smoothed = np.concatenate((grouped, totals.shapes[-2:])) + USUAL * usual_shares()
    shares = smoothed / float(smoothed.sum())
    priors = np.concatenate((np.log(shares[:-2] / MEMBERS)[GROUP] + LINKED, np.log(shares[-2:])))
    variance = (totals.squares + VARIANCE_WEIGHT * FIRST_VARIANCE) / (totals.weight + VARIANCE_WEIGHT)
    inside, ends = _log_ratio(totals.inside, totals.everywhere), _association(totals.ends)
    return model._replace(priors=priors, variance=variance, inside=inside, ends=ends)


def _lengths(lengths: Floats, begin: Ints, pattern: npt.NDArray[np.int8]) -> Floats:
    """[beads] the lengths of one side."""
    padded = np.concatenate((lengths, np.zeros(4)))
    offsets = OFFSETS[pattern]
    total: Floats = np.where(offsets >= 0, padded[begin[:, None] + np.maximum(offsets, 0)], 0.0).sum(axis=1)
    return total


def _log_ratio(inside: Floats, everywhere: Floats) -> Floats:
    """log P(edge | inside a bead) / P(edge), per side; with 5 pseudo-counts towards no difference (chosen)."""
    share = (everywhere[:, 1:] + 1) / (everywhere.sum(axis=1, keepdims=True) + 2)
    share_inside = (inside[:, 1:] + 5 * share) / (inside.sum(axis=1, keepdims=True) + 5)
    ratios: Floats = np.log(np.concatenate(((1 - share_inside) / (1 - share), share_inside / share), axis=1))
    return ratios


def _association(ends: Floats) -> Floats:
    """log P(e, f) / (P(e) P(f)) of the block ends at bead ends; with 20 pseudo-counts towards independence (chosen)."""
    total = ends.sum() + 20
    shares_e = (ends.sum(axis=1, keepdims=True) + 10) / total
    shares_f = (ends.sum(axis=0, keepdims=True) + 10) / total
    association: Floats = np.log((ends + 20 * shares_e * shares_f) / total / (shares_e * shares_f))
    return association


class Learned(NamedTuple):
    """What rounds of training give for a language pair."""

    table: TranslationTable
    model: LatticeModel
    trained_on: list[Arcs]
    """[documents] the beads that the table was learned from."""
    spelling: Transducer | None


def run_rounds(
    pairs: Sequence[EditionPair], shares_x: Floats, shares_y: Floats, base: TranslationTable,
    model: LatticeModel | None = None, method: cognates.Method = "table", encoder_share: float = 1.0,
) -> Learned:  # fmt: skip
    """Align and learn in turns.

    `base` has the counts to start from (a seed lexicon, an earlier run); the corpus' counts are added to them. Without
    a `model` the first one is used, with the corpus' ratio of lengths. An encoder counts by `encoder_share`.
    """
    if model is None:
        letters_a, letters_b = (sum(float(edition.lengths.sum()) for edition in side)
                                for side in zip(*((pair.a, pair.b) for pair in pairs), strict=True))  # fmt: skip
        model = first_model((letters_b + 1) / (letters_a + 1))
    table, spelling = base, None
    trained_on: list[Arcs | None] = [None] * len(pairs)
    editions = [(pair.a, pair.b) for pair in pairs]
    rounds = _number_of_rounds(sum(pair.a.size + pair.b.size for pair in pairs), len(base.links.values) > 0)
    for turn in range(rounds):
        # the first rounds of a large corpus read a part of it, evenly spread
        step = 1 if turn == rounds - 1 else -(-len(pairs) // EARLY)
        chosen = range(0, len(pairs), step)
        if method == "learned":
            spelling = cognates.learn(editions[::step], table)
            pairs = [pair.with_spelling(method, spelling) if k % step == 0 else pair for k, pair in enumerate(pairs)]
        arcs, arranged, examples = [], [], []
        for k in chosen:
            lattice = lattice_of(pairs[k], table, model, trained_on[k])
            arcs.append(lattice.arcs)
            arranged.append(lattice.pair)
            trained_on[k] = lattice.training_beads()
            if (similarity := lattice.pair.similarity) is not None:
                examples.append(encoder_evidence.examples(
                    similarity, lattice.arcs, lattice.band, lattice.scores, model))  # fmt: skip
            del lattice  # for memory, in long documents
        model = fit(arranged, arcs, model)
        if (weights := encoder_evidence.learn(examples)) is not None:
            model = model._replace(encoder_weights=encoder_share * weights)
        links = (link_weights(pairs[k], beads) for k in chosen if (beads := trained_on[k]) is not None)
        table = ibm1.learn(links, shares_x, shares_y, base)
    return Learned(table, model, [beads for beads in trained_on if beads is not None], spelling)


def _number_of_rounds(segments: int, with_table: bool) -> int:
    if with_table and segments < HANDFUL:
        return ROUNDS_WITH_TABLE
    return MORE_ROUNDS if segments < FEW else ROUNDS


def learn(
    documents: Iterable[Document], languages: Sequence[str], *, source: seed_lexicon.SeedSource = True,
    previous: AlignerState | None = None, sample: int = SAMPLE, encoder: Embedder | None = None,
    choice: cognates.Choice = "auto", progress: TrainingProgress | None = None,
) -> AlignerState:  # fmt: skip
    """Learn from the documents: for each language pair a translation table and a lattice model (see aligner.train)."""
    if previous is not None:
        require_same_encoder(previous, encoder, "the earlier aligner")
    chosen = choose(documents, sample)
    vocabularies = {language: _first_vocabulary(source, language, languages, previous) for language in languages}
    state = AlignerState(tuple(languages), vocabularies, {}, encoder.identity if encoder else "")
    pairs = list(combinations(languages, 2))
    new = {pair: [document for document in chosen if _is_new(document, pair, previous)] for pair in pairs}
    identities = {id(document) for documents in new.values() for document in documents}
    new_documents = [document for document in chosen if id(document) in identities]
    editions = _encoded(new_documents, state)

    encoding = (encoder, new_documents) if encoder else None
    for done, pair in enumerate(pairs):
        if progress:
            progress("-".join(pair), done, len(pairs))
        state.pairs[pair] = _first_state(source, pair, choice, vocabularies, previous)
        if new[pair]:
            model = previous.pairs[pair].model if previous and pair in previous.pairs else None
            _learn_pair(state, pair, new[pair], editions, encoding, model)
    if progress:
        progress("", len(pairs), len(pairs))
    return state


def _first_vocabulary(
    source: seed_lexicon.SeedSource, language: str, languages: Sequence[str], previous: AlignerState | None
) -> Vocabulary:
    if previous is not None and language in previous.vocabularies:
        earlier = previous.vocabularies[language]
        return Vocabulary(list(earlier.units)[: len(earlier.counts)], earlier.counts)
    return Vocabulary(*seed_lexicon.first_units(source, language, languages))


def _is_new(document: Document, pair: tuple[str, str], previous: AlignerState | None) -> bool:
    """Whether the document has both editions, and the earlier aligner has not been trained on them."""
    if not all(document.segments.get(language) for language in pair):
        return False
    if previous is None or pair not in previous.pairs:
        return True
    return fingerprint(document, *pair) not in previous.pairs[pair].trained_on


def _encoded(documents: Sequence[Document], state: AlignerState) -> dict[tuple[int, str], EncodedEdition]:
    """The editions by (id of the document, language); their words are added to the vocabularies' counts."""
    editions: dict[tuple[int, str], EncodedEdition] = {}
    for document in documents:
        for language in state.languages:
            if document.segments.get(language):
                segments = document.segments[language]
                editions[id(document), language] = encode(segments, state.vocabularies[language])
    for language, vocabulary in state.vocabularies.items():
        counts = np.zeros(len(vocabulary.units))
        counts[: len(vocabulary.counts)] = vocabulary.counts
        for (_, edition_language), edition in editions.items():
            if edition_language == language:
                np.add.at(counts, edition.units[edition.words.flat], 1)
        vocabulary.counts = counts
    for (_, language), edition in editions.items():
        edition.shares[:] = state.vocabularies[language].shares(edition.units)
    return editions


def _first_state(
    source: seed_lexicon.SeedSource, pair: tuple[str, str], choice: cognates.Choice,
    vocabularies: Mapping[str, Vocabulary], previous: AlignerState | None,
) -> PairState:  # fmt: skip
    """What is known of a pair before the new documents: from the earlier aligner, or from a seed lexicon."""
    a, b = (vocabularies[language] for language in pair)
    if previous is not None and pair in previous.pairs:
        earlier = previous.pairs[pair]
        table = earlier.table.grown(len(a.counts), len(b.counts))
        return PairState(table, earlier.model, dict(earlier.trained_on), earlier.method, earlier.spelling)
    table = seed_lexicon.first_table(source, *pair, a, b).grown(len(a.counts), len(b.counts))
    return PairState(table, method=cognates.choose(choice, a, b))


def _learn_pair(
    state: AlignerState, pair: tuple[str, str], documents: Sequence[Document],
    editions: Mapping[tuple[int, str], EncodedEdition], encoding: tuple[Embedder, Sequence[Document]] | None,
    model: LatticeModel | None,
) -> None:  # fmt: skip
    """Learn from the documents, and put what was learned into the state of the pair.

    `encoding` is the encoder with the documents of all pairs: it reads them together, and only if it is needed.
    """
    a, b = pair
    pair_state = state.pairs[pair]
    edition_pairs = [
        EditionPair.of(editions[id(d), a], editions[id(d), b], method=pair_state.method, pins=Pins.of(d, a, b))
        for d in documents
    ]
    shares_a, shares_b = (state.vocabularies[language].unit_shares() for language in pair)

    def rounds(pairs: Sequence[EditionPair], share: float = 0.0) -> Learned:
        return run_rounds(pairs, shares_a, shares_b, pair_state.table, model, pair_state.method, share)

    learned = rounds(edition_pairs)
    if encoding and encoding[0].supports(a, b):
        encoder, all_documents = encoding
        alone, beads = _explained(edition_pairs, learned)
        learned = learned._replace(model=learned.model._replace(encoder_weights=None))
        if (share := encoder_evidence.share(alone, beads)) > 0:
            encoder.prepare_documents(all_documents, state.languages)
            similarities = [encoder_evidence.similarity(encoder, document, a, b) for document in documents]
            encoded = [replace(p, similarity=s) for p, s in zip(edition_pairs, similarities, strict=True)]
            helped = rounds(encoded, share)
            by_others = len(documents) > 1 or len(pair_state.table.links.values) > 0
            needed = alone + GAIN * max(alone, 0.0) if by_others else min(CONTRADICTED * alone, alone)
            if _explained(encoded, helped)[0] > needed:
                learned = helped
    pair_state.table, pair_state.model, pair_state.spelling = learned.table, learned.model, learned.spelling
    numbers = (fingerprint(document, a, b) for document in documents)
    pair_state.trained_on |= dict(zip(numbers, learned.trained_on, strict=True))


def _explained(pairs: Sequence[EditionPair], learned: Learned) -> tuple[float, int]:
    """How well words and lengths explain one another in the beads of the best paths: nats, and the number of beads.

    Of EARLY documents at most. The encoder's own evidence does not count, and a document's words are judged by what
    others say of them, where there are others.
    """
    table, model, _, spelling = learned
    nats, beads = 0.0, 0
    for k in range(0, len(pairs), -(-len(pairs) // EARLY) or 1):
        pair, trained_on = pairs[k], learned.trained_on[k]
        if spelling is not None:
            pair = pair.with_spelling("learned", spelling)
        lattice = lattice_of(pair, table, model, trained_on)
        path = best(lattice.arcs, pair.sizes)
        path = path.take(path.linked)
        if not len(path.i):
            continue
        if pair.similarity is not None:
            lattice = lattice_of(replace(pair, similarity=None), table, model, trained_on)
        scores = lattice.scores[path.i, path.shape, path.j - lattice.band.first[path.i]]
        nats, beads = nats + float((scores - model.priors[path.shape]).sum()), beads + len(path.i)
    return nats, beads


def sampled(names: Iterable[str], size: int = SAMPLE) -> frozenset[str]:
    """The names of the documents that training reads of all these."""
    return frozenset(heapq.nsmallest(size, names, key=_place))


def choose(documents: Iterable[Document], size: int) -> list[Document]:
    """At most `size` documents, those with known beads first, chosen by a hash of their names, whatever order they come
    in; sorted by name."""
    smallest = heapq.nsmallest(size, documents, key=lambda document: sample_order(document.name, bool(document.known)))
    return sorted(smallest, key=lambda document: document.name)


def sample_order(name: str, known: bool) -> tuple[bool, tuple[bytes, str]]:
    """The order in which training takes documents: those with known beads first, then by a hash of their names."""
    return not known, _place(name)


def _place(name: str) -> tuple[bytes, str]:
    return blake2b(name.encode("utf-8"), digest_size=8).digest(), name
