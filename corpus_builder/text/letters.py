"""Capital and small letters and combining marks as sets for regular expressions: `re` has no class for them.

Capital and small letters are those of Latin, Greek and Cyrillic: the code points below U+0530, and Latin Extended
Additional.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from itertools import chain

_LETTERS = (*map(chr, chain(range(0x530), range(0x1E00, 0x1F00))),)


def _ranges(letters: Iterable[str], belongs: Callable[[str], bool]) -> str:
    """The letters that belong, as the inside of a set: "A-ZÀ-Ö…"."""
    ranges: list[list[str]] = []
    for letter in filter(belongs, letters):
        if ranges and ord(ranges[-1][1]) == ord(letter) - 1:
            ranges[-1][1] = letter
        else:
            ranges.append([letter, letter])
    return "".join(first if first == last else f"{first}-{last}" for first, last in ranges)


CAPITALS = _ranges(_LETTERS, str.isupper)
"""The inside of a set of capital letters: f"[{CAPITALS}]"."""
SMALL = _ranges(_LETTERS, str.islower)
"""The inside of a set of small letters."""
COMBINING = (
    _ranges(map(chr, range(0x10000)), lambda sign: unicodedata.category(sign) in ("Mn", "Mc", "Me")) + "\u200c\u200d"
)
"""The inside of a set of combining marks: vowel signs of Indic scripts, Arabic and Hebrew points, accents that have no
letter of their own; and of the joiners, which occur within words (Unicode Standard Annex 29, WordBreak=Extend)."""
