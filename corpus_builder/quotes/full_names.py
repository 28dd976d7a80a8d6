"""The people that an edition names: full names, their cases, and their gender as far as it can be told.

Two or three capitalised words in a row are a name; a person's, unless a word of it is one of institutions', "the"
stands before it, or it is written in foreign letters. Forms of one name in several cases are one person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from corpus_builder.quotes.lexicon import Gender, Lexicon, names

_LATIN = re.compile(r"[A-Za-z]")
# Surnames that tell the gender in the nominative and elsewhere.
_MASCULINE = re.compile(r"(?:ський|цький|ського|цького|ским|ский|цкий|ского|цкого|ським|цьким)$")
_FEMININE = re.compile(r"(?:ська|цька|ської|цької|ская|цкая|ской|цкой|івна|ївна|овна|евна)$")
# Endings that a nominative has rather than other cases, when words are equally long: Петро before Петра, Олена before
# Олени.
_NOMINATIVE = ("йоь", "ая")
_SHORT_BODY = 4  # letters of words that only count as they are, for others begin so: Рада, Дім
_SURE = 3  # the weight of a name that can only be one
_VOWELS = "аеєиіїоуюяыэёaeiouy"


class People:
    """The full names of an edition, by the texts of its blocks; `plain` are these without what stands in marks."""

    def __init__(self, texts: Sequence[str], plain: Sequence[str], words: Lexicon) -> None:
        self._words = words
        self._proper = _proper_words(plain)
        self._names = _full_names(texts, words, self._proper)
        self._after_the = _after_the(texts) if words.language == "en" else frozenset[str]()
        self._persons: dict[str, bool] = {}
        self._votes: dict[str, list[Gender]] = {}

    def is_name(self, name: str) -> bool:
        """Whether capitalised words are so for being a name, not for opening a sentence."""
        return len(name.split()) > 1 or name.split()[-1] in self._proper or self.known(name)

    def known(self, name: str) -> bool:
        """Whether the edition has a full name that ends in the last word of `name`."""
        return any(same_word(name.split()[-1], full.split()[-1]) for full in self._names)

    def fullest(self, name: str) -> str:
        """The full name that shares its last word with `name`, in the nominative if the edition has it so."""
        parts = name.split()
        matching = [full for full in self._names if same_word(parts[-1], full.split()[-1])]
        if len(parts) > 1:
            same = [full for full in matching if same_person(full, " ".join(parts[-2:]))]
            matching = same if same or (self.is_person(name) and parts[0] in self._proper) else matching
        if not matching:
            return name
        exact = [full for full in matching if full.split()[-1] == parts[-1] and full.split()[0] in self._proper]
        best = max(exact or matching, key=lambda full: self._names[full])
        return min((full for full in matching if same_person(full, best)), key=_oblique)

    def is_oblique(self, name: str) -> bool:
        """Whether the edition has the surname in another case that is rather the nominative."""
        return _oblique(self.fullest(name).split()[-1]) < _oblique(name.split()[-1])

    def is_person(self, name: str) -> bool:
        """Whether a full name is likely to be that of a person."""
        if name not in self._persons:
            self._persons[name] = self._is_person(name)
        return self._persons[name]

    def _is_person(self, name: str) -> bool:
        parts = name.split()
        if len(parts) < 2 or any(part in self._words.not_names or self._is_body(part) for part in parts):
            return False
        if any(part.isupper() and len(part) > 2 for part in parts) or name in self._after_the:
            return False
        return self._words.language == "en" or not _LATIN.search(name)

    def is_subject(self, name: str, gender: Gender | None) -> bool:
        """Whether `name` may be the subject of a verb of a gender; if so, the verb tells the gender of the name."""
        if gender not in (Gender.HE, Gender.SHE):
            return True
        told = self._by_name(name)
        if told is None:
            self._votes.setdefault(name, []).append(gender)
        return told in (None, gender)

    def _is_body(self, word: str) -> bool:
        """Whether a word is one of institutions' names, in whatever case."""
        if word in self._words.bodies or self._words.language == "en":
            return word in self._words.bodies
        return any(
            len(body) > _SHORT_BODY and word.startswith(body[:-1]) and len(word) < len(body) + 3
            for body in self._words.bodies
        )

    def gender(self, name: str) -> Gender | None:
        """The gender of a person: by the first name, the surname or the verbs around; None if these do not tell."""
        told, votes = self._by_name(name), self._votes.get(name, [])
        if told is not None or votes.count(Gender.HE) * 2 == len(votes):
            return told
        return max(Gender.HE, Gender.SHE, key=votes.count)

    def _by_name(self, name: str) -> Gender | None:
        *first, last = name.split()
        male, female = bool(_MASCULINE.search(last)), bool(_FEMININE.search(last))
        if male == female or self._words.language == "en":
            male = any(self._words.is_first_name(word, Gender.HE) for word in first)
            female = any(self._words.is_first_name(word, Gender.SHE) for word in first)
        return None if male == female else Gender.HE if male else Gender.SHE


def same_person(one: str, other: str) -> bool:
    """Whether two names are forms of one: every word of the shorter has its like in the longer.

    >>> same_person("Дмитра Пєскова", "Пєсков")
    True
    """
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return bool(shorter) and all(any(same_word(a, b) for b in longer) for a in shorter)


@lru_cache(maxsize=1 << 14)
def same_word(one: str, other: str) -> bool:
    """Whether two words are forms of one name: they agree but for an ending of up to three letters."""
    one, other = one.lower(), other.lower()
    if one == other:
        return True
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= 3 and max(len(one), len(other)) - shared <= 3


def _oblique(name: str) -> tuple[int, int]:
    """A key that is least for the nominative among the cases of a name: the shortest, then by its endings."""
    rank = 0
    for word in name.split():
        ending = word[-1].lower()
        places = [i for i, endings in enumerate(_NOMINATIVE) if ending in endings]
        rank += places[0] if places else 0 if ending not in _VOWELS and ending not in "мm" else 2
    return len(name), rank


def _proper_words(texts: Sequence[str]) -> frozenset[str]:
    """The capitalised words that are met within a sentence."""
    return frozenset(
        match[1]
        for text in texts
        for match in re.finditer(r"(?<![.!?–—])\s([A-ZА-ЯІЇЄҐЁ][\w'’ʼ-]+)", text)
        if match.start()
    )


def _after_the(texts: Sequence[str]) -> frozenset[str]:
    """The rows of capitalised words that an article stands before."""
    row = re.compile(r"\b[Tt]he ((?:[A-Z][\w'’-]*\s+)*[A-Z][\w'’-]*)")
    return frozenset(match[1] for text in texts for match in row.finditer(text))


def _full_names(texts: Sequence[str], words: Lexicon, proper: frozenset[str]) -> dict[str, int]:
    """Rows of two or three capitalised words, and how often each is met, in any case.

    A row that opens a sentence weighs less if its first word is never capitalised elsewhere (Рішення Разумкова), and
    is left out beside a surer name that ends alike.
    """
    seen: dict[str, int] = {}
    for text in texts:
        for found in names(text, words):
            parts = found.text.removesuffix("'s").removesuffix("’s").split()
            if len(parts) > 3:
                parts = parts[-2:]
            if len(parts) < 2 or parts[-1] in words.not_names or parts[0] in words.bodies:
                continue
            name = " ".join(parts)
            sure = parts[0] in proper or words.is_first_name(parts[0])
            seen[name] = seen.get(name, 0) + (_SURE if sure else 1)
    totals = {
        name: sum(
            count
            for other, count in seen.items()
            if len(other.split()) == len(name.split()) and same_person(name, other)
        )
        for name in seen
    }
    certain = [name for name, count in totals.items() if count >= _SURE]
    given = [name for name in certain if any(map(words.is_first_name, name.split()[:-1]))]

    def doubtful(name: str) -> bool:
        surnames = [any(same_word(word, other.split()[-1]) for other in given) for word in name.split()]
        if name not in given and len(surnames) == 2 and all(surnames):
            return True  # of two people: звинувачення Арахамії | Скороход заперечила
        return name not in certain and any(same_word(name.split()[-1], other.split()[-1]) for other in certain)

    return {name: count for name, count in totals.items() if not doubtful(name)}
