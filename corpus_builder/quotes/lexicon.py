"""The words that quotations are recognised by, from the language files (languages/)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from corpus_builder.languages import cached
from corpus_builder.languages import language as language_facts
from corpus_builder.text.letters import CAPITALS

# A capitalised word, and a row of them: a name, or the name of a body. Initials and joined names count as words of one.
CAPITALISED = rf"[{CAPITALS}](?:[\w'’ʼ]*[\w](?:-\w[\w'’ʼ]*)*|\.)?"
_PATRONYMIC = re.compile(r"(?:ович|евич|йович|івн|ївн|овн|евн)\w{0,3}$")
_NAME = re.compile(rf"(?<![\w.]){CAPITALISED}(?:\s+(?:(?:де|фон|ван|да|de|von|van|al)\s+)?{CAPITALISED})*")


# A shorter role may be the beginning of a first name (Мер, Мері), so it is one before two more words only.
_LONG_ROLE = 5


class Gender(StrEnum):
    """Whom a pronoun or a verb can stand for."""

    HE = "he"
    SHE = "she"
    THEY = "they"


class Name(NamedTuple):
    """A row of capitalised words in a text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Lexicon:
    """The compiled patterns of a language."""

    language: str
    cue: re.Pattern[str]
    according: re.Pattern[str]
    pronoun: re.Pattern[str]
    possessive: re.Pattern[str]
    genders: Mapping[str, Gender]
    endings: Mapping[Gender, re.Pattern[str]]
    male: tuple[str, ...]
    female: tuple[str, ...]
    bodies: frozenset[str]
    stop: re.Pattern[str]
    text_label: re.Pattern[str]
    name_before: re.Pattern[str]
    role: re.Pattern[str]
    inside: re.Pattern[str]
    source_head: re.Pattern[str]
    medium: re.Pattern[str]
    term: re.Pattern[str]
    title: re.Pattern[str]
    that_before: re.Pattern[str]
    that: re.Pattern[str]
    not_names: frozenset[str]

    def is_first_name(self, word: str, of: Gender | None = None) -> bool:
        """Whether a word is a first name of either gender, or of one, in whatever case."""
        genders = (Gender.HE, Gender.SHE) if of is None else (of,)
        return any(_is_form(word, self.male if gender is Gender.HE else self.female) for gender in genders)


@lru_cache(maxsize=1 << 14)
def _is_form(word: str, first_names: tuple[str, ...]) -> bool:
    for name in first_names:
        if word == name:
            return True
        stem = name[:-1] if name[-1].lower() in "аяйьо" else name
        if word.startswith(stem) and 0 < len(word) - len(stem) <= 3 and word[len(stem)] in "аеєиіїоуюяыйь":
            return True
    return False


@cached
def lexicon(language: str) -> Lexicon | None:
    """The lexicon of a language, None where its file has no section [quotes]."""
    facts = language_facts(language)
    cues, known = facts.quotes, facts.names
    if cues is None:
        return None
    stems = f"(?:{_any(cues.cue_stems)})(?:{_any(cues.cue_endings)})" if cues.cue_stems else r"(?!)"
    return Lexicon(
        language=language,
        cue=re.compile(rf"\b(?:{stems}|{_any(cues.cues)})\b", re.IGNORECASE),
        according=re.compile(rf"\b(?:{_any(cues.according)})\b", re.IGNORECASE),
        pronoun=re.compile(rf"\b(?:{_any([*cues.he, *cues.she, *cues.they])})\b", re.IGNORECASE),
        possessive=re.compile(rf"\b(?:{_any([*cues.of_him, *cues.of_her, *cues.of_them])})\b", re.IGNORECASE),
        genders={
            word: gender
            for gender, pronouns in (
                (Gender.HE, cues.he + cues.of_him),
                (Gender.SHE, cues.she + cues.of_her),
                (Gender.THEY, cues.they + cues.of_them),
            )
            for word in pronouns
        },
        endings={
            gender: re.compile(rf"\w(?:{_any(endings)})$", re.IGNORECASE)
            for gender, endings in (
                (Gender.SHE, cues.feminine),
                (Gender.THEY, cues.plural),
                (Gender.HE, cues.masculine),
            )
            if endings
        },
        male=known.male,
        female=known.female,
        bodies=frozenset(known.bodies),
        stop=re.compile(rf"\b(?:{_any(cues.stops)})\b", re.IGNORECASE),
        text_label=re.compile(rf"(?:{_any(cues.text_labels)})[^:.!?\"«“]{{0,40}}:\s*$", re.IGNORECASE),
        name_before=re.compile(rf"\b(?:{_any(cues.name_before)})\w*\s+$", re.IGNORECASE),
        role=re.compile(rf"(?:{_any(cues.roles)})\w*", re.IGNORECASE),
        # a body that verbs in the plural speak for: у штабі, в МЗС
        inside=re.compile(rf"(?i:{_any(cues.inside)})\s+(?P<body>[\w'’ʼ-]+(?:\s+[{CAPITALS}][\w'’ʼ-]*)*)(?:\s|$)"),
        source_head=re.compile(rf"^(?:(?:{_any(cues.source_heads)})\w*\s+)+", re.IGNORECASE),
        medium=re.compile(_any(cues.media)),
        term=re.compile(rf"(?:{_any(cues.terms)})", re.IGNORECASE),
        # the conjunction of a reported clause, at once after the verb or after a subject that follows it
        that=re.compile(rf"[^,.;:–—\"«“]{{0,40}}?,?\s+(?P<that>{_any(cues.that)})\s+"),
        title=re.compile(rf"(?:{_any(cues.titles)})\b"),
        that_before=re.compile(rf"\b(?:{_any(cues.that)})(?:\s+the)?\s+$"),
        not_names=frozenset(known.not_names),
    )


def verb_gender(cue: str | None, words: Lexicon) -> Gender | None:
    """The gender that a verb of saying agrees with, None where its form does not tell: сказав, сказала, каже."""
    if cue is None:
        return None
    return next((gender for gender, ending in words.endings.items() if ending.search(cue)), None)


def names(text: str, words: Lexicon, start: int = 0, end: int | None = None) -> list[Name]:
    """The rows of capitalised words in a text that may be names, without roles, abbreviations and such in front."""
    found = []
    for match in _NAME.finditer(text, start, len(text) if end is None else end):
        parts = list(re.finditer(r"\S+", match.group()))
        while parts and (
            parts[0].group() in words.not_names
            or words.stop.fullmatch(parts[0].group().lower())
            or words.pronoun.fullmatch(parts[0].group())
            or (len(parts) > 1 and parts[0].group().isupper() and len(parts[0].group()) > 2)
            or (len(parts) > 1 + (len(parts[0].group()) < _LONG_ROLE) and words.role.fullmatch(parts[0].group()))
        ):
            parts = parts[1:]
        for first, last in _people([part.group() for part in parts], words):
            begin, finish = match.start() + parts[first].start(), match.start() + parts[last - 1].end()
            found.append(Name(begin, finish, text[begin:finish]))
    return found


def _people(parts: list[str], words: Lexicon) -> Iterator[tuple[int, int]]:
    """Where a row of capitalised words is to be cut: before a first name, and after the surname that follows one."""
    start = 0
    for at in range(1, len(parts)):
        given = words.is_first_name(parts[at]) and not words.is_first_name(parts[at - 1]) and at + 1 < len(parts)
        whole = words.language != "en" and at - start == 2 and words.is_first_name(parts[start])
        if given or (whole and not any(_PATRONYMIC.search(part) for part in parts[start + 1 : at + 1])):
            yield start, at
            start = at
    if parts:
        yield start, len(parts)


def _any(patterns: Iterable[str]) -> str:
    return "|".join(sorted(patterns, key=len, reverse=True)) or r"(?!)"
