"""Language and script of one side.

`own_language` is how surely the text is in its edition's language (text/language.py); `clean_letters` the share of its
words that are written with the letters of one script and of its language (a Latin "i" in a Ukrainian word, "ы" in
Ukrainian); `own_words` the share of its words that this corpus does not rather write in another edition of the same
script, which shows surzhyk and sentences left in the other language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.batch import Array, Batch
from corpus_builder.quality.coverage import plain_words
from corpus_builder.quality.score import ScoreInput, SideScore, Worst
from corpus_builder.text.language import apostrophes, by_letters, identify, letter_counts, own_letters

_LEAST_LETTERS = 12
"""Below, a text is a name or a number, and in any language."""
_LETTERS = re.compile(r"[^\W\d_]+")
_MIXED = re.compile("[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]", re.IGNORECASE)
_FOREIGN = {"uk": re.compile("[ыэъё]", re.IGNORECASE), "ru": re.compile("[іїєґ]", re.IGNORECASE)}
_KNOWN = ("uk", "ru", "en")

FOREIGN_TIMES = 20.0
"""A word counts as another edition's where it is so many times as frequent there. Names that both editions write alike
stay below; a Russian word in quoted speech of the Ukrainian edition does not."""
_LEAST_COUNT = 3


class Letters(NamedTuple):
    """What the letters of a token, or of a text, come to; a text has the sums of its tokens.

    `in_words` are the letters of its words, `words` those, `mixed` the words in two scripts, `wrong_uk` and `wrong_ru`
    the words that a Ukrainian and a Russian text should not have. The rest is what text/language.py asks for.
    """

    in_words: int
    words: int
    mixed: int
    wrong_uk: int
    wrong_ru: int
    cyrillic: int
    latin: int
    ukrainian: int
    russian: int
    small_ukrainian: int
    small_russian: int
    apostrophes: int


def letters(batch: Batch, language: str) -> npt.NDArray[np.int32]:
    """[rows, len(Letters)] the letters of each text."""
    own = batch.vocabulary.tokens.array("letters", lambda new: map(_letters, new), np.int32, len(Letters._fields))
    return batch.tokens(language).totals(own)


def _letters(token: str) -> Letters:
    found = _LETTERS.findall(token)
    mixed = wrong_uk = wrong_ru = 0
    if not token.isascii():
        for word in found:
            in_two = bool(_MIXED.search(word))
            mixed += in_two
            wrong_uk += in_two or bool(_FOREIGN["uk"].search(word))
            wrong_ru += in_two or bool(_FOREIGN["ru"].search(word))
    return Letters(
        sum(map(len, found)), len(found), mixed, wrong_uk, wrong_ru, *letter_counts(token), *own_letters(token),
        *own_letters(token.lower()), apostrophes(token),
    )  # fmt: skip


def own_language(rows: ScoreInput, language: str) -> Array:
    """[rows] how surely each text is in `language`, 0 to 1; NaN where it is too short to tell, or the language is not
    known.
    """
    batch = rows.batch
    out = np.full(len(batch), np.nan)
    if language not in _KNOWN:
        return out
    texts, found = batch.texts(language), batch.read(language, letters)
    for row in np.flatnonzero(found[:, 0] >= _LEAST_LETTERS).tolist():
        own = Letters(*found[row].tolist())
        text = texts[row]
        assert text is not None  # it has letters
        told = by_letters(own.cyrillic, own.latin, own[7:], _KNOWN, language) or identify(text, _KNOWN, language)
        out[row] = told[1] if told[0] == language else 0.0 if told[0] == "und" else 1 - told[1]
    return out


def clean_letters(rows: ScoreInput, language: str) -> Array:
    """[rows] the share of words without a letter of another script or language; NaN where there is no word."""
    found = rows.batch.read(language, letters)
    wrong = {"uk": found[:, 3], "ru": found[:, 4]}.get(language, found[:, 2])
    return np.where(found[:, 1] > 0, 1 - wrong / np.maximum(found[:, 1], 1), np.nan)


def foreign_words(counts: Mapping[str, Mapping[str, int]]) -> dict[str, frozenset[str]]:
    """By language the words that another edition of the same script writes far more often; `counts` by language."""
    totals = {language: sum(own.values()) or 1 for language, own in counts.items()}
    foreign: dict[str, frozenset[str]] = {}
    for language, own in counts.items():
        found: set[str] = set()
        for other, theirs in counts.items():
            if other == language or _script(own) != _script(theirs):
                continue
            scale = totals[language] / totals[other]
            found.update(
                word
                for word, count in theirs.items()
                if count >= _LEAST_COUNT and count * scale >= FOREIGN_TIMES * (own.get(word, 0) + 0.1)
            )
        foreign[language] = frozenset(found)
    return foreign


def own_words(rows: ScoreInput, language: str) -> Array:
    """[rows] the share of words of three letters or more that are not foreign; NaN where there are fewer than three."""
    foreign = rows.context.foreign.get(language, frozenset())
    words, found = rows.batch.vocabulary.words, rows.batch.read(language, plain_words)
    longer = words.array("longer", lambda new: (len(word) > 2 and word[0].isalpha() for word in new))
    bad = words.array(
        ("foreign", language), lambda new: (len(word) > 2 and word[0].isalpha() and word in foreign for word in new)
    )
    total = found.totals(longer)
    return np.where(total >= 3, 1 - found.totals(bad) / np.maximum(total, 1), np.nan)


def _script(words: Mapping[str, int]) -> str:
    """Of which script the most frequent words are, by a letter that tells."""
    frequent = sorted(words, key=lambda word: -words[word])[:100]
    cyrillic = sum("\u0400" <= word[0] <= "\u04ff" for word in frequent)
    return "cyrillic" if cyrillic * 2 > len(frequent) else "other"


LANGUAGE = SideScore(
    name="language",
    version=1,
    worst=Worst.LEAST,
    about="how certain it is that the side is in its language",
    bound=0.5,
    flag="wrong_language",
    flag_from=0.1,  # chosen: nine in ten that it is another language
    compute=own_language,
)
LETTERS = SideScore(
    name="letters",
    version=1,
    worst=Worst.LEAST,
    about="share of words without letters of another script or language",
    bound=0.9,
    compute=clean_letters,
)
OWN_WORDS = SideScore(
    name="own_words",
    version=1,
    worst=Worst.LEAST,
    about="share of words that are not typical of another edition",
    bound=0.8,
    compute=own_words,
)
