"""Figures of any number of beads, summed up from arrays; memory does not grow with their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from corpus_builder.report.data import BeadFigures, Histogram

# Widths of bins; the ratio is in powers of two. Chosen: 32 to 100 bins on the axes of the report.
PROBABILITY_WIDTH, SCORE_WIDTH, RATIO_WIDTH = 0.01, 0.5, 1 / 8
# Shapes shown, the most frequent; the others are counted together. Chosen: all with more than some per mille.
SHAPES = 10


class BeadTally:
    """Adds up the beads of one level in `languages`."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        self.count = 0
        self.ratios: dict[str, Counter[int]] = {
            "-".join(pair): Counter() for pair in combinations(sorted(languages), 2)
        }
        self._aligned: Counter[str] = Counter()
        self._all: Counter[str] = Counter()
        self._one_sided = 0
        self._shapes: Counter[tuple[int, ...]] = Counter()
        self._flags: Counter[str] = Counter()
        self._probability: Counter[int] = Counter()
        self._score: Counter[int] = Counter()

    def add(
        self,
        segments: NDArray[np.int64],
        characters: NDArray[np.int64],
        score: NDArray[np.float64],
        flags: Iterable[str],
    ) -> None:
        """Add n beads: `segments` and `characters` are n × languages, the others n long; `flags` are those of all."""
        shared = (segments > 0).sum(axis=1) > 1
        self.count += len(segments)
        self._one_sided += int((~shared).sum())
        self._flags.update(flags)
        shapes, counts = np.unique(segments, axis=0, return_counts=True)
        for shape, count in zip(shapes.tolist(), counts.tolist(), strict=True):
            self._shapes[tuple(shape)] += count
        for i, language in enumerate(self.languages):
            self._aligned[language] += int(characters[shared, i].sum())
            self._all[language] += int(characters[:, i].sum())
        _count(self._score, score[shared], SCORE_WIDTH)
        for pair, bins in self.ratios.items():
            first, second = (characters[:, self.languages.index(language)] for language in pair.split("-"))
            both = (first > 0) & (second > 0)
            _count(bins, np.log2(second[both] / first[both]), RATIO_WIDTH)

    def add_probabilities(self, published: NDArray[np.float64]) -> None:
        """Add the published probabilities of rows; NaN where a row has none."""
        # 1.0 belongs to the last bin, not to one of its own
        _count(self._probability, np.minimum(published, 1 - PROBABILITY_WIDTH / 2), PROBABILITY_WIDTH)

    def beads(self) -> BeadFigures:
        """The figures so far."""
        return BeadFigures(
            count=self.count,
            one_sided=self._one_sided,
            shapes=_shapes(self._shapes),
            flags=dict(sorted(self._flags.items(), key=lambda item: (-item[1], item[0]))),
            coverage={language: (self._aligned[language], self._all[language]) for language in self.languages},
            probability=Histogram(PROBABILITY_WIDTH, dict(sorted(self._probability.items()))),
            score=Histogram(SCORE_WIDTH, dict(sorted(self._score.items()))),
        )

    def length_ratios(self) -> Mapping[str, Histogram]:
        """By pair, the histogram of log2(characters of the second language / of the first)."""
        return {pair: Histogram(RATIO_WIDTH, dict(sorted(bins.items()))) for pair, bins in self.ratios.items()}


def _count(bins: Counter[int], values: NDArray[np.float64], width: float) -> None:
    values = values[np.isfinite(values)]
    # The small addend keeps 0.3 / 0.02 = 14.999… in bin 15.
    numbers, counts = np.unique(np.floor(values / width + 1e-9).astype(np.int64), return_counts=True)
    for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
        bins[number] += count


def _shapes(counted: Counter[tuple[int, ...]]) -> dict[str, int]:
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    named = {"–".join(map(str, shape)): count for shape, count in ranked[:SHAPES]}
    rest = sum(count for _, count in ranked[SHAPES:])
    return {**named, "others": rest} if rest else named
