"""Untranslated and repeated text: the same words on both sides, or several times on one.

Both are shares of runs of three words: single words are shared by related languages, and by languages that share names.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.languages import language as language_facts
from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.score import PairScore, ScoreInput, SideScore, Worst
from corpus_builder.ragged import Ragged
from corpus_builder.text.letters import CAPITALS

# Words of a run. Chosen: related languages share many runs of two ("в Україні"), and short texts have few longer ones.
_RUN = 3
_PLAIN = re.compile(rf"[\"'«„“(]*[^\W\d_{CAPITALS}][^\W\d_]+[\"'»”“),.;:!?…]*")


UNTRANSLATED = 0.8
"""The share from which on a side is untranslated. Chosen: one side is the other, but for a few words."""


class WordRuns(NamedTuple):
    """By text its words (separated by white space, with a letter in them, in small letters), how many runs of three
    they make, and how many distinct ones; fewer than three words are one run.
    """

    words: Ragged
    total: npt.NDArray[np.int64]
    distinct: npt.NDArray[np.int64]


def word_runs(batch: Batch, language: str) -> WordRuns:
    """The runs of three words of each text."""
    from corpus_builder.quality.kernels import run_counts

    lowered = batch.vocabulary.lowered
    words_of_tokens = batch.vocabulary.tokens.lists(
        "lowered", lambda token: (lowered[part] for part in token.lower().split() if any(map(str.isalpha, part)))
    )
    words = batch.tokens(language).joined(words_of_tokens)
    return WordRuns(words, *run_counts(*words, len(lowered), _RUN))


def copied(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] of the runs of the side that has fewer, the share that the other has too.

    NaN where a side has nothing but names, numbers and commands, which stay as they are, or, between languages of one
    script, fewer than three words, which may be the same in both.
    """
    from corpus_builder.quality.kernels import shared_runs

    batch = rows.batch
    x, y = batch.read(a, word_runs), batch.read(b, word_runs)
    shares: Array = shared_runs(*x.words, x.distinct, *y.words, y.distinct, len(batch.vocabulary.lowered), _RUN)
    told = (batch.read(a, plain_words) > 0) & (batch.read(b, plain_words) > 0)
    if _script(a) == _script(b):
        told &= (x.words.sizes >= _RUN) & (y.words.sizes >= _RUN)
    return np.where(told, shares, np.nan)


def plain_words(batch: Batch, language: str) -> npt.NDArray[np.int32]:
    """[rows] the words of each text in small letters, with nothing but marks of punctuation around them."""
    plain = batch.vocabulary.tokens.array("plain", lambda new: (bool(_PLAIN.fullmatch(token)) for token in new))
    totals: npt.NDArray[np.int32] = batch.tokens(language).totals(plain)
    return totals


def _script(language: str) -> str | None:
    letters = language_facts(language).letters
    return letters.script if letters else None


def repeated(rows: ScoreInput, language: str) -> Array:
    """[rows] the share of runs that occur for the second time or more; NaN where there is no word."""
    runs = rows.batch.read(language, word_runs)
    return np.where(runs.total > 0, 1 - runs.distinct / np.maximum(runs.total, 1), np.nan)


COPIED = PairScore(
    name="copied",
    version=2,
    worst=Worst.GREATEST,
    about="share of runs of three words that both sides have",
    bound=0.5,
    flag="untranslated",
    flag_from=UNTRANSLATED,
    compute=copied,
)
REPEATED = SideScore(
    name="repeated",
    version=1,
    worst=Worst.GREATEST,
    about="share of runs of three words that are repeated",
    bound=0.3,
    compute=repeated,
)
