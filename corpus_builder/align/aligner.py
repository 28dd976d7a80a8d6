"""One document's alignment, from the words to the beads of all its editions.

encode each edition → grid of each two (pairs.py) → once more with what the third editions say (triples.py)
→ likeliest paths → moved segments (moved.py) → beads of all editions, and of their blocks (joining.py)
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np

from corpus_builder.align import model_files as state
from corpus_builder.align.calibration import BLOCKS, SENTENCES, document_probability, moved_probability
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.many import clustering as joining
from corpus_builder.align.many.groups import Nodes
from corpus_builder.align.many.groups import beads as beads_of
from corpus_builder.align.many.third_edition import links, support
from corpus_builder.align.model_files import PairState, State
from corpus_builder.align.resplit.cuts import joint_cuts
from corpus_builder.align.resplit.resegmented import Finer
from corpus_builder.align.training import train
from corpus_builder.align.two.edition_pair import Beads, Grid, Pair, again, best, cut, grid, likeliest
from corpus_builder.align.two.encoder_evidence import similarity
from corpus_builder.align.two.moved import moved
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.errors import UsageError
from corpus_builder.model import Alignment, Document

__all__ = ["Aligner", "train"]

Pairs = dict[tuple[str, str], tuple[Pair, Grid]]
"""Each two editions with their grid, in the order that the aligner keeps."""


class Aligner:
    """A trained model. `align` may be called for any document, of the languages that it knows or of others.

    `encoder` is the one that it was trained with, if any (encoder.py); UsageError for another.
    """

    def __init__(self, trained: State, encoder: Embedder | None = None) -> None:
        same_encoder(trained, encoder, "the aligner")
        self.state = trained
        self.encoder = encoder

    def align(self, document: Document, *, skip_cost: float = 0.0) -> Alignment:
        """The beads of one document; every segment (block) lies in exactly one of them.

        A document of one edition has one-sided beads only. Its probability is that of the least likely two editions.
        `skip_cost`: see `pairs.likeliest`; 0 where only beads of two sides matter, .9 where one-sided ones are judged.
        """
        return self._aligned(document, self._pairs(document), skip_cost)

    def align_finely(self, document: Document) -> tuple[Finer, Alignment]:
        """The document with sentences cut where the other editions show a boundary (cuts.py), and its beads."""
        found = self._pairs(document)
        alignment = self._aligned(document, found)
        known = {(a, b): (pair, seen, self.pair_state(a, b).model) for (a, b), (pair, seen) in found.items()}
        cuts = joint_cuts(document, alignment.beads, known)
        finer = Finer.of(document, cuts)
        if cuts:
            alignment = self._aligned(finer.document, self._pairs(finer.document, found))
        return finer, alignment

    def _aligned(self, document: Document, found: Pairs, skip_cost: float = 0.0) -> Alignment:
        languages = list(document.segments)
        sizes = [len(document.segments[language]) for language in languages]
        nodes = Nodes.of(sizes)
        two_by_two = []
        probability = 1.0
        for (a, b), (pair, seen) in found.items():
            related = document_probability(
                pair, best(seen.beads, pair.a.size, pair.b.size), self.pair_state(a, b).model
            )
            probability = min(probability, related)
            beads = _two_sided(pair, seen, skip_cost, related)
            two_by_two.append((languages.index(a), languages.index(b), beads, links(seen.beads, pair.a.size)))
        groups = joining.join(sizes, nodes, two_by_two)
        block_of = np.array([segment.block for a in languages for segment in document.segments[a]], np.int32)
        blocks, block_nodes = joining.blocks(groups, nodes, block_of, len(languages))
        return Alignment(
            document.name,
            beads_of(groups, nodes, languages, SENTENCES),
            beads_of(blocks, block_nodes, languages, BLOCKS),
            round(probability, 4),
        )

    def vocabulary(self, language: str) -> Vocabulary:
        """The language's vocabulary; an empty one for a language that it was not trained for."""
        known = self.state.vocabularies.get(language)
        if known is None:
            known = self.state.vocabularies[language] = Vocabulary()
        return known

    def pair_state(self, a: str, b: str) -> PairState:
        """What it knows of two languages, in the order that it keeps."""
        return self.state.pairs.get((a, b)) or PairState()

    def ordered(self, document: Document) -> list[str]:
        """The document's languages in the order that the aligner keeps them: its own first."""
        known = [language for language in self.state.languages if language in document.segments]
        return known + sorted(set(document.segments) - set(known))

    def taught(self, document: Document, a: str, b: str) -> Beads | None:
        """The beads through which a document taught the lexicon of two languages, if it did."""
        taught = self.pair_state(a, b).taught
        return taught.get(state.fingerprint(document, a, b)) if taught else None

    def grids(self, document: Document) -> Pairs:
        """Each two editions with their grid: all beads that good paths use."""
        return self._pairs(document)

    def _pairs(self, document: Document, uncut: Pairs | None = None) -> Pairs:
        """Each two editions with their grid; `uncut` are those of the same document before its segments were cut."""
        order = self.ordered(document)
        encoded = {x: encode(document.segments[x], self.vocabulary(x)) for x in order}
        found = {}
        for a, b in combinations(order, 2):
            known = self.pair_state(a, b)
            weighted = known.model.semantic is not None
            similar = similarity(self.encoder, document, a, b) if self.encoder and weighted else None
            pair = Pair.of(encoded[a], encoded[b], similar, known.source, known.spelling)
            if uncut:
                found[a, b] = pair, cut(pair, known.model, uncut[a, b][1])
            else:
                found[a, b] = pair, grid(pair, known.lexicon, known.model, self.taught(document, a, b))
        present = [language for language in order if encoded[language].size]
        if len(present) < 3:
            return found
        sizes = {language: encoded[language].size for language in order}
        all_links = {key: links(seen.beads, pair.a.size) for key, (pair, seen) in found.items()}
        for a, b in combinations(present, 2):
            pair, seen = found[a, b]
            bonus = support(a, b, present, all_links, sizes, seen.first, seen.last, seen.scores.shape[2])
            found[a, b] = pair, again(pair, self.pair_state(a, b).model, seen, bonus)
        return found

    def save(self, folder: Path) -> None:
        """Write the model into `folder`; the same model gives the same bytes."""
        state.save(self.state, folder)

    @classmethod
    def load(cls, folder: Path, encoder: Embedder | None = None) -> Aligner:
        """The model that `save` wrote; UsageError where there is none, or where it was trained with another encoder."""
        trained = state.load(folder)
        same_encoder(trained, encoder, f"the aligner in {folder}")
        return cls(trained, encoder)


def same_encoder(trained: State, encoder: Embedder | None, name: str) -> None:
    """Raise UsageError where a model was trained with another encoder than the one at hand."""
    own, here = trained.encoder, encoder.identity if encoder else ""
    if own != here:
        raise UsageError(
            f"{name} was trained {f'with the encoder {own}' if own else 'without an encoder'}, "
            f"and is used {f'with {here}' if here else 'without one'}",
            next_step="name the same encoder, or train anew",
        )


def _two_sided(pair: Pair, seen: Grid, skip_cost: float, related: float) -> PairBeads:
    """The likeliest path's beads with two sides, then the moved ones."""
    path = likeliest(seen.beads, pair.a.size, pair.b.size, skip_cost)
    beads = path.take(path.linked)
    linked = PairBeads.of_arcs(beads.i, beads.j, beads.shape, beads.score, beads.probability * related)
    return with_moved(linked, seen, (pair.a.size, pair.b.size), related)


def with_moved(beads: PairBeads, seen: Grid, sizes: tuple[int, int], related: float) -> PairBeads:
    """The beads of a path with those of what it left over in two editions, wherever it stands."""
    free_a, free_b = beads.free(*sizes)
    if not (free_a.any() and free_b.any()):
        return beads
    arcs, scores = moved(seen.scores, seen.first, seen.last, free_a, free_b)
    certain = moved_probability(scores.astype(np.float64)) * related
    i, j, shape = arcs.T
    return beads.and_moved(PairBeads.of_arcs(i, j, shape, scores.astype(np.float64), certain))
