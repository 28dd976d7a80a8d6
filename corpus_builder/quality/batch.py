"""A batch of rows as the scores see it: by language a list of texts; what is read off a text is read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Found = TypeVar("Found")

MISSING = float("nan")
"""The value of a score that a row has no ground for; it is stored as null."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row before it is published: its place, its texts by language, and what the aligner said of it.

    `alignment` is the aligner's probability by pair ("en-uk", in alphabetical order), `segments` how many segments each
    language has.
    """

    article_id: str
    level: str
    position: int
    texts: Mapping[str, str]
    alignment: Mapping[str, float] = field(default_factory=dict)
    probability: float = MISSING
    score: float = MISSING
    segments: Mapping[str, int] = field(default_factory=dict)


class Batch:
    """Rows of one level. `languages` are those of the corpus, in alphabetical order."""

    def __init__(self, rows: Sequence[Candidate], languages: Sequence[str]) -> None:
        self.rows = rows
        self.languages = tuple(sorted(languages))
        self._texts = {language: [row.texts.get(language) for row in rows] for language in self.languages}
        self._read: dict[tuple[str, Any], list[Any]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each two languages, in alphabetical order."""
        return [(a, b) for i, a in enumerate(self.languages) for b in self.languages[i + 1 :]]

    def texts(self, language: str) -> list[str | None]:
        """The texts of a language, None where a row has none."""
        return self._texts[language]

    def read(self, language: str, reader: Callable[[str, str], Found]) -> list[Found | None]:
        """What `reader(text, language)` finds in each text; a reader is asked once a text."""
        key = (language, reader)
        if key not in self._read:
            self._read[key] = [None if text is None else reader(text, language) for text in self._texts[language]]
        return self._read[key]


def of_side(batch: Batch, language: str, reader: Callable[[str, str], Found], score: Callable[[Found], float]) -> Array:
    """A score of each text of a language."""
    found = batch.read(language, reader)
    return np.fromiter((MISSING if one is None else score(one) for one in found), np.float64, len(batch))


def of_pair(
    batch: Batch, a: str, b: str, reader: Callable[[str, str], Found], score: Callable[[Found, Found], float]
) -> Array:
    """A score of each two texts of a row."""
    both = zip(batch.read(a, reader), batch.read(b, reader), strict=True)
    return np.fromiter((MISSING if x is None or y is None else score(x, y) for x, y in both), np.float64, len(batch))
