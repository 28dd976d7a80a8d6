"""Which rows to publish: filters over scores, apart from the scores, so that thresholds change without computing anew.

A filter names a column of `quality` and the least or greatest value that passes. A row without a value passes: it gave
no ground. A filter of a family's bare name ("names_agree") holds the worst part of a trilingual row against the
threshold, and in the config of a pair that pair alone: a row with one bad side may still give a good pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from corpus_builder.quality.columns import Value


class Rejection(NamedTuple):
    """The filter that turned a row away, and the value for which it did."""

    filter: str
    value: float


@dataclass(frozen=True, slots=True)
class Filter:
    """`score` must be at least `least` and at most `greatest` (None: no bound), in the configs of `levels`.

    `absolute` takes the value without its sign, for scores that are usual at 0.
    """

    score: str
    least: float | None = None
    greatest: float | None = None
    levels: tuple[str, ...] = ()
    absolute: bool = False

    @property
    def name(self) -> str:
        """The filter in a word, as drops are counted by: "names_agree >= 0.5"."""
        score = f"|{self.score}|" if self.absolute else self.score
        bounds = [
            f"{sign} {bound:g}" for sign, bound in ((">=", self.least), ("<=", self.greatest)) if bound is not None
        ]
        return f"{score} {' and '.join(bounds)}"

    def rejects(self, quality: Mapping[str, Value], level: str) -> float | None:
        """The value for which a row is turned away; None for a row that passes.

        >>> Filter("names_agree", least=0.5).rejects({"names_agree": 0.25}, "sentences")
        0.25
        """
        if self.levels and level not in self.levels:
            return None
        value = quality.get(self.score)
        if not isinstance(value, float):
            return None
        held = abs(value) if self.absolute else value
        outside = (self.least is not None and held < self.least) or (self.greatest is not None and held > self.greatest)
        return value if outside else None


def accept(quality: Mapping[str, Value], level: str, filters: Sequence[Filter]) -> Rejection | None:
    """None for a row that all filters let pass, else the first that does not. `level` as "sentences"."""
    for one in filters:
        if (value := one.rejects(quality, level)) is not None:
            return Rejection(one.name, value)
    return None


COMMON = (
    Filter("probability", least=0.5),
    Filter("alignment", least=0.5),
    Filter("coverage", least=0.1),
    Filter("length_ratio", greatest=4.0, absolute=True),
    Filter("numbers_agree", least=0.5),
    Filter("names_agree", least=0.25),
    Filter("language", least=0.5),
    Filter("own_words", least=0.8),
    Filter("letters", least=0.9),
    Filter("copied", greatest=0.5),
    Filter("repeated", greatest=0.3),
    Filter("near_duplicates", greatest=10),
    Filter("duplicate_rank", greatest=0),
)
"""Filters that many use, to see what they would remove; none is on unless a run config names it."""
