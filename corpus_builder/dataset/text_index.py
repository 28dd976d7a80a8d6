"""An index of texts in a folder, that any number of processes look into: made once, from sketches in parts.

Its arrays are mapped from disk, so that a process holds what it looks at. `hashes` are the distinct hashes of all
sketches in rising order, `starts` where the texts of each begin in `owners`; `grams` is the number of hashes of each
text; `maybe` has a bit for each value of the last bits of a hash; `digests` are those of the texts in rising order,
`numbers` the text of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_builder.dataset.overlap import (
    COMMON,
    DIGEST,
    NEAR,
    Hashes,
    Matches,
    Numbers,
    TextSketches,
    batches,
    digest,
    grams,
)
from corpus_builder.dataset.runs import Runs
from corpus_builder.files import BUILD_AGAIN, reading, replacing, replacing_folder

_AT_A_TIME = 1_000_000
"""Hashes in memory at a time. Chosen: some 10 MB."""
_BITS = 27
"""Bits of a hash at most that `maybe` tells apart. Chosen: 16 MB."""
_FILES: dict[str, Any] = {
    "hashes": np.uint64,
    "starts": np.int64,
    "owners": np.int32,
    "grams": np.int32,
    "maybe": np.uint8,
    "digests": DIGEST,
    "numbers": np.int32,
}


def save_sketches(path: Path, sketches: TextSketches, **others: NDArray[Any]) -> None:
    """Write a part of an index to a file, with other arrays."""
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, allow_pickle=False, **sketches.arrays(), **others)


def arrays_of(path: Path, *names: str) -> Iterator[NDArray[Any]]:
    """Arrays of a part. Raises RunError where the file is damaged."""
    with reading(path, BUILD_AGAIN), np.load(path, allow_pickle=False) as file:
        yield from (file[name] for name in names)


class TextIndex:
    """The index in a folder; texts are numbered in the order in which each came first."""

    def __init__(self, folder: Path) -> None:
        self._hashes, self._starts, self._owners, self._grams, self._maybe, self._digests, self._numbers = (
            mapped(folder / name, kind) for name, kind in _FILES.items()
        )
        self.count = len(self._grams)
        self._mask = np.uint64(len(self._maybe) * 8 - 1)

    def find(self, texts: Sequence[str], least: float = NEAR) -> Matches:
        """Which indexed texts each of these holds to `least` or more."""
        parts = [self._part(batch, at, least) for at, batch in batches(texts)] if self.count else []
        if not parts:
            none = np.zeros(0, np.int64)
            return Matches(none, none, np.zeros(0), np.zeros(0, np.bool_))
        text, held, containment, equal_to = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        missed = np.flatnonzero(equal_to >= 0)  # exact copies whose n-grams are all common are found by their digest
        matched = text * self.count + held
        missed = missed[~np.isin(missed * self.count + equal_to[missed], matched)]
        text, held = np.concatenate((text, missed)), np.concatenate((held, equal_to[missed]))
        containment = np.concatenate((containment, np.ones(len(missed))))
        exact = equal_to[text] == held
        return Matches(text, held, np.where(exact, 1.0, containment), exact)

    def _part(self, texts: Sequence[str], offset: int, least: float) -> tuple[Any, Any, Any, Any]:
        """Numbers of texts and of indexed texts with their containment; and per text the one it equals, or -1."""
        hashes, owners = grams(texts)
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
        held = self._owners[np.repeat(self._starts[slots], sizes) + within]
        pairs, shared = np.unique(np.repeat(owners, sizes) * self.count + held, return_counts=True)
        owners, held = np.divmod(pairs, self.count)
        containment = shared / self._grams[held]
        enough = containment >= least
        return owners[enough] + offset, held[enough], containment[enough], self._equal(texts)

    def _equal(self, texts: Sequence[str]) -> Numbers:
        """The number of the indexed text that each of these equals; -1 for none."""
        digests = np.array([digest(text) for text in texts], DIGEST)
        places = np.minimum(np.searchsorted(self._digests, digests), self.count - 1)
        same = self._digests[places] == digests
        return np.where(same, self._numbers[places], -1).astype(np.int64)


def index_texts(texts: Iterable[str], folder: Path) -> tuple[TextIndex, Numbers]:
    """An index of some texts, written to a folder; and the number of each in it, -1 for one that is too short."""
    sketches = TextSketches()
    for text in texts:
        sketches.add(text)
    part = folder.with_name(f".{folder.name}.sketches.part")
    try:
        save_sketches(part, sketches)
        numbers = write_index([part], folder)
    finally:
        part.unlink(missing_ok=True)
    return TextIndex(folder), numbers


def write_index(parts: Sequence[Path], place: Path) -> Numbers:
    """Write the index of all parts to a folder; for each added text, part by part, its number there, -1 for one that is
    too short. Memory holds the digests of all texts."""
    own = [next(arrays_of(path, "digests")) for path in parts]
    digests, first, inverse = np.unique(
        np.concatenate([np.zeros(0, DIGEST), *own]), return_index=True, return_inverse=True
    )
    order = np.argsort(first)
    rank = np.empty(len(first), np.int64)
    rank[order] = np.arange(len(first))
    numbers, entries, at = rank[inverse], [np.zeros(0, np.int64)], 0
    with replacing_folder(place) as folder:
        runs, sizes = Runs(folder), np.zeros(len(digests), np.int64)
        for path, texts in zip(parts, own, strict=True):
            of_part = numbers[at : at + len(texts)]
            new = first[inverse[at : at + len(texts)]] == np.arange(at, at + len(texts))
            added, hashes, owners = arrays_of(path, "entries", "hashes", "owners")
            entries.append(np.where(added < 0, -1, of_part[added] if len(of_part) else -1))
            kept = new[owners]
            runs.add(hashes[kept], of_part[owners[kept]])
            at += len(texts)
        hashes, starts, owners = runs.sorted(COMMON)
        for begin in range(0, len(owners), _AT_A_TIME):
            sizes += np.bincount(owners[begin : begin + _AT_A_TIME], minlength=len(sizes))
        arrays: dict[str, NDArray[Any]] = {
            "hashes": hashes,
            "starts": starts,
            "owners": owners,
            "grams": sizes,
            "maybe": _maybe(hashes),
            "digests": digests,
            "numbers": rank,
        }
        for name, kind in _FILES.items():
            arrays[name].astype(kind, copy=False).tofile(folder / name)
        del runs, hashes, starts, owners, arrays
    return np.concatenate(entries)


def _maybe(hashes: Hashes) -> NDArray[np.uint8]:
    """A bit for each value of the last bits of a hash, whether one has it."""
    bits = max(16, min(_BITS, int(len(hashes) * 8).bit_length()))
    there = np.zeros(1 << bits, np.bool_)
    for at in range(0, len(hashes), _AT_A_TIME):
        there[hashes[at : at + _AT_A_TIME] & np.uint64((1 << bits) - 1)] = True
    return np.packbits(there, bitorder="little")


def mapped(path: Path, kind: Any) -> NDArray[Any]:
    """An array in a file, mapped from disk. Raises RunError where there is none."""
    with reading(path, BUILD_AGAIN):
        return np.memmap(path, kind, "r") if path.stat().st_size else np.zeros(0, kind)
