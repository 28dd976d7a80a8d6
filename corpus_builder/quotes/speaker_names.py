"""Whether two mentions of speakers name one person: their names compared by sound, whatever else the mentions say.

Words that are in a mention and no person's name are left out first: bodies (Міністерство), roles and nationalities that
the language files list, words that open sentences, pronouns, numerals and months, and abbreviations (МЗС). What is left
may be nothing; then it is not known who speaks.
"""

from __future__ import annotations

import re

from corpus_builder.languages import cached
from corpus_builder.languages import language as language_facts
from corpus_builder.text.name_sounds import sound_alike
from corpus_builder.text.quantity_words import plain, quantity_words

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_SHORTEST = 2
"""Letters of a name at least; one alone is an initial."""
_ENDING = 2
"""Letters by which cases of a body's word differ (Міністерство, Міністерством)."""
_STEM = 5
"""Letters of a word from which on its cases count as it. Chosen: shorter ones begin surnames (Банк, Банкс)."""


def speaker_name(mention: str | None, language: str) -> tuple[str, ...]:
    """The words of a mention that may be a person's name, in order.

    >>> speaker_name("речник Міністерства оборони Дмитро Пєсков", "uk"), speaker_name("Двоє", "uk")
    (('Дмитро', 'Пєсков'), ())
    """
    words = [word for word in _WORD.findall(mention or "") if word[0].isupper() and len(word) >= _SHORTEST]
    names = [word for word in words if not word.isupper() and not _is_no_name(word, language)]
    if len(names) == 1 and _is_number_or_month(names[0], language):
        return ()
    return tuple(names)


def one_person(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether two names, as `speaker_name` gives them, have a word in common that is not just the first name of both.

    >>> one_person(("Пітер", "Боун"), ("Peter", "Bone")), one_person(("Hale",), ("Девід", "Гейл"))
    (True, True)
    >>> one_person(("John", "Kennedy"), ("Джон", "Голдсміт"))
    False
    """
    both_full = len(left) > 1 and len(right) > 1
    return any(
        sound_alike(a, b) and not (both_full and i == j == 0)
        for i, a in enumerate(left)
        for j, b in enumerate(right)
    )  # fmt: skip


def _is_no_name(word: str, language: str) -> bool:
    whole, stems = _no_names(language)
    lowered = plain(word.lower())
    return lowered in whole or any(
        lowered.startswith(lowered_stem) and len(lowered) <= len(lowered_stem) + 2 * _ENDING for lowered_stem in stems
    )


def _is_number_or_month(word: str, language: str) -> bool:
    known, lowered = quantity_words(language), plain(word.lower())
    return known.number(lowered) is not None or known.month(lowered) is not None


@cached
def _no_names(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that are no names, and the beginnings of bodies' words in any case; all in small letters."""
    facts = language_facts(language)
    quotes = facts.quotes
    pronouns = (*quotes.he, *quotes.she, *quotes.they) if quotes else ()
    names = facts.names
    words = (*names.not_names, *names.bodies, *names.capitalised, *facts.sentences.openers, *pronouns)
    known = frozenset(plain(word.lower()) for word in words) - {first.lower() for first in (*names.male, *names.female)}
    stems = (plain(word.lower())[:-_ENDING] for word in names.bodies if len(word) >= _STEM + _ENDING)
    return known, tuple(dict.fromkeys(stems))
