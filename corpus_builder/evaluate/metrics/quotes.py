"""Quote accuracy: of the quotations in the reference, how many does the output render as quotations.

A quotation is the text between a pair of outermost quotation marks of any shape (text/quote_marks.py). It is rendered
if the output has a quotation with enough of the same words; each quotation of the output is used once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, Signature, best_reference, percentage
from corpus_builder.evaluate.testset import Array, TestSet
from corpus_builder.text.quote_marks import pair

# F1 of character bigrams from which two quotations are translations of the same. Of quotations in the same place of
# WMT22's English-Ukrainian reference and outputs 90 % reach this, of quotations paired at random 1.5 %
# (benchmarks/evaluate.py quotations).
SIMILAR = 0.3
VERSION = 1


class QuoteAccuracy(Metric):
    """Quotations of the reference that the output has, 0 to 100. Statistics: found, quotations of the reference.

    With several references, each segment is compared with the one of which the output has the greatest share.
    """

    name = "quote"
    title = "Quotes"
    miss = "quotation broken"

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:  # noqa: ARG002 - all metrics take both
        self._references = [
            [[_bigrams(quotation) for quotation in quotations_in(text)] for text in reference]
            for reference in test.references
        ]
        self.signature = Signature.of(nrefs=len(self._references), match=f"bigrams-{SIMILAR}", version=VERSION)

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2)."""
        quotations = [[_bigrams(quotation) for quotation in quotations_in(output)] for output in outputs]
        return best_reference(
            [[_found(expected, quotations[row]) for row, expected in enumerate(side)] for side in self._references]
        )

    def scores(self, totals: Array) -> Array:
        """Quotations found in per cent of the reference's."""
        return percentage(totals[..., 0], totals[..., 1])


def quotations_in(text: str) -> list[str]:
    """The texts between the outermost quotation marks of a text, in order.

    >>> quotations_in('«Так», – сказав він, – "і «ще» раз"')
    ['Так', 'і «ще» раз']
    """
    return [text[span.start + 1 : span.end - 1] for span in pair(text).pairs if span.depth == 0]


def similarity(one: str, other: str) -> float:
    """F1 of the character bigrams of two quotations, 0 to 1; only letters and digits count, without case.

    >>> similarity("Ми переможемо", "ми переможемо!"), similarity("Так", "Ні")
    (1.0, 0.0)
    """
    return _f1(_bigrams(one), _bigrams(other))


def _bigrams(text: str) -> Counter[str]:
    letters = "".join(character for character in text.lower() if character.isalnum())
    return Counter(letters[at : at + 2] for at in range(len(letters) - 1)) or Counter([letters])


def _f1(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / (one.total() + other.total())


def _found(expected: Sequence[Counter[str]], quotations: Sequence[Counter[str]]) -> tuple[int, int]:
    """Match quotations one to one, the most similar first."""
    candidates = [(_f1(one, other), i, j) for i, one in enumerate(expected) for j, other in enumerate(quotations)]
    used: tuple[set[int], set[int]] = (set(), set())
    for f1, i, j in sorted(candidates, key=lambda candidate: -candidate[0]):
        if f1 >= SIMILAR and i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
    return len(used[0]), len(expected)
