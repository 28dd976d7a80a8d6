"""TER (Snover et al. 2006) through sacrebleu, with its signature; lower is better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, Signature
from corpus_builder.evaluate.testset import Array, TestSet


class Ter(Metric):
    """Translation edit rate in per cent, from 0 up. Statistics: edits, reference length."""

    name = "ter"
    title = "TER"
    higher_is_better = False

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:  # noqa: ARG002 - all metrics take both
        from sacrebleu.metrics.ter import TER

        self._metric = TER(references=test.references)
        self.signature = Signature.of_sacrebleu(self._metric, len(test.references))

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2)."""
        return np.array(self._metric._extract_corpus_statistics(outputs, None), dtype=np.float64)

    def scores(self, totals: Array) -> Array:
        """Edits per hundred words of the reference; 100 for edits against an empty reference."""
        edits, lengths = totals[..., 0], totals[..., 1]
        empty = np.where(edits > 0, 100.0, 0.0)
        result: Array = np.divide(100 * edits, lengths, out=empty, where=lengths > 0)
        return result
