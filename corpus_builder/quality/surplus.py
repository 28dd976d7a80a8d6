"""Surplus: the stretch of one side that the other most likely leaves out.

A translation accounts for most words of a text (coverage.py), and those that it does not account for lie scattered. A
clause or a sentence that only one side has is a stretch of neighbouring words, hardly any of which is accounted for.
Its evidence is the largest sum, over all stretches, of the log-likelihood ratios of its words (a scan statistic;
Kulldorff 1997): that hardly any is accounted for, against that as many are as usual in this corpus.
"""

from __future__ import annotations

import numpy as np

from corpus_builder.quality.batch import Array
from corpus_builder.quality.coverage import UNSEEN, accounted, content, weights
from corpus_builder.quality.score import DirectionScore, ScoreInput, Worst, column

_BY_CHANCE = 0.15
"""The share of words that an unrelated text accounts for. Chosen: the coverage of misaligned rows is .1 to .2."""
_USUAL = (0.35, 0.9)
"""What the usual share is kept within. Chosen: below, no stretch is told from another; above, one word would be one."""
_UNKNOWN = (0.6, 0.15)
"""The usual coverage and its spread where a corpus is too small to learn it."""
_LEAST_WORDS = 2


def surplus(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] the evidence, in nats, for a stretch of b's words that a leaves out; NaN where either has fewer than two
    words.
    """
    from corpus_builder.quality import kernels

    usual = float(np.clip(rows.context.usual.get((rows.level, column("coverage", (a, b))), _UNKNOWN)[0], *_USUAL))
    x, y = rows.batch.read(a, content).units, rows.batch.read(b, content).units
    ratios = np.where(accounted(rows, a, b), np.log(_BY_CHANCE / usual), np.log((1 - _BY_CHANCE) / (1 - usual)))
    # Frequent words are found in any text, so they say less.
    found = kernels.largest_run(ratios * (weights(rows, b) / UNSEEN), y.starts)
    return np.where((x.sizes >= _LEAST_WORDS) & (y.sizes >= _LEAST_WORDS), found, np.nan)


SURPLUS = DirectionScore(
    name="surplus",
    version=1,
    worst=Worst.GREATEST,
    about="evidence for a stretch of the second side's words that the first leaves out (log-likelihood ratio)",
    compute=surplus,
)
