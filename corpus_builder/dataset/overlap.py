"""Finds given texts, exactly or nearly, in a stream of other texts.

The given texts are indexed by their `SKETCH` smallest n-gram hashes, a bottom-k sketch (Broder 1997, "On the
resemblance and containment of documents"). The others are streamed with all their n-grams. The index is on disk
(runs.py), so that memory holds a digest of each indexed text, and one batch. The measure is containment: the share of
the indexed text's n-grams that a streamed text has.

Texts are compared without case, punctuation and spacing. Those of fewer than `SHORTEST` characters are skipped:
"Details:" is everywhere and means nothing.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_builder.dataset.runs import Runs

N = 8
"""Characters of an n-gram. Chosen: about a word and a half; one changed word in 100 characters leaves 0.87."""
SKETCH = 64
"""n-grams kept of an indexed text. Chosen: a sentence has few more; the standard error at containment 0.8 is 0.05."""
COMMON = 256
"""n-grams of more indexed texts than these do not count. Chosen: they are phrases that all news have."""
SHORTEST = 25
"""Characters of the shortest text that is compared. Chosen: four or five words."""
NEAR = 0.8
"""Containment from which two texts count as near-duplicates. Chosen: one or two changed words in a sentence."""

_AT_A_TIME = 1_000_000
# Characters hashed at a time; some 100 bytes are in use for each.
_BATCH = 300_000
_WORD = re.compile(r"[^\W_]+")
_Hashes = NDArray[np.uint64]
_Numbers = NDArray[np.int64]


def normalised(text: str) -> str:
    """The letters and digits of a text in lower case, with single spaces between words."""
    return " ".join(_WORD.findall(text.casefold()))


@dataclass(frozen=True)
class Matches:
    """Streamed texts and the indexed ones that they hold, by number: streamed `text[i]` holds a share `containment[i]`
    of indexed `held[i]`, and is the same where `exact[i]`."""

    text: _Numbers
    held: _Numbers
    containment: NDArray[np.float64]
    exact: NDArray[np.bool_]

    def only(self, which: NDArray[np.bool_]) -> Matches:
        """The matches selected by a mask."""
        return Matches(self.text[which], self.held[which], self.containment[which], self.exact[which])

    def best(self, count: int, by: str) -> tuple[NDArray[np.float64], _Numbers]:
        """For each of `count` texts ("text") or indexed texts ("held") the highest containment, 0 where there is
        none, and the number of the other side, -1 where there is none; of equals the first."""
        side, other_side = (self.text, self.held) if by == "text" else (self.held, self.text)
        # An exact copy goes before one that merely holds it.
        order = np.lexsort((other_side, ~self.exact, -self.containment, side))
        first = order[np.unique(side[order], return_index=True)[1]]
        score, which = np.zeros(count), np.full(count, -1, np.int64)
        score[side[first]], which[side[first]] = self.containment[first], other_side[first]
        return score, which


class TextIndex:
    """Texts to look for. add() them all first; equal ones may be added several times, and all are found.

    The hashes lie in files under `folder` (None: the system's), 64 of 12 bytes a text; memory holds a digest a text.
    """

    def __init__(self, texts: Iterable[str] = (), folder: Path | None = None) -> None:
        self.count = 0
        self._runs = Runs(folder)
        self._entries: dict[bytes, int] = {}  # the distinct texts, by digest
        self._entry = array("q")  # which distinct text each added one is; -1 where it is too short
        self._waiting: list[str] = []
        self._size = 0
        self._frozen = False
        for text in texts:
            self.add(text)

    def add(self, text: str) -> int:
        """Add a text; its number."""
        plain = normalised(text)
        entry = -1
        if len(plain) >= SHORTEST:
            new = len(self._entries)
            entry = self._entries.setdefault(_digest(plain), new)
            if entry == new:
                self._waiting.append(plain)
                self._size += len(plain)
        self._entry.append(entry)
        self.count += 1
        if self._size >= _BATCH:
            self._sketch()
        return self.count - 1

    def _sketch(self) -> None:
        self._runs.add(*_sketches(self._waiting, len(self._entries) - len(self._waiting)))
        self._waiting, self._size = [], 0

    def _freeze(self) -> None:
        """Sort what was added; where there are many texts this is the time that an index costs."""
        self._sketch()
        entry = self.entries
        self._members = np.argsort(entry, kind="stable")
        self._first = np.searchsorted(entry[self._members], np.arange(len(self._entries) + 1))
        self._hashes, self._starts, self._owners = self._runs.sorted(COMMON)
        self._grams = np.zeros(len(self._entries), np.int64)
        for at in range(0, len(self._owners), _AT_A_TIME):
            self._grams += np.bincount(self._owners[at : at + _AT_A_TIME], minlength=len(self._entries))
        bits = max(16, min(27, int(len(self._hashes) * 8).bit_length()))
        self._mask = np.uint64((1 << bits) - 1)
        maybe = np.zeros(1 << bits, np.bool_)
        for at in range(0, len(self._hashes), _AT_A_TIME):
            maybe[self._hashes[at : at + _AT_A_TIME] & self._mask] = True
        self._maybe = np.packbits(maybe, bitorder="little")  # a bit for each value of the last `bits` bits of a hash
        self._frozen = True

    def matches(self, texts: Sequence[str], least: float = NEAR) -> Matches:
        """Which indexed texts each of these holds to `least` or more. Nothing can be added after the first call."""
        found = self.distinct(texts, least)
        entry = found.held
        sizes = self._first[entry + 1] - self._first[entry]
        repeat = np.repeat(np.arange(len(entry)), sizes)
        within = np.arange(len(repeat)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        held = self._members[self._first[entry[repeat]] + within]
        return Matches(found.text[repeat], held, found.containment[repeat], found.exact[repeat])

    @property
    def entries(self) -> _Numbers:
        """For each added text the number of its distinct text, -1 for one too short to be compared."""
        return np.frombuffer(self._entry, np.int64) if self.count else np.zeros(0, np.int64)

    def distinct(self, texts: Sequence[str], least: float = NEAR) -> Matches:
        """Like `matches`, but `held` numbers the distinct texts (`entries`): a phrase that was added a thousand times
        is one match."""
        if not self._frozen:
            self._freeze()
        parts = [self._part(batch, at, least) for at, batch in _batches(texts)] if self._entries else []
        if not parts:
            none = np.zeros(0, np.int64)
            return Matches(none, none, np.zeros(0), np.zeros(0, np.bool_))
        text, entry, containment, equal_to = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        missed = np.flatnonzero(equal_to >= 0)  # exact copies whose n-grams are all common are found by their digest
        matched = text * self.count + entry
        missed = missed[~np.isin(missed * self.count + equal_to[missed], matched)]
        text, entry = np.concatenate((text, missed)), np.concatenate((entry, equal_to[missed]))
        containment = np.concatenate((containment, np.ones(len(missed))))
        exact = equal_to[text] == entry
        return Matches(text, entry, np.where(exact, 1.0, containment), exact)

    def _part(self, texts: Sequence[str], offset: int, least: float) -> tuple[Any, Any, Any, Any]:
        """Numbers of texts and distinct indexed texts with their containment; and per text the one it equals, or -1."""
        equal_to = np.array([self._entries.get(_digest(text), -1) for text in texts], np.int64)
        hashes, owners = _grams(texts)
        place = hashes & self._mask
        maybe = (self._maybe[place >> np.uint64(3)] >> (place & np.uint64(7)).astype(np.uint8)) & 1 > 0
        hashes, owners = hashes[maybe], owners[maybe]
        slots = np.searchsorted(self._hashes, hashes)
        slots[slots == len(self._hashes)] = 0
        indexed = self._hashes[slots] == hashes if len(self._hashes) else np.zeros(0, np.bool_)
        pairs = np.unique(owners[indexed] * max(len(self._hashes), 1) + slots[indexed])
        owners, slots = np.divmod(pairs, max(len(self._hashes), 1))
        sizes = self._starts[slots + 1] - self._starts[slots]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        entries = self._owners[np.repeat(self._starts[slots], sizes) + within]
        pairs, shared = np.unique(np.repeat(owners, sizes) * len(self._entries) + entries, return_counts=True)
        owners, entries = np.divmod(pairs, len(self._entries))
        containment = shared / self._grams[entries]
        enough = containment >= least
        return owners[enough] + offset, entries[enough], containment[enough], equal_to


def _batches(texts: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The texts, normalised, `_BATCH` characters at a time, each batch with the number of its first."""
    batch: list[str] = []
    at = size = 0
    for text in texts:
        batch.append(normalised(text))
        size += len(batch[-1])
        if size >= _BATCH:
            yield at, batch
            at, batch, size = at + len(batch), [], 0
    if batch:
        yield at, batch


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=12).digest()


def _grams(texts: Sequence[str]) -> tuple[_Hashes, _Numbers]:
    """The hash of every n-gram of some texts, and the number of its text."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).astype(np.uint64)
    if len(codes) < N:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    hashes = np.zeros(len(codes) - N + 1, np.uint64)
    for at in range(N):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + codes[at : len(codes) - N + 1 + at]
    # The finalizer of splitmix64 (Steele, Lea and Flood 2014): the smallest hashes must be a fair sample.
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    hashes ^= hashes >> np.uint64(31)
    owners = np.repeat(np.arange(len(texts)), lengths)[: len(hashes)]
    whole = np.arange(len(hashes)) + N <= np.cumsum(lengths)[owners]  # not across the border of two texts
    return hashes[whole], owners[whole]


def _sketches(texts: Sequence[str], offset: int) -> tuple[_Hashes, _Numbers]:
    """The `SKETCH` smallest hashes of each text, with the numbers of the texts counted from `offset`."""
    hashes, owners = _grams(texts)
    order = np.lexsort((hashes, owners))
    hashes, owners = hashes[order], owners[order]
    new = np.ones(len(hashes), np.bool_)
    new[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    hashes, owners = hashes[new], owners[new]
    rank = np.arange(len(owners)) - np.searchsorted(owners, owners)
    kept = rank < SKETCH
    return hashes[kept], owners[kept] + offset
