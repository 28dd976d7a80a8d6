"""The reliability curve of a probability as the shapes of a picture: what it said, and what annotators found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus_builder.audit.report import Bin

HEIGHT, TOP, BOTTOM, LEFT, STEP = 220, 12, 34, 40, 76
"""Units of the picture. Chosen: seven parts of the curve fit beside one another at 390 px, and labels stay readable."""
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Point:
    """A part of the curve: where it stands, the heights of the mean probability, of the share that is right and of the
    limits of its interval, and its label."""

    x: float
    probability: float
    right: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The picture: its size, its points, and the heights of its lines with their labels."""

    width: float
    height: float
    left: float
    points: tuple[Point, ...]
    ticks: tuple[tuple[float, str], ...]


def reliability_curve(bins: Sequence[Bin]) -> Curve | None:
    """The curve of a report's `reliability`; None where nothing is judged. The parts stand at equal distances: most
    rows are above .9, where a scale of the probability itself would put them on top of one another.
    """
    if not bins:
        return None
    points = tuple(
        Point(
            LEFT + STEP * (k + 0.5), _y(each.probability), _y(each.right.estimate), _y(each.right.low),
            _y(each.right.high), f"{_short(each.low)}–{_short(each.high)}",
        )
        for k, each in enumerate(bins)
    )  # fmt: skip
    ticks = tuple((_y(share), _short(share)) for share in TICKS)
    return Curve(LEFT + STEP * len(bins) + 8, HEIGHT, LEFT, points, ticks)


def _y(share: float) -> float:
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)


def _short(share: float) -> str:
    return f"{share:g}".replace("0.", ".")
