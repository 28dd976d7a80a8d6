"""Rows of capitalised words in a text that may be names of people or bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus_builder.quotes.speech_words import SpeechWords

# A shorter role may be the beginning of a first name (Мер, Мері), so it is one before two more words only.
_LONG_ROLE = 5


class NameMention(NamedTuple):
    """A row of capitalised words: `text[start:end]`, in code points."""

    start: int
    end: int
    text: str


def name_mentions(text: str, words: SpeechWords, start: int = 0, end: int | None = None) -> list[NameMention]:
    """The rows of capitalised words in `text[start:end]` that may be names, without roles, abbreviations and such in
    front.
    """
    return list(each_name(text, words, start, end))


def each_name(text: str, words: SpeechWords, start: int = 0, end: int | None = None) -> Iterator[NameMention]:
    """The same, one by one, for those who need the first."""
    for row in words.capitalised_row.finditer(text, start, len(text) if end is None else end):
        parts = list(re.finditer(r"\S+", row.group()))
        while parts and _is_no_name(parts[0].group(), len(parts), words):
            parts = parts[1:]
        for first, last in _people([part.group() for part in parts], words):
            begin, finish = row.start() + parts[first].start(), row.start() + parts[last - 1].end()
            yield NameMention(begin, finish, text[begin:finish])


def _is_no_name(word: str, row: int, words: SpeechWords) -> bool:
    """Whether the first word of a row of so many is no part of the name that may follow."""
    if word in words.not_names or words.stop.fullmatch(word.lower()) or words.pronoun.fullmatch(word):
        return True
    if row > 1 and word.isupper() and len(word) > 2:
        return True
    return row > 1 + (len(word) < _LONG_ROLE) and words.role.fullmatch(word) is not None


def _people(parts: list[str], words: SpeechWords) -> Iterator[tuple[int, int]]:
    """Where a row of capitalised words is to be cut: before a first name, and after the surname that follows one."""
    start = 0
    for at in range(1, len(parts)):
        given = words.is_first_name(parts[at]) and not words.is_first_name(parts[at - 1]) and at + 1 < len(parts)
        whole = words.declension is not None and at - start == 2 and words.is_first_name(parts[start])
        if given or (whole and not any(words.patronymic.search(part) for part in parts[start + 1 : at + 1])):
            yield start, at
            start = at
    if parts:
        yield start, len(parts)
