"""How often annotators are mistaken, from the rows that all of them judge, and what that does to a share of right rows.

A single annotator calls some right rows wrong (`missed`) and some wrong rows right (`passed`). On the shared rows the
truth is what annotators agree on, or what was decided where they do not; so each single judgement of these rows can be
held against it. With the two rates the share of rows that one annotator alone saw is corrected (Rogan and Gladen 1978):

    right = (called right - passed) / (1 - passed - missed)

Second looks (queue.py) find the right rows that were called wrong; for them `missed` counts no more. What is left are
mistakes that both annotators make alike, of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.959964
"""The 97.5 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate between 0 and 1, and its lower and upper limit (95 %)."""

    estimate: float
    low: float
    high: float

    @property
    def width(self) -> float:
        """The distance of the limits."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Observed:
    """One judged row: its stratum, its story, its probability, and whether it is right.

    `said` has what each annotator said, one value where one alone saw the row. `shared` is a row that all were to
    judge and two have judged, `checked` one that two agree on or that was decided. `weight` is in proportion to the
    rows of its stratum that the row stands for.
    """

    stratum: str
    story: str
    probability: float
    right: bool
    said: tuple[bool, ...] = ()
    shared: bool = False
    checked: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Mistakes:
    """Of single judgements of the shared rows: how many were of right rows, and how many of these said otherwise
    (`missed`); how many were of wrong rows, and how many of these said right (`passed`). `unchecked` is the share, of
    the rows that one annotator alone saw and did not call right, at which nobody else has looked yet.
    """

    of_right: int
    missed: int
    of_wrong: int
    passed: int
    unchecked: float

    @property
    def missed_rate(self) -> Interval:
        """The share of right rows that are called wrong and stay so."""
        found = _rate(self.missed, self.of_right)
        return Interval(*(each * self.unchecked for each in (found.estimate, found.low, found.high)))

    @property
    def passed_rate(self) -> Interval:
        """The share of wrong rows that are called right."""
        return _rate(self.passed, self.of_wrong)


def _rate(mistakes: int, judgements: int) -> Interval:
    """As Chapman (1951) estimates in capture and recapture: below 1, and 0 where nothing is known."""
    within = wilson(mistakes / judgements if judgements else 0.0, judgements)
    return Interval(mistakes / (judgements + 1), within.low, within.high)


def find_mistakes(rows: Sequence[Observed]) -> Mistakes | None:
    """The mistakes of annotators; None where no row was judged by two."""
    shared = [row for row in rows if row.shared and len(row.said) > 1]
    if not shared:
        return None
    right = [said for row in shared if row.right for said in row.said]
    wrong = [said for row in shared if not row.right for said in row.said]
    doubted = [row for row in rows if not row.shared and not all(row.said)]
    left = sum(not row.checked for row in doubted)
    return Mistakes(
        len(right), right.count(False), len(wrong), wrong.count(True), left / len(doubted) if doubted else 1
    )


def wilson(share: float, n: float) -> Interval:
    """Wilson's (1927) interval of a share of n observations; 0 to 1 where there are none."""
    if n <= 0:
        return Interval(share, 0.0, 1.0)
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))
