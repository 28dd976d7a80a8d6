"""Seed lexicons made: from sentence pairs, or for two languages through a third."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from corpus_builder.align.two.edition_pair import Beads, Pair, learned_links
from corpus_builder.align.words import ibm1 as ibm
from corpus_builder.align.words.document_arrays import Encoded, encode
from corpus_builder.align.words.seed_lexicon import Seed
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.model import Segment

ABOUT = "Counts of word beginnings and of the links between them, learned from sentence pairs; no sentence is kept."
CHUNK = 40
"""Sentence pairs that are read together: cognates are sought within a chunk."""
FEWEST = 2.0
"""Links that were counted less often are not kept; the reader's discount would take most of them anyway."""


def learn(pairs: Iterable[tuple[str, str]], about: Sequence[str] = ()) -> Seed:
    """A seed from sentence pairs, each a translation of the other; IBM model 1 as in training (ibm.py)."""
    a, b = Vocabulary(), Vocabulary()
    chunks: list[tuple[Encoded, Encoded]] = []
    rest = iter(pairs)
    while chunk := list(islice(rest, CHUNK)):
        left = [Segment(x, k) for k, (x, _) in enumerate(chunk)]
        right = [Segment(y, k) for k, (_, y) in enumerate(chunk)]
        chunks.append((encode(left, a), encode(right, b)))
    for side, vocabulary in enumerate((a, b)):
        counts = np.zeros(len(vocabulary.units))
        for both in chunks:
            np.add.at(counts, both[side].units[both[side].words], 1)
        vocabulary.counts = counts
    links = (learned_links(Pair.of(x, y), _one_to_one(x.size)) for x, y in chunks)
    shares = [v.shares(np.arange(len(v.counts), dtype=np.int32)) for v in (a, b)]
    x, y, counts = ibm.learn(links, shares[0], shares[1]).entries()
    names = list(a.units), list(b.units)
    kept = counts >= FEWEST
    return Seed(
        dict(zip(names[0], a.counts.tolist(), strict=True)),
        dict(zip(names[1], b.counts.tolist(), strict=True)),
        tuple(
            (names[0][i], names[1][j], round(c, 1))
            for i, j, c in zip(x[kept].tolist(), y[kept].tolist(), counts[kept].tolist(), strict=True)
        ),
        tuple(about),
    )


def _one_to_one(size: int) -> Beads:
    order = np.arange(size, dtype=np.int32)
    return Beads(order, order, np.zeros(size, np.int32), np.ones(size), np.ones(size))


def through(one: Seed, other: Seed, about: Sequence[str] = ()) -> Seed:
    """A seed of a and b from one of a and c and one of b and c: c(a,b) = Σ_c c(a,c) c(b,c) / max(C(c), C'(c))."""
    by_third: dict[str, list[tuple[str, float]]] = defaultdict(list)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for y, z, count in other.links:
        by_third[z].append((y, count))
        sums[z][1] += count
    for _, z, count in one.links:
        sums[z][0] += count
    counts: dict[tuple[str, str], float] = defaultdict(float)
    for x, z, count in one.links:
        for y, more in by_third.get(z, ()):
            counts[x, y] += count * more / max(sums[z])
    links = tuple((x, y, round(c, 1)) for (x, y), c in sorted(counts.items()) if c >= FEWEST)
    return Seed(one.units_a, other.units_a, links, tuple(about))
