"""Whether two mentions of speakers name one person: their names compared by sound, whatever else the mentions say.

Words that are in a mention and no person's name are left out first: bodies (Міністерство), roles and nationalities that
the language files list, words that open sentences, pronouns, numerals and months, and abbreviations (МЗС). What is left
may be nothing; then it is not known who speaks.
"""

from __future__ import annotations

import re
from itertools import combinations

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
    """The words of a mention that may be a person's name, in order; behind a title in capitals those after it.

    >>> speaker_name("речник Міністерства оборони Дмитро Пєсков", "uk"), speaker_name("Двоє", "uk")
    (('Дмитро', 'Пєсков'), ())
    >>> speaker_name("UK Prime Minister Theresa May", "en"), speaker_name("Stephen King", "en")
    (('Theresa', 'May'), ('Stephen', 'King'))
    """
    words = _without_bodies(mention or "", language)
    first_names = _first_names(language)
    names = [
        (at, word)
        for at, word in enumerate(words)
        if not word.isupper() and (not _is_no_name(word, language) or (at and words[at - 1].lower() in first_names))
    ]
    titles = [at for at, word in enumerate(words[:-1]) if _title(language).fullmatch(word)]
    behind = [word for at, word in names if titles and at > titles[-1]]
    return _unless_number(behind or [word for _, word in names], language)


def _without_bodies(mention: str, language: str) -> list[str]:
    """The capitalised words, but those of bodies: the noun of a body, whether in capitals or not, and the words in
    capitals right before it (Конституційний суд, Defence Ministry).
    """
    noun, first_names = _body_noun(language), _first_names(language)
    kept: list[str] = []
    run, end = 0, -1  # where the capitals right before a word begin in `kept`, and where the last of them ended
    for match in _WORD.finditer(mention):
        word, together = match[0], mention[end : match.start()] == " "
        if noun.fullmatch(plain(word.lower())) and not (together and kept and kept[-1].lower() in first_names):
            del kept[run if together else len(kept) :]
            run, end = len(kept), match.end()
        elif word[0].isupper():
            run, end = run if together else len(kept), match.end()
            if len(word) >= _SHORTEST:
                kept.append(word)
    return kept


def _unless_number(names: list[str], language: str) -> tuple[str, ...]:
    """The names; none where their only word is a numeral or a month."""
    if len(names) == 1 and _is_number_or_month(names[0], language):
        return ()
    return tuple(names)


def one_person(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether two names, as `speaker_name` gives them, have a word in common that is the first name of neither, where
    both are full; or two words in common, in whatever order.

    >>> one_person(("Пітер", "Боун"), ("Peter", "Bone")), one_person(("Hale",), ("Девід", "Гейл"))
    (True, True)
    >>> one_person(("John", "Kennedy"), ("Джон", "Голдсміт"))
    False
    """
    common = [(i, j) for i, a in enumerate(left) for j, b in enumerate(right) if sound_alike(a, b)]
    if len(left) == 1 or len(right) == 1:
        return bool(common)
    return any(i and j for i, j in common) or any(
        i != other_i and j != other_j for (i, j), (other_i, other_j) in combinations(common, 2)
    )


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
def _first_names(language: str) -> frozenset[str]:
    names = language_facts(language).names
    return frozenset(name.lower() for name in (*names.male, *names.female))


@cached
def _body_noun(language: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{noun})" for noun in language_facts(language).names.body_nouns) or "(?!)")


@cached
def _title(language: str) -> re.Pattern[str]:
    """The noun that ends a title before a name, in languages where it comes last: UK Prime Minister."""
    quotes = language_facts(language).quotes
    if quotes is None or not quotes.head_last or not quotes.roles:
        return re.compile("(?!)")
    return re.compile(rf"(?:{'|'.join(quotes.roles)})(?:\w?|man|woman|person)", re.IGNORECASE)


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
