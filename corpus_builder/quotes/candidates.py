"""Candidates for quotations: stretches in marks, after dashes, and blocks that a label or their kind calls one."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus_builder.model import Block, BlockKind
from corpus_builder.quotes.paired_marks import last_character, paired_marks
from corpus_builder.quotes.quote import BlockSpan
from corpus_builder.quotes.speech_words import SpeechWords, editors_words
from corpus_builder.text.quote_marks import Pairing, Quotation

QUOTE_LABELS = frozenset(("quote", "verbatim"))
"""The roles of labels that announce a quotation: Пряма мова, Quote from …; Дослівно."""
SOURCE_LABEL = "source"
"""The role of the label that says where the news is from."""

# A quotation that is opened and not closed goes on for so many blocks at most; the longest in 519 articles of November
# 2019, from which the gold was drawn, has 9.
_MOST_BLOCKS = 12
# Fewer code points than this after a mark that nothing closes are not taken for a quotation (chosen: most are titles).
_SHORTEST_UNCLOSED = 40
# Code points at the beginning of a clause in which its verb of saying must stand, and the longest attribution between
# two parts of a quotation (chosen: longer ones are sentences of their own).
_CUE_WITHIN = 60
_LONGEST_BETWEEN = 120
# A dashed line of fewer words without an attribution is an item of a list (chosen by hand).
_SHORTEST_DASHED = 4
_DASH = re.compile(r"[–—-]\s+")
_DASH_AFTER_MARK = re.compile(r"(?<=[,.!?…])\s+[–—-]\s+")
_DASHES_AROUND = re.compile(r"[,.!?…]?\s*[–—-]\s+[^–—:]+[,.]\s*[–—-]\s*")
_CLAUSE_BETWEEN = re.compile(r"\s+[^:]+?[,.]\s+")
_CLOSERS = "\"'”’»"
_TAIL = " .,!?…"
# Parts of one quotation with attributions between them. Chosen: more than any speech of an article has.
_MOST_PARTS = 50
# Code points of a block before and after a candidate that its form is told by. Chosen: the patterns of form.py match
# less, but for white space.
_SURROUNDINGS = 300
_SHARED_MARK = re.compile(r",?\s*[–—-]\s")
_GOES_ON = re.compile(r"\s+\w")
_INTERRUPTION = re.compile(
    r"[,!?….]\s*[–—-]\s+(?P<clause>(?:[^–—«»“”\"]|\"[^\"–—]{1,60}\"|«[^»–—]{1,60}»){3,120}?)[,.]?\s+[–—-]\s+"
)


_MOST_IN_A_BLOCK = 1000
"""Stretches in marks of one block that are looked at. Chosen: a block with more is data or code, and each takes a
millisecond where no sentence ends around it.
"""


@dataclass(frozen=True, slots=True)
class QuoteCandidate:
    """Words that may be a quotation. `opening` and `closing` are the offsets around them, marks included.

    `whole`: the block is a candidate for its label or kind, without marks; `dashed`: a dash opens it; `paired`: there
    are marks on both sides. `within` is the stretch of the block that a nested one lies in: the words of the quotation
    around it, which alone are searched for its speaker.
    """

    spans: tuple[BlockSpan, ...]
    opening: int
    closing: int
    whole: bool = False
    dashed: bool = False
    paired: bool = False
    within: tuple[int, int] | None = None

    @property
    def first(self) -> int:
        """The block that it begins in."""
        return self.spans[0].block

    @property
    def last(self) -> int:
        """The block that it ends in."""
        return self.spans[-1].block


def candidates(blocks: Sequence[Block], words: SpeechWords) -> list[QuoteCandidate]:
    """All candidates: the outermost in order, then those in marks within them."""
    pairings = [paired_marks(block.text) for block in blocks]
    outermost: list[QuoteCandidate] = []
    covered_to = (0, 0)
    for index, block in enumerate(blocks):
        for candidate in _in_block(blocks, pairings, index, words):
            if (index, candidate.opening) < covered_to:
                continue
            covered_to = (candidate.last, candidate.closing)
            joined = _joined(outermost[-1], candidate, block.text, words) if outermost else None
            outermost[-1:] = [joined] if joined else [*outermost[-1:], candidate]
    return [*outermost, *(nested for outer in outermost for nested in _nested(outer, blocks, pairings, words))]


def insertions(blocks: Sequence[Block], spans: Sequence[BlockSpan]) -> Iterator[BlockSpan]:
    """The editors' own words within a quotation: `[the allies – ed.]`, `(Путін – ред.)`."""
    for block, start, end in spans:
        for match in editors_words().finditer(blocks[block].text, start, end):
            yield BlockSpan(block, match.start(), match.end())


def surroundings(blocks: Sequence[Block], candidate: QuoteCandidate) -> tuple[str, str]:
    """The text of the block before a candidate, and that after it; a nested one has the words around it alone.

    At most _SURROUNDINGS code points of each.
    """
    start, end = candidate.within or (0, len(blocks[candidate.last].text))
    return (
        blocks[candidate.first].text[max(start, candidate.opening - _SURROUNDINGS) : candidate.opening],
        blocks[candidate.last].text[candidate.closing : min(end, candidate.closing + _SURROUNDINGS)],
    )


def _nested(
    outer: QuoteCandidate, blocks: Sequence[Block], pairings: Sequence[Pairing], words: SpeechWords
) -> Iterator[QuoteCandidate]:
    """The stretches in marks within the words of a candidate."""
    for index, start, end in outer.spans:
        pairs = pairings[index].pairs
        first = bisect_left(pairs, start, key=_start)
        for q in pairs[first : min(bisect_right(pairs, end, key=_start), first + _MOST_IN_A_BLOCK)]:
            # its closing mark may be that of the candidate too; both marks are not within the words
            if q.end <= end + 1 and (q.start, q.end) != (outer.opening, outer.closing):
                spans = _cut(blocks[index].text, index, q.start + 1, q.end - 1, words)
                if spans:
                    yield QuoteCandidate(spans, q.start, q.end, paired=True, within=(start, end))


def _start(quotation: Quotation) -> int:
    return quotation.start


def _in_block(
    blocks: Sequence[Block], pairings: Sequence[Pairing], index: int, words: SpeechWords
) -> Iterator[QuoteCandidate]:
    block, pairing = blocks[index], pairings[index]
    text = block.text
    opened = _unclosed(blocks, pairings, index)
    whole = _whole(block, pairing, index) or (_dashed(text, index, words) if _DASH.match(text) else None)
    if whole is not None:
        yield whole
        return
    stretches = [
        QuoteCandidate(_cut(text, index, q.start + 1, q.end - 1, words), q.start, _behind(q.end, pairing), paired=True)
        for q in islice((pair for pair in pairing.pairs if pair.depth == 0), _MOST_IN_A_BLOCK)
    ]
    if opened is not None:
        behind = opened.closing if opened.last == index else len(text)
        outside = (each for each in stretches if each.closing <= opened.opening or each.opening >= behind)
        stretches = [*outside, opened]
    yield from sorted((each for each in stretches if each.spans), key=lambda each: each.opening)


def _behind(end: int, pairing: Pairing) -> int:
    """Where the marks behind a quotation end: a second closing mark may follow the first."""
    place = bisect_left(pairing.unopened, end)
    while pairing.unopened[place : place + 1] == (end,):
        end, place = end + 1, place + 1
    return end


def _whole(block: Block, pairing: Pairing, index: int) -> QuoteCandidate | None:
    """The block itself, where it is a quotation without marks around it."""
    text = block.text
    announced = block.kind is BlockKind.BLOCKQUOTE or block.label in QUOTE_LABELS
    if not announced or not text or pairing.unclosed or pairing.unopened:
        return None
    marked = sum(q.end - q.start for q in pairing.pairs if q.depth == 0)
    if marked * 2 > len(text) or (pairing.pairs and pairing.pairs[0].start == 0):
        return None
    return QuoteCandidate((BlockSpan(index, 0, len(text)),), 0, len(text), whole=True)


def _unclosed(blocks: Sequence[Block], pairings: Sequence[Pairing], index: int) -> QuoteCandidate | None:
    """A quotation that lacks its closing mark in the block: it shares one, is closed in a later block, or never."""
    pairing, text = pairings[index], blocks[index].text
    if not pairing.unclosed:
        return None
    start = pairing.unclosed[0]
    if text[start + 1 :].strip() == "":
        return None
    inner = [q for q in pairing.pairs if q.start > start]
    next_quotation = _next_quotation(text, inner)
    nested = [q.end for q in inner if q.start < next_quotation]
    shared = next((end for end in nested if _SHARED_MARK.match(text, end)), None)
    if shared is not None:  # one mark closes both the inner and the outer quotation
        return QuoteCandidate((_trimmed(text, index, start + 1, shared - 1),), start, shared)
    tail = len(text.rstrip(_TAIL))
    at_the_end = next((end for end in nested if end >= tail), None)
    later = _closed_later(blocks, pairings, index, start, reopened=at_the_end is None)
    if later is not None:
        return later
    if at_the_end is not None:
        return QuoteCandidate((_trimmed(text, index, start + 1, at_the_end - 1),), start, at_the_end)
    if start and next_quotation - start < _SHORTEST_UNCLOSED:
        return None
    return QuoteCandidate((_trimmed(text, index, start + 1, next_quotation),), start, next_quotation)


def _next_quotation(text: str, inner: Sequence[Quotation]) -> int:
    """Where the next quotation begins after an opening mark, `inner` being the pairs behind it; else the text's end.

    A pair that begins after the end of a sentence is no nested quotation but the next one.
    """
    after_sentence = (q.start for q in inner if last_character(text, q.start) in (".", "!", "?", "…"))
    return next(after_sentence, len(text))


def _closed_later(
    blocks: Sequence[Block], pairings: Sequence[Pairing], index: int, start: int, reopened: bool
) -> QuoteCandidate | None:
    """A quotation that is opened at `start` and closed in a later block; each block between may open it again.

    `reopened` tells whether marks on both sides of a later block may be those of the quotation.
    """
    text = blocks[index].text
    spans = [_trimmed(text, index, start + 1, len(text))]
    for later in range(index + 1, min(len(blocks), index + _MOST_BLOCKS)):
        block, pairing = blocks[later], pairings[later]
        if block.kind not in (BlockKind.PARAGRAPH, BlockKind.BLOCKQUOTE, BlockKind.LIST_ITEM) or block.label_text:
            return None
        begin = 1 if pairing.unclosed[:1] == (0,) else 0
        if pairing.unopened and not begin:
            close = pairing.unopened[0]
            spans.append(_trimmed(block.text, later, 0, close))
            return QuoteCandidate(tuple(spans), start, close + 1)
        if pairing.pairs and pairing.pairs[0].start == 0:  # opened again, and closed
            if not reopened:
                return None
            closing = pairing.pairs[0].end
            spans.append(_trimmed(block.text, later, 1, closing - 1))
            return QuoteCandidate(tuple(spans), start, closing)
        if pairing.unclosed and not begin:
            return None
        spans.append(_trimmed(block.text, later, begin, len(block.text)))
    return None


def _dashed(text: str, index: int, words: SpeechWords) -> QuoteCandidate | None:
    """`– Ми переможемо, – сказав він. – Це точно.` Without a cue it is an answer; a question is no quotation."""
    begin = _DASH.match(text)
    assert begin is not None
    pieces = list(_DASH_AFTER_MARK.finditer(text))
    for place, piece in enumerate(pieces):
        clause_end = pieces[place + 1].start() if place + 1 < len(pieces) else len(text)
        clause = text[piece.end() : clause_end]
        if not words.cue.search(clause[:_CUE_WITHIN]) or clause[:1].isupper():
            continue
        spans = [_trimmed(text, index, begin.end(), piece.start() - (text[piece.start() - 1] == ","))]
        if clause_end < len(text):
            spans.append(_trimmed(text, index, pieces[place + 1].end(), len(text)))
        return QuoteCandidate(tuple(spans), 0, piece.start(), dashed=True)
    if text[-1] in "?;:," or len(text.split()) < _SHORTEST_DASHED:
        return None
    return QuoteCandidate((_trimmed(text, index, begin.end(), len(text)),), 0, len(text), dashed=True)


def _cut(text: str, index: int, start: int, end: int, words: SpeechWords) -> tuple[BlockSpan, ...]:
    """The words between two marks, without the attribution that interrupts them: «Так, – сказав він, – я бачив»."""
    for match in _INTERRUPTION.finditer(text, start, end):
        clause = match["clause"]
        if clause[0].islower() and words.cue.search(clause[:_CUE_WITHIN]):
            spans = (
                _trimmed(text, index, start, match.start() + (text[match.start()] != ",")),
                _trimmed(text, index, match.end(), end),
            )
            return tuple(span for span in spans if span.start < span.end)
    span = _trimmed(text, index, start, end)
    return (span,) if span.start < span.end else ()


def _joined(earlier: QuoteCandidate, later: QuoteCandidate, text: str, words: SpeechWords) -> QuoteCandidate | None:
    """One candidate of two that only an attribution separates: "A", – сказав він. – "Б"."""
    if earlier.last != later.first or earlier.whole or later.whole or earlier.dashed or earlier.closing > later.opening:
        return None
    if later.opening - earlier.closing > _LONGEST_BETWEEN or len(earlier.spans) >= _MOST_PARTS:
        return None
    between = text[earlier.closing : later.opening]
    if not words.cue.search(between):
        return None
    if not _DASHES_AROUND.fullmatch(between):
        goes_on = last_mark(text, earlier.closing) in (",", "?", "!") and _CLAUSE_BETWEEN.fullmatch(between)
        if not goes_on or _has_its_own_cue(text, later.closing, words):
            return None
    return QuoteCandidate(earlier.spans + later.spans, earlier.opening, later.closing, paired=True)


def _has_its_own_cue(text: str, closing: int, words: SpeechWords) -> bool:
    """Whether an attribution follows a quotation, so that one before it belongs to another: `"…," Smith said.`"""
    return (
        last_mark(text, closing) == ","
        and _GOES_ON.match(text, closing) is not None
        and words.cue.search(text[closing : closing + _CUE_WITHIN]) is not None
    )


def last_mark(text: str, closing: int) -> str:
    """The character before the closing marks of a quotation."""
    closing = min(closing, len(text))
    while closing and text[closing - 1] in _CLOSERS:
        closing -= 1
    return text[closing - 1 : closing]


def _trimmed(text: str, index: int, start: int, end: int) -> BlockSpan:
    """A stretch without white space around it and editors' words at its end."""
    piece = text[start:end]
    length = _without_remarks(piece)
    return BlockSpan(index, start + length - len(piece[:length].lstrip()), start + len(piece[:length].rstrip()))


def _without_remarks(piece: str) -> int:
    """The length of a text without the editors' words that it ends with; these have no brackets within."""
    length = len(piece)
    while True:
        end = length
        while end and piece[end - 1].isspace():
            end -= 1
        if piece[end - 1 : end] not in (")", "]"):
            return length
        at = max(piece.rfind("(", 0, end), piece.rfind("[", 0, end))
        if at <= 0 or not piece[at - 1].isspace() or not editors_words().fullmatch(piece, at, end):
            return length
        while at and piece[at - 1].isspace():
            at -= 1
        length = at
