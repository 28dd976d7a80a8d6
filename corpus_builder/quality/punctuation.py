"""Punctuation: do two sides end alike, and have they as many questions, exclamations, brackets and quotations?"""

from __future__ import annotations

from typing import NamedTuple

from corpus_builder.text.quotation import pair

_CLOSERS = "\"'»”“’)]}… "


class Marks(NamedTuple):
    """What a text has of each mark; `end` is its last mark, or "" where it ends with a word."""

    end: str
    questions: int
    exclamations: int
    brackets: int
    colons: int
    quotations: int
    unpaired: int


def marks(text: str, language: str) -> Marks:  # noqa: ARG001 - a reader is told the language
    """Count the marks of a text."""
    bare = text.rstrip(_CLOSERS)
    end = bare[-1:] if bare[-1:] in tuple(".?!:;") else ""
    quoted = unpaired = 0
    if any(mark in text for mark in '"«»“”„'):
        pairing = pair(text)
        quoted, unpaired = len(pairing.pairs), len(pairing.unclosed) + len(pairing.unopened)
    return Marks(end, text.count("?"), text.count("!"), text.count("("), text.count(":"), quoted, unpaired)


def agreement(a: Marks, b: Marks) -> float:
    """1 where all marks agree, 0 where none does; the last mark counts as much as two others.

    >>> agreement(marks("Хто там?", "uk"), marks("Who is there?", "en"))
    1.0
    """
    same = 2.0 * (a.end == b.end)
    same += sum(min(x, y) / max(x, y) if x or y else 1.0 for x, y in zip(a[1:6], b[1:6], strict=True))
    same += 1.0 if (a.unpaired > 0) == (b.unpaired > 0) else 0.0
    return same / 8
