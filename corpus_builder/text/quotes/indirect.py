"""Reported speech without marks: `Петренко заявив, що …`, `За словами Петренка, …`, `Smith said that …`.

Only sentences that hold no other quotation are looked at, and only with a subject: what nobody is said to have said is
no quotation. English without *that* is left alone, for its clauses have no safe beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus_builder.model import Block, BlockKind
from corpus_builder.text.quotes.attribution import Attribution, mention_before, phrase_after
from corpus_builder.text.quotes.find import Candidate
from corpus_builder.text.quotes.lexicon import Lexicon
from corpus_builder.text.quotes.quote import Span
from corpus_builder.text.sentences import split

_KINDS = (BlockKind.PARAGRAPH, BlockKind.LEAD, BlockKind.LIST_ITEM)
_SHORTEST = 10  # code points of a reported clause


def reported(blocks: Sequence[Block], taken: Sequence[Span], words: Lexicon) -> Iterator[tuple[Candidate, Attribution]]:
    """Reported clauses in sentences without a span of `taken`, with their attributions, in order."""
    for index, block in enumerate(blocks):
        if block.kind not in _KINDS:
            continue
        here = [span for span in taken if span.block == index]
        for start, end in split(block.text, words.language):
            if any(span.start < end and start < span.end for span in here):
                continue
            found = _clause(block.text, index, start, end, words)
            if found is not None:
                yield found


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
        return _made(text, block, named, cue.span(), (that.end(), end))
    return None


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
