"""Tell quotations from names, titles and scare quotes, and say how the words are given."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus_builder.model import Block, BlockKind
from corpus_builder.quotes.attribution import Attribution
from corpus_builder.quotes.find import QUOTE_LABELS, Candidate, marks, surroundings
from corpus_builder.quotes.lexicon import Lexicon
from corpus_builder.quotes.quote import Form

# Words in marks that make a clause of their own are rarely fewer; names and titles rarely more.
_CLAUSE = 4
# With a capital and nothing else to tell them from the name of a body, words in marks must be this many.
_SENTENCE = 8
# A quotation that others take words from is so many times as long at least.
_LONGER = 2


def form_of(blocks: Sequence[Block], candidate: Candidate, found: Attribution | None, words: Lexicon) -> Form | None:
    """The form of a candidate; None where it is a single word, or no words in marks and no quotation either."""
    said = " ".join(blocks[b].text[start:end] for b, start, end in candidate.spans)
    length = len(re.findall(r"\w+", said))
    if not length:
        return None
    form = _speech(blocks, candidate, found, words, said, length)
    return Form.MENTIONED if form is None and candidate.paired and length > 1 else form


def _speech(
    blocks: Sequence[Block], candidate: Candidate, found: Attribution | None, words: Lexicon, said: str, length: int
) -> Form | None:
    """The form of a quotation of `length` words; None where they are not said to be anybody's."""
    block = blocks[candidate.first]
    head, tail = surroundings(blocks, candidate)
    before = head.rstrip()
    opens = not before or before[-1] in ".!?…"
    if block.label in QUOTE_LABELS and candidate.within is None and (candidate.whole or opens or before.endswith(":")):
        return Form.LABELLED
    if candidate.whole:
        return Form.DIRECT if block.kind is BlockKind.BLOCKQUOTE else Form.LABELLED
    if words.text_label.match(head):
        return Form.LABELLED
    capital = said.lstrip("….([ ")[:1].isupper() or said[:1].isdigit()
    introduced = before.endswith(":") or (before.endswith(",") and found is not None and length >= _CLAUSE)
    if found is not None and found.after and (capital or opens or introduced) and length > 1:
        return Form.DIRECT
    if candidate.dashed:
        return Form.DIRECT
    if introduced and capital and (length >= _CLAUSE or found is not None) and length > 1:
        return Form.DIRECT
    ends = re.match(r"[.!?…»”\"]*\s*(?:$|[A-ZА-ЯІЇЄҐЁ«\"“])", tail) is not None
    ends = ends or re.match(r"\s*,\s*[–—-]\s", tail) is not None  # …", – такий коментар вона залишила
    if opens and capital and length >= _CLAUSE and (ends or len(candidate.spans) > 1):
        return None if found is None and _is_link(block, candidate) else Form.DIRECT
    named = words.name_before.search(head) is not None
    if capital:
        ended = said[-1] in ".!?…," and length >= _CLAUSE
        joined = words.that_before.search(head) is not None and length >= _CLAUSE
        if named or _is_title(said, words) or not (ended or joined or length >= _SENTENCE):
            return None
        return None if _is_term(blocks, candidate) else Form.PARTIAL if found is not None else Form.DIRECT
    if words.term.match(said):
        return None
    if length >= _CLAUSE and found is not None:
        return Form.PARTIAL
    if named or length < (_CLAUSE if found is None else 2):
        return None
    term = block.kind is BlockKind.TITLE or _is_term(blocks, candidate)
    return None if term and not (found is not None and _echoes(blocks, candidate)) else Form.PARTIAL


def _is_title(said: str, words: Lexicon) -> bool:
    """Whether the words look like the title of a law or, in English, of a work."""
    if words.title.match(said):
        return True
    long = [word for word in re.findall(r"\w+", said) if len(word) > 3]
    return len(long) > 1 and sum(word[0].isupper() for word in long) * 2 > len(long)


def _is_link(block: Block, candidate: Candidate) -> bool:
    """Whether the words are a link by themselves: the headline of another article."""
    return any(link.start <= candidate.opening + 1 and link.end >= candidate.closing - 1 for link in block.links)


def _is_term(blocks: Sequence[Block], candidate: Candidate) -> bool:
    """Whether the words stand in marks elsewhere too, in whatever case: then they are a name or a term."""
    pattern = re.compile(r"[\"«“„]" + _stems(blocks, candidate), re.IGNORECASE)
    return sum(len(pattern.findall(one.text)) for one in blocks) > 1


def _echoes(blocks: Sequence[Block], candidate: Candidate) -> bool:
    """Whether a longer quotation of the edition has the words: then titles and leads that repeat them quote it."""
    pattern = re.compile(r"\b" + _stems(blocks, candidate), re.IGNORECASE)
    for one in blocks:
        for match in pattern.finditer(one.text):
            length = _LONGER * (match.end() - match.start())
            if any(q.start + 1 < match.start() < q.end and q.end - q.start > length for q in marks(one.text).pairs):
                return True
    return False


def _stems(blocks: Sequence[Block], candidate: Candidate) -> str:
    """A pattern of the beginnings of the words."""
    block, start, end = candidate.spans[0]
    return r"\w*\W+".join(re.escape(word[:5]) for word in re.findall(r"\w+", blocks[block].text[start:end]))
