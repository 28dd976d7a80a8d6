"""The differences of each two systems, as all outputs show them, and what to be careful of when reading them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import ceil

import numpy as np

from corpus_builder.evaluate.choices import SignificanceTest, Unit
from corpus_builder.evaluate.evaluation import FEWEST_DOCUMENTS, Evaluation
from corpus_builder.evaluate.significance import holm
from corpus_builder.evaluate.slices import SMALLEST

CORRECTION = "Holm"
"""How p-values are corrected for the number of pairs: Holm (1979), over all pairs of systems by one metric."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The score of `one` minus that of `other` by a metric: `delta`, its interval, its p-value and the corrected one.

    All are None where a system has no score; interval and p-values are None without tests.
    """

    one: str
    other: str
    delta: float | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    corrected: float | None = None
    significant: bool = False

    def reversed(self) -> Difference:
        """The same difference, seen from the other system."""
        return Difference(
            self.other, self.one, _minus(self.delta), _minus(self.high), _minus(self.low), self.p, self.corrected,
            self.significant,
        )  # fmt: skip


def differences(evaluation: Evaluation, metric: str) -> list[Difference]:
    """All pairs of systems by a metric, the better first, by the unit and the test that the ranks go by."""
    order = [place.system for place in evaluation.ranking[metric]]
    scores = dict(zip(evaluation.systems, evaluation.scores[metric].tolist(), strict=True))
    tested = evaluation.tests[evaluation.unit][metric] if evaluation.unit in evaluation.tests else None
    raw = None if tested is None else tested.p_values(evaluation.settings.test)
    corrected = None if raw is None else holm(raw)
    found = []
    for one, other in combinations(order, 2):
        delta = scores[one] - scores[other]
        if np.isnan(delta):
            found.append(Difference(one, other, None))
        elif tested is None or raw is None or corrected is None:
            found.append(Difference(one, other, delta))
        else:
            at = evaluation.systems.index(one), evaluation.systems.index(other)
            found.append(
                Difference(
                    one,
                    other,
                    delta,
                    float(tested.difference_low[at]),
                    float(tested.difference_high[at]),
                    float(raw[at]),
                    float(corrected[at]),
                    evaluation.ranked and bool(corrected[at] < evaluation.settings.alpha),
                )
            )
    return found


def matrix(evaluation: Evaluation, metric: str) -> list[list[Difference | None]]:
    """Per system a row of its differences to each, in the order of the ranking; None on the diagonal."""
    order = [place.system for place in evaluation.ranking[metric]]
    cells: dict[tuple[str, str], Difference] = {}
    for difference in differences(evaluation, metric):
        cells[difference.one, difference.other] = difference
        cells[difference.other, difference.one] = difference.reversed()
    return [[cells.get((one, other)) for other in order] for one in order]


def cautions(evaluation: Evaluation) -> list[str]:
    """Why ranks and intervals may not mean what they seem to, a sentence each."""
    return [*_about_size(evaluation), *_about_resampling(evaluation)]


def _about_size(evaluation: Evaluation) -> Iterator[str]:
    rows = len(evaluation.test)
    indices = evaluation.test.documents
    documents = None if indices is None else int(indices.max(initial=-1)) + 1
    if not evaluation.ranked:
        yield (
            f"The test set is one {'segment' if rows < 2 else 'document'}: no system is ranked, "
            "because one document says nothing about others."
        )
    elif rows < SMALLEST:
        yield (
            f"Only {rows} segments: scores of so few are imprecise (under {SMALLEST}, the 95 % interval of BLEU is "
            "more than 11 wide)."
        )
    if evaluation.settings.resampling is None or not evaluation.ranked:
        return
    if documents is None:
        yield (
            "Documents are not known: segments are resampled as if they were independent, which those of one document "
            "are not. --documents names the document of each."
        )
    elif documents < FEWEST_DOCUMENTS:
        yield (
            f"Only {documents} documents (under {FEWEST_DOCUMENTS}): "
            + (
                "segments are resampled as if they were independent, so that intervals and p-values are too small."
                if evaluation.unit is Unit.SEGMENTS
                else "intervals over so few are too narrow."
            )
        )


def _about_resampling(evaluation: Evaluation) -> Iterator[str]:
    """With many systems, few resamples can make no corrected p-value small enough."""
    resampling, alpha = evaluation.settings.resampling, evaluation.settings.alpha
    pairs = len(evaluation.systems) * (len(evaluation.systems) - 1) // 2
    if resampling is None or not pairs:
        return
    drawn = resampling.draws(evaluation.settings.test)
    if pairs / (drawn + 1) >= alpha > 0:
        option = "--resamples" if evaluation.settings.test is SignificanceTest.BOOTSTRAP else "--trials"
        yield (
            f"No difference of {pairs} pairs can be significant with {drawn:,} draws: the least p-value, corrected, "
            f"is {pairs / (drawn + 1):.3g}. Give {option} {ceil(2 * pairs / alpha)}."
        )


def _minus(value: float | None) -> float | None:
    return None if value is None else 0.0 - value  # so that no difference is never "-0.00"
