"""The sentences of a block, split once for all that ask."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from corpus_builder.languages import read_from_languages
from corpus_builder.text.sentences import split

_KEPT = 256  # blocks: more than an article has


@read_from_languages
@lru_cache(maxsize=_KEPT)
def sentence_spans(text: str, language: str) -> Sequence[tuple[int, int]]:
    """The sentences of a text, as (start, end) in code points."""
    return tuple(split(text, language))


def sentence_start(text: str, at: int, language: str) -> int:
    """Where the sentence begins that an offset lies in."""
    starts = [start for start, _ in sentence_spans(text, language)]
    place = bisect_right(starts, at) - 1
    return starts[place] if place >= 0 else 0


def sentence_end(text: str, at: int, language: str) -> int:
    """Where the sentence ends that an offset lies in."""
    return next((end for start, end in sentence_spans(text, language) if end > at), len(text))
