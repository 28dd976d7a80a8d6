"""The words that quotations and their speakers are recognised by, compiled from a language's file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from corpus_builder.languages import cached, known_languages
from corpus_builder.languages import language as language_facts
from corpus_builder.languages.schema import Declension, NameFacts, QuoteWords
from corpus_builder.text.letters import CAPITALS

# A name in a case is at most so many letters longer than its stem: Петр-ович is none, Петр-ові is.
_LONGEST_CASE_ENDING = 3


class Gender(StrEnum):
    """Who a pronoun or a verb can refer to."""

    HE = "he"
    SHE = "she"
    THEY = "they"


@dataclass(frozen=True)
class SpeechWords:
    """The compiled patterns of a language; docs/languages.md explains the fields of [quotes] and [names].

    `declension` (None where names do not change by case), `subject_first` and `head_last` are facts of the language;
    the rest are patterns and sets of words.
    `foreign_name` matches what no name of a person has: letters of another script, where the language's is Cyrillic.
    """

    language: str
    declension: Declension | None
    subject_first: bool
    head_last: bool
    cue: re.Pattern[str]
    according: re.Pattern[str]
    pronoun: re.Pattern[str]
    possessive_pronoun: re.Pattern[str]
    genders: Mapping[str, Gender]
    verb_endings: Mapping[Gender, re.Pattern[str]]
    male: tuple[str, ...]
    female: tuple[str, ...]
    surname_endings: Mapping[Gender, re.Pattern[str]]
    patronymic: re.Pattern[str]
    capitalised_row: re.Pattern[str]
    bodies: frozenset[str]
    article_and_row: re.Pattern[str]
    article_before: re.Pattern[str]
    possessive_ending: re.Pattern[str]
    foreign_name: re.Pattern[str]
    stop: re.Pattern[str]
    relative: re.Pattern[str]
    text_label: re.Pattern[str]
    name_before: re.Pattern[str]
    role: re.Pattern[str]
    inside: re.Pattern[str]
    source_head: re.Pattern[str]
    source_tail: re.Pattern[str]
    medium: re.Pattern[str]
    term: re.Pattern[str]
    title: re.Pattern[str]
    that_before: re.Pattern[str]
    that: re.Pattern[str]
    not_names: frozenset[str]

    def is_first_name(self, word: str, of: Gender | None = None) -> bool:
        """Whether a word is a first name of either gender, or of one, in whatever case."""
        lists = [self.male] if of is Gender.HE else [self.female] if of is Gender.SHE else [self.male, self.female]
        if self.declension is None:
            return any(word in names for names in lists)
        return any(_is_form(word, names, self.declension) for names in lists)


def case_rank(name: str, declension: Declension | None) -> tuple[int, int]:
    """A key that is least for the nominative among the cases of a name: the shortest, then by its endings.

    >>> words = speech_words("uk")
    >>> min("Олени", "Олена", key=lambda name: case_rank(name, words.declension))
    'Олена'
    """
    if declension is None:
        return len(name), 0
    endings = [word[-1].lower() for word in name.split()]
    return len(name), sum(2 * (end in declension.oblique) + (end in declension.unlikely) for end in endings)


@lru_cache(maxsize=1 << 14)
def _is_form(word: str, first_names: tuple[str, ...], declension: Declension) -> bool:
    """Whether a word is one of the names in some case."""
    for name in first_names:
        if word == name:
            return True
        stem = name[:-1] if name[-1].lower() in declension.dropped else name
        if (
            word.startswith(stem)
            and 0 < len(word) - len(stem) <= _LONGEST_CASE_ENDING
            and word[len(stem)] in declension.added
        ):
            return True
    return False


@cached
def speech_words(language: str) -> SpeechWords | None:
    """The words of a language, None where its file has no section [quotes]."""
    facts = language_facts(language)
    if facts.quotes is None:
        return None
    words, names = facts.quotes, facts.names
    cyrillic = facts.letters is not None and facts.letters.script == "Cyrillic"
    return SpeechWords(
        language=language,
        declension=names.declension,
        subject_first=words.subject_first,
        head_last=words.head_last,
        cue=_cue(words),
        according=_whole_words(words.according),
        pronoun=_whole_words((*words.he, *words.she, *words.they)),
        possessive_pronoun=_whole_words((*words.of_him, *words.of_her, *words.of_them)),
        genders=_pronoun_genders(words),
        verb_endings=_verb_endings(words),
        male=names.male,
        female=names.female,
        surname_endings={
            Gender.HE: re.compile(rf"(?:{_any(names.male_surnames)})$"),
            Gender.SHE: re.compile(rf"(?:{_any(names.female_surnames)})$"),
        },
        patronymic=re.compile(rf"(?:{_any(names.patronymics)})\w{{0,3}}$"),
        capitalised_row=_capitalised_row(names),
        bodies=frozenset(names.bodies),
        article_and_row=_article_and_row(names),
        article_before=re.compile(rf"\b(?i:{_any(names.articles)})\s+$"),
        possessive_ending=re.compile(rf"(?:{_any(names.possessives)})$"),
        foreign_name=re.compile("[A-Za-z]" if cyrillic else "(?!)"),
        stop=_whole_words(words.stops),
        relative=re.compile(rf"\s*(?:{_any(words.relative)})\b"),
        text_label=re.compile(rf"(?:{_any(words.text_labels)})[^:.!?\"«“]{{0,40}}:\s*$", re.IGNORECASE),
        name_before=re.compile(rf"\b(?:{_any(words.name_before)})\w*\s+$", re.IGNORECASE),
        role=re.compile(rf"(?:{_any(words.roles)})\w*", re.IGNORECASE),
        # a body that verbs in the plural speak for: у штабі, в МЗС
        inside=re.compile(rf"(?i:{_any(words.inside)})\s+(?P<body>[\w'’ʼ-]+(?:\s+[{CAPITALS}][\w'’ʼ-]*)*)(?:\s|$)"),
        source_head=re.compile(rf"^(?:(?:{_any(words.source_heads)})\w*\s+)+", re.IGNORECASE),
        source_tail=re.compile(rf",\s|\s(?:{_any(words.source_tails)})\s"),
        medium=re.compile(_any(words.media)),
        term=re.compile(rf"(?:{_any(words.terms)})", re.IGNORECASE),
        title=re.compile(rf"(?:{_any(words.titles)})\b"),
        that_before=re.compile(rf"\b(?:{_any(words.that)})(?:\s+(?:{_any(names.articles)}))?\s+$"),
        # the conjunction of a reported clause, at once after the verb or after a subject that follows it
        that=re.compile(rf"[^,.;:–—\"«“]{{0,40}}?,?\s+(?P<that>{_any(words.that)})\s+"),
        not_names=frozenset(names.not_names),
    )


@cached
def editors_words() -> re.Pattern[str]:
    """Editors' words in brackets: `[the allies – ed.]`, `(Путін – прим. ред.)`; signed in any known language."""
    files = [words for code in known_languages() if (words := language_facts(code).quotes) is not None]
    editors = _any(dict.fromkeys(editor for words in files for editor in words.editors))
    notes = _any(dict.fromkeys(note for words in files for note in words.editors_notes))
    return re.compile(rf"[(\[][^()\[\]]*(?:[-–—.]|\b(?:{notes})\.?)\s*(?:{editors})\.?\s*[)\]]")


def verb_gender(cue: str | None, words: SpeechWords) -> Gender | None:
    """The gender that a verb of saying agrees with, None where its form does not show it: сказав, сказала, каже."""
    if cue is None:
        return None
    return next((gender for gender, ending in words.verb_endings.items() if ending.search(cue)), None)


def _cue(words: QuoteWords) -> re.Pattern[str]:
    """Verbs of saying: stems with endings, and whole words."""
    stems = f"(?:{_any(words.cue_stems)})(?:{_any(words.cue_endings)})" if words.cue_stems else r"(?!)"
    return re.compile(rf"\b(?:{stems}|{_any(words.cues)})\b", re.IGNORECASE)


def _pronoun_genders(words: QuoteWords) -> Mapping[str, Gender]:
    pronouns = {
        Gender.HE: words.he + words.of_him,
        Gender.SHE: words.she + words.of_her,
        Gender.THEY: words.they + words.of_them,
    }
    return {word: gender for gender, of_gender in pronouns.items() for word in of_gender}


def _verb_endings(words: QuoteWords) -> Mapping[Gender, re.Pattern[str]]:
    endings = ((Gender.SHE, words.feminine), (Gender.THEY, words.plural), (Gender.HE, words.masculine))
    return {gender: re.compile(rf"\w(?:{_any(own)})$", re.IGNORECASE) for gender, own in endings if own}


def _capitalised_row(names: NameFacts) -> re.Pattern[str]:
    """A row of capitalised words: a name, or the name of a body. Initials and joined names count as words of one."""
    word = rf"[{CAPITALS}](?:[\w'’ʼ]*[\w](?:-\w[\w'’ʼ]*)*|\.)?"
    return re.compile(rf"(?<![\w.]){word}(?:\s+(?:(?:{_any(names.particles)})\s+)?{word})*")


def _article_and_row(names: NameFacts) -> re.Pattern[str]:
    """A row of capitalised words behind an article: the House of Commons is no person."""
    word = rf"[{CAPITALS}][\w'’-]*"
    return re.compile(rf"\b(?i:{_any(names.articles)}) ((?:{word}\s+)*{word})")


def _whole_words(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_any(patterns)})\b", re.IGNORECASE)


def _any(patterns: Iterable[str]) -> str:
    """A pattern of any of the patterns, the longest first; one that matches nothing where there are none."""
    return "|".join(sorted(patterns, key=len, reverse=True)) or r"(?!)"
