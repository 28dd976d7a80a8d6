"""From posteriors and scores to calibrated probabilities.

The values below were fitted by `python benchmarks/align/calibration.py`, which refits them and prints its values beside
these.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Arcs, Floats
from corpus_builder.align.two.edition_pair import EditionPair
from corpus_builder.align.two.lattice_model import LatticeModel
from corpus_builder.align.words.translation_table import Matches


class Scale(NamedTuple):
    """A linear map of log odds, and the probability that it never passes."""

    slope: float
    shift: float
    most: float = 1.0


class Footing(NamedTuple):
    """What the alignment of two editions stands on."""

    related: float = 1.0
    """The probability that they are translations of one another, and that their alignment is not lost."""
    known: float = 1.0
    """The share of the translations of their words that is known (translation_table.Matches), 0 to 1."""


TRUST = (2.413, -1.080)
"""A linear map of the log odds that two editions are translations, to those that their alignment can be trusted at all:
with a lost alignment (an edition in reverse order, of words that are not known) it is worth as little as with unrelated
texts. Fitted together with SENTENCES."""

MOVED = (0.291, -0.481, 1.838)
"""A moved bead has no posterior, since no path leads through it. Its log odds are these weights times the log of its
run's score a bead, one, and the log of how many times LONG_RUN its run's score is."""
MOVED_DOCUMENT = (0.752, 1.516, 7.395, 1.025)
"""They are multiplied by a probability with the log odds of these weights times those that the alignment can be
trusted, one, the share of the document's two-sided beads that have moved times the log of the run's score a bead (in
unrelated texts few have moved, or to places that hardly fit), and how much is known of the words times the first, if it
is below 0: known words that do not fit say that texts are unrelated, unknown ones may be in another order."""
MOVED_MOST, LONG_RUN = 8.0, 10.0
"""A bead's score counts up to MOVED_MOST (chosen: of those above it no more are right: a sentence that was inserted
into both editions); runs are likelier the longer they are from LONG_RUN on (chosen: two good beads)."""

UNRELATED, SPREAD = 0.0215, 0.006
"""The score per word at which two editions are as likely translations as not, and how fast the probability changes
there. On newsroom seeds 1 and 2 right pairs have .027 to .6 and pairs of different documents -.5 to .0214, with a table
from the corpus; with a seed lexicon alone .022 to .3 and -.2 to .017. The refit on seeds 1 to 5 (1,399 pairs of each
kind) finds .0275 to .658 and -.078 to .0332; it would give .0304 and .0033."""

SURE_ENOUGH = 0.98
"""The probability by words from which two editions are translations, whatever the posteriors say. Right documents of a
corpus are above it."""
SHARP = (0.131, 0.912, 0.153, -0.112)
"""Weights of what `likeness` gives, and the shift. Fitted to maximum likelihood (benchmarks/align/calibration.py) on
documents of many grounds, one by one and together, whole and their first one to eight segments, against first editions
with the second ones of other documents; each ground counts once, its short documents a fifth, right documents four
times: of files with one name most are translations."""
MOST_BY_WORDS, MOST_SCORE = 6.0, 20.0
"""The log odds by words and the score in nats count within these bounds. Chosen: more decides nothing."""
FEW_BEADS = 3.0
"""Of so few two-sided beads the posteriors count half. Chosen of 2, 3, 8 and 20 by the likelihood of grounds that were
left out, 2 being as good: one bead of two lines is sharp whatever they say."""
SHARPEST = (-4.0, 8.0)
"""The mean of log odds counts within these bounds. Chosen: right documents reach from 2 to 10, wrong ones from -5 to
2."""


MOST_RELATED = 8.0
"""The log odds of `Footing.related` count within these bounds. Chosen: probabilities of documents have four digits."""
MOST_REPETITIVE = 0.98
"""`Footing.related` of texts that repeat themselves is no more where only a band was searched: what makes one place in
it likelier than another, the other places, lies outside. Chosen: as for one-sided lines.
"""
EDGE = 1e-6
"""Posteriors count as no closer to 0 and 1. Chosen: finer than the errors of any text that they were compared with, so
that the probabilities of a good corpus still rank its beads."""


def moved_probability(size: npt.NDArray[np.int64], gain: Floats, footing: Footing, share: float) -> Floats:
    """[beads] the probability that a moved bead is right, by the size of its run and the run's summed scores.

    `share` is that of the document's two-sided beads that have moved.
    """
    power, shift, run_power = MOVED
    each, long = run_logarithms(size, gain)
    related, document_shift, moved, known = MOVED_DOCUMENT
    trust = related_log_odds(footing.related)
    document = related * trust + document_shift + moved * share * each + known * footing.known * min(trust, 0.0)
    return _odds(document) * _odds(power * each + shift + run_power * long)


def run_logarithms(size: npt.NDArray[Any], gain: Floats) -> tuple[Floats, Floats]:
    """[beads] the logs of the score a bead of its run, and of how many times LONG_RUN the run's score is."""
    return np.log(np.clip(gain / size, 0.1, MOVED_MOST)), np.log(np.maximum(gain / LONG_RUN, 1.0))


def _odds(log_odds: Any) -> Floats:
    """Probabilities from log odds."""
    return np.asarray(1 / (1 + np.exp(-log_odds)), np.float64)


def related_log_odds(related: float) -> float:
    """The log odds of `Footing.related`, within MOST_RELATED."""
    inside = min(max(related, EDGE), 1 - EDGE)
    return min(max(math.log(inside / (1 - inside)), -MOST_RELATED), MOST_RELATED)


def trusted(probability: float) -> float:
    """The probability that an alignment can be trusted, from that of two editions being translations."""
    slope, shift = TRUST
    inside = min(max(probability, EDGE), 1 - EDGE)
    return 1 / (1 + math.exp(-(slope * math.log(inside / (1 - inside)) + shift)))


def known_share(pair: EditionPair, matches: Matches) -> float:
    """How much is known of the words of both editions, on average."""
    a, b = matches.known_a[pair.a.words.flat], matches.known_b[pair.b.words.flat]
    return float(a.sum() + b.sum()) / max(len(a) + len(b), 1)


def is_repetitive(pair: EditionPair) -> bool:
    """Whether fewer than half of the segments of an edition differ from all before them in their words."""
    for edition in (pair.a, pair.b):
        if len({edition.words.row(number).tobytes() for number in range(edition.size)}) < edition.size / 2:
            return True
    return False


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


def likeness(pair: EditionPair, path: Arcs, model: LatticeModel, known: float) -> tuple[float, float, float]:
    """What tells translations from other texts: the log odds by words, the posteriors, and the score of all words.

    `known` is how much is known of the words: those that are, and do not fit, say that texts are no translations.
    """
    by_words = document_probability(pair, path, model)
    beads = int(path.linked.sum())
    words = len(pair.a.words.flat) + len(pair.b.words.flat)
    score = (score_per_word(pair, path, model) - UNRELATED) * words
    return (
        min(max(math.log(max(by_words, 1e-9) / max(1 - by_words, 1e-9)), -MOST_BY_WORDS), MOST_BY_WORDS),
        sharpness(path) * beads / (beads + FEW_BEADS),
        min(max(score, -MOST_SCORE), MOST_SCORE) * known,
    )


def sharp_probability(like: tuple[float, float, float]) -> float:
    """The probability that two editions are translations, from their likeness."""
    *weights, shift = SHARP
    return 1 / (1 + math.exp(-(sum(weight * each for weight, each in zip(weights, like, strict=True)) + shift)))


def score_per_word(pair: EditionPair, path: Arcs, model: LatticeModel) -> float:
    """The score of a path's two-sided beads without their priors, in nats a word of either edition."""
    words = len(pair.a.words.flat) + len(pair.b.words.flat)
    linked = path.take(path.linked)
    return float((linked.score - model.priors[linked.shape]).sum()) / max(words, 1)


def calibrated(probability: Floats, scale: Scale) -> Floats:
    """Probabilities after a linear map of their log odds (Platt 1999), times the scale's most; nan stays nan."""
    inside = np.clip(probability, EDGE, 1 - EDGE)
    out: Floats = scale.most / (1 + np.exp(-(scale.slope * np.log(inside / (1 - inside)) + scale.shift)))
    return out


def alone_in_gap(alone: Floats, run: Floats, facing: Floats, footing: Footing, share: float) -> Floats:
    """[groups] the calibrated probability that each has no counterpart.

    `alone` is the aligner's own, `run` the number of segments without a counterpart at its place, `facing` the number
    of those of the other edition there (many/gaps.py), `share` that of the groups of one edition among all; where
    `run` is 0, `alone` is calibrated by itself. Either the texts are strangers, or the group is alone within them.
    """
    inside = np.clip(alone, *DOUBT)
    long, opposite = gap_logarithms(run, facing)
    own, shift, run_weight, facing_weight, known = LONELY
    odds = own * np.log(inside / (1 - inside)) + shift + run_weight * long + facing_weight * opposite
    related, stranger_shift, one_sided = FAMILIAR
    familiar = _odds(related * related_log_odds(footing.related) + stranger_shift + one_sided * share)
    p = ALONE.most * (1 - familiar * (1 - _odds(odds + known * footing.known)))
    return np.where(run > 0, p, alone_probability(alone))


def gap_logarithms(run: Floats, facing: Floats) -> tuple[Floats, Floats]:
    """[groups] the logs of the number of segments at the place of each, and of 1 + that of the other edition's."""
    return np.log(np.clip(run, 1.0, MOST_RUN)), np.log1p(np.minimum(facing, MOST_FACING))


def alone_probability(alone: Floats) -> Floats:
    """Calibrated probabilities that groups have no counterpart."""
    return calibrated(alone, ALONE)


def alone_of(probability: Floats) -> Floats:
    """The inverse of `alone_probability`."""
    return uncalibrated(probability, ALONE)


def uncalibrated(probability: Floats, scale: Scale) -> Floats:
    """The inverse of `calibrated`."""
    inside = np.clip(probability / scale.most, EDGE, 1 - EDGE)
    out: Floats = 1 / (1 + np.exp(-(np.log(inside / (1 - inside)) - scale.shift) / scale.slope))
    return out


SENTENCES = BLOCKS = Scale(0.770, 0.189)
"""Scales of two-sided beads of segments and of blocks, fitted together to maximum likelihood on beads of many grounds,
each counting by the square root of its number (benchmarks/align/calibration.py, which has the figures with each kind of
ground left out)."""
LINES = Scale(0.683, 1.343, 0.98)
"""The scale of two-sided beads of lines from multiple segmentations, fitted in the same way at the level `clause`. The
most is chosen: of Text+Berg's surest beads, lone windows of 40 to 120 lines and the whole, .97 are in the gold, which
joins some of them with their neighbours."""
ALONE = Scale(0.836, -0.607, 0.98)
"""The scale of one-sided beads where their places are not known, as in the pipeline, which states no probability for
them. Fitted before LONELY. The most is chosen: whether a line has no counterpart depends on the text more than on
anything that the aligner sees."""
LONELY = (0.419, -1.331, 0.746, -3.183, 3.951)
"""The log odds that a line has no counterpart in a text that is a translation are these weights times the aligner's
own, one, the log of the number of such lines at its place (many/gaps.py), the log of 1 + their number in the other
edition, and how much is known of the words: in a corpus it would have been recognized, in a lone document perhaps
not."""
FAMILIAR = (0.662, 4.665, -2.990)
"""The log odds that the text is a translation whose alignment is not lost, for its one-sided beads, are these weights
times those that the alignment can be trusted, one, and the share of one-sided beads. Fitted together with LONELY."""
MOST_RUN, MOST_FACING = 20.0, 1.0
"""More segments count as so many. Chosen: of the lines that 1, 2, and 3 or more face .46, .24 and .13 are alone, but
where an alignment is lost all lines face many, and half of them may be alone."""
DOUBT = (0.01, 0.99)
"""Before that, its own probability counts within these bounds. Chosen: on kinds of text that are left out it is worse
by .006 nats a bead if it counts up to .999, and by .02 up to certainty; up to .95 newsroom sites are far from it."""
