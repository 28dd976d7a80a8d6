"""Name accuracy: of the names in the reference, how many are in the output.

A name is a capitalised word that is not capitalised for its place alone: over all references together it stands inside
sentences, and there with a capital letter more often than without. Headlines in which most words are capitalised teach
nothing, but names known from elsewhere are found in them. Output and reference are in one language, so a name is
rendered by the same word, whatever its ending: what is left after the common beginning must be two inflections.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, percentage
from corpus_builder.evaluate.testset import Array, TestSet

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;]|\n)[\s\"'«»“”„‘’(\[–—-]*$|[\"«“„(\[–—]\s*$")
_SHORTEST_STEM = 2
# Capitalised by the rules of English spelling, and no names.
_NO_NAMES = """
i i'm i've i'd i'll mr mrs ms monday tuesday wednesday thursday friday saturday sunday
january february march april may june july august september october november december
"""
_CAPITALISED = frozenset(_NO_NAMES.split())
# Endings of nouns and adjectives: Ukrainian and Russian declensions, English possessive and plural.
_INFLECTIONS = """
а я о е є ё у ю и і ї ы й ь ой ей ий ій ый ою ею єю ом ем єм ём ам ям ах ях ами ями им ім їм ым ими іми їми ыми
их іх їх ых ого його его ому йому ему ої ая яя ое ее ую юю ові еві єві ів їв ов ев
ва во ви ву вим вих вій вої вою s 's ’s es
"""
_ENDINGS = frozenset(_INFLECTIONS.split()) | {""}


class NameAccuracy(Metric):
    """Names of the reference that the output has, 0 to 100. Statistics: names found, names of the reference.

    With several references a segment counts with the one of which the output has the greater part.
    """

    name = "name"
    title = "Names"

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:  # noqa: ARG002 - all metrics are made alike
        known = known_names([text for reference in test.references for text in reference])
        self._references = [[names_in(text, known) for text in reference] for reference in test.references]
        self.signature = f"nrefs:{len(self._references)}|match:word-without-ending|version:1"

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2)."""
        words = [_words(output) for output in outputs]
        return best_reference(
            [[found(names, words[row]) for row, names in enumerate(side)] for side in self._references]
        )

    def scores(self, totals: Array) -> Array:
        """Names found in per cent of the reference's."""
        return percentage(totals[..., 0], totals[..., 1])


def best_reference(counts: Sequence[Sequence[tuple[int, int]]]) -> Array:
    """Of (found, expected) per reference and segment the best of each segment, shape (segments, 2)."""
    stacked = np.array(counts, dtype=np.float64).reshape(len(counts), -1, 2)
    share = np.divide(stacked[..., 0], stacked[..., 1], out=np.zeros(stacked.shape[:2]), where=stacked[..., 1] > 0)
    best: Array = np.take_along_axis(stacked, share.argmax(axis=0)[None, :, None], axis=0)[0]
    return best


def known_names(texts: Sequence[str]) -> frozenset[str]:
    """The words, in small letters, that texts capitalise inside sentences more often than not.

    >>> sorted(known_names(["Учора Київ святкував.", "Місто Київ спить. Учора місто спало."]))
    ['київ']
    """
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        for word, starts in _placed_words(text):
            if word[0].islower():
                small[word.lower()] += 1
            elif not starts:
                capital[word.lower()] += 1
    return frozenset(word for word, count in capital.items() if count > small[word]) - _CAPITALISED


def names_in(text: str, known: frozenset[str]) -> list[str]:
    """The known names in a text, in order, in small letters."""
    return [word.lower() for word in _WORD.findall(text) if word[0].isupper() and word.lower() in known]


def found(names: Sequence[str], words: Sequence[str]) -> tuple[int, int]:
    """How many of the names are among the words, each word used once, and how many names there are."""
    left = list(words)
    rendered = 0
    for name in names:
        match = name if name in left else next((word for word in left if same_name(name, word)), None)
        if match is not None:
            left.remove(match)
            rendered += 1
    return rendered, len(names)


def same_name(one: str, other: str) -> bool:
    """Whether two words, in small letters, are one name but for its ending.

    >>> same_name("зеленський", "зеленського"), same_name("марк", "марія"), same_name("сша", "сша")
    (True, False, True)
    """
    if one == other:
        return True
    common = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return common > _SHORTEST_STEM and one[common:] in _ENDINGS and other[common:] in _ENDINGS


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _placed_words(text: str) -> Iterator[tuple[str, bool]]:
    """The words of a text and whether each starts a sentence; none for a text with a capital on most of its words."""
    matches = list(_WORD.finditer(text))
    if sum(match.group()[0].isupper() for match in matches) * 2 > len(matches):
        return
    for match in matches:
        yield match.group(), bool(_SENTENCE_START.search(text, 0, match.start()))
