"""Text to words: what the aligner's lexicon and the quality scores count.

A word is lower-cased; numbers lose their thousands' separators and have a point before decimals, so that 1,997 and
1 997 (with a no-break space) meet as 1997 and 3,5 as 3.5; all quotation marks become `"`. Scripts written without
spaces give one word a character; vowel signs and other combining marks belong to the letter before them. Nothing here
is particular to one language.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from corpus_builder.text.letters import COMBINING as COMBINING_MARKS

SEPARATOR = r"[.,\u00a0\u202f]"
CYRILLIC = r"[\u0400-\u052f]"
APOSTROPHE = "['’ʼ‘ʹ`´′‛＇]"
UNSPACED = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"  # Thai, Lao, Burmese, Khmer, kana, Han
)
LETTER = r"[^\W\d_ʼʹ]"
COMBINING = f"[{COMBINING_MARKS}]"
MARK = '[?!:;()%$€"«»“”„‟‹›？！：；؟؛（）％「」『』《》]'
_NUMBER = rf"\d+(?:{SEPARATOR}\d+)*"
_CYRILLIC_PART = f"{CYRILLIC}(?:{CYRILLIC}|{COMBINING})*"
_CYRILLIC = f"{_CYRILLIC_PART}(?:{APOSTROPHE}{_CYRILLIC_PART})*"  # the apostrophe is a letter of Ukrainian: п'ять
_WORD = re.compile(  # most gaps in one look
    f"(?![ ,.])(?:{_CYRILLIC}|{UNSPACED}{COMBINING}*|{_NUMBER}|{LETTER}(?:{LETTER}|{COMBINING})*|{MARK})"
)
_FOLD = str.maketrans("’ʼ‘ʹ`´′‛＇«»“”„‟‹›「」『』《》ё？！：；؟؛（）％", "'" * 9 + '"' * 14 + "е?!:;?;()%")
_THOUSANDS = re.compile(rf"{SEPARATOR}(?=\d{{3}}(?!\d))")

PREFIX = 4
"""Letters of a word that the lexicon keys on. Four was best on news and on mountaineers' yearbooks; subword pieces
were worse on both (benchmarks/align)."""


def words(text: str) -> list[str]:
    """The words, numbers and marks of a text, in order.

    >>> words("«П’ять» — це 1,997 or 3,5%?")
    ['"', "п'ять", '"', 'це', '1997', 'or', '3.5', '%', '?']
    """
    return [*map(normal, pieces(text))]


def pieces(text: str) -> list[str]:
    """The words of a text, lower-cased but otherwise as they are spelt there; `normal` folds each of them."""
    return _WORD.findall(lowered(text))


def lowered(text: str) -> str:
    """A text lower-cased, composed (NFC), without stress marks and soft hyphens, which occur within words."""
    text = unicodedata.normalize("NFC", text.lower())
    if "\u0301" in text or "\u00ad" in text:
        text = text.replace("\u0301", "").replace("\u00ad", "")
    return text


@lru_cache(maxsize=200_000)
def normal(piece: str) -> str:
    """One word with its signs folded: apostrophes, quotation marks, ё, separators in numbers."""
    piece = piece.translate(_FOLD)
    if piece[0].isdigit() and (len(piece) > 3 or "," in piece):
        return _THOUSANDS.sub("", piece).replace(",", ".")
    return piece


def unit(word: str) -> str:
    """What the lexicon counts: the first letters of a word, a number whole.

    >>> unit("президента"), unit("2025")
    ('през', '2025')
    """
    return word if word[0].isdigit() else word[:PREFIX]
