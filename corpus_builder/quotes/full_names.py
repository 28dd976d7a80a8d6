"""The people that an edition names: full names, their cases, and their gender as far as it is known.

Two or three capitalised words in a row are a name. It is a person's, unless it contains a word of institutions' names,
follows an article, or is written in foreign letters. Forms of one name in several cases are one person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from corpus_builder.quotes.name_mentions import name_mentions
from corpus_builder.quotes.speech_words import Gender, SpeechWords, case_rank
from corpus_builder.text.letters import CAPITALS

_SHORT_BODY = 4  # letters of words that only count as they are, for others begin so: Рада, Дім
# The weight of a certain name; names that only open sentences must occur so often to count as certain (chosen by hand).
_SURE = 3
_MOST_NAMES = 500  # different names of one edition (chosen: more than any article has)
_LONGEST_NAME = 3  # words; of longer rows the last two are the name
# Words are forms of one if they share so many letters at least, and each goes on with so many at most (chosen by hand:
# Трамп and Трампові are, Лев and Льва are not).
_SHORTEST_SHARED = 3
_LONGEST_ENDING = 3
_WITHIN_SENTENCE = re.compile(rf"(?<![.!?–—])\s([{CAPITALS}][\w'’ʼ-]+)")


class FullNames:
    """The full names of an edition, by the texts of its blocks; `plain` are these without the words in marks."""

    def __init__(self, texts: Sequence[str], plain: Sequence[str], words: SpeechWords) -> None:
        self._words = words
        self._proper = _proper_words(plain)
        self._weights = _weights(texts, words, self._proper)
        self._after_article = frozenset(row for text in texts for row in words.article_and_row.findall(text))
        self._persons: dict[str, bool] = {}
        self._fullest: dict[str, str] = {}
        self._votes: dict[str, list[Gender]] = {}

    def is_name(self, name: str) -> bool:
        """Whether capitalised words are so for being a name, not for opening a sentence."""
        return len(name.split()) > 1 or name.split()[-1] in self._proper or self.known(name)

    def known(self, name: str) -> bool:
        """Whether the edition has a full name that ends in the last word of `name`."""
        return any(same_word(name.split()[-1], full.split()[-1]) for full in self._weights)

    def fullest(self, name: str) -> str:
        """The full name that shares its last word with `name`, in the nominative if the edition has it so."""
        if name not in self._fullest:
            self._fullest[name] = self._found_fullest(name)
        return self._fullest[name]

    def _found_fullest(self, name: str) -> str:
        parts = name.split()
        matching = [full for full in self._weights if same_word(parts[-1], full.split()[-1])]
        if len(parts) > 1:
            same = [full for full in matching if same_person(full, " ".join(parts[-2:]))]
            matching = same if same or (self.is_person(name) and parts[0] in self._proper) else matching
        if not matching:
            return name
        exact = [full for full in matching if full.split()[-1] == parts[-1] and full.split()[0] in self._proper]
        best = max(exact or matching, key=lambda full: self._weights[full])
        return min((full for full in matching if same_person(full, best)), key=self._case_rank)

    def is_oblique(self, name: str) -> bool:
        """Whether the edition has the surname in another case that is rather the nominative."""
        return self._case_rank(self.fullest(name).split()[-1]) < self._case_rank(name.split()[-1])

    def _case_rank(self, name: str) -> tuple[int, int]:
        return case_rank(name, self._words.declension)

    def is_person(self, name: str) -> bool:
        """Whether a full name is likely to be that of a person."""
        if name not in self._persons:
            self._persons[name] = self._is_person(name)
        return self._persons[name]

    def _is_person(self, name: str) -> bool:
        parts = name.split()
        if len(parts) < 2 or any(part in self._words.not_names or self._is_body(part) for part in parts):
            return False
        if any(part.isupper() and len(part) > 2 for part in parts) or name in self._after_article:
            return False
        return not self._words.foreign_name.search(name)

    def is_subject(self, name: str, gender: Gender | None) -> bool:
        """Whether `name` may be the subject of a verb of a gender; if so, the verb shows the gender of the name."""
        if gender not in (Gender.HE, Gender.SHE):
            return True
        of_name = self._by_name(name)
        if of_name is None:
            self._votes.setdefault(name, []).append(gender)
        return of_name in (None, gender)

    def _is_body(self, word: str) -> bool:
        """Whether a word is one of institutions' names, in whatever case."""
        if word in self._words.bodies or self._words.declension is None:
            return word in self._words.bodies
        return any(
            len(body) > _SHORT_BODY and word.startswith(body[:-1]) and len(word) < len(body) + _LONGEST_ENDING
            for body in self._words.bodies
        )

    def gender(self, name: str) -> Gender | None:
        """The gender of a person: by the first name, the surname or the verbs around; None if these do not decide."""
        of_name, votes = self._by_name(name), self._votes.get(name, [])
        if of_name is not None or votes.count(Gender.HE) * 2 == len(votes):
            return of_name
        return max(Gender.HE, Gender.SHE, key=votes.count)

    def _by_name(self, name: str) -> Gender | None:
        *first, last = name.split()
        male, female = (bool(self._words.surname_endings[gender].search(last)) for gender in (Gender.HE, Gender.SHE))
        if male == female:
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
    return shared >= _SHORTEST_SHARED and max(len(one), len(other)) - shared <= _LONGEST_ENDING


def _proper_words(texts: Sequence[str]) -> frozenset[str]:
    """The capitalised words that are met within a sentence."""
    return frozenset(match[1] for text in texts for match in _WITHIN_SENTENCE.finditer(text) if match.start())


def _weights(texts: Sequence[str], words: SpeechWords, proper: frozenset[str]) -> dict[str, int]:
    """Rows of two or three capitalised words, and how often each is met, in any case.

    A row that opens a sentence weighs less if its first word is never capitalised elsewhere (Рішення Разумкова), and
    is left out beside a surer name that ends alike.
    """
    rows: Counter[str] = Counter()
    for text in texts:
        for mention in name_mentions(text, words):
            parts = words.possessive_ending.sub("", mention.text).split()
            parts = parts if len(parts) <= _LONGEST_NAME else parts[-2:]
            if len(parts) > 1 and parts[-1] not in words.not_names and parts[0] not in words.bodies:
                sure = parts[0] in proper or words.is_first_name(parts[0])
                rows[" ".join(parts)] += _SURE if sure else 1
    # Each is compared with each. Those met most often are kept in the order of the text, which decides ties.
    kept = {name for name, _ in rows.most_common(_MOST_NAMES)}
    rows = Counter({name: count for name, count in rows.items() if name in kept})
    weights = {name: _weight_in_all_cases(name, rows) for name in rows}
    certain = [name for name, weight in weights.items() if weight >= _SURE]
    given = [name for name in certain if any(map(words.is_first_name, name.split()[:-1]))]
    return {name: weight for name, weight in weights.items() if not _doubtful(name, certain, given)}


def _weight_in_all_cases(name: str, rows: Counter[str]) -> int:
    """How often a name of so many words is met in any case."""
    length = len(name.split())
    return sum(count for other, count in rows.items() if len(other.split()) == length and same_person(name, other))


def _doubtful(name: str, certain: Sequence[str], given: Sequence[str]) -> bool:
    """Whether a row of words is rather no name, by those that are `certain` and those that begin with a first name."""
    surnames = [any(same_word(word, other.split()[-1]) for other in given) for word in name.split()]
    if name not in given and len(surnames) == 2 and all(surnames):
        return True  # of two people: звинувачення Арахамії | Скороход заперечила
    return name not in certain and any(same_word(name.split()[-1], other.split()[-1]) for other in certain)
