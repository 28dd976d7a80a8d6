"""Untranslated and repeated text: the same words on both sides, or several times on one.

Both are shares of runs of three words: words alone are shared by related languages, and by languages that share names.
"""

from __future__ import annotations

from collections import Counter

from corpus_builder.quality.batch import MISSING

_RUN = 3


def word_runs(text: str, language: str) -> Counter[tuple[str, ...]]:  # noqa: ARG001 - a reader is told the language
    """The runs of three words (letters only, lower-case) of a text; all words as one run where there are fewer."""
    found = [word for word in text.lower().split() if any(map(str.isalpha, word))]
    if len(found) < _RUN:
        return Counter([tuple(found)]) if found else Counter()
    return Counter(zip(found, found[1:], found[2:], strict=False))


def copied(a: Counter[tuple[str, ...]], b: Counter[tuple[str, ...]]) -> float:
    """Of the runs of the side that has fewer, the share that the other has too; NaN where a side has no word.

    >>> copied(word_runs("Це все одно й те саме", "uk"), word_runs("It is all the same", "en"))
    0.0
    """
    if not a or not b:
        return MISSING
    fewer, other = (a, b) if len(a) <= len(b) else (b, a)
    return sum(run in other for run in fewer) / len(fewer)


def repeated(runs: Counter[tuple[str, ...]]) -> float:
    """The share of runs that stand there for the second time or more; NaN where there is no word."""
    total = runs.total()
    return 1 - len(runs) / total if total else MISSING
