"""The words around a quotation that say who said it: the cue and the mention of the speaker.

After the words: `", – сказав міністр`, `," Smith said`; before them: `міністр заявив: "`, `За словами міністра, "`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus_builder.model import Block
from corpus_builder.quotes.candidates import QuoteCandidate, last_mark
from corpus_builder.quotes.mentions import Stretch, governed, in_marks, last_match, mention_before, phrase_after
from corpus_builder.quotes.name_mentions import name_mentions
from corpus_builder.quotes.quote import BlockSpan
from corpus_builder.quotes.sentence_spans import FARTHEST, sentence_end, sentence_start
from corpus_builder.quotes.speech_words import SpeechWords

# Code points, chosen by hand (benchmarks/quotes.py --part dev shows the effect of other ones): an attribution is looked
# for in so many after a quotation, and has its verb within so many; fewer than _SHORTEST_CLAUSE between two parts of a
# quotation are marks and a dash.
_LONGEST_CLAUSE = 160
_CUE_WITHIN = 80
_SHORTEST_CLAUSE = 6
_DASH_BEHIND = re.compile(r"[,.!?…]*\s*[,]?\s*[–—-]+\s*")
_SPACE = re.compile(r"\s+")
_COMMA = re.compile(r",\s+")
_AROUND = ' ,.–—-!?…"»”'


@dataclass(frozen=True, slots=True)
class Attribution:
    """A cue and a speaker as written; `after` if they follow the words."""

    speaker: str | None = None
    speaker_span: BlockSpan | None = None
    cue: str | None = None
    cue_span: BlockSpan | None = None
    after: bool = False

    @classmethod
    def of(cls, text: str, block: int, mention: Stretch | None, cue: Stretch, after: bool = False) -> Attribution:
        """The attribution at some places of a block's text."""
        return cls(
            text[slice(*mention)] if mention else None,
            BlockSpan(block, *mention) if mention else None,
            text[slice(*cue)],
            BlockSpan(block, *cue),
            after,
        )


def attribute(blocks: Sequence[Block], candidate: QuoteCandidate, words: SpeechWords) -> Attribution | None:
    """What the sentence around a candidate says about its speaker, if anything."""
    if candidate.whole:
        return None
    between = _between(blocks, candidate, words)
    if between is not None:
        return between
    first, last = blocks[candidate.first].text, blocks[candidate.last].text
    if candidate.within is not None:
        return _within(last, candidate, words)
    return _after(last, candidate, words) or _before(first, candidate, words)


def _within(text: str, candidate: QuoteCandidate, words: SpeechWords) -> Attribution | None:
    """The attribution of a nested candidate, by the words of the quotation around it alone."""
    assert candidate.within is not None
    start, end = candidate.within
    # Its closing mark may be that of the quotation around it, too, and lie outside of the words.
    inner = replace(candidate, opening=candidate.opening - start, closing=candidate.closing - start)
    piece = text[start:end]
    found = _after(piece, inner, words) or _before(piece, inner, words)
    return found and replace(
        found, speaker_span=_moved(found.speaker_span, start), cue_span=_moved(found.cue_span, start)
    )


def _moved(span: BlockSpan | None, by: int) -> BlockSpan | None:
    return span and BlockSpan(span.block, span.start + by, span.end + by)


def _between(blocks: Sequence[Block], candidate: QuoteCandidate, words: SpeechWords) -> Attribution | None:
    """The attribution that interrupts the words."""
    for left, right in zip(candidate.spans, candidate.spans[1:], strict=False):
        if left.block == right.block and right.start - left.end >= _SHORTEST_CLAUSE:
            attribution = _clause(blocks[left.block].text, left.block, left.end, right.start, words)
            if attribution is not None:
                return attribution
    return None


def _after(text: str, candidate: QuoteCandidate, words: SpeechWords) -> Attribution | None:
    """The attribution that follows the words, after a dash or after a mark that lets the sentence go on."""
    start = candidate.closing
    dash = _DASH_BEHIND.match(text, start)
    goes_on = candidate.dashed or last_mark(text, start) in (",", "?", "!", "…")
    begin = dash or (_SPACE.match(text, start) if goes_on else None)
    if begin is None:
        return None
    clause_start = begin.end()
    if dash is None and text[clause_start : clause_start + 1] in '"«“':
        return None
    end = sentence_end(text, clause_start, words.language)
    return _clause(text, candidate.last, clause_start, min(end, clause_start + _LONGEST_CLAUSE), words)


def _clause(text: str, block: int, start: int, end: int, words: SpeechWords) -> Attribution | None:
    """The attribution in `text[start:end]`, which has nothing else: `сказав він`, `he said`."""
    cue = words.cue.search(text, start, end)
    if cue is None or cue.start() - start > _CUE_WITHIN:
        return None
    before = text[start : cue.start()].strip(_AROUND)
    if before:
        subject = mention_before(text, text.index(before, start), cue.start(), words)
        if subject is not None:
            return Attribution.of(text, block, subject, cue.span(), after=True)
    return Attribution.of(text, block, phrase_after(text, cue.end(), end, words), cue.span(), after=True)


def _before(text: str, candidate: QuoteCandidate, words: SpeechWords) -> Attribution | None:
    """The attribution that comes before the words, or *according to …* around them."""
    start = sentence_start(text, candidate.opening, words.language)
    end, block = candidate.opening, candidate.first
    according = last_match(words.according, text, start, end) or _according_behind(text, candidate, words)
    if according is not None:
        pronoun = words.possessive_pronoun.search(according.group())
        if pronoun is not None:
            mention: Stretch | None = (according.start() + pronoun.start(), according.start() + pronoun.end())
        else:
            mention = phrase_after(text, according.end(), min(len(text), according.end() + FARTHEST), words)
        return Attribution.of(text, block, mention, according.span())
    cue = last_match(words.cue, text, start, end)
    if cue is None:
        return _name_before_colon(text, block, start, end, words)
    subject = mention_before(text, start, cue.start(), words)
    if subject is None:
        subject = phrase_after(text, cue.end(), end, words, names_only=True)
    return Attribution.of(text, block, subject, cue.span())


def _according_behind(text: str, candidate: QuoteCandidate, words: SpeechWords) -> re.Match[str] | None:
    """*According to* right behind the words and a comma."""
    end = candidate.closing
    if candidate.first == candidate.last:
        end = sentence_end(text, candidate.closing, words.language)
    comma = _COMMA.match(text, candidate.closing, end)
    return words.according.match(text, comma.end()) if comma else None


def _name_before_colon(text: str, block: int, start: int, end: int, words: SpeechWords) -> Attribution | None:
    """The name before a colon without a verb of saying: `Лукашенко піде на вибори: "`."""
    head = text[start:end]
    if not head.rstrip().endswith(":") or words.text_label.match(head):
        return None
    names = [
        name
        for name in name_mentions(head, words)
        if not governed(head, name.start, words) and not in_marks(head, name.start)
    ]
    if not names:
        return None
    return Attribution(names[-1].text, BlockSpan(block, start + names[-1].start, start + names[-1].end))
