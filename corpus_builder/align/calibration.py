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
"""A moved bead has no posterior, since no path leads through it; its score is used instead. The source of these
values was not kept. Of 292 moved beads of newsroom seeds 1 to 5 they have an ECE of .130; refitted, (.071, -9.4),
.068."""

UNRELATED, SPREAD = 0.0215, 0.006
"""The score per word at which two editions are as likely translations as not, and how fast the probability changes
there. On newsroom seeds 1 and 2 right pairs have .027 to .6 and pairs of different documents -.5 to .0214, with a table
from the corpus; with a seed lexicon alone .022 to .3 and -.2 to .017. The refit on seeds 1 to 5 (1,399 pairs of each
kind) finds .0275 to .658 and -.078 to .0332; it would give .0304 and .0033."""

SURE_ENOUGH = 0.98
"""The probability from which two editions are translations without asking whether their order matters. Chosen for
speed: right documents of a corpus are above it."""
ORDERED = (0.463, 0.74, -3.077)
"""Weights of the log odds by words (within 6 nats) and of the gain of the order (within 10), and the shift. Fitted by
maximum likelihood on documents of the grounds of benchmarks/align/grounds.py (one by one and together, each ground
counting once) and on first editions with the second ones of other documents. With each ground left out the mean
probability of right documents without a seed lexicon rises from .74 and .72 to .97 and .95 on Debian pages (en-uk,
en-ru) and from .60 to .91 on news, where wrong ones have .09."""


def moved_probability(score: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """[beads] the probability that a moved bead is right."""
    return 1 / (1 + np.exp(-MOVED_SLOPE * (score - MOVED_CENTRE)))


def document_probability(pair: EditionPair, path: Arcs, model: LatticeModel) -> float:
    """The probability that two editions are translations of one another, from the arcs of their best path."""
    log_odds = (score_per_word(pair, path, model) - UNRELATED) / SPREAD
    return 1 / (1 + math.exp(min(-log_odds, 700.0)))  # e⁷⁰⁹ is the greatest that fits a double


def ordered_probability(probability: float, gain: float) -> float:
    """The same from `probability` and from what the order of the segments gains (reversed_control.order_gain)."""
    by_words = math.log(max(probability, 1e-9) / max(1 - probability, 1e-9))
    weight, slope, shift = ORDERED
    log_odds = weight * min(max(by_words, -6.0), 6.0) + slope * min(max(gain, -10.0), 10.0) + shift
    return 1 / (1 + math.exp(-log_odds))


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
"""Scales of beads of segments and of blocks, fitted on newsroom seeds 1 to 5 by a command that was not kept. On the
same seeds today (17,341 and 8,349 beads) their ECE is .0066 and .0042; refitted, (.426, .808) and (.525, .378), it is
.0006 and .0024. Brier scores stay the same to .0002 (.0161 and .0152)."""
LINES = (0.7, 1.2)
"""The scale of beads of lines from multiple segmentations, fitted on Text+Berg dev and newsroom seed 1 at the level
`clause`. On the same texts today (1,974 beads) its ECE is .0054; refitted, (.665, 1.161), it is .0100 (Brier .0391 and
.0392): the likelihood is hardly better and the bins are worse, so there is nothing to gain."""
