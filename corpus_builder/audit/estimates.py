"""How many rows of a dataset are right, from a stratified sample of judged ones, with 95 % intervals.

Three ways, which agree where all is well:

stratified  the mean of each stratum by its share of the rows. The limits are those of a weighted sum of rare events:
            the gamma interval of Fay and Feuer (1997) as Tiwari et al. (2006) modify it, with the variance of shares
            instead of counts, and the correction for a finite population. Limits within strata (Wilson's) that are
            combined afterwards are far too wide where a stratum has few judged rows: benchmarks/audit.py
bootstrap   the same estimate over samples of stories with replacement (Efron 1979), percentiles: errors of one story go
            together. It is too narrow where there are next to no errors, as none can be drawn
predicted   prediction-powered (Angelopoulos et al. 2023; weight of the prediction as in PPI++): the probability of all
            rows of the dataset is known, so the sample's own luck in that respect is taken out. It stays right if the
            probability is badly calibrated, and is then no wider than the stratified one

All three are corrected for the mistakes of annotators (mistakes.py), and the interval is wider by what is not known of
these. Rows of a stratum that the limit per story made less likely to be drawn weigh more (Hajek 1971); Kish's (1965)
effective number of rows takes the place of their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpus_builder.audit.mistakes import Interval, Mistakes, Observed, find_mistakes, wilson
from corpus_builder.audit.sampling import SHARED
from corpus_builder.audit.strata import Stratum

RESAMPLES = 2000
"""Chosen: the limits then differ by less than .002 between seeds."""

LEAST_INFORMED = 0.25
"""The two rates of mistakes are taken to leave so much. Chosen: annotators who err more often than that tell nothing,
and the interval is then very wide anyway."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimates:
    """The share of right rows in three ways, and in each stratum (Wilson) as judged, not corrected. `covered` is the
    share of the dataset's rows whose stratum has a judged row; the estimates are about these. `mistakes` is None where
    no row was judged by two: then the estimates are of what annotators say, and no interval allows for their mistakes.
    """

    stratified: Interval
    bootstrap: Interval
    predicted: Interval
    by_stratum: dict[str, Interval]
    judged: dict[str, int]
    covered: float
    mistakes: Mistakes | None


def estimate(strata: Sequence[Stratum], rows: Sequence[Observed], seed: int = 0) -> Estimates | None:
    """The share of right rows of a dataset with these strata; None where nothing was judged.

    A row that is not right because annotators disagree and nobody has decided yet may be right: the upper limits are
    those of the case that all these are.
    """
    found = _estimate(strata, rows, seed)
    disputed = [not row.right and not row.checked and len(set(row.said)) > 1 for row in rows]
    if found is None or not any(disputed):
        return found
    other = [replace(row, right=True) if open_ else row for row, open_ in zip(rows, disputed, strict=True)]
    best = _estimate(strata, other, seed)
    assert best is not None  # there are rows
    return replace(
        found,
        stratified=_both(found.stratified, best.stratified),
        bootstrap=_both(found.bootstrap, best.bootstrap),
        predicted=_both(found.predicted, best.predicted),
    )


def _both(worst: Interval, best: Interval) -> Interval:
    return Interval(worst.estimate, min(worst.low, best.low), max(worst.high, best.high))


def _estimate(strata: Sequence[Stratum], rows: Sequence[Observed], seed: int) -> Estimates | None:
    there = {row.stratum for row in rows}
    known = [stratum for stratum in strata if stratum.name in there]
    if not known:
        return None
    sample = _Sample.of(known, rows)
    mistakes = find_mistakes(rows)
    means = sample.means(sample.right)
    within = [wilson(float(share), float(n)) for share, n in zip(means, sample.effective, strict=True)]
    theta, scale, more_below, more_above = _corrected(sample, mistakes)
    spread = scale * _spread(sample.share, means, sample.judged, sample.size)
    below, above = _distances(spread[sample.place] * sample.weight, sample.right, np.ones(len(rows)))
    population = np.array([stratum.probability for stratum in known])
    slope, explained = _control(sample, sample.right, sample.probability, spread)
    predicted = theta + slope * float(sample.share @ (population - sample.means(sample.probability)))
    narrow = np.sqrt(1 - explained)
    return Estimates(
        stratified=_limited(theta, np.hypot(below, more_below), np.hypot(above, more_above)),
        bootstrap=_bootstrap(sample, [row.story for row in rows], mistakes, theta, seed),
        predicted=_limited(predicted, np.hypot(below * narrow, more_below), np.hypot(above * narrow, more_above)),
        by_stratum={stratum.name: each for stratum, each in zip(known, within, strict=True)},
        judged={stratum.name: int(count) for stratum, count in zip(known, sample.judged, strict=True)},
        covered=float(sample.size.sum() / sum(stratum.rows for stratum in strata)),
        mistakes=mistakes,
    )


@dataclass(frozen=True)
class _Sample:
    """Judged rows as arrays. By row: the number of its stratum, whether it is right, whether one annotator alone saw
    it, its probability, its weight (1 in sum in each stratum). By stratum: rows of the dataset, their share of all,
    judged rows, their effective number."""

    place: npt.NDArray[np.intp]
    right: Floats
    alone: Floats
    probability: Floats
    weight: Floats
    size: Floats
    share: Floats
    judged: Floats
    effective: Floats

    @classmethod
    def of(cls, known: Sequence[Stratum], rows: Sequence[Observed]) -> _Sample:
        number = {stratum.name: k for k, stratum in enumerate(known)}
        place = np.array([number[row.stratum] for row in rows])
        weight = np.array([row.weight for row in rows], np.float64)
        weight /= np.bincount(place, weight, len(known))[place]
        size = np.array([stratum.rows for stratum in known], np.float64)
        return cls(
            place=place,
            right=np.array([row.right for row in rows], np.float64),
            alone=np.array([not row.shared and len(row.said) > 0 for row in rows], np.float64),
            probability=np.array([row.probability for row in rows], np.float64),
            weight=weight,
            size=size,
            share=size / size.sum(),
            judged=np.bincount(place, minlength=len(known)).astype(np.float64),
            effective=1 / np.bincount(place, weight**2, len(known)),
        )

    def means(self, values: Floats) -> Floats:
        """[strata] the weighted mean of values by row."""
        return np.asarray(np.bincount(self.place, self.weight * values, len(self.size)), np.float64)


def _corrected(sample: _Sample, mistakes: Mistakes | None) -> tuple[float, Floats, float, float]:
    """The estimate corrected for annotators' mistakes; [strata] how much further a limit of a stratum is from it; and
    the distances of the limits that come from what is not known of the mistakes."""
    if mistakes is None:
        return float(sample.share @ sample.means(sample.right)), np.ones(len(sample.size)), 0.0, 0.0
    missed, passed = mistakes.missed_rate, mistakes.passed_rate
    informed = max(LEAST_INFORMED, 1 - missed.estimate - passed.estimate)
    alone = sample.means(sample.alone)
    share = float(sample.share @ alone)
    called = float(sample.share @ sample.means(sample.right * sample.alone))
    right_alone = min(share, max(0.0, (called - share * passed.estimate) / informed))
    theta = right_alone + float(sample.share @ sample.means(sample.right * (1 - sample.alone)))
    of_missed, of_passed = right_alone / informed, (share - right_alone) / informed
    below = np.hypot(of_missed * (missed.estimate - missed.low), of_passed * (passed.high - passed.estimate))
    above = np.hypot(of_missed * (missed.high - missed.estimate), of_passed * (passed.estimate - passed.low))
    return theta, alone / informed + 1 - alone, float(below), float(above)


def _spread(share: Floats, mean: Floats, judged: Floats, size: Floats) -> Floats:
    """[strata] what a row of weight 1 in its stratum adds to the sum whose limits are taken: the stratum's share of the
    rows, times what turns the variance of a count into that of a share; of a stratum that was judged to the last row
    nothing is uncertain. The common side is taken to have one row more, as it may be empty."""
    common = mean if share @ mean >= 0.5 else 1 - mean
    left = np.clip(1 - judged / size, 0, 1)
    return np.asarray(share * np.sqrt(left * (common * judged + 1) / (judged + 2)), np.float64)


def _distances(weight: Floats, right: Floats, count: Floats) -> tuple[float, float]:
    """How far the limits lie below and above the share of right rows. `weight` is of a row, `right` 0 to 1, and there
    are `count` rows of each. The side with less weight is the rare one."""
    rare_is_wrong = count @ (weight * right) * 2 >= count @ weight
    rare = 1 - right if rare_is_wrong else right
    mean, variance = float(count @ (weight * rare)), float(count @ (weight**2 * rare))
    # One more event, of the mean weight: the interval that holds where nothing was seen.
    more, squared = float(count @ weight / count.sum()), float(count @ weight**2 / count.sum())
    far = _gamma(0.975, mean + more, variance + squared) - mean
    near = mean - _gamma(0.025, mean, variance)
    return (far, near) if rare_is_wrong else (near, far)


def _gamma(quantile: float, mean: float, variance: float) -> float:
    """A quantile of the gamma distribution with a mean and variance; 0 where these are."""
    from scipy.special import gammaincinv

    return float(variance / mean * gammaincinv(mean**2 / variance, quantile)) if mean > 0 and variance > 0 else 0.0


def expected(strata: Sequence[Stratum], share: float, annotators: int = 1) -> Interval:
    """The interval to expect of a sample of this design where `share` of all rows are right, and annotators make no
    mistake that shows. The rows that are wrong are put into the strata as the probability says, in proportion.
    """
    size = np.array([stratum.rows for stratum in strata], np.float64)
    judged = np.array([max(stratum.sampled, 1) for stratum in strata], np.float64)
    doubt = size * (1 - np.array([stratum.probability for stratum in strata]))
    doubt = doubt if doubt.sum() > 0 else size
    right = 1 - np.clip((1 - share) * size.sum() * doubt / doubt.sum() / size, 0, 1)
    part = size / size.sum()
    below, above = _distances(_spread(part, right, judged, size) / judged, right, judged)
    if annotators > 1:
        of_wrong = round(annotators * SHARED * float(judged @ (1 - right)))
        below = float(np.hypot(below, (1 - SHARED) * (1 - share) * Mistakes(0, 0, of_wrong, 0, 0.0).passed_rate.high))
    return _limited(share, below, above)


def _limited(theta: float, below: float, above: float) -> Interval:
    theta = min(1.0, max(0.0, theta))
    return Interval(theta, max(0.0, theta - float(below)), min(1.0, theta + float(above)))


def _control(sample: _Sample, y: Floats, p: Floats, weight: Floats) -> tuple[float, float]:
    """The weight of the probability as a control variate, 0 to 1 (the combined regression estimator, Cochran 1977,
    7.10), and the share of the variance that it explains, corrected for one fitted slope (0 where it explains none).
    """
    factor = ((weight**2) * sample.judged / np.maximum(sample.judged - 1, 1))[sample.place] * sample.weight**2
    dy = y - sample.means(y)[sample.place]
    dp = p - sample.means(p)[sample.place]
    yy, pp, yp = (float(factor @ each) for each in (dy * dy, dp * dp, dy * dp))
    free = len(y) - len(sample.size)
    if yy <= 0 or pp <= 0 or yp <= 0 or free < 2:
        return 0.0, 0.0
    slope = min(1.0, yp / pp)
    share = (2 * slope * yp - slope**2 * pp) / yy
    return slope, min(0.99, max(0.0, 1 - (1 - share) * free / (free - 1)))


def _bootstrap(sample: _Sample, stories: Sequence[str], mistakes: Mistakes | None, theta: float, seed: int) -> Interval:
    """Percentiles over samples of stories; a stratum that a sample misses keeps the mean of all. The mistakes of
    annotators are held at their estimates."""
    names = {story: k for k, story in enumerate(dict.fromkeys(stories))}
    story = np.array([names[each] for each in stories])
    weight = np.zeros((len(names), len(sample.size)))
    right, alone, both = np.zeros_like(weight), np.zeros_like(weight), np.zeros_like(weight)
    for sums, values in (
        (weight, np.ones(len(story))), (right, sample.right), (alone, sample.alone),
        (both, sample.right * sample.alone),
    ):  # fmt: skip
        np.add.at(sums, (story, sample.place), sample.weight * values)
    times = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    drawn = times @ weight

    def shares(sums: Floats) -> Floats:
        return np.asarray(np.where(drawn > 0, (times @ sums) / np.where(drawn > 0, drawn, 1), sums.sum(0)))

    total = shares(right) @ sample.share
    if mistakes is not None:
        seen, called = shares(alone) @ sample.share, shares(both) @ sample.share
        missed, passed = mistakes.missed_rate.estimate, mistakes.passed_rate.estimate
        informed = max(LEAST_INFORMED, 1 - missed - passed)
        total = total - called + np.clip((called - seen * passed) / informed, 0, seen)
    low, high = np.quantile(total, [0.025, 0.975])
    return Interval(theta, float(low), float(high))
