"""How many rows of a dataset are right, from a stratified sample of judged ones, with 95 % intervals.

Three ways, which agree where all is well:

stratified  the mean of each stratum by its share of the rows. Within each stratum Wilson's (1927) lower limit, and the
            exact upper one of Clopper and Pearson (1934), as Wilson's is too low where few rows are wrong (Cai 2005).
            The limits are combined by the squares of their distances from the estimate (MOVER, Zou and Donner 2008),
            with the correction for a finite population
bootstrap   the same estimate over samples of stories with replacement (Efron 1979), percentiles: errors of one story go
            together. It is too narrow where there are next to no errors, as none can be drawn
predicted   prediction-powered (Angelopoulos et al. 2023; weight of the prediction as in PPI++): the probability of all
            rows of the dataset is known, so the sample's own luck in that respect is taken out. It stays right if the
            probability is badly calibrated, and is then no wider than the stratified one
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from corpus_builder.audit.strata import Stratum

Z = 1.959964
"""The 97.5 % quantile of the normal distribution."""
RESAMPLES = 2000
"""Chosen: the limits then differ by less than .002 between seeds."""

Floats = npt.NDArray[np.float64]


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
    """One judged row: its stratum, its story, its probability, and whether it is right."""

    stratum: str
    story: str
    probability: float
    right: bool


@dataclass(frozen=True)
class Estimates:
    """The share of right rows in three ways, and in each stratum (Wilson). `covered` is the share of the dataset's rows
    whose stratum has a judged row; the estimates are about these.
    """

    stratified: Interval
    bootstrap: Interval
    predicted: Interval
    by_stratum: dict[str, Interval]
    judged: dict[str, int]
    covered: float


def wilson(share: float, n: float) -> Interval:
    """Wilson's (1927) interval of a share of n observations; 0 to 1 where there are none."""
    if n <= 0:
        return Interval(share, 0.0, 1.0)
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def estimate(strata: Sequence[Stratum], rows: Sequence[Observed], seed: int = 0) -> Estimates | None:
    """The share of right rows of a dataset with these strata; None where nothing was judged."""
    there = {row.stratum for row in rows}
    known = [stratum for stratum in strata if stratum.name in there]
    if not known:
        return None
    number = {stratum.name: k for k, stratum in enumerate(known)}
    place = np.array([number[row.stratum] for row in rows])
    y = np.array([row.right for row in rows], np.float64)
    p = np.array([row.probability for row in rows], np.float64)
    size = np.array([stratum.rows for stratum in known], np.float64)
    weight = size / size.sum()
    n = np.bincount(place, minlength=len(known)).astype(np.float64)
    mean = np.bincount(place, y, len(known)) / n
    within = [wilson(float(share), float(count)) for share, count in zip(mean, n, strict=True)]
    left = np.sqrt(np.clip(1 - n / size, 0, 1))  # of a stratum that was judged to the last row, nothing is uncertain
    below = _combined(weight * left * (mean - np.array([each.low for each in within])))
    above = _combined(weight * left * (_exact_upper(mean * n, n) - mean))
    theta = float(weight @ mean)
    population = np.array([stratum.probability for stratum in known])
    slope, explained = _control(place, y, p, weight * left, n)
    predicted = theta + slope * float(weight @ (population - np.bincount(place, p, len(known)) / n))
    narrow = sqrt(1 - explained)
    return Estimates(
        stratified=_limited(theta, below, above),
        bootstrap=_bootstrap(place, y, [row.story for row in rows], weight, theta, seed),
        predicted=_limited(predicted, below * narrow, above * narrow),
        by_stratum={stratum.name: each for stratum, each in zip(known, within, strict=True)},
        judged={stratum.name: int(count) for stratum, count in zip(known, n, strict=True)},
        covered=float(size.sum() / sum(stratum.rows for stratum in strata)),
    )


def _exact_upper(right: Floats, n: Floats) -> Floats:
    """The upper limits of Clopper and Pearson (1934) of `right` among n."""
    from scipy.special import betaincinv

    wrong = np.round(n - right)
    return np.where(wrong > 0, betaincinv(np.round(right) + 1, np.maximum(wrong, 1), 0.975), 1.0)


def _combined(distances: Floats) -> float:
    return float(np.sqrt((distances**2).sum()))


def _limited(theta: float, below: float, above: float) -> Interval:
    theta = min(1.0, max(0.0, theta))
    return Interval(theta, max(0.0, theta - below), min(1.0, theta + above))


def _control(place: npt.NDArray[np.intp], y: Floats, p: Floats, weight: Floats, n: Floats) -> tuple[float, float]:
    """The weight of the probability as a control variate, 0 to 1 (the combined regression estimator, Cochran 1977,
    7.10), and the share of the variance that it explains, corrected for one fitted slope (0 where it explains none).
    """
    factor = weight**2 / n / np.maximum(n - 1, 1)
    dy = y - (np.bincount(place, y, len(n)) / n)[place]
    dp = p - (np.bincount(place, p, len(n)) / n)[place]
    yy, pp, yp = (float(factor @ np.bincount(place, each, len(n))) for each in (dy * dy, dp * dp, dy * dp))
    free = len(y) - len(n)
    if yy <= 0 or pp <= 0 or yp <= 0 or free < 2:
        return 0.0, 0.0
    slope = min(1.0, yp / pp)
    share = (2 * slope * yp - slope**2 * pp) / yy
    return slope, min(0.99, max(0.0, 1 - (1 - share) * free / (free - 1)))


def _bootstrap(
    place: npt.NDArray[np.intp], y: Floats, stories: Sequence[str], weight: Floats, theta: float, seed: int
) -> Interval:
    """Percentiles over samples of stories; a stratum that a sample misses keeps the mean of all."""
    names = {story: k for k, story in enumerate(dict.fromkeys(stories))}
    story = np.array([names[each] for each in stories])
    rows = np.zeros((len(names), len(weight)))
    right = np.zeros_like(rows)
    np.add.at(rows, (story, place), 1)
    np.add.at(right, (story, place), y)
    times = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    drawn, hits = times @ rows, times @ right
    mean = right.sum(0) / rows.sum(0)
    share = np.where(drawn > 0, hits / np.maximum(drawn, 1), mean)
    low, high = np.quantile(share @ weight, [0.025, 0.975])
    return Interval(theta, float(low), float(high))
