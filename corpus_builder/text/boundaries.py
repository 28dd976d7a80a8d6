"""Places within a sentence where another may begin though no mark says so.

A headline that runs into the next line, a list without full stops, a quotation that was kept whole: the splitter
(sentences.py) rightly does not split these, since one edition by itself does not distinguish `… in London | The move …`
from `… in The Hague`. Such places are listed here, each with the evidence for it; the other editions decide
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
_STEM = 5  # letters; chosen: inflected forms of a word share them
_SMALL = re.compile(rf"\b(?=[^\W\d_{CAPITALS}])[^\W\d_]{{{_STEM}}}")
_TITLE = re.compile(rf"[^\"»”’“‘)\]]{{1,{LONGEST_TITLE}}}[\"»”“)\]]")
_LAST_WORD = re.compile(r"(?<![\w'’ʼ-])[\w'’ʼ-]++$")


class Sign(IntEnum):
    """The evidence for a place. A capital follows all of them."""

    OPENER = 0
    """A word that often opens a sentence."""
    WORD = 1
    """A word that the edition elsewhere begins with a small letter."""
    MARK = 2
    """It follows a sentence-ending mark: of an abbreviation, or in a quotation that stays whole."""
    PAUSE = 3
    """It follows a comma, colon or dash."""
    CAPITAL = 4
    """Only the capital; most are names."""
    NAME = 5
    """The word before has a capital, too, or a short quotation follows: probably a name of several words or a title."""


class Place(NamedTuple):
    """A possible boundary: one sentence would end at `end`, the next begin at `start` (code points)."""

    end: int
    start: int
    sign: Sign


def beginnings(texts: Iterable[str]) -> frozenset[str]:
    """The first letters of all words that an edition writes with a small letter somewhere."""
    return frozenset(chain.from_iterable(map(_SMALL.findall, texts)))


def may_open(sentence: str, language: str) -> bool:
    """A quick test whether a word that opens sentences is within the sentence, with or without a mark beside it."""
    return not _opening_tokens(language).isdisjoint(sentence.split()[1:])


def places(sentence: str, language: str, small: Set[str] = frozenset()) -> list[Place]:
    """All places in a sentence that are no boundary by themselves but could be one, in order.

    `small` are the `beginnings` of its edition; without them no place has the sign WORD.
    A language whose file has no `never_last` has none.
    """
    openers, never_last = _words(language)
    possible = []
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
        possible.append(Place(gap.start(), gap.end(), sign))
    return possible


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
