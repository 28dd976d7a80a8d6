"""All scores of a row, computed and summed up.

Of each family the row has the parts (sides, pairs or directions) and the worst of them under the bare name
("numbers_agree"); so has the row of a pair's config.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus_builder.errors import RunError
from corpus_builder.plugins import Extensible
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
from corpus_builder.quality.score import DirectionScore, PairScore, Score, ScoreInput, SideScore, column, worst_of
from corpus_builder.quality.surplus import SURPLUS

_ALL: tuple[Score, ...] = (
    ALIGNMENT, COVERAGE, SURPLUS, LENGTH_RATIO, TOKEN_RATIO, NUMBERS_AGREE, UNITS_AGREE, NAMES_AGREE, PUNCTUATION,
    COPIED, LANGUAGE, LETTERS, OWN_WORDS, REPEATED, FERTILITY, MACHINE_TRANSLATION,
)  # fmt: skip

# Columns of a row that are no family of scores (columns.py), by which no package may name its score.
_TAKEN = frozenset({"probability", "complete", "score", "near_duplicates", "duplicate_rank", "consistency",
                    "weakest_pair", "weakest_reason", "audited"})  # fmt: skip


def _accept(name: str, made: object) -> Score:
    """What an installed package has for a score."""
    if not isinstance(made, SideScore | PairScore | DirectionScore):
        raise TypeError("it must be a SideScore, PairScore or DirectionScore of corpus_builder.quality.score")
    if made.name != name:
        raise ValueError(f"its name is {made.name!r}, that of the entry point is {name!r}")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in _TAKEN:
        raise ValueError(f"{name!r} cannot be the name of a column: small letters, digits and _, and not one of ours")
    return made


BUILT_IN: Mapping[str, Score] = {score.name: score for score in _ALL}
"""The families of this package by name; the calibration knows no others."""
SCORES: Extensible[Score] = Extensible("corpus_builder.scores", "score", BUILT_IN, _accept)
"""All families by name, in the order of the columns: those of this package, a file each and their name above, and those
that installed packages add."""


def compute(batch: Batch, level: str, context: Context) -> dict[str, Array]:
    """All scores of a batch: the parts' columns, and the worst of each family under its bare name."""
    rows, computed = ScoreInput(batch, level, context), dict[str, Array]()
    for score in SCORES.values():
        parts = {part: _values(score, rows, part) for part in score.parts(batch.languages)}
        if parts:
            computed[score.name] = worst_of(score.worst, list(parts.values()))
        computed.update({column(score.name, part): values for part, values in parts.items()})
    return computed


def _values(score: Score, rows: ScoreInput, part: tuple[str, ...]) -> Array:
    """The values of one part. Raises RunError where the score of a package fails, or is no number for each row."""
    if score.name in BUILT_IN:
        return score.values(rows, part)
    where = f"the score {score.name!r} of {SCORES.packages.get(score.name)}"
    try:
        return score.values(rows, part)
    except Exception as error:  # a stranger's code runs here, which may raise anything
        raise RunError(
            f"{where} failed on {column(score.name, part)}: {type(error).__name__}: {error}",
            next_step="update or uninstall the package",
        ) from error
