"""The sentences of a block, split once for all that ask."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter

from corpus_builder.languages import read_from_languages
from corpus_builder.text.sentences import split

_KEPT = 256  # blocks: more than an article has
FARTHEST = 1000
"""Code points of a sentence that are searched on one side of a quotation or a verb. Chosen: longer than any
sentence of NTREX-128; it bounds the time for a text in which no sentence ends."""


@read_from_languages
@lru_cache(maxsize=_KEPT)
def sentence_spans(text: str, language: str) -> Sequence[tuple[int, int]]:
    """The sentences of a text, as (start, end) in code points."""
    return tuple(split(text, language))


def sentence_start(text: str, at: int, language: str) -> int:
    """Where the sentence begins that an offset lies in; at most FARTHEST before it."""
    spans = sentence_spans(text, language)
    place = bisect_right(spans, at, key=itemgetter(0)) - 1
    return max(spans[place][0] if place >= 0 else 0, at - FARTHEST)


def sentence_end(text: str, at: int, language: str) -> int:
    """Where the sentence ends that an offset lies in; at most FARTHEST behind it."""
    spans = sentence_spans(text, language)
    place = bisect_right(spans, at, key=itemgetter(1))
    return min(spans[place][1] if place < len(spans) else len(text), at + FARTHEST)
