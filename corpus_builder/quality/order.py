"""Suspicion that one edition was made from the other by machine, for Ukrainian and Russian.

Two things speak for it: the same words in the same order, one for one, as machines and hurried editors translate
between close languages; and calques, phrases of the other language in this one's words, that editors know and avoid.
It is a suspicion and no verdict: agency texts, official statements and quotations are close in good translation too,
and an edited machine translation leaves no trace. Short sentences tell nothing (NaN below eight words).
"""

from __future__ import annotations

import re

import numpy as np

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.coverage import content
from corpus_builder.quality.lexicon import Lexicon

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


def calques(batch: Batch, language: str) -> Array:
    """[rows] how many calques of the list each text has."""
    known = _CALQUES.get(language)
    return np.array([len(known.findall(text)) if known and text else 0 for text in batch.texts(language)], np.float64)


def literal(batch: Batch, a: str, b: str, lexicon: Lexicon) -> Array:
    """[rows] how far b's words render a's one for one and in their order, 0 to 1; NaN below eight words.

    Each of a's words goes to the nearest place on the other side that it corresponds to (the earlier of two); the value
    is the longest chain of rising places, as a share of the words of the longer side.
    """
    from corpus_builder.quality import kernels

    vocabulary = batch.vocabulary
    x, y = batch.read(a, content), batch.read(b, content)
    there = lexicon.numbered(a, b, vocabulary)
    found: Array = kernels.literal(
        *x.units, x.sounds, *y.units, y.sounds, *there, len(vocabulary.units), len(vocabulary.sounds), _LEAST_WORDS
    )
    return found


def suspicion(batch: Batch, a: str, b: str, lexicon: Lexicon) -> Array:
    """[rows] both signs in one number, 0 to 1; NaN where neither can be read."""
    order, found = literal(batch, a, b, lexicon), _CALQUE * (batch.read(a, calques) + batch.read(b, calques))
    return np.where(np.isnan(order) & (found == 0), np.nan, np.minimum(1.0, np.nan_to_num(order) + found))
