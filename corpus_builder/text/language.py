"""Which of a few languages a text is in, and how sure that is.

First the script is counted. Where only one of the asked languages is written in it, that is the answer; Ukrainian and
Russian are told apart by the letters that only one of them has (і ї є ґ and the apostrophe; ы э ъ ё), by naive Bayes.
Only what the letters leave open goes to a model (py3langid), and it may stay open: the probability says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

# A text counts as another language's than it is said to be in where that is at least so likely; below, it is too short
# or too mixed to tell.
SURELY_ANOTHER = 0.9

_CYRILLIC = frozenset({"uk", "ru"})
_LATIN = frozenset({"en"})
_KNOWN = _CYRILLIC | _LATIN

_UKRAINIAN = "іїєґ"
_RUSSIAN = "ыэъё"
_APOSTROPHE = re.compile("[бпвмфгкхжчшрБПВМФГКХЖЧШР]['’ʼ][яюєїЯЮЄЇ]")

# The share of letters that are of the one set or the other, in Ukrainian and in Russian text: Tatoeba's sentences in
# both languages (benchmarks/extraction.py --letters). A foreign letter stands in names and quoted words; for news,
# which quotes much, its share was taken as 1 in 1,000.
_UK_LETTERS = {"uk": 0.062, "ru": 0.001}
_RU_LETTERS = {"uk": 0.001, "ru": 0.032}
_FOR_UK = math.log(_UK_LETTERS["uk"] / _UK_LETTERS["ru"])
_FOR_RU = math.log(_RU_LETTERS["ru"] / _RU_LETTERS["uk"])
_NEITHER = math.log(
    (1 - _UK_LETTERS["ru"] - _RU_LETTERS["ru"]) / (1 - _UK_LETTERS["uk"] - _RU_LETTERS["uk"])
)  # what a letter of neither set says for Russian

# How a letter of one script speaks against a text in the other: names and terms stay Latin in Cyrillic text (about 3
# letters in 100 of the news), hardly ever the other way round. Letters come by the word, about five of one script.
_FOR_CYRILLIC = math.log(0.97 / 0.001) / 5
_FOR_LATIN = math.log(0.999 / 0.03) / 5

# Of 100 paragraphs of a page, 99 are in its language.
_PRIOR = {"uk": math.log(99), "ru": -math.log(99)}

# The model is asked where the letters give less than this, and given at least so many letters: below, it guesses.
_SURE = 0.95
_ENOUGH_FOR_MODEL = 20

_NON_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())


class Detection(NamedTuple):
    """A language and the probability that the text is in it; "und" (undetermined) where there is no letter."""

    language: str
    probability: float


def identify(text: str, among: Sequence[str] = ("uk", "ru", "en"), expected: str | None = None) -> Detection:
    """The likeliest of the languages `among`, with its probability. Raises ValueError for one that the model lacks.

    `expected` is the language that what the text stands in is in, for the pieces of a page: it decides between
    Ukrainian and Russian where the text has none of the letters that do.

    >>> identify("Об'єднані сили").language, identify("Объединённые силы").language, identify("Joint forces").language
    ('uk', 'ru', 'en')
    >>> identify("2019 — 2022")
    Detection(language='und', probability=0.0)
    """
    in_cyrillic, in_latin = _by_script(tuple(among))
    if not in_cyrillic and not in_latin:
        return _by_model(text, among)
    cyrillic, latin = letter_counts(text)
    if cyrillic + latin == 0:
        return Detection("und", 0.0)
    candidates, share = _script(cyrillic, latin, in_cyrillic, in_latin)
    if not candidates:
        return _by_model(text, among)
    if len(candidates) == 1:
        return Detection(candidates[0], share)
    found = _ukrainian_or_russian(*_telling_letters(text, cyrillic), cyrillic, expected)
    if found.probability < _SURE and cyrillic >= _ENOUGH_FOR_MODEL:
        found = max(found, _by_model(text, candidates), key=itemgetter(1))
    return Detection(found[0], found[1] * share)


def by_letters(
    cyrillic: int, latin: int, own: Sequence[int], among: tuple[str, ...], expected: str | None
) -> Detection | None:
    """What `identify` says of a text of which only the letters are known; None where it would ask the model.

    `own` are its Ukrainian and Russian letters (`own_letters`), the same of its small letters, and its apostrophes.
    """
    in_cyrillic, in_latin = _by_script(among)
    if cyrillic + latin == 0:
        return Detection("und", 0.0)
    candidates, share = _script(cyrillic, latin, in_cyrillic, in_latin)
    if len(candidates) == 1:
        return Detection(candidates[0], share)
    uk, ru, small_uk, small_ru, apostrophe = own
    if cyrillic < _ENOUGH_FOR_MODEL or uk + ru == 0:
        uk, ru = small_uk, small_ru
    found = _ukrainian_or_russian(uk or (0 if ru else apostrophe), ru, cyrillic, expected)
    if not candidates or (found.probability < _SURE and cyrillic >= _ENOUGH_FOR_MODEL):
        return None
    return Detection(found[0], found[1] * share)


def _script(
    cyrillic: int, latin: int, in_cyrillic: tuple[str, ...], in_latin: tuple[str, ...]
) -> tuple[tuple[str, ...], float]:
    """The languages of the script that a text is in, and how sure that is."""
    share = _logistic(cyrillic * _FOR_CYRILLIC - latin * _FOR_LATIN)
    return (in_cyrillic, share) if share >= 0.5 else (in_latin, 1 - share)


def plainly(text: str, language: str) -> bool:
    """Whether a piece of a page is in the page's language, at a glance; False leaves it to `identify`.

    True for English in ASCII with a small letter, and for Ukrainian and Russian text that is mostly Cyrillic, with a
    letter that the other lacks and none that only the other has.
    """
    if language == "en":
        return text.isascii() and not text.isupper() and any(map(str.islower, text))
    if language == "uk":
        own, foreign = _UKRAINIAN, _RUSSIAN
    elif language == "ru":
        own, foreign = _RUSSIAN, _UKRAINIAN
    else:
        return False
    # A Cyrillic letter has two bytes: with its spaces and marks, such text has about 1.8 a character.
    return (
        len(text.encode("utf-8", "replace")) > 1.6 * len(text)
        and any(letter in text for letter in own)
        and not any(letter in text for letter in foreign)
    )


@lru_cache(maxsize=64)
def _by_script(among: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The languages in Cyrillic and in Latin script; none where one of them has to be left to the model."""
    if not _KNOWN.issuperset(among):
        return (), ()
    return tuple(x for x in among if x in _CYRILLIC), tuple(x for x in among if x in _LATIN)


def letter_counts(text: str) -> tuple[int, int]:
    """How many Cyrillic and how many unaccented Latin letters; counted in C, as every block of a page passes here."""
    latin = len(text.encode("ascii", "ignore").translate(None, _NON_LETTERS))
    if text.isascii():
        return 0, latin
    return text.encode("utf-16-le", "replace")[1::2].count(0x04), latin


def _telling_letters(text: str, cyrillic: int) -> tuple[int, int]:
    """How much of a text is Ukrainian and Russian alone; an apostrophe tells where no letter does."""
    uk, ru = own_letters(text)
    if cyrillic < _ENOUGH_FOR_MODEL or uk + ru == 0:  # in a text of some length, capitals add nothing
        uk, ru = own_letters(text.lower())
    return (apostrophes(text), 0) if uk == 0 and ru == 0 else (uk, ru)


def _ukrainian_or_russian(uk: int, ru: int, letters: int, expected: str | None) -> Detection:
    score = uk * _FOR_UK - ru * _FOR_RU - max(letters - uk - ru, 0) * _NEITHER + _PRIOR.get(expected or "", 0.0)
    probability = _logistic(score)
    return Detection("uk", probability) if probability >= 0.5 else Detection("ru", 1 - probability)


def own_letters(text: str) -> tuple[int, int]:
    """How many small letters only Ukrainian has, and how many only Russian."""
    return sum(map(text.count, _UKRAINIAN)), sum(map(text.count, _RUSSIAN))


def apostrophes(text: str) -> int:
    """How many apostrophes stand where Ukrainian has them."""
    return len(_APOSTROPHE.findall(text)) if "'" in text or "’" in text or "ʼ" in text else 0


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _by_model(text: str, among: Sequence[str]) -> Detection:
    language, probability = _model(tuple(among)).classify(text)
    return Detection(str(language), float(probability))


@lru_cache(maxsize=8)
def _model(among: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(among))
    return identifier
