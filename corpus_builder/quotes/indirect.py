"""Reported speech without marks: `Петренко заявив, що …`, `За словами Петренка, …`, `…, пояснив Петренко`, `Smith said
that …`, `…, Smith said`.

Only with a subject: what nobody is said to have said is no quotation. A clause that holds words in marks is reported
speech all the same; one that is in marks as a whole is not. English without *that* is left alone where the verb comes
first, for its clauses have no safe beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus_builder.model import Block, BlockKind
from corpus_builder.quotes.attribution import Attribution, mention_before, phrase_after, sentences
from corpus_builder.quotes.find import EDITORS, SOURCE_LABEL, Candidate
from corpus_builder.quotes.lexicon import Lexicon, names
from corpus_builder.quotes.quote import Form, Span

_KINDS = (BlockKind.PARAGRAPH, BlockKind.LEAD, BlockKind.LIST_ITEM)
_SHORTEST = 10  # code points of a reported clause
_LONGEST_SUBJECT = 8  # words behind the verb that a clause ends with


def reported(
    blocks: Sequence[Block], found: Sequence[tuple[Candidate, Form]], words: Lexicon
) -> Iterator[tuple[Candidate, Attribution]]:
    """Reported clauses with their attributions, in order; `found` are the quotations in marks."""
    said = [span for one, form in found if form in (Form.DIRECT, Form.LABELLED) for span in one.spans]
    partial = [span for one, form in found if form is Form.PARTIAL for span in one.spans]
    for index, block in enumerate(blocks):
        if block.kind not in _KINDS or block.label == SOURCE_LABEL:
            continue
        here = [span for span in said if span.block == index]
        marked = [span for span in partial if span.block == index]
        for start, end in sentences(block.text, words.language):
            if any(span.start < end and start < span.end for span in here):
                continue
            clause = _clause(block.text, index, start, end, words)
            if clause is not None and not any(_fills(block.text, span, clause[0].spans[0]) for span in marked):
                yield clause


def _fills(text: str, marked: Span, clause: Span) -> bool:
    """Whether words in marks are all that a clause has, or reach beyond it."""
    outside = text[clause.start : max(clause.start, marked.start)] + text[min(marked.end, clause.end) : clause.end]
    outside = EDITORS.sub("", outside)
    crosses = marked.start < clause.start < marked.end or marked.start < clause.end < marked.end
    return marked.start < clause.end and clause.start < marked.end and (crosses or not re.search(r"\w", outside))


def _clause(text: str, block: int, start: int, end: int, words: Lexicon) -> tuple[Candidate, Attribution] | None:
    according = words.according.match(text, start, end)
    if according is not None:
        named = phrase_after(text, according.end(), end, words)
        comma = text.find(",", named[1] if named else according.end(), end)
        pronoun = words.possessive.search(according.group())
        if pronoun is not None:
            named = (start + pronoun.start(), start + pronoun.end())
        return _made(text, block, named, according.span(), (comma + 1, end)) if comma >= 0 else None
    for cue in words.cue.finditer(text, start, end):
        that = words.that.match(text, cue.end(), end)
        if that is None:
            continue
        named = mention_before(text, start, cue.start(), words) or phrase_after(
            text, cue.end(), that.start("that"), words
        )
        repeated = re.match(rf"(?:{re.escape(that['that'])}\s+)*", text[that.end() : end])
        return _made(text, block, named, cue.span(), (that.end() + (repeated.end() if repeated else 0), end))
    return _ending(text, block, start, end, words)


def _ending(text: str, block: int, start: int, end: int, words: Lexicon) -> tuple[Candidate, Attribution] | None:
    """The clause before an attribution that ends the sentence."""
    comma = text.rfind(",", start, end)
    if comma < 0:
        return None
    cue = words.cue.search(text, comma, end)
    if cue is None:
        return None
    between, behind = text[comma + 1 : cue.start()].strip(), text[cue.end() : end].strip(" .!?…")
    if words.language == "en":
        if behind or not between or len(between.split()) > _LONGEST_SUBJECT:
            return None
        named = mention_before(text, comma + 1, cue.start(), words)
    else:
        if between or not behind or len(behind.split()) > _LONGEST_SUBJECT:
            return None
        named = phrase_after(text, cue.end(), end, words)
    if named is None or not (names(text[slice(*named)], words) or words.pronoun.search(text[slice(*named)])):
        return None
    return _made(text, block, named, cue.span(), (start, comma))


def _made(
    text: str, block: int, named: tuple[int, int] | None, cue: tuple[int, int], clause: tuple[int, int]
) -> tuple[Candidate, Attribution] | None:
    piece = text[clause[0] : clause[1]]
    start = clause[0] + len(piece) - len(piece.lstrip())
    end = clause[0] + len(piece.rstrip(" .!?…"))
    if named is None or end - start < _SHORTEST:
        return None
    mention = Attribution(text[named[0] : named[1]], Span(block, *named), text[cue[0] : cue[1]], Span(block, *cue))
    return Candidate((Span(block, start, end),), start, end), mention
