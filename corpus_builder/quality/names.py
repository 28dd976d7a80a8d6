"""Names: does each side have the names of the other, in its own spelling and ending?

A name is a capitalised word inside a sentence. It is answered by a word of the other side that
    sounds the same: the consonants of its common spelling (text/transliteration.py) agree but for an ending, vowels
        being where Ukrainian, Russian and English part (Львів, Львов, Lviv; Володимир, Владимир, Volodymyr);
    is known to be its translation: the corpus' lexicon (Німеччина, Germany), or the few first names below.
Words all in capitals are mostly abbreviations, which are translated more often than transliterated: they may answer but
do not ask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from corpus_builder.quality.batch import MISSING
from corpus_builder.text.tokens import unit
from corpus_builder.text.transliteration import skeleton

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_CAPITAL = re.compile(r"\b[A-ZÀ-ÖØ-ÞΑ-ΩЀ-ЯҐ][^\W\d_]*(?:['’ʼ][^\W\d_]+)*")
# What a capital letter behind it says nothing of: the beginning of the text or of a sentence, a quotation, a bracket.
_STARTS = re.compile(r"(?:^|[.!?…:;•]|\n)[\s\"'«»“”„‘’(\[–—-]*$|[\"«“„(\[]$")
_VOWELS = str.maketrans("", "", "aeiouy")
_FOLD = str.maketrans({"g": "h", "j": "i", "q": "s"})  # Г and Х are both "h" somewhere, "z" is З and Ц
_SHORTEST = 3
# Consonants that an ending adds: -ського, -ами, -ових, -'s, -ian's …
_ENDING = 3
# Capitalised by the rules of English spelling.
_CAPITALISED = """
i i'm i've i'd i'll mr mrs ms dr monday tuesday wednesday thursday friday saturday sunday january february march april
may june july august september october november december
"""
_NO_NAMES = frozenset(_CAPITALISED.split())
# First names and places that the three languages spell beyond recognition, one frame a line.
_ALIASES = (
    "микола николай mykola nikolai nikolay nicholas",
    "катерина екатерина kateryna ekaterina catherine",
    "ганна анна hanna anna",
    "микита никита mykyta nikita",
    "пилип филипп pylyp filipp philip",
    "степан stepan stephen стефан",
    "йосип иосиф осип yosyp iosif joseph",
    "олена елена olena elena helen",
    "дніпро днепр dnipro dnieper",
    "росія россия russia russian",
    "сша usa us u.s америка",
    "європа европа europe european",
)
_ALIAS = {name: number for number, names in enumerate(_ALIASES) for name in names.split()}


class Names(NamedTuple):
    """The names of a text in the order in which they stand, and all its words; all lower-cased."""

    names: tuple[str, ...]
    words: tuple[str, ...]


Translations = Mapping[str, frozenset[str]]
"""What units (text/tokens.py) of one language are likely rendered by in another."""


def names(text: str, language: str) -> Names:  # noqa: ARG001 - a reader is told the language
    """The names of a text.

    >>> names("Учора Зеленський прибув до Львова.", "uk").names
    ('зеленський', 'львова')
    """
    every = dict.fromkeys(_WORD.findall(text.lower()))
    capitals = list(_CAPITAL.finditer(text))
    if len(every) > 3 and len(capitals) * 3 > len(every) * 2:  # Words Like These are no names
        return Names((), tuple(every))
    found = (
        match[0].lower()
        for match in capitals
        if len(match[0]) >= _SHORTEST
        and not match[0].isupper()
        and not _STARTS.search(text, max(0, match.start() - 8), match.start())
    )
    return Names(tuple(name for name in dict.fromkeys(found) if name not in _NO_NAMES), tuple(every))


def names_agree(a: Names, b: Names, there: Translations, back: Translations) -> float:
    """Of the names of both sides, the share that the other side has; NaN where neither has one.

    `there` and `back` are the translations of a's words into b's language, and of b's into a's.

    >>> names_agree(names("Він у Львові", "uk"), names("He is in Lviv", "en"), {}, {})
    1.0
    """
    total = len(a.names) + len(b.names)
    return (_answered(a, b, there) + _answered(b, a, back)) / total if total else MISSING


def _answered(asking: Names, answering: Names, translations: Translations) -> int:
    if not asking.names:
        return 0
    left = list(answering.words)
    count = 0
    for name in asking.names:
        known = translations.get(unit(name), frozenset())
        match = next((word for word in left if same_name(name, word) or unit(word) in known), None)
        if match is not None:
            left.remove(match)
            count += 1
    return count


def same_name(one: str, other: str) -> bool:
    """Whether two lower-cased words, of any two languages, are one name but for spelling and ending.

    >>> same_name("київ", "kyiv"), same_name("києва", "kiev"), same_name("зеленського", "zelenskyy")
    (True, True, True)
    >>> same_name("харків", "херсон"), same_name("мерц", "меркель")
    (False, False)
    """
    if one == other or ((alias := _ALIAS.get(one)) is not None and alias == _ALIAS.get(other)):
        return True
    first, second = frame(one), frame(other)
    if first[0] != second[0]:
        return False
    shorter, longer = (first, second) if len(first) <= len(second) else (second, first)
    common = 0
    while common < len(shorter) and shorter[common] == longer[common]:
        common += 1
    if common == len(shorter):
        return len(longer) - common <= (_ENDING if common > 2 else 1)
    return common >= 3 and len(shorter) - common <= 1 and len(longer) - common <= _ENDING


@lru_cache(maxsize=200_000)
def frame(word: str) -> str:
    """The first letter of a lower-cased word ("a" for any vowel) and the consonants after it, in common letters.

    >>> frame("львів"), frame("lvov"), frame("одеси"), frame("odesa")
    ('lvv', 'lvv', 'ads', 'ads')
    """
    common = skeleton(word.replace("’", "'").replace("ʼ", "'")).translate(_FOLD)
    first = "a" if common[0] in "aeiouy" else common[0]
    return first + common[1:].translate(_VOWELS)
