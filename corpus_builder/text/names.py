"""Names in running text: which words are names, and whether two words are one name.

The score `names_agree` (quality/names.py) and the metric `name` (evaluate/metrics/names.py) both read names here. A
name is a capitalised word inside a sentence. Two words are the same name

    between languages, by their sound (`sounds_alike`): the consonants of the common spelling (text/transliteration.py)
        agree up to an ending; vowels differ between Ukrainian, Russian and English (Львів, Львов, Lviv);
    within a language, by their letters (`same_name`): after a common beginning, the rest of each is an inflection
        (Десну, Десною), or they are spellings of one name (Zelensky, Zelenskyy; Kyiv, Kiev). The sound alone would not
        be enough here: in shuffled English-Ukrainian outputs of WMT22 it finds 5.8 % of the names of the reference, the
        letters find 0.3 % (benchmarks/evaluate.py names);
    where the language files give both as words for one name ([names.aliases]).

Words all in capitals are mostly abbreviations, which are translated more often than transliterated: they may answer a
name, but no text must have them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from corpus_builder.languages import cached, known_languages, language
from corpus_builder.text.letters import CAPITALS
from corpus_builder.text.transliteration import skeleton

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_CAPITAL = re.compile(rf"\b[{CAPITALS}][^\W\d_]*(?:['’ʼ][^\W\d_]+)*")
# A capital letter shows nothing after the end of a sentence (with any marks between), or directly after the opening of
# a quotation or a bracket.
_ENDS = frozenset(".!?…:;•")
_BETWEEN = " \t\u00a0\u202f\"'«»“”„‘’([–—-"
_OPENERS = ('"', "«", "“", "„", "(", "[")
_VOWELS = str.maketrans("", "", "aeiouy")
_FOLD = str.maketrans({"g": "h", "j": "i", "q": "s"})  # Г and Х are both "h" in some language, "z" is З and Ц
# Chosen: capitalised words of two letters are mostly pronouns and prepositions at the start of a sentence.
_SHORTEST = 3
ENDING = 3
"""Consonants that an ending adds at most: -ського, -ами, -ових, -'s, -ian's …"""
# A text of more words than this with a capital on more than two thirds of them is a headline In Capitals Like These.
_HEADLINE_WORDS = 3
_SHORTEST_STEM = 3  # letters; with fewer, half of all short words would be one name


class _NameFacts(NamedTuple):
    """The facts about names in the files of all known languages.

    `no_names` are words that spelling capitalises all the same, `aliases` the number of a name by each word for it,
    `endings` the inflections of names in common letters.
    """

    no_names: frozenset[str]
    aliases: dict[str, int]
    endings: frozenset[str]


@cached
def _facts() -> _NameFacts:
    files = [language(code).names for code in known_languages()]
    keys = list(dict.fromkeys(key for names in files for key in names.aliases))
    return _NameFacts(
        frozenset(word for names in files for word in names.capitalised),
        {word: keys.index(key) for names in files for key, words in names.aliases.items() for word in words},
        frozenset(skeleton(ending) for names in files for ending in names.endings) | {""},
    )


class Before(IntEnum):
    """What precedes a word in its token: a word (then a capital letter marks a name), the start of a sentence or
    quotation (then it shows nothing), or nothing, so that the token before decides.
    """

    WORD = 0
    START = 1
    NOTHING = 2


class Names(NamedTuple):
    """The names of a text, all its words, and those that it capitalises anywhere: lower-cased, each once, in order."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    capitals: tuple[str, ...]


def read_names(text: str) -> Names:
    """The names of a text, and the words that may answer the names of another text.

    >>> read_names("Учора там був Мерц.")
    Names(names=('мерц',), words=('учора', 'там', 'був', 'мерц'), capitals=('учора', 'мерц'))
    >>> read_names("Old Bridge Over Desna Closed").names
    ()
    """
    names, every, capitals, count = dict[str, None](), dict[str, None](), dict[str, None](), 0
    for line in text.split("\n"):
        before = Before.START
        for token in line.split():
            every |= dict.fromkeys(words(token))
            for word, place in capitalised(token):
                capitals[word] = None
                count += 1
                if place is Before.WORD or (place is Before.NOTHING and before is Before.WORD):
                    names[word] = None
            if (left := left_for_next(token)) is not Before.NOTHING:
                before = left
    if len(every) > _HEADLINE_WORDS and count * 3 > len(every) * 2:
        names.clear()
    return Names(tuple(names), tuple(every), tuple(capitals))


def words(text: str) -> list[str]:
    """The words of a text in order, lower-cased; the parts of a word with a hyphen are separate words."""
    return _WORD.findall(text.lower())


def capitalised(token: str) -> Iterator[tuple[str, Before]]:
    """The capitalised words of a token (the text between white space), lower-cased, and what precedes each.

    Words that are never names have `Before.START` too.
    """
    no_names = _facts().no_names
    for match in _CAPITAL.finditer(token):
        word, before = match[0].lower(), token[: match.start()]
        if len(match[0]) < _SHORTEST or match[0].isupper() or word in no_names or before.endswith(_OPENERS):
            yield word, Before.START
        elif left := before.rstrip(_BETWEEN):
            yield word, Before.START if left[-1] in _ENDS else Before.WORD
        else:
            yield word, Before.NOTHING


def left_for_next(token: str) -> Before:
    """What a token is for the word after it."""
    left = token.rstrip(_BETWEEN)
    return Before.NOTHING if not left else Before.START if left[-1] in _ENDS else Before.WORD


@lru_cache(maxsize=20_000)
def frame(word: str) -> str:
    """The first letter of a lower-cased word ("a" for any vowel) and the consonants after it, in common letters.

    >>> frame("львів"), frame("lvov"), frame("одеси"), frame("odesa")
    ('lvv', 'lvv', 'ads', 'ads')
    """
    common = skeleton(word.replace("’", "'").replace("ʼ", "'")).translate(_FOLD)
    first = "a" if common[0] in "aeiouy" else common[0]
    return first + common[1:].translate(_VOWELS)


def alias(word: str) -> int:
    """The number of the name that a lower-cased word is a known spelling of, or -1."""
    return _facts().aliases.get(word, -1)


def sounds_alike(one: str, other: str) -> bool:
    """Whether two lower-cased words of different languages may be one name; quality/kernels.py has it compiled.

    >>> sounds_alike("зеленського", "zelenskyy's"), sounds_alike("харків", "херсон"), sounds_alike("микола", "николай")
    (True, False, True)
    """
    if one == other or (alias(one) >= 0 and alias(one) == alias(other)):
        return True
    shorter, longer = sorted((frame(one), frame(other)), key=len)
    if shorter[0] != longer[0]:
        return False
    common = next((i for i, (x, y) in enumerate(zip(shorter, longer, strict=False)) if x != y), len(shorter))
    if common == len(shorter):
        return len(longer) - common <= (ENDING if common > 2 else 1)
    return common >= 3 and len(shorter) - common <= 1 and len(longer) - common <= ENDING


def same_name(one: str, other: str) -> bool:
    """Whether two lower-cased words of one language are the same name, in any case and spelling.

    >>> same_name("десну", "десною"), same_name("zelenskyy", "zelensky"), same_name("kyiv", "kiev")
    (True, True, True)
    >>> same_name("київ", "києва"), same_name("мерц", "меркель"), same_name("марк", "марія"), same_name("рим", "rim")
    (True, False, False, False)
    """
    if _script(one) != _script(other):
        return False
    if one == other or (alias(one) >= 0 and alias(one) == alias(other)):
        return True
    consonants = frame(one)
    if len(consonants) > 1 and consonants == frame(other):
        return True
    a, b = skeleton(one), skeleton(other)
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    endings = _facts().endings
    return common >= _SHORTEST_STEM and a[common:] in endings and b[common:] in endings


def _script(word: str) -> str:
    """
    >>> _script("київ"), _script("kyiv")
    ('CYRILLIC', 'LATIN')
    """
    return unicodedata.name(word[0], "").partition(" ")[0]
