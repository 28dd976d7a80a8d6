"""How much better a group of segments explains a segment of the other edition than chance does.

For a group A and a segment b (Moore 2002, extended by a background and a margin):

    LLR(b|A) = Σ over words y of b:  log [ λ · mean over x in A of M(x→y) + (1 - λ k(A)) p(y) ]
                                       - log [ λμ · mean over x in the edition of M(x→y) + (1 - λμ k(a)) p(y) ]

The second line's mean over the edition is a margin: a word that matches everywhere in the document says little. k(A) is
how much is known of the words of A, k(a) of all words of the edition (translation_table.Matches): the share of a word's
translations that is unknown falls to the background p. So where little is known, as in a lone document without a
lexicon, a word without a match says next to nothing, and lengths and positions lead.
Groups are patterns of up to four segments, some with a hole (bead_shapes.py).

For speed, the terms of words without a match, which do not depend on A, are summed once per segment, and the logarithm
is taken of the product of a segment's other terms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Floats
from corpus_builder.align.bead_shapes import OFFSETS, PATTERNS, SIZE
from corpus_builder.align.two.search_band import Band
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.jit import compiled
from corpus_builder.ragged import SparseRows

MIX = 0.3
MARGIN = 0.6
"""λ and μ: best on development data with the aligner's prototype. A margin of 0 loses .0136 of F1 on Text+Berg dev
(benchmarks/align/ablation.py, "margin")."""
MOST_PRODUCT = 1e200
"""Products of factors are turned into logarithms before they pass this. Chosen: a further factor, which is below 10¹⁵
for a word with a share of 10⁻¹⁴, leaves them far below the largest double."""


def word_scores(
    a: EncodedEdition, b: EncodedEdition, matches: SparseRows, known: Floats, side: int, band: Band
) -> npt.NDArray[np.float32]:
    """LLR(b|A) for each pattern A that begins at segment i of a, and each segment j of b in i's band.

    `matches.values[:, side]` are M from types of a to types of b. Returns [segments of a, PATTERNS, band.width]; j is
    counted from band.first[i].
    """
    scores: npt.NDArray[np.float32] = _word_scores(
        words_a=a.words.flat, starts_a=a.words.starts, words_b=b.words.flat, starts_b=b.words.starts,
        shares_b=b.shares, rows=matches.starts, columns=matches.columns, values=matches.values, side=side,
        first=band.first, last=band.last, mass=known,
    )  # fmt: skip
    return scores


@compiled
def terms(words_a: Any, shares_b: Any, rows: Any, columns: Any, values: Any, side: int, mass: Any) -> Any:
    """[types of b] what a word adds to an LLR without a match, and the factor of its matches; with the margin."""
    total = np.zeros(len(shares_b))  # summed matches with the whole edition a
    known = 0.0
    for k in words_a:
        known += mass[k]
        for e in range(rows[k], rows[k + 1]):
            total[columns[e]] += values[e, side]
    known /= max(len(words_a), 1)
    base, gain = np.empty(len(shares_b)), np.empty(len(shares_b))
    for y in range(len(shares_b)):
        p = shares_b[y]
        base[y] = np.log(p / ((1 - MIX * MARGIN * known) * p + MIX * MARGIN * total[y] / max(len(words_a), 1)))
        gain[y] = MIX / p
    return base, gain


@compiled
def _add_matches(sums: Any, place: int, words: Any, mass: Any, rows: Any, columns: Any, values: Any, side: int) -> Any:
    """Add the matches of a segment's words; returns how much is known of them, summed."""
    known = 0.0
    for x in words:
        known += mass[x]
        for e in range(rows[x], rows[x + 1]):
            sums[columns[e], place] += values[e, side]
    return known


@compiled
def _unknown(i: int, size_a: int, lengths: Any, known: Any, factors: Any, silent: Any) -> None:
    """For each pattern that begins at segment i: the factor of its summed matches, and the log of what is unknown."""
    for p in range(PATTERNS):
        words, knows = 0.0, 0.0
        for m in range(SIZE[p]):
            if i + OFFSETS[p, m] < size_a:
                words += lengths[(i + OFFSETS[p, m]) % 4]
                knows += known[(i + OFFSETS[p, m]) % 4]
        words = max(words, 1.0)
        rest = 1 - MIX * knows / words
        factors[p] = 1 / (words * rest)
        silent[p] = np.log(rest)


@compiled
def _word_scores(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, shares_b: Any, rows: Any, columns: Any, values: Any,
    side: int, first: Any, last: Any, mass: Any,
) -> Any:  # fmt: skip
    size_a, size_b, types = len(starts_a) - 1, len(starts_b) - 1, len(shares_b)
    width = 0
    for i in range(size_a):
        width = max(width, last[i] - first[i] + 1)
    out = np.zeros((size_a, PATTERNS, width), np.float32)
    base, gain = terms(words_a, shares_b, rows, columns, values, side, mass)
    unmatched = np.zeros(size_b)
    for j in range(size_b):
        for k in range(starts_b[j], starts_b[j + 1]):
            unmatched[j] += base[words_b[k]]
    sums = np.zeros((types, 4), np.float32)  # summed matches of the segments i..i+3, at places i % 4 ..
    lengths, known = np.zeros(4), np.zeros(4)
    product, logs = np.empty(PATTERNS), np.empty(PATTERNS)
    factors, silent = np.empty(PATTERNS), np.empty(PATTERNS)
    filled = 0
    for i in range(size_a):
        while filled < min(i + 4, size_a):
            place = filled % 4
            if filled >= 4:
                for x in words_a[starts_a[filled - 4] : starts_a[filled - 3]]:
                    for y in columns[rows[x] : rows[x + 1]]:
                        sums[y, place] = 0
            here = words_a[starts_a[filled] : starts_a[filled + 1]]
            known[place] = _add_matches(sums, place, here, mass, rows, columns, values, side)
            lengths[place] = len(here)
            filled += 1
        p0, p1, p2, p3 = i % 4, (i + 1) % 4, (i + 2) % 4, (i + 3) % 4
        _unknown(i, size_a, lengths, known, factors, silent)
        e0, e1, e2, e3, e4, e5, e6 = factors
        for j in range(first[i], last[i] + 1):
            at = j - first[i]
            product[:] = 1.0
            logs[:] = 0.0
            count, bound = 0, 1.0
            for k in range(starts_b[j], starts_b[j + 1]):
                y = words_b[k]
                s0, s1, s2, s3 = sums[y, p0], sums[y, p1], sums[y, p2], sums[y, p3]
                if s0 + s1 + s2 + s3 == 0:
                    continue
                g = gain[y]
                product[0] *= 1 + g * s0 * e0
                product[1] *= 1 + g * (s0 + s1) * e1
                product[2] *= 1 + g * (s0 + s1 + s2) * e2
                product[3] *= 1 + g * (s0 + s1 + s2 + s3) * e3
                product[4] *= 1 + g * (s0 + s2) * e4
                product[5] *= 1 + g * (s0 + s1 + s3) * e5
                product[6] *= 1 + g * (s0 + s2 + s3) * e6
                count += 1
                bound *= 1 + g * (s0 + s1 + s2 + s3) / (1 - MIX)  # no product is larger
                if count % 32 == 0 or bound > MOST_PRODUCT:
                    for p in range(PATTERNS):
                        logs[p] += np.log(product[p])
                    product[:] = 1.0
                    bound = 1.0
            for p in range(PATTERNS):
                out[i, p, at] = (
                    unmatched[j]
                    + (starts_b[j + 1] - starts_b[j]) * silent[p]
                    + logs[p]
                    + (np.log(product[p]) if count else 0.0)
                )
    return out
