"""Tokens, words, units and sounds of a corpus as numbers; each form is analysed once.

A text becomes an array of token numbers, and a property of tokens (is it a name, has it a digit, how many letters) is
an array over all tokens, extended as new ones appear. So a score is arithmetic on arrays, and Python code runs once
per form, not once per place.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.ragged import Ragged

LINE = "\n"
"""The token that stands for the end of a line."""
_MOST = 120_000
"""Tokens kept, as a corpus has new ones without end. Chosen: 120 MB, at a kilobyte each with all properties."""
_NO_BREAK = ("\u00a0", "\u202f")
# Inside a number they are thousands' separators (text/tokens.py).
_TOKEN = re.compile("(?:\\S|(?<=\\d)[\u00a0\u202f](?=\\d))+")


class Index(dict[str, int]):
    """The numbers of forms, in the order in which they were met; a new form gets the next one when asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[str] = []
        self._values: dict[Hashable, npt.NDArray[Any]] = {}
        self._lists: dict[Hashable, tuple[array[int], array[int]]] = {}
        self._made: dict[Hashable, Ragged] = {}

    def __missing__(self, entry: str) -> int:
        number = self[entry] = len(self.entries)
        self.entries.append(entry)
        return number

    def array(
        self, key: Hashable, of: Callable[[Sequence[str]], Iterable[Any]], kind: Any = np.int32, width: int = 0
    ) -> npt.NDArray[Any]:
        """[entries] or [entries, width] what `of` says of the entries; it is asked for the new ones. `key` names it."""
        values = self._values.get(key)
        if values is None:
            values = np.zeros((0, width) if width else 0, kind)
        if len(values) < len(self.entries):
            more = np.array(list(of(self.entries[len(values) :])), kind)
            values = self._values[key] = np.concatenate((values, more.reshape(-1, width) if width else more))
        return values

    def lists(self, key: Hashable, of: Callable[[str], Iterable[int]]) -> Ragged:
        """By entry a list of numbers; `of` is asked once an entry. `key` names it."""
        flat, starts = self._lists.setdefault(key, (array("i"), array("q", [0])))
        if len(starts) <= len(self.entries) or key not in self._made:
            for entry in self.entries[len(starts) - 1 :]:
                flat.extend(of(entry))
                starts.append(len(flat))
            self._made[key] = Ragged(np.array(flat, np.int32), np.array(starts, np.int64))
        return self._made[key]


class TokenVocabulary:
    """The tokens of a corpus (what white space separates), their words, and the words' units and sounds."""

    def __init__(self) -> None:
        self.make_room()

    def make_room(self) -> None:
        """Clear the vocabulary."""
        self.tokens, self.words, self.units, self.sounds, self.lowered = (Index() for _ in range(5))

    @property
    def full(self) -> bool:
        """Whether it is time to make room, before the next batch."""
        return len(self.tokens) > _MOST

    def read(self, texts: Iterable[str | None]) -> Ragged:
        """The tokens of some texts; none of None."""
        number, flat, starts = self.tokens.__getitem__, list[int](), [0]
        for text in texts:
            if text:
                flat += map(number, tokens(text))
            starts.append(len(flat))
        return Ragged(np.array(flat, np.int32), np.array(starts, np.int64))


def tokens(text: str) -> list[str]:
    """What white space separates, and `LINE` between two lines.

    >>> tokens("Було 1\\u00a0500 осіб.\\nКінець")
    ['Було', '1\\xa0500', 'осіб.', '\\n', 'Кінець']
    """
    if LINE in text:
        with_ends = [token for line in text.split(LINE) for token in (*tokens(line), LINE)]
        return with_ends[:-1]
    if any(space in text for space in _NO_BREAK):
        return _TOKEN.findall(text)
    return text.split()
