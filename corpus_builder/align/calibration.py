"""From posteriors and scores to calibrated probabilities.

The values below were fitted by `python benchmarks/align/calibration.py`, which refits them and prints its values beside
these.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.two.edition_pair import EditionPair
from corpus_builder.align.two.lattice_model import LatticeModel

Scale = tuple[float, float]
"""(slope, shift) on the scale of log odds."""

MOVED_SLOPE, MOVED_CENTRE = 0.5, 2.0
"""A moved bead has no posterior, since no path leads through it; its score takes the place."""

UNRELATED, SPREAD = 0.0215, 0.006
"""Score per word above the priors' at which two editions are as likely as not translations, and how fast that turns.
Of NTREX documents right pairs have .027 to .6 and pairs of different documents -.5 to .0214, with a lexicon from the
corpus; with a seed lexicon alone .022 to .3 and -.2 to .017 (benchmarks/align/documents.py, newsroom seeds 1 and 2)."""


def moved_probability(score: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """[beads] the probability that a moved bead is right."""
    return 1 / (1 + np.exp(-MOVED_SLOPE * (score - MOVED_CENTRE)))


def document_probability(pair: EditionPair, path: Arcs, model: LatticeModel) -> float:
    """The probability that two editions are translations of one another, from the arcs of their best path."""
    return 1 / (1 + math.exp(-(score_per_word(pair, path, model) - UNRELATED) / SPREAD))


def score_per_word(pair: EditionPair, path: Arcs, model: LatticeModel) -> float:
    """The score of a path's two-sided beads without their priors, in nats a word of either edition."""
    words = len(pair.a.words.flat) + len(pair.b.words.flat)
    linked = path.take(path.linked)
    return float((linked.score - model.priors[linked.shape]).sum()) / max(words, 1)


def calibrated(probability: npt.NDArray[np.float64], scale: Scale) -> npt.NDArray[np.float64]:
    """Probabilities after a linear map of their log odds (Platt 1999); nan stays nan."""
    slope, shift = scale
    inside = np.clip(probability, 1e-4, 1 - 1e-4)
    out: npt.NDArray[np.float64] = 1 / (1 + np.exp(-(slope * np.log(inside / (1 - inside)) + shift)))
    return out


def uncalibrated(probability: npt.NDArray[np.float64], scale: Scale) -> npt.NDArray[np.float64]:
    """The inverse of `calibrated`."""
    slope, shift = scale
    inside = np.clip(probability, 1e-4, 1 - 1e-4)
    out: npt.NDArray[np.float64] = 1 / (1 + np.exp(-(np.log(inside / (1 - inside)) - shift) / slope))
    return out


SENTENCES = (0.38, 0.76)
BLOCKS = (0.43, 0.94)
"""(slope, shift) of beads of segments and of blocks: benchmarks/align/calibration.py, newsroom seeds 1 to 5."""
LINES = (0.7, 1.2)
"""The same of beads that several looks at lines found (lines.py): Text+Berg dev and newsroom seed 1 with the level
`clause`, ECE .024 and .009."""
