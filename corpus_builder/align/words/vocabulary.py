"""The words of one language as numbers.

A word has a unit (its first letters: what the translation table counts), a spelling, and a skeleton (its spelling in
common letters), by which cognates are found. Units keep their numbers from training on; words are entered as they are
read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.words.fast_tokens import Reader
from corpus_builder.text.tokens import normal, unit
from corpus_builder.text.transliteration import skeleton

LETTERS = 12
"""Letters of a word, and of a skeleton, that are compared: chosen so that longer words differ in their endings only."""
_LETTER, _NUMBER, _MARK = 0, 1, 2


class _Pieces(dict[str, int]):
    """The number of each word as it is spelt in a text (tokens.pieces); asking for a new one enters it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, piece: str) -> int:
        self[piece] = number = self._vocabulary.word(normal(piece))
        return number


class Vocabulary:
    """Units with their counts in the training corpus, and the words read so far."""

    def __init__(self, units: Iterable[str] = (), counts: npt.ArrayLike = ()) -> None:
        self.units: dict[str, int] = {name: i for i, name in enumerate(units)}
        self._start()
        self.counts = counts

    def _start(self) -> None:
        self._words: dict[str, int] = {}
        self.reader = Reader(_Pieces(self).__getitem__)
        self._grow(1024)

    def __reduce__(self) -> tuple[Any, ...]:
        """The units that were counted; words are entered again as they are read."""
        return Vocabulary, (list(self.units)[: len(self.counts)], self.counts)

    def forget(self, most: int) -> None:
        """Forget all words, and units that were not counted, if more than `most` words are new since the counting."""
        if len(self) > self._counted + most:
            self.units = dict(itertools.islice(self.units.items(), len(self.counts)))
            self._start()

    @property
    def counts(self) -> npt.NDArray[np.float64]:
        """[units at the time of counting] how often each occurs in the corpus; assigned as a whole."""
        return self._counts

    @counts.setter
    def counts(self, counts: npt.ArrayLike) -> None:
        self._counts = np.asarray(counts, np.float64).view()
        self._counts.flags.writeable = False  # the shares below are computed from them once
        self._counted = len(self)
        self._shares = np.append(self._counts, 0.0) + 0.5
        self._shares /= float(self._counts.sum()) + 1.0

    def _grow(self, size: int) -> None:
        old = len(self._words)
        for name, shape, kind in (
            ("unit_of", (size,), np.int32), ("skeletons", (size, LETTERS), np.uint8), ("lengths", (size,), np.int32),
            ("kinds", (size,), np.uint8), ("bigrams", (size,), np.uint64), ("spellings", (size, LETTERS), np.uint16),
        ):  # fmt: skip
            array = np.zeros(shape, kind)
            if old:
                array[:old] = getattr(self, name)[:old]
            setattr(self, name, array)

    unit_of: npt.NDArray[np.int32]
    """[words] the unit of each word."""
    skeletons: npt.NDArray[np.uint8]
    """[words, LETTERS] the skeleton's letters, zero after its end."""
    lengths: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]
    """[words] 0 letters, 1 number, 2 mark."""
    bigrams: npt.NDArray[np.uint64]
    """[words] a bit for each pair of neighbouring letters (64 classes), to rule out dissimilar words quickly."""

    spellings: npt.NDArray[np.uint16]
    """[words, LETTERS] the first letters of each word (UTF-16 units), zero after its end."""

    def __len__(self) -> int:
        """Words read so far."""
        return len(self._words)

    def word(self, text: str) -> int:
        """The number of a word; a new word is entered."""
        number = self._words.get(text)
        return self._enter(text) if number is None else number

    def _enter(self, text: str) -> int:
        new = len(self._words)
        if new == len(self.unit_of):
            self._grow(2 * new)
        self._words[text] = new
        self.unit_of[new] = self.units.setdefault(unit(text), len(self.units))
        kind = _NUMBER if text[0].isdigit() else _LETTER if text[0].isalpha() else _MARK
        letters = (text if kind == _NUMBER else skeleton(text)).encode("utf-8", "replace")[:LETTERS]
        self.skeletons[new, : len(letters)] = list(letters)
        spelling = np.frombuffer(text[:LETTERS].encode("utf-16-le", "replace"), np.uint16)[:LETTERS]
        self.spellings[new, : len(spelling)] = spelling
        self.lengths[new] = len(letters)
        self.kinds[new] = kind
        bits = 0
        for left, right in itertools.pairwise(letters):
            bits |= 1 << ((left * 31 + right * 7) & 63)
        self.bigrams[new] = bits
        return new

    def shares(self, units: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """[len(units)] the probability of each unit in the corpus, add-a-half smoothed."""
        shares: npt.NDArray[np.float64] = self._shares.take(units, mode="clip")
        return shares

    def unit_shares(self) -> npt.NDArray[np.float64]:
        """[units with a count] the shares of all of them."""
        return self.shares(np.arange(len(self._counts), dtype=np.int32))
