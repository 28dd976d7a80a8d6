"""Significance of differences: paired bootstrap and paired approximate randomisation, for all metrics at once.

The statistics of a metric add up, so resampling is a matrix product: rows of counts (how often each unit was drawn)
times the statistics of all systems and metrics side by side. A unit is a segment, or a document, whose segments are
drawn together because they are not independent. All systems and metrics share the same draws; this makes the tests
paired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from corpus_builder.evaluate.choices import SignificanceTest
from corpus_builder.evaluate.testset import Array, Indices

Scorer = Callable[[Array], Array]

# Counts in memory at a time: 4 million numbers of 8 bytes are 32 MB. Chosen: little compared with other data.
_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Resampling:
    """How to resample. The defaults are sacrebleu's: 1,000 bootstrap resamples, 10,000 randomisation trials, 95 %
    intervals, seed 12345.
    """

    resamples: int = 1000
    trials: int = 10_000
    confidence: float = 0.95
    seed: int = 12345

    def draws(self, test: SignificanceTest) -> int:
        """How often a test draws: resamples of the bootstrap, or trials of randomisation."""
        return self.resamples if test is SignificanceTest.BOOTSTRAP else self.trials


@dataclass(frozen=True)
class Tested:
    """The results of resampling for one metric; systems are in the order given.

    `low` and `high` bound the confidence interval of each system, shape (systems,). `bootstrap` and `randomisation`
    hold the p-value of each two systems' difference, shape (systems, systems), symmetric, 1 on the diagonal;
    `difference_low[a, b]` and `difference_high[a, b]` bound the interval of the score of a minus that of b.
    """

    low: Array
    high: Array
    difference_low: Array
    difference_high: Array
    bootstrap: Array
    randomisation: Array

    def p_values(self, test: SignificanceTest) -> Array:
        """The p-values of one of the tests."""
        return self.bootstrap if test is SignificanceTest.BOOTSTRAP else self.randomisation


def compare_systems(
    statistics: Mapping[str, Sequence[Array]],
    scorers: Mapping[str, Scorer],
    units: Indices | None,
    resampling: Resampling,
) -> dict[str, Tested]:
    """Test the difference of every two systems by every metric.

    Args:
        statistics: per metric one array per system, shape (segments, statistics of that metric).
        scorers: per metric its score of summed statistics, shape (…, statistics) to (…).
        units: the unit of each segment (0, 1, …), or None where every segment is a unit.
        resampling: numbers of draws, and the seed.
    """
    sums = {name: [_per_unit(array, units) for array in arrays] for name, arrays in statistics.items()}
    columns = np.concatenate([array for arrays in sums.values() for array in arrays], axis=1)
    drawn = _products(_draws(len(columns), resampling), columns, resampling.resamples)
    swapped = _products(_swaps(len(columns), resampling), columns, resampling.trials)
    tested = {}
    start = 0
    for name, arrays in sums.items():
        shape = (-1, len(arrays), arrays[0].shape[1])
        width = shape[1] * shape[2]
        whole = np.stack([array.sum(axis=0) for array in arrays])
        columns_of_metric = slice(start, start + width)
        tested[name] = _test_metric(
            scorers[name],
            whole,
            drawn[:, columns_of_metric].reshape(shape),
            swapped[:, columns_of_metric].reshape(shape),
            resampling.confidence,
        )
        start += width
    return tested


def _test_metric(scorer: Scorer, whole: Array, drawn: Array, swapped: Array, confidence: float) -> Tested:
    real = scorer(whole)
    resampled = scorer(drawn)
    low, high = _interval(resampled, confidence)
    systems = len(whole)
    difference_low, difference_high = _difference_intervals(resampled, confidence)
    bootstrap, randomisation = np.ones((systems, systems)), np.ones((systems, systems))
    for one, other in combinations(range(systems), 2):
        difference = abs(real[one] - real[other])
        # Half of the units keep their outputs and half swap them: each trial makes two new systems of the two.
        mixed = scorer(swapped[:, one] + whole[other] - swapped[:, other])
        counterpart = scorer(swapped[:, other] + whole[one] - swapped[:, one])
        bootstrap[one, other] = bootstrap[other, one] = _bootstrap_p(
            resampled[:, one] - resampled[:, other], difference
        )
        randomisation[one, other] = randomisation[other, one] = _share_above(np.abs(mixed - counterpart), difference)
    return Tested(low, high, difference_low, difference_high, bootstrap, randomisation)


def holm(p_values: Array) -> Array:
    """P-values corrected for the number of pairs, by the step-down procedure of Holm (1979).

    Of m pairs the least p-value is multiplied by m, the next by m - 1, and so on; none is made less than one before it,
    and none is above 1. All corrected p-values below a level are then significant together: the probability of even one
    false alarm among the pairs is at most that level.

    Args:
        p_values: shape (systems, systems), symmetric.

    >>> holm(np.array([[1, 0.01, 0.04], [0.01, 1, 0.03], [0.04, 0.03, 1]])).tolist()
    [[1.0, 0.03, 0.06], [0.03, 1.0, 0.06], [0.06, 0.06, 1.0]]
    """
    upper = np.triu_indices(len(p_values), 1)
    raw = p_values[upper]
    order = np.argsort(raw, kind="stable")
    stepped = np.minimum(1.0, raw[order] * np.arange(len(raw), 0, -1))
    corrected = np.ones(p_values.shape)
    corrected[upper[0][order], upper[1][order]] = np.maximum.accumulate(stepped)
    return np.minimum(corrected, corrected.T)


def _bootstrap_p(differences: Array, real: float) -> float:
    """The p-value of Koehn (2004) as Moses and sacrebleu compute it: absolute differences, shifted to mean zero."""
    absolute = np.abs(differences)
    absolute = absolute[~np.isnan(absolute)]
    return _share_above(absolute - absolute.mean(), real) if len(absolute) else 1.0


def _share_above(values: Array, real: float) -> float:
    """The share of `values` above the real difference, with one added to both counts (Noreen 1989), so never 0.

    Differences that are equal up to rounding errors are not above it, and where the real difference is 0, all are.
    """
    if np.isnan(real):
        return 1.0
    tolerance = 1e-9 * max(1.0, real)  # chosen: above the rounding errors of sums of doubles, below any real difference
    above = int(np.sum(values > real + tolerance)) if real > tolerance else len(values)
    return (above + 1) / (len(values) + 1)


def _interval(resampled: Array, confidence: float) -> tuple[Array, Array]:
    """The percentile interval of each system's resampled scores, shape (resamples, systems)."""
    tail = 100 * (1 - confidence) / 2
    known = np.asarray(~np.isnan(resampled).all(axis=0))
    low, high = np.full(len(known), np.nan), np.full(len(known), np.nan)
    if known.any():
        # nanpercentile works column by column, which takes long where there are many pairs of systems
        percentile = np.nanpercentile if np.isnan(resampled[:, known]).any() else np.percentile
        low[known], high[known] = percentile(resampled[:, known], [tail, 100 - tail], axis=0)
    return low, high


def _difference_intervals(resampled: Array, confidence: float) -> tuple[Array, Array]:
    """The percentile intervals of the differences of each two systems, [systems, systems] each; 0 on the diagonal."""
    systems = resampled.shape[1]
    low, high = np.zeros((systems, systems)), np.zeros((systems, systems))
    one, other = np.triu_indices(systems, 1)
    low[one, other], high[one, other] = _interval(resampled[:, one] - resampled[:, other], confidence)
    low[other, one], high[other, one] = -high[one, other], -low[one, other]
    return low, high


def _per_unit(statistics: Array, units: Indices | None) -> Array:
    if units is None:
        return statistics
    sums = np.zeros((int(units.max(initial=-1)) + 1, statistics.shape[1]))
    np.add.at(sums, units, statistics)
    return sums


def _products(blocks: Iterator[Array], columns: Array, rows: int) -> Array:
    """The product of all blocks of rows with the columns, shape (rows, columns)."""
    result = np.empty((rows, columns.shape[1]))
    done = 0
    for block in blocks:
        result[done : done + len(block)] = block @ columns
        done += len(block)
    return result


def _draws(units: int, resampling: Resampling) -> Iterator[Array]:
    """Per resample how often each unit was drawn, with replacement; blocks of shape (resamples, units)."""
    generator = np.random.default_rng([resampling.seed, 0])
    for rows in _blocks(resampling.resamples, units):
        drawn = generator.integers(units, size=(rows, units)) + np.arange(rows)[:, None] * units
        yield np.bincount(drawn.ravel(), minlength=rows * units).reshape(rows, units).astype(np.float64)


def _swaps(units: int, resampling: Resampling) -> Iterator[Array]:
    """Per trial which units keep their outputs (1) and which swap them (0); blocks of shape (trials, units)."""
    generator = np.random.default_rng([resampling.seed, 1])
    for rows in _blocks(resampling.trials, units):
        bits = np.frombuffer(generator.bytes(rows * ((units + 7) // 8)), dtype=np.uint8).reshape(rows, -1)
        yield np.unpackbits(bits, axis=1, count=units).astype(np.float64)


def _blocks(rows: int, units: int) -> Iterator[int]:
    size = max(1, _BLOCK // max(1, units))
    for start in range(0, rows, size):
        yield min(size, rows - start)
