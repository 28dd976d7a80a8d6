"""The rows of a config in strata: by published probability and by shape.

Rows of one stratum are about equally likely to be right, so a sample that takes more from the doubtful strata needs
fewer judgements for the same interval.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus_builder.model import LIKELY, RIGHT

BOUNDS = (LIKELY, RIGHT, 0.99)
"""Limits between the strata of the probability. Chosen: more wrong than right; below and above what counts as right;
and the bulk of a good dataset, which lies above .99."""
LEAST, MOST = 0.02, 0.98
"""The probability that Neyman allocation reckons with lies between these. Chosen: a calibrated probability that is
further out still leaves one row in fifty to chance."""
PROPORTIONAL = 0.75
"""The least part of its proportional share that a stratum gets. Chosen: an error in a large stratum that has few judged
rows would move the estimate too much if the probability is wrong."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Rows of a similar probability and shape: its name, its rows in the dataset, their mean probability, and how many
    of them are in the sample.
    """

    name: str
    rows: int
    probability: float
    sampled: int = 0


def stratum_of(probability: float, texts: Sequence[str], flags: Sequence[str]) -> str:
    """The name of a row's stratum, as "p >= .99, 1-1": the range of its probability, and whether each side has one
    segment and nothing is moved or left out."""
    plain = all("\n" not in text for text in texts) and not {"hole", "moved"} & set(flags)
    place = bisect_right(BOUNDS, probability)
    low = f"{BOUNDS[place - 1]:g}".lstrip("0") if place else "0"
    high = f" to {BOUNDS[place]:g}".replace("0.", ".") if place < len(BOUNDS) else ""
    return f"p {low}{high or ' and more'}, {'1-1' if plain else 'other shapes'}"


def allocate(sizes: Mapping[str, int], probabilities: Mapping[str, float], wanted: int) -> dict[str, int]:
    """How many rows of each stratum to judge: Neyman allocation (in proportion to the rows and to the standard
    deviation of their being right), with a minimum, with `PROPORTIONAL` of the share that proportional allocation would
    give, and at most all rows of a stratum.

    `sizes` and `probabilities` (mean, 0 to 1) are by stratum. The sum is `wanted`, or all rows where there are fewer.
    """
    wanted = min(wanted, sum(sizes.values()))
    least, rows = minimum(wanted, len(sizes)), sum(sizes.values())
    chosen = {name: min(size, max(least, int(PROPORTIONAL * wanted * size / rows))) for name, size in sizes.items()}
    while sum(chosen.values()) > wanted:  # a tiny sample of many strata
        chosen[max(chosen, key=lambda x: (chosen[x], x))] -= 1
    weight = {}
    for name, size in sizes.items():
        p = min(max(probabilities[name], LEAST), MOST)
        weight[name] = size * (p * (1 - p)) ** 0.5
    total = sum(weight.values())
    ideal = {name: wanted * weight[name] / total for name in sizes}
    # One row at a time to the stratum that is furthest below its ideal share, so that the sum is exact.
    for _ in range(wanted - sum(chosen.values())):
        name = max((x for x in sizes if chosen[x] < sizes[x]), key=lambda x: (ideal[x] - chosen[x], x))
        chosen[name] += 1
    return chosen


def minimum(wanted: int, strata: int) -> int:
    """The least rows of a stratum: 15, or half of an equal share where that is less. Chosen: with 15 rows, all right,
    Wilson's lower limit is .80; fewer say next to nothing."""
    return max(1, min(15, wanted // (2 * strata))) if strata else 0
