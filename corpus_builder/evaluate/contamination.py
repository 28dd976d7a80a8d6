"""Which rows of a test set a system has seen in its training data.

Texts are compared without case, punctuation and spacing. A row is held on its source side, on its reference side, or
on both; and it is nearly held on a side where half of its runs of eight words stand somewhere in the training data.
The training data is read once and never kept: only the test set's own texts are in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus_builder.evaluate.testset import TestSet

RUN = 8
"""Words of a run: eight, as in PaLM's contamination study (Chowdhery et al. 2022, section 8), whose threshold for
calling a text contaminated (70 % of its runs) is lowered here to one half, because a row is only a sentence."""
NEARLY = 0.5

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Contamination:
    """What one training set holds of the test set, as row numbers in rising order; a row can be in several lists.

    `training_segments` is how many segments were read.
    """

    source: tuple[int, ...]
    reference: tuple[int, ...]
    near: tuple[int, ...]
    training_segments: int

    @property
    def both(self) -> tuple[int, ...]:
        """Rows held on both sides: the worst case."""
        return tuple(sorted(set(self.source) & set(self.reference)))

    @property
    def any(self) -> tuple[int, ...]:
        """Rows held in any way."""
        return tuple(sorted({*self.source, *self.reference, *self.near}))


def find_contamination(test: TestSet, training: Iterable[str]) -> Contamination:
    """Look for the test set's rows among training segments of either language (both sides of a pair, in any order)."""
    sides = {
        "source": [_words(row.source) for row in test.rows],
        "reference": [_words(row.references[0]) for row in test.rows],
    }
    whole = _index({(name, row): " ".join(words) for name, side in sides.items() for row, words in enumerate(side)})
    runs = {run: False for side in sides.values() for words in side for run in _runs(words)}
    seen: dict[str, set[int]] = {name: set() for name in sides}
    count = 0
    for segment in training:
        count += 1
        words = _words(segment)
        for name, row in whole.get(" ".join(words), ()):
            seen[name].add(row)
        for run in _runs(words):
            if run in runs:
                runs[run] = True
    near = {
        row
        for side in sides.values()
        for row, words in enumerate(side)
        if len(words) >= RUN and sum(runs[run] for run in _runs(words)) >= NEARLY * (len(words) - RUN + 1)
    }
    exact = seen["source"] | seen["reference"]
    return Contamination(
        tuple(sorted(seen["source"])), tuple(sorted(seen["reference"])), tuple(sorted(near - exact)), count
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: Sequence[str]) -> list[str]:
    return [" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]


def _index(texts: Mapping[tuple[str, int], str]) -> dict[str, list[tuple[str, int]]]:
    index: dict[str, list[tuple[str, int]]] = {}
    for place, text in texts.items():
        if text:
            index.setdefault(text, []).append(place)
    return index
