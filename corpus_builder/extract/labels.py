"""Labels at the head of a block: "Source:", "Quote from Peskov:", "Деталі:".

A label is recognised by its words at the beginning of a block. With a colon they are always a label; where the role
has a speaker, the text between the words and the colon is the speaker. Without a colon they are a label only if exactly
the words are in bold, and the text after them begins a sentence ("**Деталі** Уряд…", but not "**Нагадаємо**, уряд…").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from corpus_builder.languages import cached, known_languages, language
from corpus_builder.languages.schema import LabelWords
from corpus_builder.text.letters import SMALL

_SPEAKER_WORDS = 6
"""Most words of a speaker in a label. Chosen: a name with an office; a longer text is a sentence that begins like a
label.
"""

_SPEAKER_WORDS_BOLD = 14
"""The same in bold, where the page marks the label itself. Chosen: long offices, with a name."""

_COLON = re.compile(r"\s*[:：]\s*")
_SPEAKER = re.compile(r"\s+([^\s:«»„“”\"][^:«»„“”\"]*?)\s*:\s*")
# With quotation marks (тренера "Терни") only where it is all in bold.
_SPEAKER_BOLD = re.compile(r"\s+([^\s:«„“\"][^:]*?)\s*:\s*")
_SENTENCE_BEGINS = re.compile(rf"\s*(?=[«„“\"(\[]?[^\W\d_{SMALL}])")


class Label(NamedTuple):
    """A label: its role, its text as written (None where the role continues from an earlier block), the speaker in it,
    and where the text behind it begins.
    """

    role: str
    text: str | None
    speaker: str | None
    end: int


class LabelBook:
    """The labels of one language.

    >>> book = LabelBook({"quote": LabelWords(words=["Quote", "Quote from"], speaker=True)})
    >>> book.find("Quote from Peskov: we will see")
    Label(role='quote', text='Quote from Peskov', speaker='Peskov', end=19)
    >>> book.find("Quote marks are missing")
    """

    def __init__(self, labels: Mapping[str, LabelWords]) -> None:
        self._roles = {word.casefold(): (role, rules.speaker) for role, rules in labels.items() for word in rules.words}
        words = sorted(self._roles, key=len, reverse=True)
        pattern = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
        self._words = re.compile(rf"(?:{pattern})(?!\w)", re.IGNORECASE) if words else None

    def find(self, text: str, bold: int = 0) -> Label | None:
        """The label that opens a block's normalised text, if any; its first `bold` characters are set in bold."""
        if self._words is None or (words := self._words.match(text)) is None:
            return None
        role, may_name_speaker = self._roles[re.sub(r"\s+", " ", words[0]).casefold()]
        if colon := _COLON.match(text, words.end()):
            return Label(role, words[0], None, colon.end())
        speaker = _SPEAKER_BOLD.match(text, words.end())
        if speaker is None or bold < speaker.end(1):
            speaker = _SPEAKER.match(text, words.end())
        if may_name_speaker and speaker:
            limit = _SPEAKER_WORDS_BOLD if bold >= words.end() else _SPEAKER_WORDS
            if len(speaker[1].split()) <= limit:
                return Label(role, text[: speaker.end(1)], speaker[1], speaker.end())
        if bold == words.end():
            if beginning := _SENTENCE_BEGINS.match(text, words.end()):
                return Label(role, words[0], None, beginning.end())
            if words.end() == len(text):
                return Label(role, words[0], None, len(text))
        return None


@cached
def _books() -> tuple[LabelBook, ...]:
    return tuple(LabelBook(language(code).labels) for code in known_languages())


def begins_with_label(text: str) -> bool:
    """Whether a block begins with a label of any known language: then it is text of an article, however short.

    >>> begins_with_label("Джерело: Генштаб"), begins_with_label("Читайте також: Міст відкрили")
    (True, False)
    """
    return any(book.find(text) is not None for book in _books())
