"""Which of a few languages a text is in, and how sure that is.

First the script is counted. Where only one of the asked languages is written in it, that is the answer. Languages of
one script are distinguished by the letters that only one of them has (Ukrainian і ї є ґ and the apostrophe, Russian
ы э ъ ё) and by frequent words that the others lack, by naive Bayes. A model (py3langid) is asked only where these do
not decide. It may not decide either: the probability says so. Letters and words are in the language files; the model
identifies languages without one, and compares a language with all that it knows (`another_language`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
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

# The share of another language's frequent words and endings in a text: at most 3 in 1,000 in NTREX and in Tatoeba's
# sentences. Those of the language's own are in its file (benchmarks/extraction.py --letters).
_FOREIGN_WORDS = 0.003
# Letters of a word whose ending counts. Chosen: shorter ones are listed whole, if they tell anything.
_LEAST_WITH_ENDING = 4

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

# Before its words are read, one text in ten that another language is likelier for than its own is taken to be in that
# language (chosen, so that the model alone has to be sure by more than nine in ten).
_ANOTHER = 1 / 9

_WORD = re.compile(r"[^\W\d_]+")
# A Latin word that is no name, command or address: small letters only, nothing but marks of punctuation around them.
_PLAIN_LATIN = re.compile(r"(?<![^\s\"'«„“(])[a-z]+(?=[\"'»”“),.;:!?…]*(?:\s|$))")

_NON_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())


class Detection(NamedTuple):
    """A language and the probability that the text is in it; "und" (undetermined) where there is no letter."""

    language: str
    probability: float


class LetterCounts(NamedTuple):
    """The letters and frequent words of a text: how many letters are Cyrillic, how many unaccented Latin, how many of
    the latter are in plain words, not in names or commands, and how many are distinctive; and how many words there are.

    `common` are by known language the words that it uses often, or that end as its words do, and others of its script
    do not; `distinctive` are by known language (languages.known_languages) the small letters that only it has in its
    script, `distinctive_lowered` the same in the lower-cased text, `patterns` the matches of its distinctive pattern.
    """

    cyrillic: int
    latin: int
    plain_latin: int
    words: int
    common: tuple[int, ...]
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
    counts = letter_counts(text)
    decided = by_letters(counts, asked, expected)
    if decided is not None:
        return decided
    candidates, share = _script(counts, scripts)
    if not candidates:
        return _by_model(text, asked)
    by_model = dict(_model(candidates).rank(text))
    scores = [
        score + math.log(max(float(by_model.get(candidate, 0.0)), 1e-9))
        for score, candidate in zip(_log_likelihoods(counts, candidates), candidates, strict=True)
    ]
    likeliest = _likeliest(scores, candidates, expected)
    return Detection(likeliest.language, likeliest.probability * share)


def by_letters(counts: LetterCounts, among: tuple[str, ...], expected: str | None) -> Detection | None:
    """What `identify` says of a text by its letters and words alone; None where it would ask the model."""
    scripts = _by_script(among)
    if counts.cyrillic + counts.latin == 0:
        return Detection("und", 0.0)
    if scripts is None:
        return None
    candidates, share = _script(counts, scripts)
    if len(candidates) == 1:
        return Detection(candidates[0], share)
    if not candidates:
        return None
    scores = _log_likelihoods(counts, candidates)
    letters = max(counts.cyrillic, counts.latin)
    if letters >= _ENOUGH_FOR_MODEL and _likeliest(scores, candidates, None).probability < _SURE:
        return None
    likeliest = _likeliest(scores, candidates, expected)
    return Detection(likeliest.language, likeliest.probability * share)


def another_language(text: str, counts: LetterCounts, own: str) -> float:
    """How likely a text is in a language that is not identifiable, rather than in its `own`; 0 where it is too short to
    tell, or has enough frequent words of its own.

    All languages of the model are compared. Bulgarian has no letter that Russian lacks, German hardly one that English
    lacks.

    >>> german = "Die Regierung hat am Mittwoch beschlossen, das Gesetz nicht zu ändern."
    >>> another_language(german, letter_counts(german), "en") > 0.9
    True
    """
    facts = language_facts(own).letters
    if facts is None or sum(map(str.isalpha, text)) < _ENOUGH_FOR_MODEL:
        return 0.0
    common = counts.common[known_languages().index(own)]
    share = facts.common_share or _FOREIGN_WORDS
    # The log odds that the words give another language: so many are frequent ones of its own, so many are not.
    by_words = common * math.log(_FOREIGN_WORDS / share) + (counts.words - common) * (
        math.log((1 - _FOREIGN_WORDS) / (1 - share))
    )
    if by_words < -_PRIOR:
        return 0.0
    ranked = dict(_model(None).rank(text))
    ours = set(identifiable_languages())
    outside = max((float(p) for language, p in ranked.items() if language not in ours), default=0.0)
    odds = outside / max(float(ranked.get(own, 0.0)), 1e-9)
    return odds * _ANOTHER * math.exp(by_words) / (1 + odds * _ANOTHER * math.exp(by_words))


def _log_likelihoods(counts: LetterCounts, candidates: tuple[str, ...]) -> list[float]:
    """Of languages of one script, by their distinctive letters and frequent words."""
    letters = counts.cyrillic if _is_cyrillic(candidates[0]) else counts.latin
    places = [known_languages().index(language) for language in candidates]
    distinctive = [counts.distinctive[place] for place in places]
    if letters < _ENOUGH_FOR_MODEL or not any(distinctive):
        distinctive = [counts.distinctive_lowered[place] for place in places]
    if not any(distinctive):
        distinctive = [counts.patterns[place] for place in places]
    common = [counts.common[place] for place in places]
    by_letter, by_word = (_log_shares(candidates, of_words) for of_words in (False, True))
    return [
        _log_likelihood(distinctive, letters, by_letter[i]) + _log_likelihood(common, counts.words, by_word[i])
        for i in range(len(candidates))
    ]


def _likeliest(log_likelihoods: Sequence[float], candidates: tuple[str, ...], expected: str | None) -> Detection:
    """The likeliest language, the expected one having the prior of a page's."""
    scores = [
        score + (_PRIOR if candidate == expected else 0.0)
        for score, candidate in zip(log_likelihoods, candidates, strict=True)
    ]
    best = max(range(len(scores)), key=scores.__getitem__)
    others = sum(math.exp(max(-30.0, score - scores[best])) for place, score in enumerate(scores) if place != best)
    return Detection(candidates[best], 1 / (1 + others))


def _log_likelihood(counts: Sequence[int], total: int, shares: Sequence[float]) -> float:
    """Of the counts of distinctive letters or words, and of all others, by their log shares."""
    rest = max(total - sum(counts), 0)
    return sum(count * log for count, log in zip((*counts, rest), shares, strict=True))


def _is_cyrillic(language: str) -> bool:
    letters = language_facts(language).letters
    return letters is not None and letters.script == "Cyrillic"


Scripts = tuple[tuple[str, ...], tuple[str, ...]]
"""The languages asked for in Cyrillic, and those in Latin script."""


def _script(counts: LetterCounts, scripts: Scripts) -> tuple[tuple[str, ...], float]:
    """The languages of the script that a text is in, and how sure that is. In Cyrillic text, Latin names and commands
    say nothing.
    """
    cyrillic, latin = counts.cyrillic, counts.plain_latin if counts.cyrillic else counts.latin
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
    cyrillic, latin = script_counts(text)
    plain = sum(map(len, _PLAIN_LATIN.findall(text))) if latin else 0
    words = _WORD.findall(text.lower())
    common = tuple(
        sum(word in frequent or (len(word) >= _LEAST_WITH_ENDING and word.endswith(endings)) for word in words)
        for frequent, endings in _all_common()
    )
    patterns = tuple(_matches(text, code) for code in known_languages())
    return LetterCounts(cyrillic, latin, plain, len(words), common, distinctive, lowered, patterns)


@cached
def _all_common() -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    """The frequent words of each known language, and the endings of its words."""
    facts = (language_facts(code).letters for code in known_languages())
    return tuple((frozenset(letters.common), letters.endings) if letters else (frozenset(), ()) for letters in facts)


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


def _matches(text: str, language: str) -> int:
    """How many places of a text the distinctive pattern of a language matches."""
    pattern = _distinctive_pattern(language)
    return len(pattern.findall(text)) if pattern is not None else 0


@cached
def _distinctive_pattern(language: str) -> re.Pattern[str] | None:
    letters = language_facts(language).letters
    return re.compile(letters.distinctive_pattern) if letters and letters.distinctive_pattern else None


@cached
def _log_shares(candidates: tuple[str, ...], of_words: bool) -> tuple[tuple[float, ...], ...]:
    """For each candidate the log shares, in its texts, of each candidate's distinctive letters, or frequent words, and
    of all others.
    """
    foreign = _FOREIGN_WORDS if of_words else _FOREIGN_SHARE
    rows = []
    for candidate in candidates:
        shares = []
        for other in candidates:
            facts = language_facts(other).letters
            share = (facts.common_share if of_words else facts.distinctive_share) if facts else 0.0
            shares.append(share if other == candidate and share else foreign)
        rows.append((*map(math.log, shares), math.log(1 - sum(shares))))
    return tuple(rows)


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _by_model(text: str, among: Sequence[str]) -> Detection:
    language, probability = _model(tuple(among)).classify(text)
    return Detection(str(language), float(probability))


@lru_cache(maxsize=8)
def _model(among: tuple[str, ...] | None) -> Any:
    """The model, for some languages or all that it knows."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if among is not None:
        identifier.set_languages(list(among))
    return identifier
