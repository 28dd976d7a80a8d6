"""Untranslated and repeated text: the same words on both sides, or several times on one.

Both are shares of runs of three words: words alone are shared by related languages, and by languages that share names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.vocabulary import Lists

_RUN = 3


class Runs(NamedTuple):
    """By text its words (what white space separates and has a letter, in small letters), how many runs of three they
    make, and how many distinct ones; fewer than three words are one run.
    """

    words: Lists
    total: npt.NDArray[np.int64]
    distinct: npt.NDArray[np.int64]


def word_runs(batch: Batch, language: str) -> Runs:
    """The runs of three words of each text."""
    from corpus_builder.quality.kernels import run_counts

    lowered = batch.vocabulary.lowered
    own = batch.vocabulary.tokens.lists(
        "lowered", lambda token: (lowered[part] for part in token.lower().split() if any(map(str.isalpha, part)))
    )
    found = batch.tokens(language).joined(own)
    return Runs(found, *run_counts(*found, len(lowered), _RUN))


def copied(batch: Batch, a: str, b: str) -> Array:
    """[rows] of the runs of the side that has fewer, the share that the other has too; NaN where a side has no word."""
    from corpus_builder.quality.kernels import shared_runs

    x, y = batch.read(a, word_runs), batch.read(b, word_runs)
    found: Array = shared_runs(*x.words, x.distinct, *y.words, y.distinct, len(batch.vocabulary.lowered), _RUN)
    return found


def repeated(batch: Batch, language: str) -> Array:
    """[rows] the share of runs that stand there for the second time or more; NaN where there is no word."""
    runs = batch.read(language, word_runs)
    return np.where(runs.total > 0, 1 - runs.distinct / np.maximum(runs.total, 1), np.nan)
