"""Length: how unusual the ratio of two sides' lengths is in this corpus (length_model.py), in characters and words."""

from __future__ import annotations

import numpy as np

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.length_model import LengthModel
from corpus_builder.quality.score import PairScore, ScoreInput, Worst
from corpus_builder.text.tokens import words


def length_ratio(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] lengths in characters against the usual ratio, as z."""
    model = rows.context.lengths.get((rows.level, f"{a}-{b}", "characters"), LengthModel())
    return model.z(characters(rows.batch, a), characters(rows.batch, b))


def token_ratio(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] lengths in words against the usual ratio, as z."""
    model = rows.context.lengths.get((rows.level, f"{a}-{b}", "words"), LengthModel())
    return model.z(word_counts(rows.batch, a), word_counts(rows.batch, b))


def characters(batch: Batch, language: str) -> Array:
    """[rows] characters of each text; NaN where there is none."""
    return np.array([np.nan if text is None else len(text) for text in batch.texts(language)], np.float64)


def word_counts(batch: Batch, language: str) -> Array:
    """[rows] words of each text; NaN where there is none."""
    counts = batch.vocabulary.tokens.array("words", lambda new: (len(words(token)) for token in new))
    return np.where(batch.present(language), batch.tokens(language).totals(counts), np.nan)


LENGTH_RATIO = PairScore(
    name="length_ratio",
    version=2,
    worst=Worst.FARTHEST,
    about="lengths in characters against the corpus' usual ratio, as z",
    bound=4.0,
    compute=length_ratio,
)
TOKEN_RATIO = PairScore(
    name="token_ratio",
    version=2,
    worst=Worst.FARTHEST,
    about="lengths in words against the corpus' usual ratio, as z",
    compute=token_ratio,
)
