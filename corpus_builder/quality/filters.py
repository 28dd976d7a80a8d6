"""Which rows to publish: filters over scores. They are apart from the scores: a new threshold needs no new scores.

A filter names a column of `quality` and the least or greatest value that passes. A row without a value passes: the
score does not apply to it. A filter of a family's bare name ("names_agree") tests the worst part of a trilingual row,
and in the config of a pair that pair alone: a row with one bad side may still give a good pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.errors import UsageError
from corpus_builder.model import LIKELY
from corpus_builder.plugins import Extensible
from corpus_builder.quality.batch import Array
from corpus_builder.quality.columns import Value
from corpus_builder.quality.score import Score, Worst
from corpus_builder.quality.scores import BUILT_IN

MANY = 1 / 3
"""Share of the rows from which on a filter that removes more is warned of. Chosen: the aligner's rows are mostly right,
so a filter that removes so many may have its bound on the wrong side, or be meant for another score."""


def many(name: str, config: str, removed: int, rows: int) -> str:
    """A warning that a filter removes more than `MANY` of the rows of a config."""
    share = f"{removed:,} of {rows:,} rows of {config} ({removed / rows:.0%})"
    return f"the filter {name} removes {share}; is its bound right?"


class Rejection(NamedTuple):
    """The filter that rejected a row, and the value for which it did."""

    filter: str
    value: float


@dataclass(frozen=True, slots=True)
class Filter:
    """`score` must be at least `least` and at most `greatest` (None: no bound), in the configs of `levels`.

    `absolute` tests the value without its sign, for scores whose usual value is 0.
    """

    score: str
    least: float | None = None
    greatest: float | None = None
    levels: tuple[str, ...] = ()
    absolute: bool = False

    @property
    def name(self) -> str:
        """The filter as text, by which drops are counted: "names_agree >= 0.5"."""
        score = f"|{self.score}|" if self.absolute else self.score
        bounds = [
            f"{sign} {bound:g}" for sign, bound in ((">=", self.least), ("<=", self.greatest)) if bound is not None
        ]
        return f"{score} {' and '.join(bounds)}"

    def rejects(self, quality: Mapping[str, Value], level: str) -> float | None:
        """The value for which a row is rejected; None for a row that passes.

        >>> Filter("names_agree", least=0.5).rejects({"names_agree": 0.25}, "sentences")
        0.25
        """
        value = quality.get(self.score)
        if not self.applies(level) or not isinstance(value, float):
            return None
        return value if self._outside(value) else None

    def rejected(self, values: Array, level: str) -> npt.NDArray[np.bool_]:
        """[rows] whether rows with these values of the score (NaN: none) are rejected."""
        rejected: npt.NDArray[np.bool_] = np.zeros(len(values), np.bool_)
        return rejected | self._outside(values) if self.applies(level) else rejected

    def applies(self, level: str) -> bool:
        """Whether the filter is for the configs of a level."""
        return not self.levels or level in self.levels

    def _outside(self, value: Any) -> Any:
        """Whether a value, or [rows] each value of an array, is outside the bounds; NaN is not."""
        tested = abs(value) if self.absolute else value
        too_low = self.least is not None and tested < self.least
        too_high = self.greatest is not None and tested > self.greatest
        return too_low | too_high


def accept(quality: Mapping[str, Value], level: str, filters: Sequence[Filter]) -> Rejection | None:
    """None for a row that passes all filters, else the first that rejects it. `level` as "sentences"."""
    for each in filters:
        if (value := each.rejects(quality, level)) is not None:
            return Rejection(each.name, value)
    return None


def _common(score: Score) -> Iterator[Filter]:
    """The filter of a score in common use, if there is one."""
    if score.bound is not None:
        least = score.bound if score.worst is Worst.LEAST else None
        greatest = None if score.worst is Worst.LEAST else score.bound
        yield Filter(score.name, least, greatest, absolute=score.worst is Worst.FARTHEST)


COMMON = (
    Filter("probability", least=LIKELY),
    Filter("complete", least=LIKELY),
    *chain.from_iterable(map(_common, BUILT_IN.values())),
    Filter("near_duplicates", greatest=10),
    Filter("duplicate_rank", greatest=0),
)
"""Loose filters, to preview what they would remove; none is applied unless a run config names it. Their bounds are
chosen, not fitted: each removes only rows that are clearly odd by that score."""


def _accept(_name: str, made: object) -> tuple[Filter, ...]:
    """What an installed package has for a set of filters."""
    several = [each for each in (made if isinstance(made, tuple | list) else [made]) if isinstance(each, Filter)]
    if not several or (isinstance(made, tuple | list) and len(several) < len(made)):
        raise TypeError("it must be a corpus_builder.quality.filters.Filter, or several of them")
    if unbounded := [each.score for each in several if each.least is None and each.greatest is None]:
        raise ValueError(f"the filter of {unbounded[0]} needs least or greatest")
    return tuple(several)


NAMED: Mapping[str, tuple[Filter, ...]] = Extensible(
    "corpus_builder.filters", "set of filters", {"common": COMMON}, _accept
)
"""Filters that a run config and `quality` take by name: the common ones, and those that installed packages add."""


def named(name: str) -> tuple[Filter, ...]:
    """The filters of a name. Raises UsageError where there are none."""
    if name not in NAMED:
        raise UsageError(f"no filters are named {name!r}", next_step=f"choose from {', '.join(NAMED)}")
    return NAMED[name]
