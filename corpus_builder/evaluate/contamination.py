"""Which rows of a test set are in the training data of a system.

Texts are compared without case, punctuation and spacing. A row is contained by its source, by its reference, or by
both; and it is nearly contained where half of the 8-grams of a side occur anywhere in the training data. The training
data is streamed: only the texts of the test set are in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus_builder.evaluate.testset import TestSet

NGRAM = 8
"""Words per n-gram, as in PaLM's contamination study (Chowdhery et al. 2022, section 8)."""
NEARLY = 0.5
"""Share of a side's n-grams from which a row is nearly contained. PaLM takes 70 % of a document; chosen lower here,
because a row is a sentence, of which a few changed words touch most n-grams."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Contamination:
    """The overlap of one training set with the test set, as ascending row numbers; a row can be in several lists.

    `training_segments` is how many segments were read.
    """

    source: tuple[int, ...]
    reference: tuple[int, ...]
    near: tuple[int, ...]
    training_segments: int

    @property
    def both(self) -> tuple[int, ...]:
        """Rows of which both sides are contained: the worst case."""
        return tuple(sorted(set(self.source) & set(self.reference)))

    @property
    def any(self) -> tuple[int, ...]:
        """Rows contained in any way."""
        return tuple(sorted({*self.source, *self.reference, *self.near}))


def find_contamination(test: TestSet, training: Iterable[str]) -> Contamination:
    """Search training segments, of either language and in any order, for the rows of the test set."""
    sides = {
        "source": [_words(row.source) for row in test.rows],
        "reference": [_words(row.references[0]) for row in test.rows],
    }
    whole = _index({(name, row): " ".join(words) for name, side in sides.items() for row, words in enumerate(side)})
    occurs = {ngram: False for side in sides.values() for words in side for ngram in _ngrams(words)}
    exact: dict[str, set[int]] = {name: set() for name in sides}
    count = 0
    for segment in training:
        count += 1
        words = _words(segment)
        for name, row in whole.get(" ".join(words), ()):
            exact[name].add(row)
        for ngram in _ngrams(words):
            if ngram in occurs:
                occurs[ngram] = True
    near = {
        row
        for side in sides.values()
        for row, words in enumerate(side)
        if len(words) >= NGRAM and sum(occurs[ngram] for ngram in _ngrams(words)) >= NEARLY * (len(words) - NGRAM + 1)
    }
    near -= exact["source"] | exact["reference"]
    return Contamination(tuple(sorted(exact["source"])), tuple(sorted(exact["reference"])), tuple(sorted(near)), count)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _ngrams(words: Sequence[str]) -> list[str]:
    return [" ".join(words[start : start + NGRAM]) for start in range(len(words) - NGRAM + 1)]


def _index(texts: Mapping[tuple[str, int], str]) -> dict[str, list[tuple[str, int]]]:
    index: dict[str, list[tuple[str, int]]] = {}
    for place, text in texts.items():
        if text:
            index.setdefault(text, []).append(place)
    return index
