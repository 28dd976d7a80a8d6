"""The quotation marks of a block, paired, with what is plainly damaged repaired."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from corpus_builder.text.quote_marks import Pairing, pair, with_depth

_SINGLE = "'’‘‚‛"
_KEPT = 256  # blocks: more than an article has
# Marks without a partner for which one of another kind is looked for. Chosen: a block has a few; with more, the text is
# none that could be repaired.
_MOST_REPAIRED = 100


@lru_cache(maxsize=_KEPT)
def paired_marks(text: str) -> Pairing:
    """The marks of a text, as `pair` has them, with what is plainly damaged repaired.

    A mark with spaces on both sides that nothing closes opens nothing, it closes; one that is doubled counts once; and
    what no mark of its kind closes is closed by one of another kind that nothing opens: «…", “…».

    >>> [text[q.start : q.end] for text in ['«Так" і «ні»', '««Так»'] for q in paired_marks(text).pairs]
    ['«Так"', '«ні»', '«Так»']
    """
    pairing = _undoubled(text, pair(text))
    if not pairing.unclosed:
        return pairing
    starts = {quotation.start for quotation in pairing.pairs}
    closing = {at for at in pairing.unclosed if _closes_after_all(text, at)}
    unclosed = [at for at in pairing.unclosed if at not in closing and at + 1 not in starts]
    return _of_two_kinds(text, pairing, unclosed, sorted({*pairing.unopened, *closing}))


def last_character(text: str, at: int) -> str:
    """The last character before an offset that is no white space; "" where there is none.

    >>> last_character("Так! «", 5)
    '!'
    """
    while at and text[at - 1].isspace():
        at -= 1
    return text[at - 1 : at]


def _closes_after_all(text: str, at: int) -> bool:
    """Whether a mark taken for an opening one closes: it follows the end of a sentence and a space follows it."""
    return text[at + 1 : at + 2].isspace() and last_character(text, at) in (*".!?…",)


def _of_two_kinds(text: str, pairing: Pairing, unclosed: list[int], unopened: list[int]) -> Pairing:
    """The pairing with pairs of an opening mark of one kind and a closing mark of another."""
    spans = [(quotation.start, quotation.end) for quotation in pairing.pairs]
    for at in reversed(unclosed[-_MOST_REPAIRED:]):
        place = bisect_right(unopened, at)
        closing = unopened[place] if place < len(unopened) else None
        if closing is None or _crosses(at, closing, spans) or text[closing] in _SINGLE or text[at] in _SINGLE:
            continue
        spans.append((at, closing + 1))
        unclosed.remove(at)
        unopened.remove(closing)
    return Pairing(with_depth(sorted(spans)), tuple(unclosed), tuple(unopened))


def _crosses(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Whether a pair would begin within one of others and end outside, or the other way round."""
    return any((left < start < right) != (left < end < right) for left, right in spans)


def _undoubled(text: str, pairing: Pairing) -> Pairing:
    """The pairing without pairs of the same marks directly around others: `""Так""`."""
    spans = {(quotation.start, quotation.end) for quotation in pairing.pairs}
    double = {(start, end) for start, end in spans if (start + 1, end - 1) in spans and text[start] == text[start + 1]}
    if not double:
        return pairing
    unopened = sorted({*pairing.unopened, *(end - 1 for _, end in double)})
    return Pairing(with_depth(sorted(spans - double)), pairing.unclosed, tuple(unopened))
