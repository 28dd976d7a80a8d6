"""All scores of a row, computed and summed up.

Of each family the row has the parts (sides, pairs or directions) and the worst of them under the bare name
("numbers_agree"); so has the row of a pair's config.
"""

from __future__ import annotations

from collections.abc import Mapping

from corpus_builder.quality.alignment import ALIGNMENT
from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.context import Context
from corpus_builder.quality.copying import COPIED, REPEATED
from corpus_builder.quality.coverage import COVERAGE
from corpus_builder.quality.fertility import FERTILITY
from corpus_builder.quality.languages import LANGUAGE, LETTERS, OWN_WORDS
from corpus_builder.quality.length import LENGTH_RATIO, TOKEN_RATIO
from corpus_builder.quality.machine_translation import MACHINE_TRANSLATION
from corpus_builder.quality.names import NAMES_AGREE
from corpus_builder.quality.numbers import NUMBERS_AGREE, UNITS_AGREE
from corpus_builder.quality.punctuation import PUNCTUATION
from corpus_builder.quality.score import Score, ScoreInput, column, worst_of
from corpus_builder.quality.surplus import SURPLUS

_ALL: tuple[Score, ...] = (
    ALIGNMENT, COVERAGE, SURPLUS, LENGTH_RATIO, TOKEN_RATIO, NUMBERS_AGREE, UNITS_AGREE, NAMES_AGREE, PUNCTUATION,
    COPIED, LANGUAGE, LETTERS, OWN_WORDS, REPEATED, FERTILITY, MACHINE_TRANSLATION,
)  # fmt: skip

SCORES: Mapping[str, Score] = {score.name: score for score in _ALL}
"""All families by name, in the order of the columns. A new one is a file, and its name above."""


def compute(batch: Batch, level: str, context: Context) -> dict[str, Array]:
    """All scores of a batch: the parts' columns, and the worst of each family under its bare name."""
    rows, computed = ScoreInput(batch, level, context), dict[str, Array]()
    for score in SCORES.values():
        parts = {part: score.values(rows, part) for part in score.parts(batch.languages)}
        if parts:
            computed[score.name] = worst_of(score.worst, list(parts.values()))
        computed.update({column(score.name, part): values for part, values in parts.items()})
    return computed
