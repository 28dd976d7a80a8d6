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
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.score import PairScore, ScoreInput, Worst
from corpus_builder.quality.vocabulary import LINE, Lists
from corpus_builder.quality.word_translations import units_of_words
from corpus_builder.text.transliteration import skeleton

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_CAPITAL = re.compile(r"\b[A-ZÀ-ÖØ-ÞΑ-ΩЀ-ЯҐ][^\W\d_]*(?:['’ʼ][^\W\d_]+)*")
# Where a capital letter says nothing: behind what ends a sentence and whatever marks are between, or right behind what
# opens a quotation or a bracket.
_ENDS = frozenset(".!?…:;•")
_BETWEEN = " \t\u00a0\u202f\"'«»“”„‘’([–—-"
_OPENERS = ('"', "«", "“", "„", "(", "[")
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
    """By text its names, and all its words, each once and in the order in which they stand."""

    names: Lists
    words: Lists


def names(batch: Batch, language: str) -> Names:
    """The names of each text."""
    from corpus_builder.quality.kernels import named

    index, words, own = batch.vocabulary.tokens, batch.vocabulary.words, batch.tokens(language)
    every = index.lists("every word", lambda token: (words[word] for word in _WORD.findall(token.lower())))
    capitals = index.lists("capitals", lambda token: (words[word] << 2 | place for word, place in _capitals(token)))
    after = index.array("after", lambda new: map(_after, new), np.int8)
    found = named(*own, *capitals, after, *every, len(words))
    return Names(Lists(*found[:2]), Lists(*found[2:]))


def names_agree(rows: ScoreInput, a: str, b: str) -> Array:
    """[rows] of the names of both sides, the share that the other side has; NaN where neither has one."""
    from corpus_builder.quality import kernels

    batch, translations = rows.batch, rows.context.translations
    vocabulary, words = batch.vocabulary, batch.vocabulary.words
    x, y = batch.read(a, names), batch.read(b, names)
    units = units_of_words(vocabulary)
    a_to_b, b_to_a = translations.numbered(a, b, vocabulary), translations.numbered(b, a, vocabulary)
    frames = words.lists("frame", lambda word: map(ord, frame(word)))
    aliases = words.array("alias", lambda new: (_ALIAS.get(word, -1) for word in new))
    shares: Array = kernels.names_agree(
        *x.names,
        *x.words,
        *y.names,
        *y.words,
        units,
        *a_to_b,
        *b_to_a,
        *frames,
        aliases,
        len(vocabulary.units),
        _ENDING,
    )
    return shares


_NAME, _START, _OPEN = 0, 1, 2
"""What stands before a capital: something that makes it a name, or the start of a sentence or quotation (then it says
nothing), or nothing in its token, so that the token before decides."""


def _capitals(token: str) -> Iterator[tuple[str, int]]:
    """The capitalised words of a token, lower-cased, and what stands before each."""
    for match in _CAPITAL.finditer(token):
        word, before = match[0].lower(), token[: match.start()]
        if len(match[0]) < _SHORTEST or match[0].isupper() or word in _NO_NAMES or before.endswith(_OPENERS):
            yield word, _START
        elif left := before.rstrip(_BETWEEN):
            yield word, _START if left[-1] in _ENDS else _NAME
        else:
            yield word, _OPEN


def _after(token: str) -> int:
    """Of what follows a token: `_START`, `_NAME`, or `_OPEN` where the token before it decides."""
    if token == LINE:
        return _START
    left = token.rstrip(_BETWEEN)
    return _OPEN if not left else _START if left[-1] in _ENDS else _NAME


@lru_cache(maxsize=20_000)
def frame(word: str) -> str:
    """The first letter of a lower-cased word ("a" for any vowel) and the consonants after it, in common letters.

    >>> frame("львів"), frame("lvov"), frame("одеси"), frame("odesa")
    ('lvv', 'lvv', 'ads', 'ads')
    """
    common = skeleton(word.replace("’", "'").replace("ʼ", "'")).translate(_FOLD)
    first = "a" if common[0] in "aeiouy" else common[0]
    return first + common[1:].translate(_VOWELS)


NAMES_AGREE = PairScore(
    name="names_agree",
    version=2,
    worst=Worst.LEAST,
    about="share of names that both sides have, in any spelling",
    bound=0.25,
    compute=names_agree,
)
