"""Labels at the head of a block: "Source:", "Quote from Peskov:", "Деталі:".

A label is recognised by its words. Followed by a colon they are a label wherever they open a block; where they name a
speaker, what stands between them and the colon is one. Without a colon they are a label only if the page sets exactly
them in bold, and what follows begins anew ("**Деталі** Уряд…", but not "**Нагадаємо**, уряд…").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from corpus_builder.languages.schema import LabelWords
from corpus_builder.text.letters import SMALL

# A speaker in a label is a name with an office: longer, it is a sentence that happens to begin like a label. In bold
# the page itself says that it is one.
_SPEAKER_WORDS = 6
_SPEAKER_WORDS_BOLD = 14
_COLON = re.compile(r"\s*[:：]\s*")
_SPEAKER = re.compile(r"\s+([^\s:«»„“”\"][^:«»„“”\"]*?)\s*:\s*")
# … and may hold a name in marks (тренера "Терни") where the bold reaches its end.
_SPEAKER_BOLD = re.compile(r"\s+([^\s:«„“\"][^:]*?)\s*:\s*")
_BEGINS_ANEW = re.compile(rf"\s*(?=[«„“\"(\[]?[^\W\d_{SMALL}])")


class Label(NamedTuple):
    """A label: its role, its text as written (None where the role goes on from an earlier block), the speaker in it,
    and where the block's own text begins.
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
        if self._words is None or (found := self._words.match(text)) is None:
            return None
        role, may_name_speaker = self._roles[re.sub(r"\s+", " ", found[0]).casefold()]
        if colon := _COLON.match(text, found.end()):
            return Label(role, found[0], None, colon.end())
        speaker = _SPEAKER_BOLD.match(text, found.end())
        if speaker is None or bold < speaker.end(1):
            speaker = _SPEAKER.match(text, found.end())
        if may_name_speaker and speaker:
            most = _SPEAKER_WORDS_BOLD if bold >= found.end() else _SPEAKER_WORDS
            if len(speaker[1].split()) <= most:
                return Label(role, text[: speaker.end(1)], speaker[1], speaker.end())
        if bold == found.end():
            if anew := _BEGINS_ANEW.match(text, found.end()):
                return Label(role, found[0], None, anew.end())
            if found.end() == len(text):
                return Label(role, found[0], None, len(text))
        return None
