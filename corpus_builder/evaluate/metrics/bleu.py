"""BLEU (Papineni et al. 2002) as sacrebleu computes it (Post 2018): its tokeniser, smoothing and signature.

Only the counting is reimplemented, for speed; tests compare statistics and scores with those of sacrebleu.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, Signature
from corpus_builder.evaluate.metrics.ngrams import Codebook, ngram_counts, sum_by_segment
from corpus_builder.evaluate.testset import Array, TestSet

ORDERS = 4  # n-grams of up to four words, as Papineni et al. 2002
_Tokeniser = Callable[[str], list[str]]


class Bleu(Metric):
    """Corpus BLEU, 0 to 100. Statistics: output length, reference length, matches and n-grams of orders 1 to 4."""

    name = "bleu"
    title = "BLEU"

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:  # noqa: ARG002 - all metrics take both
        from sacrebleu.metrics.bleu import BLEU

        metric = BLEU(trg_lang=test.pair.target, force=True)
        self.signature = Signature.of_sacrebleu(metric, len(test.references))
        self._prepare(test, lambda text: metric._preprocess_segment(text).split())

    def _prepare(self, test: TestSet, tokenise: _Tokeniser) -> None:
        self._tokenise = tokenise
        self._codebook = Codebook()
        self._references = [
            self._codebook.encode([tokenise(text) for text in reference]) for reference in test.references
        ]

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 10)."""
        output = self._codebook.encode([self._tokenise(text) for text in outputs])
        count = len(outputs)
        result = np.zeros((count, 2 + 2 * ORDERS))
        result[:, 0] = output.lengths
        result[:, 1] = _closest([reference.lengths for reference in self._references], output.lengths)
        for order, (segments, counts) in enumerate(ngram_counts([output, *self._references], ORDERS)):
            matches = np.minimum(counts[0], counts[1:].max(axis=0))
            result[:, 2 + order] = sum_by_segment(matches, segments, count)
            result[:, 2 + ORDERS + order] = np.maximum(output.lengths - order, 0)
        return result

    def scores(self, totals: Array) -> Array:
        """Corpus BLEU of summed statistics, with sacrebleu's exponential smoothing."""
        lengths, references = totals[..., 0], totals[..., 1]
        matches, ngrams = totals[..., 2 : 2 + ORDERS], totals[..., 2 + ORDERS :]
        halvings = np.cumsum(matches == 0, axis=-1)  # 1/2, 1/4, … of a match for the first, second, … empty order
        credit = np.where(matches > 0, matches, 0.5**halvings)
        with np.errstate(divide="ignore", invalid="ignore"):
            precision = np.log(credit / ngrams).mean(axis=-1)
            brevity = np.where(lengths < references, 1 - references / lengths, 0.0)
            result = 100 * np.exp(precision + brevity)
        scored: Array = np.where((matches.sum(axis=-1) > 0) & (ngrams > 0).all(axis=-1), result, 0.0)
        return scored


def _closest(references: Sequence[np.ndarray], lengths: np.ndarray) -> np.ndarray:
    """Per segment the reference length closest to the length of the output, the shorter of two equally close."""
    stacked = np.sort(np.stack(references), axis=0)
    nearest = np.abs(stacked - lengths).argmin(axis=0)
    closest: np.ndarray = np.take_along_axis(stacked, nearest[None], axis=0)[0]
    return closest
