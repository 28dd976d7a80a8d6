"""Language and script of one side.

`own_language` is how surely the text is in its edition's language (text/language.py); `clean_letters` the share of its
words that are written with the letters of one script and of its language (a Latin "i" in a Ukrainian word, "ы" in
Ukrainian); `own_words` the share of its words that this corpus does not rather write in another edition of the same
script, which shows surzhyk and sentences left in the other language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from corpus_builder.quality.batch import MISSING
from corpus_builder.text.language import identify

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


def own_language(text: str, language: str) -> float:
    """How surely the text is in `language`, 0 to 1; NaN where it is too short to tell, or the language is not known.

    >>> own_language("Росія знову обстріляла Харків уночі", "uk") > 0.99
    True
    """
    if language not in _KNOWN or sum(map(len, _LETTERS.findall(text))) < _LEAST_LETTERS:
        return MISSING
    found, probability = identify(text, _KNOWN, language)
    return probability if found == language else 0.0 if found == "und" else 1 - probability


def clean_letters(text: str, language: str) -> float:
    """The share of words without a letter of another script or language; NaN where there is no word.

    >>> clean_letters("Кoли рак свисне", "uk")  # the o is Latin
    0.6666666666666667
    """
    total = len(_LETTERS.findall(text))
    if not total:
        return MISSING
    foreign = _FOREIGN.get(language)
    if not _MIXED.search(text) and not (foreign and foreign.search(text)):
        return 1.0
    bad = sum(bool(_MIXED.search(word) or (foreign and foreign.search(word))) for word in _LETTERS.findall(text))
    return 1 - bad / total


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


def own_words(words: Sequence[str], foreign: frozenset[str]) -> float:
    """The share of words of three letters or more that are not foreign; NaN where there are fewer than three."""
    longer = [word for word in words if len(word) > 2 and word[0].isalpha()]
    if len(longer) < 3:
        return MISSING
    return 1 - sum(word in foreign for word in longer) / len(longer)


def _script(words: Mapping[str, int]) -> str:
    """Of which script the most frequent words are, by a letter that tells."""
    frequent = sorted(words, key=lambda word: -words[word])[:100]
    cyrillic = sum("\u0400" <= word[0] <= "\u04ff" for word in frequent)
    return "cyrillic" if cyrillic * 2 > len(frequent) else "other"
