"""A heuristic for machine translation between Ukrainian and Russian.

Three signs count: words that correspond one to one in the same order, as machines and hurried editors translate between
close languages; words of the other language that remain; and calques (phrases of the other language in this one's
words), which editors know and avoid. It is not proof: agency texts, official statements and quotations are close in
good translations, too, and close human translation looks much the same (benchmarks/quality/machine.py). Short sentences
have no value (NaN below eight words).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from corpus_builder.languages import cached
from corpus_builder.languages import language as language_facts
from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.coverage import content
from corpus_builder.quality.languages import clean_letters, own_words
from corpus_builder.quality.score import PairScore, ScoreInput, Worst

_LEAST_WORDS = 8
_CALQUE = 0.25
"""What one calque adds: two of them weigh as much as half of the words out of order."""


class _Calques(NamedTuple):
    """A pattern of all calques, and for each a string that few texts without it have."""

    whole: re.Pattern[str]
    hints: tuple[str, ...]


@cached
def _calques(language: str) -> _Calques | None:
    """The calques of a language, from its file."""
    patterns = language_facts(language).machine_translation.calques
    if not patterns:
        return None
    return _Calques(re.compile(rf"\b(?:{'|'.join(patterns.values())})\b", re.IGNORECASE), tuple(patterns))


def calques(batch: Batch, language: str) -> Array:
    """[rows] how many calques of the list each text has."""
    out, known = np.zeros(len(batch)), _calques(language)
    if known is not None:
        hints = known.hints
        own = batch.vocabulary.tokens.array(
            ("calques", language), lambda new: (any(hint in token.lower() for hint in hints) for token in new)
        )
        for row in np.flatnonzero(batch.tokens(language).totals(own)).tolist():
            out[row] = len(known.whole.findall(batch.texts(language)[row] or ""))
    return out


def left_over(rows: ScoreInput, language: str) -> Array:
    """[rows] what share of a text's words are another edition's, or have letters that its language lacks."""
    shares = np.stack([1 - own_words(rows, language), 1 - clean_letters(rows, language)])
    left: Array = np.nan_to_num(shares).sum(axis=0)
    return left


def literal(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] how far b's words render a's one for one and in their order, 0 to 1; NaN below eight words.

    Each of a's words goes to the nearest place on the other side that it corresponds to (the earlier of two); the value
    is the longest chain of rising places, as a share of the words of the longer side.
    """
    from corpus_builder.quality import kernels

    batch, vocabulary = rows.batch, rows.batch.vocabulary
    x, y = batch.read(a, content), batch.read(b, content)
    a_to_b = rows.context.translations.numbered(a, b, vocabulary)
    shares: Array = kernels.literal(
        *x.units, x.sounds, *y.units, y.sounds, *a_to_b, len(vocabulary.units), len(vocabulary.sounds), _LEAST_WORDS
    )
    return shares


def suspicion(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] all signs in one number, 0 to 1; NaN for short sentences without a calque."""
    order = literal(rows, a, b)
    loans = _CALQUE * (rows.batch.read(a, calques) + rows.batch.read(b, calques))
    left = left_over(rows, a) + left_over(rows, b)
    return np.where(np.isnan(order) & (loans == 0), np.nan, np.minimum(1.0, np.nan_to_num(order) + loans + left))


MACHINE_TRANSLATION = PairScore(
    name="machine_translation",
    version=2,
    worst=Worst.GREATEST,
    about="signs that one of two close languages was machine-translated from the other; heuristic, not proof",
    compute=suspicion,
    machine_translated=True,
)
