"""Fertility: how many pieces the corpus' subword model (subwords.py) needs for a word.

A text of another language, of damaged characters or of lists and codes is cut into many short pieces.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.score import ScoreInput, SideScore, Worst
from corpus_builder.text.quantities import MISSING

_UNCOUNTED = -1


def pieces_per_word(batch: Batch, language: str, model: Any) -> Array:
    """[rows] pieces per word of the texts of a language, by a sentencepiece processor; NaN where there is no text.

    No piece contains white space, so a text has the pieces of its tokens.
    """
    tokens, text_tokens = batch.vocabulary.tokens, batch.tokens(language)
    pieces = tokens.array(("pieces", language), lambda new: [_UNCOUNTED] * len(new))
    new = np.unique(text_tokens.flat[pieces[text_tokens.flat] == _UNCOUNTED])
    pieces[new] = [len(ids) for ids in model.encode([tokens.entries[i] for i in new.tolist()], num_threads=1)]
    words = tokens.array("parts", lambda new: (len(token.split()) for token in new))
    share = text_tokens.totals(pieces) / np.maximum(text_tokens.totals(words), 1)
    return np.where(text_tokens.sizes > 0, share, np.nan)


def fertility(rows: ScoreInput, language: str) -> Array:
    """[rows] pieces per word, in spreads from the corpus' median; NaN where the language has no model."""
    model, usual = rows.context.pieces.get(language), rows.context.fertility.get(language)
    if model is None or usual is None:
        return np.full(len(rows.batch), MISSING)
    z: Array = (pieces_per_word(rows.batch, language, model) - usual[0]) / usual[1]
    return z


FERTILITY = SideScore(
    name="fertility",
    version=1,
    worst=Worst.FARTHEST,
    about="subword pieces per word against the corpus' median, as z",
    compute=fertility,
)
