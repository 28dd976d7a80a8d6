"""A batch of rows as the scores read it: by language the texts and the numbers of their tokens, read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from corpus_builder.quality.token_vocabulary import TokenVocabulary
from corpus_builder.ragged import Ragged
from corpus_builder.text.quantities import MISSING

Array = npt.NDArray[np.float64]
Reading = TypeVar("Reading")


@dataclass(frozen=True, slots=True)
class RowTexts:
    """A row before it is published: its place, its texts by language, and the aligner's figures.

    `alignment` is the aligner's probability by pair ("en-uk", in alphabetical order), `segments` the number of segments
    per language.
    """

    article_id: str
    level: str
    position: int
    texts: Mapping[str, str]
    alignment: Mapping[str, float] = field(default_factory=dict)
    probability: float = MISSING
    score: float = MISSING
    segments: Mapping[str, int] = field(default_factory=dict)
    human: bool = False
    """Whether a person corrected or confirmed it."""


class Batch:
    """Rows of one level. `languages` are those of the corpus, in alphabetical order; `vocabulary` grows by the rows."""

    def __init__(
        self, rows: Sequence[RowTexts], languages: Sequence[str], vocabulary: TokenVocabulary | None = None
    ) -> None:
        self.rows = rows
        self.languages = tuple(sorted(languages))
        self.vocabulary = vocabulary or TokenVocabulary()
        if self.vocabulary.full:
            self.vocabulary.make_room()
        self._texts = {language: [row.texts.get(language) for row in rows] for language in self.languages}
        # All at once, so that what the scores look up of tokens is computed for those of every language.
        self._tokens = {language: self.vocabulary.read(texts) for language, texts in self._texts.items()}
        self._read: dict[tuple[str, Any], Any] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each two languages, in alphabetical order."""
        return list(combinations(self.languages, 2))

    def texts(self, language: str) -> list[str | None]:
        """The texts of a language, None where a row has none."""
        return self._texts[language]

    def read(self, language: str, reader: Callable[[Batch, str], Reading]) -> Reading:
        """The result of `reader(batch, language)`, computed once per language."""
        key = (language, reader)
        if key not in self._read:
            self._read[key] = reader(self, language)
        reading: Reading = self._read[key]
        return reading

    def present(self, language: str) -> npt.NDArray[np.bool_]:
        """[rows] whether a row has a text in a language."""
        return self.read(language, _present)

    def tokens(self, language: str) -> Ragged:
        """[rows] the tokens of each text in a language; none where there is no text."""
        return self._tokens[language]


def _present(batch: Batch, language: str) -> npt.NDArray[np.bool_]:
    return np.array([text is not None for text in batch.texts(language)], np.bool_)
