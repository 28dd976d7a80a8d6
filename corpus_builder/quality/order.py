"""Suspicion that one edition was made from the other by machine, for Ukrainian and Russian.

Two things speak for it: the same words in the same order, one for one, as machines and hurried editors translate
between close languages; and calques, phrases of the other language in this one's words, that editors know and avoid.
It is a suspicion and no verdict: agency texts, official statements and quotations are close in good translation too,
and an edited machine translation leaves no trace. Short sentences tell nothing (NaN below eight words).
"""

from __future__ import annotations

import re

from corpus_builder.quality.batch import MISSING
from corpus_builder.quality.coverage import Content
from corpus_builder.quality.names import Translations

_LEAST_WORDS = 8
_CALQUE = 0.25
"""What one calque adds: two of them weigh as much as half of the words out of order."""

# Russian phrases in Ukrainian words, from the advice of Ukrainian style guides; and their like in Russian.
_CALQUES = {
    "uk": re.compile(
        r"\b(?:прийма\w+ участь|прийня\w+ участь|на протязі (?:дня|року|місяця|тижня|години|всього)|слідуюч\w+"
        r"|співпада\w+|у відповідності (?:з|до)|згідно (?:закону|наказу|рішення)"
        r"|приймати міри|прийняти міри|по крайній мірі"
        r"|в (?:самий|самому) ділі|заключа\w+ (?:договір|угод\w+)"
        r"|являється|являються|на сьогоднішній день|виключення з правил|міроприємств\w*"
        r"|вияснити|добро пожалувати|дякуючи (?:цьому|тому|йому)|по мірі того|учбов\w+|повістка дня)\b",
        re.IGNORECASE,
    ),
    "ru": re.compile(r"\b(?:согласно (?:закона|приказа|решения)|скучать за)\b", re.IGNORECASE),
}


def calques(text: str, language: str) -> int:
    """How many calques of the list a text has.

    >>> calques("Він приймає участь у слідуючому засіданні", "uk")
    2
    """
    known = _CALQUES.get(language)
    return len(known.findall(text)) if known else 0


def literal(a: Content, b: Content, there: Translations) -> float:
    """How far b's words render a's one for one and in their order, 0 to 1; NaN below eight words.

    The longest chain of words that correspond and lie in the same order on both sides, as a share of all words of the
    longer side; a jump of more than two words ends nothing but adds nothing.
    """
    if min(len(a.units), len(b.units)) < _LEAST_WORDS:
        return MISSING
    places: dict[str, list[int]] = {}
    sounds: dict[str, list[int]] = {}
    for j, other in enumerate(b.units):
        places.setdefault(other, []).append(j)
        if sound := b.frames.get(other):
            sounds.setdefault(sound, []).append(j)
    scale = len(b.units) / len(a.units)
    chain = []
    for i, one in enumerate(a.units):
        found = [j for rendered in there.get(one, frozenset()) & b.distinct for j in places[rendered]]
        found += places.get(one, []) + sounds.get(a.frames.get(one, ""), [])
        if found:
            chain.append(min(found, key=lambda j: abs(j - i * scale)))
    return _longest_rising(chain) / max(len(a.units), len(b.units))


def suspicion(literalness: float, found: int) -> float:
    """Both signs in one number, 0 to 1; NaN where neither can be read."""
    if literalness != literalness:
        return MISSING if not found else min(1.0, _CALQUE * found)
    return min(1.0, literalness + _CALQUE * found)


def _longest_rising(values: list[int]) -> int:
    from bisect import bisect_left

    ends: list[int] = []
    for value in values:
        at = bisect_left(ends, value)
        ends[at : at + 1] = [value]
    return len(ends)
