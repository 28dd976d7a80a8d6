"""Names by their sound: is a word of one language the name that a word of another language, or script, writes?

A name is written by its sound in another script, not by its letters: Hale is Хейл in Russian, Гейл in Ukrainian,
and Wright is Райт, Walker is Уокер or Вокер. `consonants` spells a word by classes of consonants that
transliterations swap; vowels and silent letters are left out. `sound_alike` compares two spellings by their edit
distance, in which related classes differ less, and allows for endings of cases.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from corpus_builder.text.names import alias

# Classes: H г ґ х h g · K к k q · Q c, which is к or, in Fico, ц · C ch, which is ч, к or х · J ж ш щ ч дж j sh ·
# S с з ц s z · A a vowel that begins.
_CYRILLIC = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("дж|тч", "J"), ("кх", "H"), ("тс|дз", "S"), ("^[уў](?=[аоеиіэєяю])", "V"), ("[гґхһ]", "H"), ("[кқ]", "K"),
        ("[жшщчџ]", "J"), ("[сзцѕ]", "S"), ("[вў]", "V"), ("ф", "F"), ("п", "P"), ("б", "B"), ("т", "T"), ("д", "D"),
        ("м", "M"), ("[нњң]", "N"), ("[лљ]", "L"), ("р", "R"), ("^[^A-Z]", "A"),
    )
]  # fmt: skip
_LATIN = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("'s$|’s$", ""), ("^(?:kn|gn|pn)", "n"), ("^wr", "r"), ("^ps", "s"), ("^wh(?=o)", "h"), ("wh", "w"),
        ("^x", "s"), ("(?<=[aeiou])gh(?=t|$|s)", ""), ("(?<=a)l(?=k)", ""), ("gh", "H"),
        ("tsch|dsch|dzh|shch|sch|tch|sh|zh|dge|dj", "J"), ("ch", "C"), ("ph", "F"), ("th|dt", "T"), ("tz|ts|cz", "S"),
        ("kh", "H"), ("rh", "r"), ("(?<=[aeiouy])h(?![aeiouy])", ""), ("sc(?=[eiy])", "S"), ("c(?=[eiy])", "S"),
        ("ck|q|k", "K"), ("c", "Q"), ("x", "KS"), ("g(?=[eiy])", "G"), ("[gh]", "H"), ("j", "J"), ("[sz]", "S"),
        ("w(?=[aeiouyr])|v", "V"), ("f", "F"), ("p", "P"), ("b", "B"), ("t", "T"), ("d", "D"), ("m", "M"), ("n", "N"),
        ("l", "L"), ("r", "R"),
        ("^[^A-Z]", "A"),
    )
]  # fmt: skip
# Letters whose mark changes the sound.
_MARKED = str.maketrans({
    "č": "ch", "ć": "ch", "š": "sh", "ś": "sh", "ş": "sh", "ș": "sh", "ž": "zh", "ź": "zh", "ż": "zh", "ř": "rzh",
    "ç": "s", "ğ": "h", "ł": "l", "đ": "d", "ø": "o", "ß": "s",
})  # fmt: skip
_DOUBLED = re.compile(r"([A-Z])\1+")
_LEFT_OUT = re.compile("[^A-Z]+")
# What two classes differ by, where it is less than 1. Chosen: the same letter is read both ways in names.
_NEAR = {
    frozenset(pair): cost
    for pair, cost in {
        "QK": 0.0, "QC": 0.0, "QS": 0.4, "QH": 0.6,
        "CJ": 0.0, "CK": 0.0, "CH": 0.0, "GJ": 0.0, "GH": 0.0, "SJ": 0.4, "CS": 0.4, "GS": 0.4, "KH": 0.6, "JH": 0.6,
        "FV": 0.4, "TD": 0.4, "PB": 0.4, "TS": 0.6, "AV": 0.6, "AH": 0.6,
    }.items()
}  # fmt: skip
# What leaving a class out costs, where it is less than 1: letters that are often silent.
_SILENT = {"H": 0.6, "A": 0.5, "G": 0.6, "V": 0.6, "T": 0.8}
_ENDINGS = ("M", "H", "V", "S", "HM", "VM", "N", "")
"""Consonants of the endings of cases and of possessives: -ом, -ого, -ові, 's, -ною."""


@lru_cache(maxsize=100_000)
def consonants(word: str) -> str:
    """The classes of the consonants of a name, as they sound.

    >>> consonants("Hale"), consonants("Хейл"), consonants("Гейл"), consonants("Wright"), consonants("Райт")
    ('HL', 'HL', 'HL', 'RT', 'RT')
    """
    lowered = word.lower()
    if unicodedata.name(lowered[0], "").startswith("CYRILLIC"):
        rules = _CYRILLIC
    else:
        rules = _LATIN
        lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", lowered).translate(_MARKED))
        lowered = "".join(c for c in lowered if not unicodedata.combining(c))
    for pattern, replacement in rules:
        lowered = pattern.sub(replacement, lowered)
    return _DOUBLED.sub(r"\1", _LEFT_OUT.sub("", lowered))


def sound_alike(one: str, other: str) -> bool:
    """Whether two words may be one name, in any script and case.

    >>> sound_alike("Hale", "Гейл"), sound_alike("Bone", "Боун"), sound_alike("Trumps", "Трампом")
    (True, True, True)
    >>> sound_alike("Путін", "Пушилін"), sound_alike("Petrenko", "Петров"), sound_alike("Мерц", "Merkel")
    (False, False, False)
    """
    if one.lower() == other.lower() or (alias(one.lower()) >= 0 and alias(one.lower()) == alias(other.lower())):
        return True
    a, b = consonants(one), consonants(other)
    if not a or not b:
        return False
    return any(
        _distance(x, y) <= _allowed(min(len(x), len(y)))
        for x in _without_ending(a)
        for y in _without_ending(b)
    )  # fmt: skip


def _without_ending(sound: str) -> list[str]:
    """A spelling, and the same without what may be an ending; at least two consonants stay."""
    stems = (sound.removesuffix(ending) for ending in _ENDINGS if sound.endswith(ending))
    return list(dict.fromkeys(stem for stem in (sound, *stems) if stem == sound or len(stem) >= 2))


def _allowed(length: int) -> float:
    """The distance up to which two spellings are one name. Chosen: a class read in two ways, or one that is silent."""
    return 0.0 if length < 2 else 0.4 if length < 3 else 0.6


def _distance(a: str, b: str) -> float:
    """The weighted edit distance of two spellings (Wagner and Fischer 1974)."""
    row = [0.0]
    for letter in b:
        row.append(row[-1] + _SILENT.get(letter, 1.0))
    for x in a:
        above, row = row, [row[0] + _SILENT.get(x, 1.0)]
        for j, y in enumerate(b, 1):
            changed = above[j - 1] + (0.0 if x == y else _NEAR.get(frozenset((x, y)), 1.0))
            row.append(min(changed, above[j] + _SILENT.get(x, 1.0), row[-1] + _SILENT.get(y, 1.0)))
    return row[-1]
