"""Self-training: rounds of aligning the corpus and learning from the beads."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpus_builder.align.bead_shapes import EXTENT, GROUP, MEMBERS, OFFSETS, SHAPES, usual_shares
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.model_files import PairState, State, fingerprint
from corpus_builder.align.two import encoder_evidence as semantic
from corpus_builder.align.two import lattice
from corpus_builder.align.two.edition_pair import Beads, Pair, best, grid, learned_links, teaching
from corpus_builder.align.two.encoder_evidence import similarity
from corpus_builder.align.two.lattice import Model, first_model
from corpus_builder.align.words import cognates as alike
from corpus_builder.align.words import ibm1 as ibm
from corpus_builder.align.words import seed_lexicon as seed
from corpus_builder.align.words.cognates import Choice, Source
from corpus_builder.align.words.document_arrays import Encoded, Floats, Ints, encode
from corpus_builder.align.words.edit_transducer import Transducer
from corpus_builder.align.words.translation_table import Lexicon
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.model import Document

if TYPE_CHECKING:
    from corpus_builder.align.aligner import Aligner

ROUNDS, MORE_ROUNDS = 4, 6
EARLY = 300
"""Documents that all rounds but the last read at most: on 1,000 stories, F1 is within .0006 of reading them all in the
last two (mean .9811 against .9812)."""
FEW = 5000
"""A corpus of fewer segments gets more rounds: it still gains from them (Text+Berg dev), and they cost little."""
GIVEN_ROUNDS, HANDFUL = 2, 1000
"""Rounds of a corpus of fewer segments than the latter that begins with counts (a seed lexicon, an earlier run): the
first round aligns it well, and in more of them a lone story confirms its own mistakes (newsroom seeds 1 to 3: 1, 2, 3
and 6 tried; whole sites lose .0002 to .001 by two)."""
USUAL = 20.0
"""Beads' worth of usual shares that are added to what a corpus shows."""
LINKED = 1.5
"""What two-sided beads get over skips: without it rounds of training skip more and more."""


def fit(pairs: Sequence[Pair], everything: Sequence[Beads], model: Model) -> Model:
    """Priors, spread of lengths and block edges from the posteriors of a round."""
    counts = np.zeros(len(SHAPES) + 2)
    squares = weight = 0.0
    inside = np.full((2, 2), 0.0)
    adjacent = np.full((2, 2), 0.0)
    ends = np.zeros((2, 2))
    for pair, beads in zip(pairs, everything, strict=True):
        if not pair.a.size or not pair.b.size:
            continue
        np.add.at(counts, beads.shape, beads.probability)
        linked = beads.take(beads.linked & (beads.probability > 0.01))
        p, q = SHAPES[linked.shape, 0], SHAPES[linked.shape, 1]
        long_a, long_b = _letters(pair.a.lengths, linked.i, p), _letters(pair.b.lengths, linked.j, q)
        expected = model.ratio * long_a
        z = (long_b - expected) ** 2 / ((long_b + expected) / 2 + 1)
        near = (z < 9 * model.variance) & (EXTENT[p] <= 3) & (EXTENT[q] <= 3)
        squares += float((linked.probability * z)[near].sum())
        weight += float(linked.probability[near].sum())
        edges = pair.a.edges, pair.b.edges
        for side, (at, pattern) in enumerate(((linked.i, p), (linked.j, q))):
            cuts = edges[side]
            adjacent[side] += np.bincount(cuts[1:-1], minlength=2)
            for k in range(1, 4):
                within = EXTENT[pattern] > k
                np.add.at(inside[side], cuts[at[within] + k], linked.probability[within])
        for e, f in ((edges[0][linked.i], edges[1][linked.j]),
                     (edges[0][linked.i + EXTENT[p]], edges[1][linked.j + EXTENT[q]])):  # fmt: skip
            np.add.at(ends, (e, f), linked.probability)
    grouped = np.bincount(GROUP, counts[: len(SHAPES)])
    smoothed = np.concatenate((grouped, counts[-2:])) + USUAL * usual_shares()
    shares = smoothed / float(smoothed.sum())
    priors = np.concatenate((np.log(shares[:-2] / MEMBERS)[GROUP] + LINKED, np.log(shares[-2:])))
    return Model(priors, model.ratio, (squares + 136) / (weight + 20), _log_ratio(inside, adjacent), _association(ends),
                 model.semantic)  # fmt: skip


def _letters(lengths: Floats, begin: Ints, pattern: npt.NDArray[np.int8]) -> Floats:
    padded = np.concatenate((lengths, np.zeros(4)))
    offsets = OFFSETS[pattern]
    total: Floats = np.where(offsets >= 0, padded[begin[:, None] + np.maximum(offsets, 0)], 0.0).sum(axis=1)
    return total


def _log_ratio(inside: Floats, everywhere: Floats) -> Floats:
    """log P(edge | inside a bead) / P(edge), per side; 5 places' worth of smoothing towards no difference."""
    share = (everywhere[:, 1:] + 1) / (everywhere.sum(axis=1, keepdims=True) + 2)
    own = (inside[:, 1:] + 5 * share) / (inside.sum(axis=1, keepdims=True) + 5)
    ratios: Floats = np.log(np.concatenate(((1 - own) / (1 - share), own / share), axis=1))
    return ratios


def _association(ends: Floats) -> Floats:
    """log P(e, f) / (P(e) P(f)) of the blocks' ends at beads' ends."""
    total = ends.sum() + 20
    shares_e = (ends.sum(axis=1, keepdims=True) + 10) / total
    shares_f = (ends.sum(axis=0, keepdims=True) + 10) / total
    association: Floats = np.log((ends + 20 * shares_e * shares_f) / total / (shares_e * shares_f))
    return association


Learned = tuple[Lexicon, Model, list[Beads], Transducer | None]


def rounds(pairs: Sequence[Pair], shares_x: Floats, shares_y: Floats, base: Lexicon, model: Model | None = None,
           source: Source = "table") -> Learned:  # fmt: skip
    """Align and learn in turns: (lexicon, model, the beads that taught it, the spelling of cognates if it is learned).

    `base` are counts that are given (a seed lexicon, an earlier run); what the corpus teaches is added to them.
    """
    letters = [sum(float(e.lengths.sum()) for e in side) for side in zip(*((p.a, p.b) for p in pairs), strict=True)]
    model = model or lattice.first_model((letters[1] + 1) / (letters[0] + 1))
    lexicon = base
    own: list[Beads | None] = [None] * len(pairs)
    spelling = None
    editions = [(pair.a, pair.b) for pair in pairs]
    segments = sum(pair.a.size + pair.b.size for pair in pairs)
    turns = MORE_ROUNDS if segments < FEW else ROUNDS
    if len(base.counts) and segments < HANDFUL:
        turns = GIVEN_ROUNDS
    for turn in range(turns):
        # the first rounds of a large corpus read a part of it, spread over the whole
        step = 1 if turn == turns - 1 else -(-len(pairs) // EARLY)
        chosen = range(0, len(pairs), step)
        if source == "learned":
            spelling = alike.learn(editions[::step], lexicon)
            pairs = [pair.spelt(source, spelling) if k % step == 0 else pair for k, pair in enumerate(pairs)]
        grids, shown = [], []
        for k in chosen:
            seen = grid(pairs[k], lexicon, model, own[k])
            grids.append(seen.beads)
            if (similar := pairs[k].similarity) is not None:
                shown.append(semantic.examples(similar, seen.beads, seen.first, seen.last))
        found = [best(beads, pairs[k].a.size, pairs[k].b.size) for k, beads in zip(chosen, grids, strict=True)]
        model = fit([pairs[k] for k in chosen], grids, model)
        if (weights := semantic.learn(shown)) is not None:
            model = model._replace(semantic=weights)
        for k, path in zip(chosen, found, strict=True):
            own[k] = teaching(path)
        taught = ((pairs[k], beads) for k in chosen if (beads := own[k]) is not None)
        lexicon = ibm.learn((learned_links(pair, beads) for pair, beads in taught), shares_x, shares_y, base)
    return lexicon, model, [beads for beads in own if beads is not None], spelling


def train(documents: Iterable[Document], languages: Sequence[str], *, seed_lexicon: Path | bool | None = True,
          previous: Aligner | None = None, sample: int = 2000, encoder: Embedder | None = None,
          cognates: Choice = "auto", progress: Callable[[str, int, int], None] | None = None) -> Aligner:  # fmt: skip
    """Learn from the documents themselves: for each two languages a lexicon and the lattice's model.

    At most `sample` documents are read, chosen by a hash of their names. `seed_lexicon` is a folder of seed lexicons
    (True: the one that is shipped; None or False: none); `previous` an aligner to go on from: what it has learned is
    kept, and only documents new to it are added. `encoder` adds a sentence encoder's evidence; going on takes the same
    one. `cognates` says where words that look alike come from (cognates.py). `progress` is told (pair, done, of how
    many).
    """
    from corpus_builder.align.aligner import Aligner, same_encoder

    chosen = _sample(documents, sample)
    old = previous.state if previous else None
    if old is not None:
        same_encoder(old, encoder, "the earlier aligner")
    known = State(tuple(languages), {}, {}, encoder.identity if encoder else "")
    for language in languages:
        units, first_counts = seed.units(seed_lexicon, language, languages)
        if old is not None and language in old.vocabularies:
            earlier = old.vocabularies[language]
            units, first_counts = list(earlier.units)[: len(earlier.counts)], earlier.counts
        known.vocabularies[language] = Vocabulary(units, first_counts)
    two = list(combinations(languages, 2))
    fresh = {
        (a, b): [d for d in chosen if d.segments.get(a) and d.segments.get(b) and not (
            old and (a, b) in old.pairs and fingerprint(d, a, b) in old.pairs[a, b].taught)]
        for a, b in two
    }  # fmt: skip
    new = {id(d) for ds in fresh.values() for d in ds}
    encoded: dict[tuple[int, str], Encoded] = {}
    for document in chosen:
        if id(document) in new:
            for language in languages:
                if document.segments.get(language):
                    encoded[id(document), language] = encode(document.segments[language], known.vocabularies[language])
    for language, vocabulary in known.vocabularies.items():
        counts = np.zeros(len(vocabulary.units))
        counts[: len(vocabulary.counts)] = vocabulary.counts
        for (_, own_language), edition in encoded.items():
            if own_language == language:
                np.add.at(counts, edition.units[edition.words], 1)
        vocabulary.counts = counts
    for (_, language), edition in encoded.items():
        edition.shares[:] = known.vocabularies[language].shares(edition.units)
    if encoder:
        encoder.prepare(s.text for d in chosen if id(d) in new for x in languages for s in d.segments.get(x, ()))
    for done, (a, b) in enumerate(two):
        if progress:
            progress(f"{a}-{b}", done, len(two))
        before = old.pairs.get((a, b)) if old else None
        va, vb = known.vocabularies[a], known.vocabularies[b]
        source = before.source if before else alike.choose(cognates, va, vb)
        base = before.lexicon if before else seed.lexicon(seed_lexicon, a, b, va, vb)
        pairs = [
            Pair.of(encoded[id(d), a], encoded[id(d), b], similarity(encoder, d, a, b) if encoder else None, source)
            for d in fresh[a, b]
        ]
        state = PairState(base.grown(len(va.counts), len(vb.counts)), before.model if before else first_model())
        state.source, state.spelling = source, before.spelling if before else None
        state.taught = dict(before.taught) if before else {}
        if pairs:
            shares_a, shares_b = (v.shares(np.arange(len(v.counts), dtype=np.int32)) for v in (va, vb))
            state.lexicon, state.model, taught, state.spelling = rounds(
                pairs, shares_a, shares_b, state.lexicon, before.model if before else None, source
            )
            state.taught |= {fingerprint(d, a, b): beads for d, beads in zip(fresh[a, b], taught, strict=True)}
        known.pairs[a, b] = state
    if progress:
        progress("", len(two), len(two))
    return Aligner(known, encoder)


def _sample(documents: Iterable[Document], size: int) -> list[Document]:
    """At most `size` documents, whatever order they come in, by name."""
    keyed = ((blake2b(document.name.encode("utf-8"), digest_size=8).digest(), document) for document in documents)
    return sorted(
        (d for _, d in heapq.nsmallest(size, keyed, key=lambda kd: (kd[0], kd[1].name))), key=lambda d: d.name
    )
