"""What a score is: its name, version, direction and thresholds, and the function that computes it.

Each family of scores has a file with its functions and, at the end, a `SideScore`, `PairScore` or `DirectionScore` for
each; scores.py lists them. A score is of a side ("language_uk"), of a pair ("numbers_agree_en_uk") or of a direction
("coverage_en_uk": how much of the Ukrainian side the English one accounts for).

Missing values are NaN here and null in files: the score does not apply to that row.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, permutations
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from corpus_builder.languages import language
from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.context import Context
from corpus_builder.text.quantities import MISSING


class Of(StrEnum):
    """What a score is of."""

    SIDE = "side"
    PAIR = "pair"
    DIRECTION = "direction"


class Worst(StrEnum):
    """Which of several values is the worst."""

    LEAST = "least"
    GREATEST = "greatest"
    FARTHEST = "farthest from 0"


@dataclass(frozen=True, slots=True)
class ScoreInput:
    """What a score is computed from: rows of one level, and what was learned of their corpus."""

    batch: Batch
    level: str
    context: Context


@dataclass(frozen=True, kw_only=True)
class Score(ABC):
    """One family of scores.

    `version` changes whenever values may; `about` is a line for the dataset's card. `bound` is the value that a filter
    in common use still accepts (filters.COMMON), None where there is no such filter. `flag` marks rows whose value is
    below `flag_from` where the least is the worst, else at or above it.
    """

    of: ClassVar[Of]

    name: str
    version: int
    worst: Worst
    about: str
    bound: float | None = None
    flag: str | None = None
    flag_from: float = MISSING

    @abstractmethod
    def parts(self, languages: Sequence[str]) -> list[tuple[str, ...]]:
        """The sides, pairs or directions that some languages have, in alphabetical order."""

    @abstractmethod
    def computed(self, rows: ScoreInput, part: tuple[str, ...]) -> Array:
        """[rows] the values of one part, whatever sides a row has."""

    def values(self, rows: ScoreInput, part: tuple[str, ...]) -> Array:
        """[rows] the values of one part; NaN where the row lacks a side of it.

        Raises ValueError where there is another number of values than of rows.
        """
        present = np.logical_and.reduce([rows.batch.present(language) for language in part])
        computed = np.asarray(self.computed(rows, part), np.float64)
        if computed.shape != present.shape:
            raise ValueError(f"an array of shape {computed.shape} for {len(present)} rows")
        return np.where(present, computed, MISSING)

    def columns(self, languages: Sequence[str]) -> list[str]:
        """The columns of a row in these languages: the worst first, then the parts (a pair's row has only sides and
        directions beside it).
        """
        parts = self.parts(languages)
        if self.of is Of.PAIR and len(parts) < 2:
            return [self.name] * len(parts)
        return [self.name, *(column(self.name, part) for part in parts)]

    def flagged(self, values: Array) -> npt.NDArray[np.bool_]:
        """[rows] whether a value is bad enough for the flag."""
        if self.worst is Worst.LEAST:
            return values < self.flag_from
        return (np.abs(values) if self.worst is Worst.FARTHEST else values) >= self.flag_from


@dataclass(frozen=True, kw_only=True)
class SideScore(Score):
    """A score of one side: `compute(rows, language)`."""

    of: ClassVar[Of] = Of.SIDE

    compute: Callable[[ScoreInput, str], Array]

    def parts(self, languages: Sequence[str]) -> list[tuple[str, ...]]:
        """Each language."""
        return [(code,) for code in sorted(languages)]

    def computed(self, rows: ScoreInput, part: tuple[str, ...]) -> Array:
        """[rows] the values of a side."""
        (language,) = part
        return self.compute(rows, language)


@dataclass(frozen=True, kw_only=True)
class PairScore(Score):
    """A score of two sides: `compute(rows, a, b)`, which is the same for (b, a) but for its sign.

    With `machine_translated` it is for those languages only of which one's file says that it is translated from the
    other by machine ([machine_translation] of).
    """

    of: ClassVar[Of] = Of.PAIR

    compute: Callable[[ScoreInput, str, str], Array]
    machine_translated: bool = False

    def parts(self, languages: Sequence[str]) -> list[tuple[str, ...]]:
        """Each two languages that it is for."""
        pairs = combinations(sorted(languages), 2)
        return [pair for pair in pairs if not self.machine_translated or _machine_translated(*pair)]

    def computed(self, rows: ScoreInput, part: tuple[str, ...]) -> Array:
        """[rows] the values of a pair."""
        a, b = part
        return self.compute(rows, a, b)


@dataclass(frozen=True, kw_only=True)
class DirectionScore(PairScore):
    """A score of a direction: `compute(rows, a, b)` from a to b."""

    of: ClassVar[Of] = Of.DIRECTION

    def parts(self, languages: Sequence[str]) -> list[tuple[str, ...]]:
        """Each two languages, in both orders."""
        return [way for pair in super().parts(languages) for way in permutations(pair)]


def _machine_translated(a: str, b: str) -> bool:
    """Whether one of two languages is said to be translated from the other by machine."""
    return b in language(a).machine_translation.of or a in language(b).machine_translation.of


def column(name: str, part: Sequence[str]) -> str:
    """The name of a part's column.

    >>> column("coverage", ("en", "uk"))
    'coverage_en_uk'
    """
    return "_".join((name, *part))


def worst_of(worst: Worst, values: Sequence[Array]) -> Array:
    """By row the worst of several values, missing ones left out; NaN where all are missing."""
    stacked = np.stack(values)
    none = np.isnan(stacked).all(axis=0)
    if worst is Worst.FARTHEST:
        at = np.where(np.isnan(stacked), -1.0, np.abs(stacked)).argmax(axis=0)
        chosen: Array = np.take_along_axis(stacked, at[None], axis=0)[0]
    else:
        fill, reduce = (np.inf, np.min) if worst is Worst.LEAST else (-np.inf, np.max)
        chosen = reduce(np.where(np.isnan(stacked), fill, stacked), axis=0)
    return np.where(none, MISSING, chosen)
