"""How much better a group of segments explains a segment of the other edition than chance does.

For a group A and a segment b (Moore 2002, extended by a background and a margin):

    LLR(b|A) = Σ over words y of b:  log [ λ · mean over x in A of M(x→y) + (1-λ) p(y) ]
                                       - log [ λ (μ p(y) + (1-μ) · mean over x in the edition of M(x→y)) + (1-λ) p(y) ]

The second line's mean over the edition is a margin: a word that matches everywhere in the document says little.
Groups are patterns of up to four segments, some with a hole (bead_shapes.py).

For speed, the terms of words without a match, which do not depend on A, are summed once per segment, and the logarithm
is taken of the product of a segment's other terms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.bead_shapes import PATTERNS
from corpus_builder.align.two.search_band import Band
from corpus_builder.align.words.document_arrays import EncodedEdition
from corpus_builder.jit import compiled
from corpus_builder.ragged import SparseRows

MIX = 0.3
MARGIN = 0.6
"""λ and 1-μ: best on development data with the aligner's prototype. A margin of 0 loses .0174 of F1 on Text+Berg dev
(benchmarks/align/ablation.py, "margin")."""
MOST_PRODUCT = 1e200
"""Products of factors are turned into logarithms before they pass this. Chosen: a further factor, which is below 10¹⁵
for a word with a share of 10⁻¹⁴, leaves them far below the largest double."""


def word_scores(
    a: EncodedEdition, b: EncodedEdition, matches: SparseRows, side: int, band: Band
) -> npt.NDArray[np.float32]:
    """LLR(b|A) for each pattern A that begins at segment i of a, and each segment j of b in i's band.

    `matches.values[:, side]` are M from types of a to types of b. Returns [segments of a, PATTERNS, band.width]; j is
    counted from band.first[i].
    """
    scores: npt.NDArray[np.float32] = _word_scores(
        words_a=a.words.flat, starts_a=a.words.starts, words_b=b.words.flat, starts_b=b.words.starts,
        shares_b=b.shares, rows=matches.starts, columns=matches.columns, values=matches.values, side=side,
        first=band.first, last=band.last,
    )  # fmt: skip
    return scores


@compiled
def terms(words_a: Any, shares_b: Any, rows: Any, columns: Any, values: Any, side: int) -> Any:
    """[types of b] what a word adds to an LLR without a match, and the factor of its matches; with the margin."""
    total = np.zeros(len(shares_b))  # summed matches with the whole edition a
    for k in words_a:
        for e in range(rows[k], rows[k + 1]):
            total[columns[e]] += values[e, side]
    base, gain = np.empty(len(shares_b)), np.empty(len(shares_b))
    for y in range(len(shares_b)):
        p = shares_b[y]
        background = (1 - MIX) * p
        base[y] = np.log(
            background / (MIX * ((1 - MARGIN) * p + MARGIN * total[y] / max(len(words_a), 1)) + background)
        )
        gain[y] = MIX / background
    return base, gain


@compiled
def _add_matches(sums: Any, place: int, words: Any, rows: Any, columns: Any, values: Any, side: int) -> None:
    for x in words:
        for e in range(rows[x], rows[x + 1]):
            sums[columns[e], place] += values[e, side]


@compiled
def _word_scores(
    words_a: Any, starts_a: Any, words_b: Any, starts_b: Any, shares_b: Any, rows: Any, columns: Any, values: Any,
    side: int, first: Any, last: Any,
) -> Any:  # fmt: skip
    size_a, size_b, types = len(starts_a) - 1, len(starts_b) - 1, len(shares_b)
    width = 0
    for i in range(size_a):
        width = max(width, last[i] - first[i] + 1)
    out = np.zeros((size_a, PATTERNS, width), np.float32)
    base, gain = terms(words_a, shares_b, rows, columns, values, side)
    unmatched = np.zeros(size_b)
    for j in range(size_b):
        for k in range(starts_b[j], starts_b[j + 1]):
            unmatched[j] += base[words_b[k]]
    sums = np.zeros((types, 4), np.float32)  # summed matches of the segments i..i+3, at places i % 4 ..
    lengths = np.zeros(4)
    product, logs = np.empty(PATTERNS), np.empty(PATTERNS)
    filled = 0
    for i in range(size_a):
        while filled < min(i + 4, size_a):
            place = filled % 4
            if filled >= 4:
                for x in words_a[starts_a[filled - 4] : starts_a[filled - 3]]:
                    for y in columns[rows[x] : rows[x + 1]]:
                        sums[y, place] = 0
            _add_matches(sums, place, words_a[starts_a[filled] : starts_a[filled + 1]], rows, columns, values, side)
            lengths[place] = starts_a[filled + 1] - starts_a[filled]
            filled += 1
        p0, p1, p2, p3 = i % 4, (i + 1) % 4, (i + 2) % 4, (i + 3) % 4
        n0, n1, n2, n3 = lengths[p0], lengths[p1], lengths[p2], lengths[p3]
        e0 = 1 / max(n0, 1.0)
        e1 = 1 / max(n0 + n1, 1.0)
        e2 = 1 / max(n0 + n1 + n2, 1.0)
        e3 = 1 / max(n0 + n1 + n2 + n3, 1.0)
        e4 = 1 / max(n0 + n2, 1.0)
        e5 = 1 / max(n0 + n1 + n3, 1.0)
        e6 = 1 / max(n0 + n2 + n3, 1.0)
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
                bound *= 1 + g * (s0 + s1 + s2 + s3)  # no product is larger
                if count % 32 == 0 or bound > MOST_PRODUCT:
                    for p in range(PATTERNS):
                        logs[p] += np.log(product[p])
                    product[:] = 1.0
                    bound = 1.0
            for p in range(PATTERNS):
                out[i, p, at] = unmatched[j] + logs[p] + (np.log(product[p]) if count else 0.0)
    return out
