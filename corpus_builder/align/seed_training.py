"""Make seed lexicons: from sentence pairs, or for two languages through a third."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.words import cognates, ibm1
from corpus_builder.align.words.document_arrays import EncodedEdition, encode
from corpus_builder.align.words.seed_lexicon import SeedLexicon
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.model import Segment

ABOUT = "Counts of word beginnings and of the links between them, learned from sentence pairs; no sentence is kept."
CHUNK = 40
"""Sentence pairs that are read as one document. Chosen: about a story's length, and cognates are searched within it."""
FEWEST = 2.0
"""Links with smaller counts are dropped. Chosen: of a count of 2 · .3 (LINK_WEIGHT) the reader's discount leaves .1."""


def learn(pairs: Iterable[tuple[str, str]], about: Sequence[str] = ()) -> SeedLexicon:
    """A seed lexicon from pairs of a sentence and its translation; IBM model 1 as in training (ibm1.py)."""
    a, b = Vocabulary(), Vocabulary()
    chunks: list[tuple[EncodedEdition, EncodedEdition]] = []
    rest = iter(pairs)
    while chunk := list(islice(rest, CHUNK)):
        left = [Segment(x, k) for k, (x, _) in enumerate(chunk)]
        right = [Segment(y, k) for k, (_, y) in enumerate(chunk)]
        chunks.append((encode(left, a), encode(right, b)))
    for side, vocabulary in enumerate((a, b)):
        counts = np.zeros(len(vocabulary.units))
        for both in chunks:
            np.add.at(counts, both[side].units[both[side].words.flat], 1)
        vocabulary.counts = counts
    links = (ibm1.link_weights(x, y, cognates.find(x, y, "table", None), _one_to_one(x.size)) for x, y in chunks)
    x, y, linked = ibm1.learn(links, a.unit_shares(), b.unit_shares()).entries()
    names = list(a.units), list(b.units)
    kept = linked >= FEWEST
    return SeedLexicon(
        dict(zip(names[0], a.counts.tolist(), strict=True)),
        dict(zip(names[1], b.counts.tolist(), strict=True)),
        tuple(
            (names[0][i], names[1][j], round(c, 1))
            for i, j, c in zip(x[kept].tolist(), y[kept].tolist(), linked[kept].tolist(), strict=True)
        ),
        tuple(about),
    )


def _one_to_one(size: int) -> Arcs:
    order = np.arange(size, dtype=np.int32)
    return Arcs.certain(order, order, np.zeros(size, np.int32))


def compose(ac: SeedLexicon, bc: SeedLexicon, about: Sequence[str] = ()) -> SeedLexicon:
    """The lexicon of a and b from those of a and c, b and c: c(a,b) = Σ_c c(a,c) c(b,c) / max(C(c), C'(c))."""
    by_third: dict[str, list[tuple[str, float]]] = defaultdict(list)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for y, z, count in bc.links:
        by_third[z].append((y, count))
        sums[z][1] += count
    for _, z, count in ac.links:
        sums[z][0] += count
    counts: dict[tuple[str, str], float] = defaultdict(float)
    for x, z, count in ac.links:
        for y, second in by_third.get(z, ()):
            counts[x, y] += count * second / max(sums[z])
    links = tuple((x, y, round(c, 1)) for (x, y), c in sorted(counts.items()) if c >= FEWEST)
    return SeedLexicon(ac.units_a, bc.units_a, links, tuple(about))
