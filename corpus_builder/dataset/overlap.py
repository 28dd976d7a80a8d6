"""Finds given texts, exactly or nearly, in a stream of other texts.

The given texts are sketched by their `SKETCH` smallest n-gram hashes, a bottom-k sketch (Broder 1997, "On the
resemblance and containment of documents"), in any number of parts (TextSketches), which are put together into one index
on disk (text_index.py). The others are streamed with all their n-grams. The measure is containment: the share of the
indexed text's n-grams that a streamed text has.

Texts are compared without case, punctuation and spacing. Those of fewer than `SHORTEST` characters are skipped:
"Details:" is everywhere and means nothing.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

DIGEST = "S12"
# Characters hashed at a time; some 100 bytes are in use for each.
_BATCH = 300_000
_WORD = re.compile(r"[^\W_]+")
Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]


def normalised(text: str) -> str:
    """The letters and digits of a text in lower case, with single spaces between words."""
    return " ".join(_WORD.findall(text.casefold()))


@dataclass(frozen=True)
class Matches:
    """Streamed texts and the indexed ones that they hold, by number: streamed `text[i]` holds a share `containment[i]`
    of indexed `held[i]`, and is the same where `exact[i]`."""

    text: Numbers
    held: Numbers
    containment: NDArray[np.float64]
    exact: NDArray[np.bool_]

    def only(self, which: NDArray[np.bool_]) -> Matches:
        """The matches selected by a mask."""
        return Matches(self.text[which], self.held[which], self.containment[which], self.exact[which])

    def best(self, count: int, by: str) -> tuple[NDArray[np.float64], Numbers]:
        """For each of `count` texts ("text") or indexed texts ("held") the highest containment, 0 where there is
        none, and the number of the other side, -1 where there is none; of equals the first."""
        side, other_side = (self.text, self.held) if by == "text" else (self.held, self.text)
        # An exact copy goes before one that merely holds it.
        order = np.lexsort((other_side, ~self.exact, -self.containment, side))
        first = order[np.unique(side[order], return_index=True)[1]]
        score, which = np.zeros(count), np.full(count, -1, np.int64)
        score[side[first]], which[side[first]] = self.containment[first], other_side[first]
        return score, which


class TextSketches:
    """The sketches of some texts: a part of an index. Equal texts have one sketch."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}  # the distinct texts, by digest
        self._entries = array("q")
        self._waiting: list[str] = []
        self._size = 0
        self._hashes: list[Hashes] = []
        self._owners: list[Numbers] = []

    def __len__(self) -> int:
        """How many texts were added."""
        return len(self._entries)

    def add(self, text: str) -> None:
        """Add a text."""
        plain = normalised(text)
        entry = -1
        if len(plain) >= SHORTEST:
            new = len(self._numbers)
            entry = self._numbers.setdefault(digest(plain), new)
            if entry == new:
                self._waiting.append(plain)
                self._size += len(plain)
        self._entries.append(entry)
        if self._size >= _BATCH:
            self._sketch()

    def _sketch(self) -> None:
        hashes, owners = _sketches(self._waiting, len(self._numbers) - len(self._waiting))
        self._hashes.append(hashes)
        self._owners.append(owners)
        self._waiting, self._size = [], 0

    def arrays(self) -> dict[str, NDArray[Any]]:
        """`entries`: for each added text the number of its distinct text, -1 where it is too short to be compared;
        `digests` of the distinct ones; `hashes` of their sketches, and in `owners` the distinct text of each."""
        self._sketch()
        return {
            "entries": np.array(self._entries, np.int64),
            "digests": np.array(list(self._numbers), DIGEST),
            "hashes": np.concatenate(self._hashes),
            "owners": np.concatenate(self._owners).astype(np.int32),
        }


def batches(texts: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
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


def digest(text: str) -> bytes:
    """The digest of a text, in the bytes of DIGEST."""
    return hashlib.blake2b(text.encode(), digest_size=12).digest()


def grams(texts: Sequence[str]) -> tuple[Hashes, Numbers]:
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


def _sketches(texts: Sequence[str], offset: int) -> tuple[Hashes, Numbers]:
    """The `SKETCH` smallest hashes of each text, with the numbers of the texts counted from `offset`."""
    hashes, owners = grams(texts)
    order = np.lexsort((hashes, owners))
    hashes, owners = hashes[order], owners[order]
    new = np.ones(len(hashes), np.bool_)
    new[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    hashes, owners = hashes[new], owners[new]
    rank = np.arange(len(owners)) - np.searchsorted(owners, owners)
    kept = rank < SKETCH
    return hashes[kept], owners[kept] + offset
