"""The probability that the aligner gives each pair of a row."""

from __future__ import annotations

import numpy as np

from corpus_builder.quality.batch import Array
from corpus_builder.quality.score import PairScore, ScoreInput, Worst
from corpus_builder.text.quantities import MISSING


def aligner_probability(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] the aligner's probability of a pair, in alphabetical order."""
    pair = f"{a}-{b}"
    return np.array([row.alignment.get(pair, MISSING) for row in rows.batch.rows], np.float64)


ALIGNMENT = PairScore(
    name="alignment",
    version=1,
    worst=Worst.LEAST,
    about="the aligner's probability of the pair",
    bound=0.5,
    compute=aligner_probability,
)
