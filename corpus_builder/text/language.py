"""Which of a few languages a text is in, and how sure that is.

First the script is counted. Where only one of the asked languages is written in it, that is the answer. Languages of
one script are distinguished by the letters that only one of them has (Ukrainian і ї є ґ and the apostrophe, Russian
ы э ъ ё), by naive Bayes. A model (py3langid) is asked only where the letters do not decide. It may not decide either:
the probability says so. Letters and their shares are in the language files; the model identifies languages without one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from corpus_builder.languages import cached, known_languages
from corpus_builder.languages import language as language_facts

# From this probability on a text counts as written in another language than expected; below, it is too short or too
# mixed to decide (chosen: nine in ten).
SURELY_ANOTHER = 0.9

# The share of another language's letters in a text, in names and quoted words (chosen: 1 in 1,000, since news quotes
# much). The shares of a language's own letters are in its file, measured on Tatoeba's sentences
# (benchmarks/extraction.py --letters).
_FOREIGN_SHARE = 0.001

# Evidence of one letter for its script: names and terms stay Latin in Cyrillic text (about 3 letters in 100 of the
# news), hardly ever the other way round. Letters come in words, about five of one script, so each counts a fifth.
_FOR_CYRILLIC = math.log(0.97 / 0.001) / 5
_FOR_LATIN = math.log(0.999 / 0.03) / 5

# Of 100 paragraphs of a page, 99 are in its language (an assumption: pages quote, but seldom whole paragraphs).
_PRIOR = math.log(99)

# The model is asked where the letters give less than this probability and the text has at least so many letters;
# with fewer, it guesses (both chosen).
_SURE = 0.95
_ENOUGH_FOR_MODEL = 20

_NON_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())


class Detection(NamedTuple):
    """A language and the probability that the text is in it; "und" (undetermined) where there is no letter."""

    language: str
    probability: float


class LetterCounts(NamedTuple):
    """The letters of a text: how many are Cyrillic, how many unaccented Latin, and how many are distinctive.

    `distinctive` are by known language (languages.known_languages) the small letters that only it has in its script,
    `distinctive_lowered` the same in the lower-cased text, `patterns` the matches of its distinctive pattern.
    """

    cyrillic: int
    latin: int
    distinctive: tuple[int, ...]
    distinctive_lowered: tuple[int, ...]
    patterns: tuple[int, ...]


@cached
def identifiable_languages() -> tuple[str, ...]:
    """The languages whose file has a section [letters]; texts in these can be identified with certainty."""
    return tuple(code for code in known_languages() if language_facts(code).letters is not None)


def identify(text: str, among: Sequence[str] | None = None, expected: str | None = None) -> Detection:
    """The likeliest of the languages `among`, by default all identifiable ones, with its probability.

    `expected` is the language of the page, if the text is a piece of one: it decides between languages of one script
    where the text has no distinctive letter.

    Raises:
        ValueError: one of the languages has no file and is unknown to the model.

    >>> identify("Об'єднані сили").language, identify("Объединённые силы").language, identify("Joint forces").language
    ('uk', 'ru', 'en')
    >>> identify("2019 — 2022")
    Detection(language='und', probability=0.0)
    """
    asked = identifiable_languages() if among is None else tuple(among)
    scripts = _by_script(asked)
    if scripts is None:
        return _by_model(text, asked)
    cyrillic, latin = script_counts(text)
    if cyrillic + latin == 0:
        return Detection("und", 0.0)
    candidates, share = _script(cyrillic, latin, scripts)
    if not candidates:
        return _by_model(text, asked)
    if len(candidates) == 1:
        return Detection(candidates[0], share)
    letters = cyrillic if candidates is scripts[0] else latin
    likeliest = _by_distinctive_letters(_counts_in(text, candidates, letters), candidates, letters, expected)
    if likeliest.probability < _SURE and letters >= _ENOUGH_FOR_MODEL:
        likeliest = max(likeliest, _by_model(text, candidates), key=itemgetter(1))
    return Detection(likeliest[0], likeliest[1] * share)


def by_letters(counts: LetterCounts, among: tuple[str, ...], expected: str | None) -> Detection | None:
    """What `identify` says of a text of which only the letters are known; None where it would ask the model."""
    scripts = _by_script(among)
    cyrillic, latin = counts.cyrillic, counts.latin
    if cyrillic + latin == 0:
        return Detection("und", 0.0)
    if scripts is None:
        return None
    candidates, share = _script(cyrillic, latin, scripts)
    if len(candidates) == 1:
        return Detection(candidates[0], share)
    letters = cyrillic if candidates is scripts[0] else latin
    places = [known_languages().index(language) for language in candidates]
    distinctive = [counts.distinctive[place] for place in places]
    if letters < _ENOUGH_FOR_MODEL or not any(distinctive):
        distinctive = [counts.distinctive_lowered[place] for place in places]
    if not any(distinctive):
        distinctive = [counts.patterns[place] for place in places]
    if not candidates:
        return None
    likeliest = _by_distinctive_letters(distinctive, candidates, letters, expected)
    if likeliest.probability < _SURE and letters >= _ENOUGH_FOR_MODEL:
        return None
    return Detection(likeliest[0], likeliest[1] * share)


Scripts = tuple[tuple[str, ...], tuple[str, ...]]
"""The languages asked for in Cyrillic, and those in Latin script."""


def _script(cyrillic: int, latin: int, scripts: Scripts) -> tuple[tuple[str, ...], float]:
    """The languages of the script that a text is in, and how sure that is."""
    share = _logistic(cyrillic * _FOR_CYRILLIC - latin * _FOR_LATIN)
    return (scripts[0], share) if share >= 0.5 else (scripts[1], 1 - share)


@cached
def _by_script(among: tuple[str, ...]) -> Scripts | None:
    """The languages by script; None where one of them has to be left to the model."""
    script_of = {}
    for code in among:
        letters = language_facts(code).letters
        if code not in known_languages() or letters is None:
            return None
        script_of[code] = letters.script
    cyrillic, latin = (tuple(x for x in among if script_of[x] == script) for script in ("Cyrillic", "Latin"))
    return cyrillic, latin


def letter_counts(text: str) -> LetterCounts:
    """The letters of a text, as `by_letters` asks for them."""
    distinctive, lowered = (
        tuple(sum(map(written.count, letters)) for letters in _all_distinctive()) for written in (text, text.lower())
    )
    return LetterCounts(
        *script_counts(text), distinctive, lowered, tuple(_matches(text, code) for code in known_languages())
    )


@cached
def _all_distinctive() -> tuple[str, ...]:
    """The distinctive letters of each known language."""
    facts = (language_facts(code).letters for code in known_languages())
    return tuple(letters.distinctive if letters else "" for letters in facts)


def script_counts(text: str) -> tuple[int, int]:
    """How many Cyrillic and how many unaccented Latin letters; counted in C, as every block of a page passes here."""
    latin = len(text.encode("ascii", "ignore").translate(None, _NON_LETTERS))
    if text.isascii():
        return 0, latin
    return text.encode("utf-16-le", "replace")[1::2].count(0x04), latin


def _counts_in(text: str, candidates: tuple[str, ...], letters: int) -> list[int]:
    """How many distinctive letters of each candidate a text has; where it has none of any, the matches of patterns."""
    distinctive = [language_facts(code).letters for code in candidates]
    counts = [sum(map(text.count, facts.distinctive)) if facts else 0 for facts in distinctive]
    if letters < _ENOUGH_FOR_MODEL or not any(counts):  # in a text of some length, capitals add nothing
        lowered = text.lower()
        counts = [sum(map(lowered.count, facts.distinctive)) if facts else 0 for facts in distinctive]
    return counts if any(counts) else [_matches(text, code) for code in candidates]


def _matches(text: str, language: str) -> int:
    """How many places of a text the distinctive pattern of a language matches."""
    pattern = _distinctive_pattern(language)
    return len(pattern.findall(text)) if pattern is not None else 0


@cached
def _distinctive_pattern(language: str) -> re.Pattern[str] | None:
    letters = language_facts(language).letters
    return re.compile(letters.distinctive_pattern) if letters and letters.distinctive_pattern else None


def _by_distinctive_letters(
    counts: Sequence[int], candidates: tuple[str, ...], letters: int, expected: str | None
) -> Detection:
    """The likeliest of languages of one script, by the counts of their distinctive letters."""
    logs = _log_shares(candidates)
    rest = max(letters - sum(counts), 0)
    scores = [
        sum(count * log for count, log in zip((*counts, rest), row, strict=True))
        + (_PRIOR if candidate == expected else 0.0)
        for candidate, row in zip(candidates, logs, strict=True)
    ]
    best = max(range(len(scores)), key=scores.__getitem__)
    others = sum(math.exp(max(-30.0, score - scores[best])) for place, score in enumerate(scores) if place != best)
    return Detection(candidates[best], 1 / (1 + others))


@cached
def _log_shares(candidates: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
    """For each candidate the log shares, in its texts, of each candidate's distinctive letters and of all others."""
    rows = []
    for candidate in candidates:
        shares = []
        for other in candidates:
            facts = language_facts(other).letters
            share = facts.distinctive_share if facts else 0.0
            shares.append(share if other == candidate and share else _FOREIGN_SHARE)
        rows.append((*map(math.log, shares), math.log(1 - sum(shares))))
    return tuple(rows)


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
