"""Where quotations and what is said of them lie in the pages.

The words of a quotation are stretches of blocks, cut where an editor put in words of their own; a piece is what stands
on a line of `translation`, its stretches joined and its white space made single. Names of speakers and cues are words
of the page as well, and are placed where they stand nearest to the quotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus_builder.model import Edition, PlacedQuote, QuoteSide, Span, Story
from corpus_builder.quotes import BlockSpan as Place
from corpus_builder.quotes.candidates import insertions

WORDS = ("speaker", "mention", "cue")
"""Columns whose values are words of the page, one a language."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the words of a quotation; `piece` counts the lines of its side."""

    language: str
    piece: int
    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """The words of one column of `WORDS`; blocks are counted as in `places.texts_of`."""

    language: str
    column: str
    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class QuotePlace:
    """A quotation without its words."""

    spans: tuple[Stretch, ...]
    words: tuple[Word, ...]


def quote_place(story: Story, quote: PlacedQuote, texts: dict[str, Sequence[str]]) -> QuotePlace | None:
    """Where a quotation lies; `texts` are those of the story's editions. None where words of it are not there."""
    spans: list[Stretch] = []
    words: list[Word | None] = []
    pieces: dict[str, int] = {}
    for side in quote.sides:
        piece = pieces.get(side.language, 0)
        pieces[side.language] = piece + 1
        stretches = [Stretch(side.language, piece, *place) for place in _stretches(story.editions[side.language], side)]
        if joined(texts[side.language][each.block][each.start : each.end] for each in stretches) != side.text:
            return None
        spans += stretches
        if piece == 0:  # a row has the speaker and the cue of the first
            words += _words(side, texts[side.language])
    if None in words:
        return None
    return QuotePlace(tuple(spans), tuple(word for word in words if word))


def quote_texts(quote: PlacedQuote) -> dict[str, str]:
    """The text of each side, as a row has it."""
    return {
        language: "\n".join(side.text for side in quote.sides if side.language == language)
        for language in dict.fromkeys(side.language for side in quote.sides)
    }


def joined(stretches: Iterator[str]) -> str:
    """A piece, from its stretches."""
    return " ".join("".join(stretches).split())


def _stretches(edition: Edition, side: QuoteSide) -> Iterator[tuple[int, int, int]]:
    for span in side.spans:
        at = span.start
        for _, start, end in insertions(edition.blocks, [Place(span.block, span.start, span.end)]):
            yield span.block, at, start
            at = end
        yield span.block, at, span.end


def _words(side: QuoteSide, texts: Sequence[str]) -> Iterator[Word | None]:
    for column in WORDS:
        if written := getattr(side, column):
            place = _nearest(written, side.spans[0], texts)
            yield Word(side.language, column, *place) if place else None


def _nearest(written: str, quoted: Span, texts: Sequence[str]) -> tuple[int, int, int] | None:
    """The words nearest to a quotation: in its block, else in one next to it, and so on; whole words, if there are."""
    blocks = sorted(range(len(texts)), key=lambda number: (abs(number - quoted.block), number))
    for pattern in (rf"(?<!\w){re.escape(written)}(?!\w)", re.escape(written)):
        for block in blocks:
            if places := [match.span() for match in re.finditer(pattern, texts[block])]:
                start, end = min(places, key=lambda span: abs(span[0] - quoted.start) if block == quoted.block else 0)
                return block, start, end
    return None
