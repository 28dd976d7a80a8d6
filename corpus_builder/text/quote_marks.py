"""Quotation marks of all kinds, paired: «», “”, „“, „”, ‘’, ‚‘, ASCII " and ', and »« where the text turns them round.

`pair` walks once over the marks of a text. Whether a mark opens or closes is decided by its shape, else by its
neighbours; a closing mark takes the nearest open one of its family, so nested quotations come out nested. Marks without
a partner are reported, not guessed at: a quotation that runs over several paragraphs has one in each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Which opening marks a closing mark may close. Editions mix shapes ("… ” and „… "), so a family is wider than a pair.
_DOUBLE = '"“”„‟'
_SINGLE = "'‘’‚‛"
_GUILLEMETS = "«»"
_FAMILY = {mark: family for family in (_DOUBLE, _SINGLE, _GUILLEMETS) for mark in family}

# An apostrophe inside a word is no mark; two single marks in a row are typed for a double one and pair by themselves.
_MARK = re.compile(r"[\"“”„‟«»‘‚‛]|(?<!\w)['’]|['’](?!\w)")
_LEADS = frozenset("([{<—–-/=«“„‘‚\"'…")
# More levels than this are not nesting but marks that were never closed: the oldest is given up (chosen: three levels,
# each in double and single marks).
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Quotation:
    """A pair of marks: `text[start:end]` with the marks, `depth` 0 for an outermost pair."""

    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """All marks of a text: the pairs by where they start, and the offsets of marks without a partner."""

    pairs: tuple[Quotation, ...]
    unclosed: tuple[int, ...]
    unopened: tuple[int, ...]


def count_marks(text: str) -> int:
    """How many quotation marks a text has, paired or not; apostrophes inside of words are none.

    >>> count_marks("«П'ять» — 'це'")
    4
    """
    return len(_MARK.findall(text))


def pair(text: str) -> Pairing:
    """Pair the quotation marks of `text`.

    >>> [text[q.start : q.end] for text in ['"Ні", – каже він. «Так»'] for q in pair(text).pairs]
    ['"Ні"', '«Так»']
    """
    open_marks: list[tuple[int, str]] = []
    pairs: list[tuple[int, int]] = []
    unclosed: list[int] = []
    unopened: list[int] = []
    for match in _MARK.finditer(text):
        at, mark = match.start(), match.group()
        family = _FAMILY[mark]
        partner = next((i for i in range(len(open_marks) - 1, -1, -1) if _FAMILY[open_marks[i][1]] is family), None)
        if _opens(text, at, mark, partner is not None):
            if len(open_marks) == _DEEPEST:
                unclosed.append(open_marks.pop(0)[0])
            open_marks.append((at, mark))
        elif partner is not None:
            pairs.append((open_marks[partner][0], at + 1))
            unclosed += [left for left, lone in open_marks[partner + 1 :] if lone not in "'’"]
            del open_marks[partner:]
        elif mark not in "'’":  # a lone one is an apostrophe: workers', '90s
            unopened.append(at)
    unclosed += [left for left, lone in open_marks if lone not in "'’"]
    return Pairing(with_depth(sorted(pairs)), tuple(sorted(unclosed)), tuple(unopened))


def _opens(text: str, at: int, mark: str, partner_open: bool) -> bool:
    """Whether the mark at `at` opens a quotation; by its shape where that is certain, else by its neighbours."""
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    free_before = before.isspace() or before in _LEADS
    free_after = after.isspace() or not (after.isalnum() or after in _LEADS or after in "$€£№#@")
    if mark in "„‚‟‛":
        return True
    if mark == "«":
        return not (free_after and not free_before and partner_open)
    if mark == "»":
        return free_before and not free_after
    if before in _LEADS and not before.isspace() and after in _LEADS:
        return not partner_open
    if free_before and not free_after:
        return mark not in "”’" or not partner_open
    if free_after and not free_before:
        return False
    return not partner_open and before.isspace()


def with_depth(spans: list[tuple[int, int]]) -> tuple[Quotation, ...]:
    """Sorted pairs, (start, end) with the marks, none of which cross, with the number of pairs around each."""
    ends: list[int] = []
    quotations = []
    for start, end in spans:
        while ends and ends[-1] <= start:
            ends.pop()
        quotations.append(Quotation(start, end, len(ends)))
        ends.append(end)
    return tuple(quotations)
