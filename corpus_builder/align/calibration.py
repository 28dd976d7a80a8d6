"""From posteriors and scores to calibrated probabilities.

The values below were fitted by `python benchmarks/align/calibration.py`, which refits them and prints its values beside
these.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs, Floats
from corpus_builder.align.two.edition_pair import EditionPair
from corpus_builder.align.two.lattice_model import LatticeModel

Scale = tuple[float, float]
"""(slope, shift) on the scale of log odds."""

MOVED_CENTRE, MOVED_POWER, MOVED_MOST = 3.3, 3.0, 8.0
"""A moved bead has no posterior, since no path leads through it. The score of its run a bead, up to MOVED_MOST, is used
instead: at MOVED_CENTRE it is as likely right as not, and the odds go with it to this power. Fitted to maximum
likelihood on 492 moved beads of many grounds by their own scores: of those below 2 .23 are right, from 2 to 4 .76, from
4 to 6 .95, from 8 on .88 (a sentence that was inserted into both editions)."""
LONG_RUN = 10.0
"""From this sum on, runs are likelier: the odds go with its square. Chosen: of 955 beads in runs that sum up to more
than 80 .98 are right, whatever each scores (swapped chapters and halves of development texts, newsroom sites)."""

UNRELATED, SPREAD = 0.0215, 0.006
"""The score per word at which two editions are as likely translations as not, and how fast the probability changes
there. On newsroom seeds 1 and 2 right pairs have .027 to .6 and pairs of different documents -.5 to .0214, with a table
from the corpus; with a seed lexicon alone .022 to .3 and -.2 to .017. The refit on seeds 1 to 5 (1,399 pairs of each
kind) finds .0275 to .658 and -.078 to .0332; it would give .0304 and .0033."""

SURE_ENOUGH = 0.98
"""The probability by words from which two editions are translations, whatever the posteriors say. Right documents of a
corpus are above it."""
SHARP = (0.436, 0.725, 0.287)
"""Weights of the log odds by words (within 6 nats) and of the posteriors (`sharpness`), and the shift. Fitted to
maximum likelihood (benchmarks/align/calibration.py) on documents of many grounds, one by one and together, against
first editions with the second ones of other documents; each ground counts once, right documents four times: of files
with one name most are translations. With each kind of ground left out right documents have .96 on average (.93 if the
order gained by the segments is asked instead, as before), wrong ones .15, of which those above .5 are Debian pages that
share whole lines."""
SHARPEST = (-4.0, 8.0)
"""The mean of log odds counts within these bounds. Chosen: right documents reach from 2 to 10, wrong ones from -5 to
2."""


EDGE = 1e-6
"""Posteriors count as no closer to 0 and 1. Chosen: finer than the errors of any text that they were compared with, so
that the probabilities of a good corpus still rank its beads."""


def moved_probability(size: npt.NDArray[np.int64], gain: Floats) -> Floats:
    """[beads] the probability that a moved bead is right, by the size of its run and the run's summed scores."""
    odds = (np.clip(gain / size, 0.0, MOVED_MOST) / MOVED_CENTRE) ** MOVED_POWER * np.maximum(gain / LONG_RUN, 1.0) ** 2
    return np.asarray(odds / (1 + odds), np.float64)


def document_probability(pair: EditionPair, path: Arcs, model: LatticeModel) -> float:
    """The probability that two editions are translations of one another, from the arcs of their best path."""
    log_odds = (score_per_word(pair, path, model) - UNRELATED) / SPREAD
    return 1 / (1 + math.exp(min(-log_odds, 700.0)))  # e⁷⁰⁹ is the greatest that fits a double


def sharpness(path: Arcs) -> float:
    """How far the posteriors of a path's two-sided beads are from even, as their mean log odds.

    Where two editions have the same order, one bead at each place is far likelier than all others; unrelated ones have
    many paths that are as good, whatever is known of their words.
    """
    linked = path.probability[path.linked]
    low, high = SHARPEST
    if not len(linked):
        return low
    inside = np.clip(linked, 1e-6, 1 - 1e-6)
    return float(np.clip(np.clip(np.log(inside / (1 - inside)), -10, 10).mean(), low, high))


def sharp_probability(probability: float, path: Arcs) -> float:
    """The probability that two editions are translations, from that by words and from the posteriors of a path."""
    by_words = math.log(max(probability, 1e-9) / max(1 - probability, 1e-9))
    weight, slope, shift = SHARP
    return 1 / (1 + math.exp(-(weight * min(max(by_words, -6.0), 6.0) + slope * sharpness(path) + shift)))


def score_per_word(pair: EditionPair, path: Arcs, model: LatticeModel) -> float:
    """The score of a path's two-sided beads without their priors, in nats a word of either edition."""
    words = len(pair.a.words.flat) + len(pair.b.words.flat)
    linked = path.take(path.linked)
    return float((linked.score - model.priors[linked.shape]).sum()) / max(words, 1)


def calibrated(probability: Floats, scale: Scale) -> Floats:
    """Probabilities after a linear map of their log odds (Platt 1999); nan stays nan."""
    slope, shift = scale
    inside = np.clip(probability, EDGE, 1 - EDGE)
    out: Floats = 1 / (1 + np.exp(-(slope * np.log(inside / (1 - inside)) + shift)))
    return out


def alone_in_gap(alone: Floats, run: Floats, facing: Floats) -> Floats:
    """[segments] the probability that each has no counterpart, before it is calibrated.

    `alone` is the aligner's own, `run` the number of segments without a counterpart at its place, `facing` the number
    of those of the other edition there; where `run` is 0, `alone` stays.
    """
    inside = np.clip(alone, EDGE, 1 - EDGE)
    odds = np.log(inside / (1 - inside)) + RUN * np.log(np.maximum(run, 1.0)) + FACING * np.log1p(facing)
    return np.where(run > 0, 1 / (1 + np.exp(-odds)), alone)


def alone_probability(alone: Floats) -> Floats:
    """`alone_in_gap` calibrated."""
    return np.minimum(calibrated(alone, ALONE), MOST_ALONE)


def uncalibrated(probability: Floats, scale: Scale) -> Floats:
    """The inverse of `calibrated`."""
    slope, shift = scale
    inside = np.clip(probability, EDGE, 1 - EDGE)
    out: Floats = 1 / (1 + np.exp(-(np.log(inside / (1 - inside)) - shift) / slope))
    return out


SENTENCES = BLOCKS = (0.729, 0.364)
"""Scales of two-sided beads of segments and of blocks, fitted together to maximum likelihood on beads of many grounds,
each counting by the square root of its number (benchmarks/align/calibration.py, which has the figures with each kind of
ground left out)."""
LINES = (0.594, 1.247)
"""The scale of two-sided beads of lines from multiple segmentations, fitted in the same way at the level `clause`."""
ALONE = (0.638, -0.359)
"""The scale of one-sided beads, fitted in the same way, together with these:"""
RUN, FACING = 0.803, -2.425
"""What the log odds of a segment without a counterpart gain, before they are scaled, by the log of the number of such
segments at its place (many/gaps.py), and by the log of 1 + their number in the other edition."""
MOST_ALONE = 0.98
"""No one-sided bead is likelier. Chosen: whether a line has no counterpart depends on the text more than on anything
that the aligner sees; of those that would have .99 or more, .08 have one (swapped chapters, free translations)."""
