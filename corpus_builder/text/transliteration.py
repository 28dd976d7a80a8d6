"""Words of many languages in Latin letters: a rough common spelling for comparing, and one for reading.

In a `skeleton` names and loan words of many languages resemble one another: it drops accents, writes Cyrillic and Greek
letters as Latin ones, folds letters that languages swap (w/v, z/s, y/i, ph/f, c/k; q stands for ts and ch), and writes
doubled letters once.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from corpus_builder.languages import language as language_facts

_TABLE = str.maketrans(
    dict(zip("абвгґдеєжзиіїйклмнопрстуфхцчшыэ", "abvggdeessiiiiklmnoprstufhqqsie", strict=True))
    | {"щ": "s", "ь": "", "ъ": "", "ю": "u", "я": "a", "ё": "e", "ў": "u", "ј": "i", "љ": "li", "њ": "ni", "ђ": "g",
       "ћ": "q", "џ": "g", "'": ""}
    | dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdesiiklmnkoprsstifo", strict=True))
    | {"θ": "t", "χ": "h", "ψ": "ps"}
    | {"ß": "s", "ø": "o", "ł": "l", "đ": "d", "æ": "e", "œ": "e", "ı": "i", "ð": "d", "þ": "t"}
)  # fmt: skip
_FOLDS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("ck|qu|q", "k"), ("shch|sch|sh|zh", "s"), ("tch|ch|tz|ts|c(?=[eiy])", "q"), ("kh", "h"), ("ph", "f"),
        ("th", "t"), ("c", "k"), ("x", "ks"), ("w", "v"), ("[yj]", "i"), ("z", "s"),
        (r"(.)\1+", r"\1"),
    )
]  # fmt: skip


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """The common spelling of one lower-cased word; numbers and marks stay as they are.

    >>> skeleton("зеленський"), skeleton("zelenskyy"), skeleton("chrétien")
    ('selenski', 'selenski', 'qretien')
    """
    if not word[0].isalpha():
        return word
    latin = word.translate(_TABLE)
    if not latin.isascii():
        latin = "".join(c for c in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(c))
    if unicodedata.name(word[0], "").startswith(("CYRILLIC", "GREEK")):
        # the table has written it in folded letters already: only doubled ones are left
        return _FOLDS[-1][0].sub(r"\1", latin) or word
    for pattern, replacement in _FOLDS:
        latin = pattern.sub(replacement, latin)
    return latin or word


def readable(text: str, language: str) -> str:
    """A text in small Latin letters, for reading: names of files, say. Letters that the language's file does not
    romanise stay as they are.

    >>> readable("Юлія Яцук", "uk"), readable("Григорий", "ru"), readable("José", "es")
    ('yuliia yatsuk', 'grigorii', 'jose')
    """
    table = language_facts(language).romanisation
    words = []
    for word in text.lower().split():
        first = table.initial.get(word[0], "")
        latin = first + "".join(table.letters.get(letter, letter) for letter in word[1 if first else 0 :])
        words.append("".join(c for c in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(c)))
    return " ".join(words)
