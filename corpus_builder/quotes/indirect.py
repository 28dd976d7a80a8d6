"""Reported speech without marks: `Петренко заявив, що …`, `За словами Петренка, …`, `…, пояснив Петренко`, `Smith said
that …`, `…, Smith said`.

Only with a subject: without a speaker there is no quotation. A clause with some words in marks is reported speech, too;
one that is in marks as a whole is not. Without *that*, a clause is left alone where the verb comes
first in it, for it has no safe beginning.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus_builder.model import Block, BlockKind
from corpus_builder.quotes.attribution import Attribution
from corpus_builder.quotes.candidates import SOURCE_LABEL, QuoteCandidate
from corpus_builder.quotes.mentions import Stretch, mention_before, phrase_after
from corpus_builder.quotes.name_mentions import name_mentions
from corpus_builder.quotes.quote import BlockSpan, Form
from corpus_builder.quotes.sentence_spans import FARTHEST, sentence_spans
from corpus_builder.quotes.speech_words import SpeechWords, editors_words

_KINDS = (BlockKind.PARAGRAPH, BlockKind.LEAD, BlockKind.LIST_ITEM)
# Chosen by hand; benchmarks/quotes.py --part dev shows the effect of other ones.
_SHORTEST = 10  # code points of a reported clause
_LONGEST_SUBJECT = 8  # words of the subject beside the verb that a clause ends with

Reported = tuple[QuoteCandidate, Attribution]


def reported(
    blocks: Sequence[Block], in_marks: Sequence[tuple[QuoteCandidate, Form]], words: SpeechWords
) -> Iterator[Reported]:
    """Reported clauses with their attributions, in order; `in_marks` are the quotations in marks."""
    whole, partial = defaultdict[int, list[BlockSpan]](list), defaultdict[int, list[BlockSpan]](list)
    for candidate, form in in_marks:
        for span in candidate.spans:
            if form in (Form.DIRECT, Form.LABELLED):
                whole[span.block].append(span)
            elif form is Form.PARTIAL:
                partial[span.block].append(span)
    for index, block in enumerate(blocks):
        if block.kind in _KINDS and block.label != SOURCE_LABEL:
            yield from _in_block(block.text, index, _separate(whole[index]), sorted(partial[index]), words)


def _separate(spans: Sequence[BlockSpan]) -> list[BlockSpan]:
    """Spans of one block in order, those that touch or overlap as one."""
    separate: list[BlockSpan] = []
    for span in sorted(spans):
        if separate and span.start <= separate[-1].end:
            separate[-1] = separate[-1]._replace(end=max(separate[-1].end, span.end))
        else:
            separate.append(span)
    return separate


def _in_block(
    text: str, index: int, whole: Sequence[BlockSpan], partial: Sequence[BlockSpan], words: SpeechWords
) -> Iterator[Reported]:
    """The reported clauses of sentences without whole quotations."""
    for start, end in sentence_spans(text, words.language):
        nearest = bisect_right(whole, start, key=_end)
        if nearest < len(whole) and whole[nearest].start < end:
            continue
        clause = _clause(text, index, start, end, words)
        if clause is None:
            continue
        # A span that begins before the sentence can only reach into it from the sentence before.
        said = clause[0].spans[0]
        near = partial[
            bisect_left(partial, said.start - FARTHEST, key=_start) : bisect_left(partial, said.end, key=_start)
        ]
        if not any(_fills(text, span, said) for span in near):
            yield clause


def _start(span: BlockSpan) -> int:
    return span.start


def _end(span: BlockSpan) -> int:
    return span.end


def _fills(text: str, marked: BlockSpan, clause: BlockSpan) -> bool:
    """Whether words in marks are all that a clause has, or reach beyond it."""
    outside = text[clause.start : max(clause.start, marked.start)] + text[min(marked.end, clause.end) : clause.end]
    outside = editors_words().sub("", outside)
    crosses = marked.start < clause.start < marked.end or marked.start < clause.end < marked.end
    return marked.start < clause.end and clause.start < marked.end and (crosses or not re.search(r"\w", outside))


def _clause(text: str, block: int, start: int, end: int, words: SpeechWords) -> Reported | None:
    """The reported clause of a sentence."""
    according = words.according.match(text, start, end)
    if according is not None:
        mention = phrase_after(text, according.end(), end, words)
        comma = text.find(",", mention[1] if mention else according.end(), end)
        pronoun = words.possessive_pronoun.search(according.group())
        if pronoun is not None:
            mention = (start + pronoun.start(), start + pronoun.end())
        return _made(text, block, mention, according.span(), (comma + 1, end)) if comma >= 0 else None
    for cue in words.cue.finditer(text, start, end):
        that = words.that.match(text, cue.end(), end)
        if that is None:
            continue
        mention = mention_before(text, start, cue.start(), words)
        mention = mention or phrase_after(text, cue.end(), that.start("that"), words)
        repeated = re.match(rf"(?:{re.escape(that['that'])}\s+)*", text[that.end() : end])
        return _made(text, block, mention, cue.span(), (that.end() + (repeated.end() if repeated else 0), end))
    return _ending(text, block, start, end, words)


def _ending(text: str, block: int, start: int, end: int, words: SpeechWords) -> Reported | None:
    """The clause before an attribution that ends the sentence."""
    comma = text.rfind(",", start, end)
    cue = words.cue.search(text, comma, end) if comma >= 0 else None
    if cue is None:
        return None
    between, behind = text[comma + 1 : cue.start()].strip(), text[cue.end() : end].strip(" .!?…")
    subject, rest = (between, behind) if words.subject_first else (behind, between)
    if rest or not subject or len(subject.split()) > _LONGEST_SUBJECT:
        return None
    if words.subject_first:
        mention = mention_before(text, comma + 1, cue.start(), words)
    else:
        mention = phrase_after(text, cue.end(), end, words)
    if mention is None:
        return None
    written = text[slice(*mention)]
    if not name_mentions(written, words) and not words.pronoun.search(written):
        return None
    return _made(text, block, mention, cue.span(), (start, comma))


def _made(text: str, block: int, mention: Stretch | None, cue: Stretch, clause: Stretch) -> Reported | None:
    """The candidate and its attribution; None without a speaker or with hardly any words."""
    piece = text[slice(*clause)]
    start = clause[0] + len(piece) - len(piece.lstrip())
    end = clause[0] + len(piece.rstrip(" .!?…"))
    if mention is None or end - start < _SHORTEST:
        return None
    return QuoteCandidate((BlockSpan(block, start, end),), start, end), Attribution.of(text, block, mention, cue)
