"""Texts to the numbers of their words, tokenised as text/tokens.py does, in one pass over their code points.

Each word is looked up by a hash of its spelling in a table of the words read so far; only new ones become Python
strings. With 64 bits of hash, two of a million words collide with a probability of 3e-8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.jit import compiled
from corpus_builder.ragged import Ragged
from corpus_builder.text import tokens

KNOWN = 0x3000
"""Texts with code points from here on (kana, Han, emoji) are read by the regular expression: the table of classes stays
at 12 KB, within the processor's first cache."""
END = "\0"
"""Separates two texts while they are read."""
_CYRILLIC, _APOSTROPHE, _UNSPACED, _DIGIT, _SEPARATOR, _LETTER, _MARK, _COMBINING = (1 << k for k in range(8))
# Hash constants: the golden ratio in 64 bits, and the first multiplier of MurmurHash3's finaliser.
_SEED = np.uint64(0x9E3779B97F4A7C15)
_FACTOR = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(32)


@cache
def _classes() -> npt.NDArray[np.uint8]:
    """[KNOWN] the classes of each code point in the token expression, as a sum of the bits above."""
    classes = (
        (_CYRILLIC, tokens.CYRILLIC), (_APOSTROPHE, tokens.APOSTROPHE), (_UNSPACED, tokens.UNSPACED),
        (_DIGIT, r"\d"), (_SEPARATOR, tokens.SEPARATOR), (_LETTER, tokens.LETTER), (_MARK, tokens.MARK),
        (_COMBINING, tokens.COMBINING),
    )  # fmt: skip
    out = np.zeros(KNOWN, np.uint8)
    everything = "".join(map(chr, range(KNOWN)))
    for bit, expression in classes:
        for match in re.finditer(expression, everything):
            out[match.start()] |= bit
    return out


class Reader:
    """The table of one vocabulary's words; `enter` gives the number of a word as it is spelt in a text, lower-cased."""

    def __init__(self, enter: Callable[[str], int]) -> None:
        self._enter = enter
        self._keys = np.zeros(1 << 12, np.uint64)
        self._values = np.zeros(1 << 12, np.int32)
        self._size = 0

    def read(self, texts: Sequence[str]) -> Ragged:
        """The numbers of the words of each text, in order."""
        text = tokens.lowered(END.join(texts))
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        words, starts, new, readable = _read(
            codes=codes, classes=_classes(), keys=self._keys, values=self._values, texts=len(texts)
        )
        if not readable:
            return self._by_expression(texts)
        if len(new):
            for k, begin, end in zip(*new.T.tolist(), strict=True):
                words[k] = self._enter(text[begin:end])
            if 2 * (self._size + len(new)) > len(self._keys):
                self._grow(4 * (self._size + len(new)))
            self._size += _insert(keys=self._keys, values=self._values, codes=codes, new=new, words=words)
        return Ragged(words, starts)

    def _grow(self, least: int) -> None:
        keys, values, room = self._keys, self._values, 1 << (least - 1).bit_length()
        self._keys, self._values = np.zeros(room, np.uint64), np.zeros(room, np.int32)
        _move(keys=keys, values=values, new_keys=self._keys, new_values=self._values)

    def _by_expression(self, texts: Sequence[str]) -> Ragged:
        each = [[self._enter(piece) for piece in tokens.pieces(text)] for text in texts]
        starts = np.concatenate(([0], np.cumsum([len(words) for words in each]))).astype(np.int32)
        return Ragged(np.array([word for words in each for word in words], np.int32), starts)


@compiled
def _hash(codes: Any, begin: int, end: int) -> Any:
    """A hash of a word, never 0."""
    h = _SEED
    for k in range(begin, end):
        h = (h ^ np.uint64(codes[k])) * _FACTOR
        h ^= h >> _SHIFT
    return h | np.uint64(1)


@compiled
def _slot(keys: Any, key: Any) -> Any:
    """The slot of a key, or the free one where it belongs."""
    mask = np.uint64(len(keys) - 1)
    slot = (key >> np.uint64(20)) & mask
    while keys[slot] != 0 and keys[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


@compiled
def _word_end(kind: Any, begin: int) -> int:
    """The end of the word that begins at a code point; `begin` if none does."""
    first, end = kind[begin], begin + 1
    if first & _CYRILLIC:
        while kind[end] & (_CYRILLIC | _COMBINING):
            end += 1
        while kind[end] & _APOSTROPHE and kind[end + 1] & _CYRILLIC:
            end += 2
            while kind[end] & (_CYRILLIC | _COMBINING):
                end += 1
    elif first & _DIGIT and not first & _UNSPACED:
        while kind[end] & _DIGIT:
            end += 1
        while kind[end] & _SEPARATOR and kind[end + 1] & _DIGIT:
            end += 2
            while kind[end] & _DIGIT:
                end += 1
    elif first & _LETTER and not first & _UNSPACED:
        while kind[end] & (_LETTER | _COMBINING):
            end += 1
    elif first & _UNSPACED:
        while kind[end] & _COMBINING:
            end += 1
    elif not first & _MARK:
        return begin
    return end


@compiled
def _read(codes: Any, classes: Any, keys: Any, values: Any, texts: int) -> Any:
    """(numbers of the words, -1 for new ones; where each text's words begin; new words; whether all texts are
    readable).

    Of each new word [place among the words, begin, end].
    """
    size = len(codes)
    words = np.empty(size, np.int32)
    starts = np.zeros(texts + 1, np.int32)
    new = np.empty((64, 3), np.int32)
    n, fresh, text = 0, 0, 0
    kind = np.empty(size + 1, np.uint8)
    for k in range(size):
        if codes[k] >= len(classes):
            return words[:0].copy(), starts, new[:0].copy(), False
        kind[k] = classes[codes[k]]
    kind[size] = 0
    end = 0
    while end < size:
        begin = end
        end = _word_end(kind, begin)
        if end == begin:
            end += 1
            if codes[begin] == 0:
                text += 1
                if text >= texts:
                    break
                starts[text] = n
            continue
        key = _hash(codes, begin, end)
        slot = _slot(keys, key)
        if keys[slot] == key:
            words[n] = values[slot]
        else:
            if fresh == len(new):
                new = np.concatenate((new, np.empty((fresh, 3), np.int32)))
            new[fresh, 0], new[fresh, 1], new[fresh, 2] = n, begin, end
            words[n] = -1
            fresh += 1
        n += 1
    starts[texts] = n
    return words[:n].copy(), starts, new[:fresh].copy(), text == max(texts, 1) - 1


@compiled
def _insert(keys: Any, values: Any, codes: Any, new: Any, words: Any) -> int:
    """Enter new words into the table; returns how many (a word may occur twice among them)."""
    added = 0
    for e in range(len(new)):
        key = _hash(codes, new[e, 1], new[e, 2])
        slot = _slot(keys, key)
        added += keys[slot] == 0
        values[slot] = words[new[e, 0]]
        keys[slot] = key
    return added


@compiled
def _move(keys: Any, values: Any, new_keys: Any, new_values: Any) -> None:
    for k in range(len(keys)):
        if keys[k] != 0:
            slot = _slot(new_keys, keys[k])
            new_values[slot] = values[k]
            new_keys[slot] = keys[k]
