"""Places within a sentence where another may begin though no mark says so.

A headline that runs into the next line, a list without full stops, a quotation that was kept whole: the splitter
(sentences.py) rightly leaves these alone, since one edition by itself cannot tell `… in London | The move …` from
`… in The Hague`. What it leaves open is listed here, each place with what speaks for it; the other editions decide
(align/cuts.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from enum import IntEnum
from itertools import chain
from typing import NamedTuple

from corpus_builder.languages import cached
from corpus_builder.languages import language as language_facts
from corpus_builder.text.letters import CAPITALS, SMALL
from corpus_builder.text.sentences import LONGEST_TITLE

_GAP = re.compile(rf"(?<=\S)(\s+)(?=(?:[—–-]+\s+)?([\"«„“'‘(\[]*)([^\W\d_{SMALL}][\w'’ʼ-]*))")
_CLOSERS = "\"'»”’“‘)]}"
_INITIAL = re.compile(r"(?:^|[\s\"«„“(])[^\W\d_]\.$")
_STEM = 5
_SMALL = re.compile(rf"\b(?=[^\W\d_{CAPITALS}])[^\W\d_]{{{_STEM}}}")
_TITLE = re.compile(rf"[^\"»”’“‘)\]]{{1,{LONGEST_TITLE}}}[\"»”“)\]]")
_LAST_WORD = re.compile(r"[\w'’ʼ-]+$")


class Sign(IntEnum):
    """What speaks for a place. After all of them stands a capital."""

    OPENER = 0
    """A word that often opens a sentence."""
    WORD = 1
    """A word that the edition elsewhere begins with a small letter."""
    MARK = 2
    """A sentence's mark stands before it: of an abbreviation, or in a quotation that stays whole."""
    PAUSE = 3
    """A comma, colon or dash stands before it."""
    CAPITAL = 4
    """Nothing more; most are names."""
    NAME = 5
    """A capital stands before it too, or a short quotation follows: most likely a name of several words, or a title."""


class Place(NamedTuple):
    """The one sentence would end at `end`, the next begin at `start` (code points)."""

    end: int
    start: int
    sign: Sign


def beginnings(texts: Iterable[str]) -> frozenset[str]:
    """How the words of an edition begin that stand in it with a small letter."""
    return frozenset(chain.from_iterable(map(_SMALL.findall, texts)))


def may_open(sentence: str, language: str) -> bool:
    """Whether a word that opens sentences stands within: a quick look, for such that a mark or a comma may enclose."""
    return not _opening_tokens(language).isdisjoint(sentence.split()[1:])


def places(sentence: str, language: str, small: Set[str] = frozenset()) -> list[Place]:
    """All places in a sentence that are no boundary by themselves but could be one, in order.

    `small` are the `beginnings` of its edition; without them no place has the sign WORD.
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
            if _INITIAL.search(before, max(0, len(before) - 4)):
                continue
            sign = Sign.MARK
        elif last is None:
            sign = Sign.PAUSE
        elif last[0].lower() in never_last:
            continue
        elif gap[2] and _TITLE.match(sentence, gap.end(2)):
            sign = Sign.NAME
        elif word in openers:
            sign = Sign.OPENER
        elif last[0][0].isupper():
            sign = Sign.NAME
        else:
            sign = Sign.WORD if word[1:].islower() and word[:_STEM].lower() in small else Sign.CAPITAL
        found.append(Place(gap.start(), gap.end(), sign))
    return found


@cached
def _words(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words that often open a sentence, and those that end none."""
    facts = language_facts(language).sentences
    return frozenset(facts.openers), frozenset(facts.never_last)


@cached
def _opening_tokens(language: str) -> frozenset[str]:
    return frozenset(
        mark + word + comma for word in _words(language)[0] for mark in ("", *"\"«„“'‘(") for comma in ("", ",")
    )
