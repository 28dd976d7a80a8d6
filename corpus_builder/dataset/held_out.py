"""The texts of validation and test in one language, in pieces that training texts may contain.

The pieces of a row are its lines; those of a document are its sentences. Equal pieces of many rows are kept once. A row
is in a training set if `NEAR` of the letters of its pieces are: of a sentence that is the sentence itself, of a
document most of its sentences, wherever each of them stands.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_builder.dataset.overlap import NEAR, SHORTEST, Matches, TextIndex, normalised
from corpus_builder.text.sentences import sentences

Mask = NDArray[np.bool_]
Shares = NDArray[np.float64]


class HeldOutTexts:
    """Pieces of held-out rows, which are numbered by the caller. add() all, then look for them in training texts.

    `folder` is for the index (None: the system's folder for temporary files).
    """

    def __init__(self, language: str, folder: Path | None = None) -> None:
        self.language = language
        self.index = TextIndex(folder=folder)
        self.nearest: dict[int, tuple[str, str]] = {}
        self.rows, self._letters = array("q"), array("q")
        self._found: dict[str, Mask] = {}
        self._score: Shares = np.zeros(0)

    def add(self, row: int, text: str, *, whole_document: bool) -> None:
        """Add the text of a row."""
        pieces = _sentences(text, self.language) if whole_document else text.split("\n")
        long_enough = [piece for piece in pieces if len(normalised(piece)) >= SHORTEST]
        for piece in long_enough or [text]:
            self.index.add(piece)
            self.rows.append(row)
            self._letters.append(len(piece))

    def found(self, config: str) -> Mask:
        """[distinct pieces] whether one stands in a training row of a config."""
        return self._found.setdefault(config, np.zeros(self._distinct(), np.bool_))

    def note(self, config: str, ids: list[str], matches: Matches) -> None:
        """Take note of pieces in training rows of a config: match i is in the row `ids[matches.text[i]]`."""
        if len(self._score) != self._distinct():
            self._score = np.zeros(self._distinct())
        self.found(config)[matches.held[matches.containment >= NEAR]] = True
        score, text = matches.best(self._distinct(), "held")
        for piece in np.flatnonzero(score > self._score):
            self._score[piece] = score[piece]
            self.nearest[int(piece)] = (config, ids[text[piece]])

    def shares(self, rows: int, pieces: Mask | Shares) -> Shares:
        """[rows] the share of each row's letters that are in these pieces; 0 for rows that cannot be compared."""
        entries = self.index.entries
        compared = entries >= 0
        row = np.frombuffer(self.rows, np.int64)[compared] if len(self.rows) else np.zeros(0, np.int64)
        letters = np.frombuffer(self._letters, np.int64)[compared] if len(self.rows) else np.zeros(0, np.int64)
        total = np.bincount(row, letters, rows)
        there = np.bincount(row, letters * pieces[entries[compared]], rows)
        return np.divide(there, total, out=np.zeros(rows), where=total > 0)

    def neighbours(self, rows: int) -> tuple[Shares, dict[int, tuple[str, str]]]:
        """[rows] the share of each row that its nearest training rows have, and by row the config and id of the nearest
        to its longest piece."""
        score = self._score if len(self._score) else np.zeros(self._distinct())
        longest: dict[int, int] = {}
        nearest: dict[int, tuple[str, str]] = {}
        for row, letters, piece in zip(self.rows, self._letters, self.index.entries, strict=True):
            if int(piece) in self.nearest and letters > longest.get(row, 0):
                longest[row], nearest[row] = letters, self.nearest[int(piece)]
        return self.shares(rows, score), nearest

    def _distinct(self) -> int:
        return int(self.index.entries.max(initial=-1)) + 1


def _sentences(text: str, language: str) -> Iterator[str]:
    """The sentences of a document; a paragraph of short ones is one piece."""
    for line in text.split("\n"):
        pieces = [piece for piece in sentences(line, language) if len(normalised(piece)) >= SHORTEST]
        yield from pieces or [line]
