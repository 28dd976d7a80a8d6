"""Places within a sentence where another may begin though no mark says so.

A headline that runs into the next line, a list without full stops, a quotation that was kept whole: the splitter
(sentences.py) rightly leaves these alone, since one edition by itself cannot tell `… in London | The move …` from
`… in The Hague`. What it leaves open is listed here, each place with what speaks for it; the other editions decide
(align/cuts.py).
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from corpus_builder.text.sentences import sentence_data

_GAP = re.compile(r"(?<=\S)(\s+)(?=(?:[—–-]+\s+)?([\"«„“'‘(\[]*)([^\W_][\w'’ʼ-]*))")
_CLOSERS = "\"'»”’“‘)]}"
_LAST_WORD = re.compile(r"[\w'’ʼ-]+$")


class Sign(IntEnum):
    """What speaks for a place, from the strongest to the weakest."""

    MARK = 0
    """A sentence's mark stands before it: an abbreviation, or a quotation that stays whole."""
    OPENER = 1
    """A word that often opens a sentence stands after it with a capital."""
    CAPITAL = 2
    """A word with a capital stands after it; most are names."""
    NAME = 3
    """A capital before and after it: most likely a name of several words."""
    PAUSE = 4
    """A comma, colon or dash stands before it, a capital after it."""


class Place(NamedTuple):
    """The one sentence would end at `end`, the next begin at `start` (code points)."""

    end: int
    start: int
    sign: Sign


def places(sentence: str, language: str) -> list[Place]:
    """All places in a sentence that are no boundary by themselves but could be one, in order.

    Languages without a data file have none: it takes a list of words that end no sentence to tell the places.
    """
    openers, never_last = _words(language)
    found = []
    for gap in _GAP.finditer(sentence) if never_last else ():
        word = gap[3]
        if not word[0].isupper() or (len(word) == 1 and sentence.startswith((".", ","), gap.end(3))):  # an initial
            continue
        before = sentence[: gap.start()].rstrip(_CLOSERS)
        last = _LAST_WORD.search(before, max(0, len(before) - 40))
        if before.endswith((".", "!", "?", "…")):
            sign = Sign.MARK
        elif last is None:
            sign = Sign.PAUSE
        elif last[0].lower() in never_last:
            continue
        else:
            sign = Sign.OPENER if word in openers else Sign.NAME if last[0][0].isupper() else Sign.CAPITAL
        found.append(Place(gap.start(), gap.end(), sign))
    return found


@cache
def _words(language: str) -> tuple[frozenset[str], frozenset[str]]:
    data = sentence_data(language)
    return frozenset(data.get("openers", ())), frozenset(data.get("never_last", ()))
