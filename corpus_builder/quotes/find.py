"""Candidates for quotations: stretches in marks, after dashes, and blocks that a label or their kind calls one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus_builder.model import Block, BlockKind
from corpus_builder.quotes.lexicon import Lexicon
from corpus_builder.quotes.quote import Span
from corpus_builder.text.quote_marks import Pairing, pair, with_depth

# The roles of labels that announce a quotation: Пряма мова, Quote from …; Дослівно.
QUOTE_LABELS = frozenset(("quote", "verbatim"))
# The role of the label that says where the news is from.
SOURCE_LABEL = "source"
# A quotation that is opened and not closed goes on for so many blocks at most; the longest seen in 519 articles is 9.
_MOST_BLOCKS = 12
# Fewer code points than this after a mark that nothing closes are not taken for a quotation.
_SHORTEST_UNCLOSED = 40
_SINGLE = "'’‘‚‛"
_KEPT = 256  # blocks, which is an article
EDITORS = re.compile(r"[(\[][^()\[\]]*(?:[-–—.]|\bприм\.?)\s*(?:ред|ed|УП|UP|авт|прим|ІФ|Ред|Авт|Ed)\.?\s*[)\]]")
_LAST_REMARK = re.compile(rf"\s+{EDITORS.pattern}\s*$")
_DASH = re.compile(r"[–—-]\s+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that may be a quotation. `opening` and `closing` are the offsets around them, marks included.

    `whole` tells that the block is taken for its label or kind, with no marks; `dashed`, that a dash opens it;
    `paired`, that marks stand on both sides. `within` is the stretch of the block that a nested one lies in: the words
    of the quotation around it, which alone may say whose the nested words are.
    """

    spans: tuple[Span, ...]
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


def candidates(blocks: Sequence[Block], words: Lexicon) -> list[Candidate]:
    """All candidates: the outermost in order, then those in marks within them."""
    pairings = [marks(block.text) for block in blocks]
    found: list[Candidate] = []
    covered_to = (0, 0)
    for index, block in enumerate(blocks):
        for candidate in _in_block(blocks, pairings, index, words):
            if (index, candidate.opening) < covered_to:
                continue
            covered_to = (candidate.last, candidate.closing)
            merged = _joined(found[-1], candidate, block.text, words) if found else None
            found[-1:] = [merged] if merged else [*found[-1:], candidate]
    return [*found, *(nested for one in found for nested in _nested(one, blocks, pairings, words))]


def _nested(
    outer: Candidate, blocks: Sequence[Block], pairings: Sequence[Pairing], words: Lexicon
) -> Iterator[Candidate]:
    """What stands in marks within the words of a candidate."""
    for index, start, end in outer.spans:
        for q in pairings[index].pairs:
            # its closing mark may be that of the candidate too; both marks are not within the words
            if start <= q.start and q.end <= end + 1 and (q.start, q.end) != (outer.opening, outer.closing):
                spans = _cut(blocks[index].text, index, q.start + 1, q.end - 1, words)
                if spans:
                    yield Candidate(spans, q.start, q.end, paired=True, within=(start, end))


@lru_cache(maxsize=_KEPT)
def marks(text: str) -> Pairing:
    """The marks of a text, as `pair` has them, with what is plainly damaged mended.

    A mark with spaces on both sides that nothing closes opens nothing, it closes; one that is doubled counts once; and
    what no mark of its kind closes is closed by one of another kind that nothing opens: «…", “…».

    >>> [text[q.start : q.end] for text in ['«Так" і «ні»', '««Так»'] for q in marks(text).pairs]
    ['«Так"', '«ні»', '«Так»']
    """
    pairing = _undoubled(text, pair(text))
    if not pairing.unclosed:
        return pairing
    starts = {q.start for q in pairing.pairs}
    stray = {at for at in pairing.unclosed if text[at + 1 : at + 2].isspace() and text[:at].rstrip()[-1:] in (*".!?…",)}
    unclosed = [at for at in pairing.unclosed if at not in stray and at + 1 not in starts]
    unopened = sorted({*pairing.unopened, *stray})
    found = [(q.start, q.end) for q in pairing.pairs]
    for at in reversed(unclosed):
        closing = next((end for end in unopened if end > at), None)
        if closing is None or any((start < at < end) != (start < closing < end) for start, end in found):
            continue
        if text[closing] not in _SINGLE and text[at] not in _SINGLE:
            found.append((at, closing + 1))
            unclosed.remove(at)
            unopened.remove(closing)
    return Pairing(with_depth(sorted(found)), tuple(unclosed), tuple(unopened))


def _undoubled(text: str, pairing: Pairing) -> Pairing:
    """The pairing without pairs of the same marks directly around others: `""Так""`."""
    found = {(q.start, q.end) for q in pairing.pairs}
    double = {(start, end) for start, end in found if (start + 1, end - 1) in found and text[start] == text[start + 1]}
    if not double:
        return pairing
    unopened = sorted({*pairing.unopened, *(end - 1 for _, end in double)})
    return Pairing(with_depth(sorted(found - double)), pairing.unclosed, tuple(unopened))


def insertions(blocks: Sequence[Block], spans: Sequence[Span]) -> Iterator[Span]:
    """The editors' own words within a quotation: `[the allies – ed.]`, `(Путін – ред.)`."""
    for block, start, end in spans:
        for match in EDITORS.finditer(blocks[block].text, start, end):
            yield Span(block, match.start(), match.end())


def surroundings(blocks: Sequence[Block], candidate: Candidate) -> tuple[str, str]:
    """The text of the block before a candidate, and that after it; a nested one has the words around it alone."""
    start, end = candidate.within or (0, len(blocks[candidate.last].text))
    return (
        blocks[candidate.first].text[start : candidate.opening],
        blocks[candidate.last].text[candidate.closing : end],
    )


def _in_block(blocks: Sequence[Block], pairings: Sequence[Pairing], index: int, words: Lexicon) -> Iterator[Candidate]:
    block, pairing = blocks[index], pairings[index]
    text = block.text
    opened = _unclosed(blocks, pairings, index)
    whole = _whole(block, pairing, index)
    if whole is not None:
        yield whole
        return
    if _DASH.match(text):
        dashed = _dashed(text, index, words)
        if dashed is not None:
            yield dashed
            return
    stretches: list[Candidate] = [
        Candidate(_cut(text, index, q.start + 1, q.end - 1, words), q.start, _behind(q.end, pairing), paired=True)
        for q in pairing.pairs
        if q.depth == 0
    ]
    if opened is not None:
        behind = opened.closing if opened.last == index else len(text)
        stretches = [one for one in stretches if one.closing <= opened.opening or one.opening >= behind] + [opened]
    yield from sorted((one for one in stretches if one.spans), key=lambda one: one.opening)


def _behind(end: int, pairing: Pairing) -> int:
    """Where the marks behind a quotation end: a second closing mark may follow the first."""
    while end in pairing.unopened:
        end += 1
    return end


def _whole(block: Block, pairing: Pairing, index: int) -> Candidate | None:
    """The block itself, where it is a quotation without marks around it."""
    text = block.text
    said = block.kind is BlockKind.BLOCKQUOTE or block.label in QUOTE_LABELS
    if not said or not text or pairing.unclosed or pairing.unopened:
        return None
    marked = sum(q.end - q.start for q in pairing.pairs if q.depth == 0)
    if marked * 2 > len(text) or (pairing.pairs and pairing.pairs[0].start == 0):
        return None
    return Candidate((Span(index, 0, len(text)),), 0, len(text), whole=True)


def _unclosed(blocks: Sequence[Block], pairings: Sequence[Pairing], index: int) -> Candidate | None:
    """A quotation that lacks its closing mark in the block: it shares one, is closed in a later block, or never."""
    pairing, text = pairings[index], blocks[index].text
    if not pairing.unclosed:
        return None
    start = pairing.unclosed[0]
    if text[start + 1 :].strip() == "":
        return None
    inner = [q for q in pairing.pairs if q.start > start]
    # a pair that begins after the end of a sentence is no nested quotation but the next one
    fresh = next((q.start for q in inner if text[start + 1 : q.start].rstrip()[-1:] in (".", "!", "?", "…")), len(text))
    nested = [q.end for q in inner if q.start < fresh]
    shared = next((end for end in nested if re.match(r",?\s*[–—-]\s", text[end:])), None)
    if shared is not None:  # one mark closes both the inner and the outer quotation
        return Candidate((_trimmed(text, index, start + 1, shared - 1),), start, shared)
    ends = [end for end in nested if not text[end:].strip(" .,!?…")]
    later = _closed_later(blocks, pairings, index, start, reopened=not ends)
    if later is not None:
        return later
    close = ends[0] - 1 if ends else fresh
    if not ends and start and close - start < _SHORTEST_UNCLOSED:
        return None
    return Candidate((_trimmed(text, index, start + 1, close),), start, close + 1 if ends else close)


def _closed_later(
    blocks: Sequence[Block], pairings: Sequence[Pairing], index: int, start: int, reopened: bool
) -> Candidate | None:
    """A quotation that is opened at `start` and closed in a later block; each block between may open it again.

    `reopened` tells whether marks on both sides of a later block may be those of the quotation.
    """
    text = blocks[index].text
    spans = [_trimmed(text, index, start + 1, len(text))]
    for later in range(index + 1, min(len(blocks), index + _MOST_BLOCKS)):
        block, found = blocks[later], pairings[later]
        if block.kind not in (BlockKind.PARAGRAPH, BlockKind.BLOCKQUOTE, BlockKind.LIST_ITEM) or block.label_text:
            return None
        begin = 1 if found.unclosed[:1] == (0,) else 0
        if found.unopened and not begin:
            close = found.unopened[0]
            spans.append(_trimmed(block.text, later, 0, close))
            return Candidate(tuple(spans), start, close + 1)
        if found.pairs and found.pairs[0].start == 0:  # opened again, and closed
            if not reopened:
                return None
            closing = found.pairs[0].end
            spans.append(_trimmed(block.text, later, 1, closing - 1))
            return Candidate(tuple(spans), start, closing)
        if found.unclosed and not begin:
            return None
        spans.append(_trimmed(block.text, later, begin, len(block.text)))
    return None


def _dashed(text: str, index: int, words: Lexicon) -> Candidate | None:
    """`– Ми переможемо, – сказав він. – Це точно.` Without a cue it is an answer; a question is nobody's words."""
    begin = _DASH.match(text)
    assert begin is not None
    pieces = list(re.finditer(r"(?<=[,.!?…])\s+[–—-]\s+", text))
    for place, piece in enumerate(pieces):
        clause_end = pieces[place + 1].start() if place + 1 < len(pieces) else len(text)
        clause = text[piece.end() : clause_end]
        if not words.cue.search(clause[:60]) or clause[:1].isupper():
            continue
        spans = [_trimmed(text, index, begin.end(), piece.start() - (text[piece.start() - 1] == ","))]
        if clause_end < len(text):
            spans.append(_trimmed(text, index, pieces[place + 1].end(), len(text)))
        return Candidate(tuple(spans), 0, piece.start(), dashed=True)
    if text[-1] in "?;:," or len(text.split()) < 4:
        return None
    return Candidate((_trimmed(text, index, begin.end(), len(text)),), 0, len(text), dashed=True)


_INTERRUPTION = re.compile(
    r"[,!?….]\s*[–—-]\s+(?P<clause>(?:[^–—«»“”\"]|\"[^\"–—]{1,60}\"|«[^»–—]{1,60}»){3,120}?)[,.]?\s+[–—-]\s+"
)


def _cut(text: str, index: int, start: int, end: int, words: Lexicon) -> tuple[Span, ...]:
    """The words between two marks, without the attribution that interrupts them: «Так, – сказав він, – я бачив»."""
    for match in _INTERRUPTION.finditer(text, start, end):
        clause = match["clause"]
        if clause[0].islower() and words.cue.search(clause[:60]):
            spans = (
                _trimmed(text, index, start, match.start() + (text[match.start()] != ",")),
                _trimmed(text, index, match.end(), end),
            )
            return tuple(span for span in spans if span.start < span.end)
    span = _trimmed(text, index, start, end)
    return (span,) if span.start < span.end else ()


def _joined(earlier: Candidate, later: Candidate, text: str, words: Lexicon) -> Candidate | None:
    """One candidate of two, where only an attribution stands between them: "A", – сказав він. – "Б"."""
    if earlier.last != later.first or earlier.whole or later.whole or earlier.dashed or earlier.closing > later.opening:
        return None
    between = text[earlier.closing : later.opening]
    if len(between) > 120 or not words.cue.search(between):
        return None
    dashes = re.fullmatch(r"[,.!?…]?\s*[–—-]\s+[^–—:]+[,.]\s*[–—-]\s*", between)
    english = text[: earlier.closing].rstrip("\"'”’»")[-1:] in (",", "?", "!") and re.fullmatch(
        r"\s+[^:]+?[,.]\s+", between
    )
    if not dashes and not english:
        return None
    if english and not dashes:
        after = re.match(r"\s+\w", text[later.closing :])
        own = (
            text[: later.closing].rstrip("\"'”’»")[-1:] == ","
            and after
            and words.cue.search(text[later.closing : later.closing + 60])
        )
        if own:
            return None
    return Candidate(earlier.spans + later.spans, earlier.opening, later.closing, paired=True)


def _trimmed(text: str, index: int, start: int, end: int) -> Span:
    piece = text[start:end]
    while (remark := _LAST_REMARK.search(piece)) is not None:
        piece = piece[: remark.start()]
    return Span(index, start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
