"""chrF (Popović 2015) and chrF++ (Popović 2017) as sacrebleu computes them, with its signatures.

Only the counting is reimplemented, for speed; tests compare statistics and scores with those of sacrebleu.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, Signature
from corpus_builder.evaluate.metrics.ngrams import Codebook, Symbols, characters, ngram_counts, sum_by_segment
from corpus_builder.evaluate.testset import Array, TestSet

# The defaults of sacrebleu: character n-grams up to 6, and recall weighted twice as precision (Popović 2016).
CHARACTER_ORDERS = 6
BETA = 2


class Chrf(Metric):
    """Corpus chrF2, 0 to 100. Statistics per order: n-grams of the output, of the reference, and of both.

    With several references, each segment is compared with the one that gives the best score.
    """

    name = "chrf"
    title = "chrF"
    word_orders: ClassVar[int] = 0

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:  # noqa: ARG002 - all metrics take both
        from sacrebleu.metrics.chrf import CHRF

        metric = CHRF(char_order=CHARACTER_ORDERS, word_order=self.word_orders, beta=BETA)
        self.signature = Signature.of_sacrebleu(metric, len(test.references))
        self._words = metric._remove_punctuation
        self._codebook = Codebook()
        self._references = [self._sides(reference) for reference in test.references]

    def _sides(self, texts: Sequence[str]) -> list[tuple[Symbols, int]]:
        """The texts as characters, and as words where word n-grams count, with the orders of each."""
        sides = [(characters(["".join(text.split()) for text in texts]), CHARACTER_ORDERS)]
        if self.word_orders:
            sides.append((self._codebook.encode([self._words(text) for text in texts]), self.word_orders))
        return sides

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 3 · orders)."""
        count = len(outputs)
        per_reference: list[list[Array]] = [[] for _ in self._references]
        for (output, orders), *references in zip(self._sides(outputs), *self._references, strict=True):
            sides = [output, *(reference for reference, _ in references)]
            for order, (segments, counts) in enumerate(ngram_counts(sides, orders)):
                for index, (reference, _) in enumerate(references):
                    in_output = np.maximum(output.lengths - order, 0)
                    in_reference = np.maximum(reference.lengths - order, 0)
                    matches = sum_by_segment(np.minimum(counts[0], counts[1 + index]), segments, count)
                    # sacrebleu counts no n-grams of the output where the reference is too short to have any
                    triple = (np.where(in_reference > 0, in_output, 0), in_reference, matches)
                    per_reference[index] += [np.asarray(part, dtype=np.float64) for part in triple]
        stacked = np.stack([np.stack(columns, axis=-1) for columns in per_reference])
        best = self.scores(stacked).argmax(axis=0)
        chosen: Array = np.take_along_axis(stacked, best[None, :, None], axis=0)[0]
        return chosen

    def scores(self, totals: Array) -> Array:
        """Corpus chrF of summed statistics, over the orders that output and reference are long enough for."""
        outputs, references, matches = totals[..., 0::3], totals[..., 1::3], totals[..., 2::3]
        usable = (outputs > 0) & (references > 0)
        orders = np.maximum(usable.sum(axis=-1), 1)
        precision = np.divide(matches, outputs, out=np.zeros_like(matches), where=usable).sum(axis=-1) / orders
        recall = np.divide(matches, references, out=np.zeros_like(matches), where=usable).sum(axis=-1) / orders
        below = BETA**2 * precision + recall
        result: Array = np.divide(
            100 * (1 + BETA**2) * precision * recall, below, out=np.zeros_like(below), where=below > 0
        )
        return result


class ChrfPlusPlus(Chrf):
    """Corpus chrF2++, 0 to 100: chrF with word unigrams and bigrams."""

    name = "chrf++"
    title = "chrF++"
    word_orders = 2
