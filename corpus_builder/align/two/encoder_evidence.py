"""The evidence of a sentence encoder for a bead, on the scale of the bead score.

The vector of a group is the mean of its segments' unit vectors, so that every bead's cosine follows from those of the
segments and nothing is encoded twice. Cosines are compared with those of the nearest neighbours in the document (the
"distance" margin of Artetxe and Schwenk 2019):

    margin(A, B) = cos(A, B) - ½ near(A) - ½ near(B)

near(x) is the mean cosine of a segment and its `NEIGHBOURS` nearest in the other edition, near(A) the sum of these over
the group's segments, shortened as the group's vector is. The bead's score gets

    evidence(A, B) = (|A| + |B|)/2 · clip(α + β margin(A, B))

α + βm is what a margin adds to the log odds of the aligner's confident beads against beads beside them, beyond their
words and lengths: a logistic regression in which the bead's other score is given. So an encoder that repeats what the
words say, or is uninformative, gets a β near 0. It is shortened further by how much the words explain (`share`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs, Floats
from corpus_builder.align.bead_shapes import EXTENT, OFFSETS, PLAIN, SHAPES, SIZE
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.two.lattice_model import LatticeModel
from corpus_builder.align.two.search_band import Band
from corpus_builder.jit import compiled
from corpus_builder.model import Document
from corpus_builder.ragged import Ints

NEIGHBOURS = 4
"""k of Artetxe and Schwenk (2019)."""
MOST = 6.0
"""Limit of one segment's evidence, in nats. Chosen: about what three rare matching words add, so that no encoder
outweighs many words."""
CONFIDENT = 0.5
"""The least posterior of beads that the weights are learned from. Chosen: of a lone document few beads reach .9."""
BESIDE = 8
"""Number of beads on either side of a confident one that represent chance. Chosen: near enough to have its subject."""
FEWEST = 3
"""With fewer confident beads nothing is learned. Chosen: two parameters need at least three examples."""
SPREAD = 3.0
"""Standard deviation of the prior of the regression's coefficients, for margins with a deviation of 1. Chosen: a weak
prior, which keeps coefficients finite where the examples are separable."""
WORTH = 1.5
"""Nats of likelihood that the weights must gain. Chosen: by chance a useless encoder gains a few tenths (two parameters
gain 1 on average)."""
DENSE = 400_000
"""Cells up to which a document's cosines are stored, else its vectors: search_band.WHOLE, below which all are
needed."""
FARTHEST = 20.0
"""The score of an example without the encoder counts no more than this, in nats. Chosen: nothing changes its odds."""
LITTLE = 4.0
"""Nats a bead that words and lengths explain, up to which an encoder counts in full; from twice as many on it does not
count. Chosen between lone documents of Tatoeba and Debian (.2 to 4.4; `e5` gains .02 to .06 of F1) and Text+Berg dev (9
to 12; `use` loses .006 without this and `e5` .001): benchmarks/align/encoder_grounds.py."""
_ROWS = 512
"""Rows of a block of cosines. Chosen for memory."""

Examples = npt.NDArray[np.float64]
UnitVectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Similarity:
    """The encoder's vectors of two editions, as far as beads need them.

    near_a [segments], near_b: see above; norms_a [segments, patterns], norms_b: lengths of the sums of the groups'
    vectors; `cosines` [segments of a, segments of b] of a short document, computed once; `vectors` of both sides.
    """

    near_a: UnitVectors
    near_b: UnitVectors
    norms_a: UnitVectors
    norms_b: UnitVectors
    cosines: npt.NDArray[np.float16] | None
    vectors: tuple[UnitVectors, UnitVectors]

    @staticmethod
    def of(a: UnitVectors, b: UnitVectors) -> Similarity | None:
        """From unit vectors, [segments, dimensions]; None where a side is empty."""
        if not len(a) or not len(b):
            return None
        dense = len(a) * len(b) <= DENSE
        cosines = (a @ b.T).astype(np.float16) if dense else None
        return Similarity(_near(a, b), _near(b, a), _norms(a), _norms(b), cosines, (a, b))

    def arranged(self, given: Ints) -> Similarity:
        """The same with the segments of b in another order."""
        a, b = self.vectors
        return replace(
            self, near_b=self.near_b[given], norms_b=_norms(b[given]), vectors=(a, b[given]),
            cosines=None if self.cosines is None else self.cosines[:, given],
        )  # fmt: skip

    def margins(self, band: Band) -> npt.NDArray[np.float32]:
        """[segments of a, band.width, shapes] the margin of every bead that starts at (i, first[i] + k); else nan."""
        cells: npt.NDArray[np.float32] = _margins(
            cosines=self._cosines_in(band), first=band.first, last=band.last,
            near_a=self.near_a, near_b=self.near_b, norms_a=self.norms_a, norms_b=self.norms_b,
        )  # fmt: skip
        return cells

    def evidence(self, band: Band, weights: Floats) -> npt.NDArray[np.float32]:
        """What is added to the score of each of these beads; `weights` are (α, β)."""
        alpha, beta = weights
        each = np.clip(alpha + beta * self.margins(band), -MOST, MOST)
        added: npt.NDArray[np.float32] = np.nan_to_num(each * _SEGMENTS).astype(np.float32)
        return added

    def _cosines_in(self, band: Band) -> npt.NDArray[np.float32]:
        out = np.zeros((len(band.first), band.width), np.float32)
        for i, (first, last) in enumerate(zip(band.first.tolist(), band.last.tolist(), strict=True)):
            inside = slice(first, last + 1)
            if self.cosines is not None:
                out[i, : last + 1 - first] = self.cosines[i, inside]
            else:
                a, b = self.vectors
                out[i, : last + 1 - first] = b[inside] @ a[i]
        return out


# [shapes] half the number of a bead's segments
_SEGMENTS = (SIZE[SHAPES].sum(axis=1) / 2).astype(np.float32)


def _near(a: UnitVectors, b: UnitVectors) -> UnitVectors:
    k = min(NEIGHBOURS, len(b))
    parts = []
    for begin in range(0, len(a), _ROWS):
        cosines = a[begin : begin + _ROWS] @ b.T
        parts.append(np.partition(cosines, len(b) - k, axis=1)[:, len(b) - k :].mean(axis=1))
    return np.concatenate(parts).astype(np.float32)


def _norms(a: UnitVectors) -> UnitVectors:
    padded = np.concatenate((a, np.zeros((4, a.shape[1]), np.float32)))
    norms = np.ones((len(a), len(SIZE)), np.float32)
    for p in range(len(SIZE)):
        total = sum(padded[offset : offset + len(a)] for offset in OFFSETS[p].tolist() if offset >= 0)
        norms[:, p] = np.maximum(np.linalg.norm(total, axis=1), 1e-6)
    return norms


@compiled
def _margins(
    cosines: Any, first: Any, last: Any, near_a: Any, near_b: Any, norms_a: Any, norms_b: Any
) -> Any:  # fmt: skip
    size_a, size_b = len(near_a), len(near_b)
    out = np.full((size_a, cosines.shape[1], len(SHAPES)), np.nan, np.float32)
    for i in range(size_a):
        for j in range(first[i], last[i] + 1):
            for t in range(len(SHAPES)):
                p, q = SHAPES[t, 0], SHAPES[t, 1]
                if i + EXTENT[p] > size_a or j + EXTENT[q] > size_b or j + EXTENT[q] - 1 > last[i]:
                    continue
                if first[i + EXTENT[p] - 1] > j:
                    continue
                total, around_a, around_b = 0.0, 0.0, 0.0
                for k in range(SIZE[p]):
                    row = i + OFFSETS[p, k]
                    around_a += near_a[row]
                    for m in range(SIZE[q]):
                        total += cosines[row, j + OFFSETS[q, m] - first[row]]
                for m in range(SIZE[q]):
                    around_b += near_b[j + OFFSETS[q, m]]
                x, y = norms_a[i, p], norms_b[j, q]
                out[i, j - first[i], t] = total / (x * y) - 0.5 * (around_a / x + around_b / y)
    return out


def examples(
    similarity: Similarity, arcs: Arcs, band: Band, scores: npt.NDArray[np.float32], model: LatticeModel
) -> Examples:
    """[examples, 5] of one document: margin, 1 for a confident bead or 0 for one beside it, weight, the score without
    shape and encoder, half the number of segments.

    A bead's weight is its posterior; all those beside it together have the same weight. `scores` are those of its
    lattice, by `model`.
    """
    sure = arcs.take((arcs.shape < PLAIN) & (arcs.probability >= CONFIDENT))
    margins = similarity.margins(band)
    if model.encoder_weights is not None:
        scores = scores - similarity.evidence(band, model.encoder_weights).transpose(0, 2, 1)
    first, last = band
    steps = np.concatenate((np.arange(-BESIDE, 0), np.arange(1, BESIDE + 1)))
    rows = [np.zeros((0, 5))]
    places = zip(sure.i.tolist(), sure.j.tolist(), sure.shape.tolist(), sure.probability.tolist(), strict=True)
    for i, j, shape, probability in places:
        beside = j + steps[np.abs(steps) >= EXTENT[SHAPES[shape, 1]]] - first[i]
        beside = beside[(beside >= 0) & (beside <= last[i] - first[i])]
        beside = beside[~np.isnan(margins[i, beside, shape])]
        if len(beside):
            at = np.append(j - first[i], beside)
            wrong = np.full(len(beside), probability / len(beside))
            rows.append(np.stack((
                margins[i, at, shape], at == at[0], np.append(probability, wrong),
                np.clip(scores[i, shape, at] - model.priors[shape], -FARTHEST, FARTHEST),
                np.full(len(at), _SEGMENTS[shape]),
            ), axis=1))  # fmt: skip
    return np.concatenate(rows)


def learn(documents: Sequence[Examples]) -> Floats | None:
    """(α, β) from the examples of all documents.

    None if too few beads are confident, (0, 0) if the margins say nothing beyond the other scores.
    """
    x, y, weights, known, segments = np.concatenate([np.zeros((0, 5)), *documents]).T
    return logistic(x, y, weights, known, segments) if weights @ y >= FEWEST else None


def logistic(x: Floats, y: Floats, weights: Floats, known: Floats, segments: Floats) -> Floats:
    """(α, β) of log odds `known + segments (α + βx)` by Newton's method, with a normal prior.

    (0, 0) if β is not above 0, or if the examples are hardly likelier with it than without (`WORTH`).
    """
    centre = float((weights * x).sum() / weights.sum())
    spread = float(np.sqrt((weights * (x - centre) ** 2).sum() / weights.sum()))
    if spread < 1e-9:
        return np.zeros(2)
    design = np.stack((np.ones(len(x)), (x - centre) / spread), axis=1) * segments[:, None]
    coefficients = np.zeros(2)
    for _ in range(50):
        # e⁷⁰⁹ is the greatest that fits a double
        p = 1 / (1 + np.exp(np.clip(-known - design @ coefficients, -700.0, 700.0)))
        slope = design.T @ (weights * (y - p)) - coefficients / SPREAD**2
        curve = (design * (weights * p * (1 - p))[:, None]).T @ design + np.eye(2) / SPREAD**2
        step = np.linalg.solve(curve, slope)
        coefficients += step / max(1.0, float(np.abs(step).max()))  # the curve of sure examples is flat far away
        if np.abs(step).max() < 1e-8:
            break
    sign = np.where(y > 0, -1, 1)
    likelier = np.logaddexp(0, sign * known) - np.logaddexp(0, sign * (known + design @ coefficients))
    alpha, beta = coefficients[0] - coefficients[1] * centre / spread, coefficients[1] / spread
    return np.array([alpha, beta]) if beta > 0 and float(weights @ likelier) > WORTH else np.zeros(2)


def share(explained: float, beads: int) -> float:
    """The share of its evidence that an encoder gets where words and lengths explain so many nats in so many beads."""
    return float(np.clip(2 - explained / max(beads, 1) / LITTLE, 0.0, 1.0))


def similarity(encoder: Embedder, document: Document, a: str, b: str) -> Similarity | None:
    """The encoder's vectors of two editions of a document; None if it does not know both languages."""
    if not encoder.supports(a, b):
        return None
    return Similarity.of(*(encoder.embed([s.text for s in document.segments[x]]) for x in (a, b)))
