"""Hashes with the numbers of their owners, more than fit in memory, sorted on disk.

Pairs are distributed over files by the first bits of the hash as they come; each file is then sorted by itself, and the
sorted files follow one another. Memory holds one of the files at a time.

numpy does it; docs/dataset.md compares it with DuckDB.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# 64 files. Chosen: of 100 million pairs, which are the sketches of 1.5 million texts, each has 19 MB.
_BITS = 6
_PAIR = np.dtype([("hash", np.uint64), ("owner", np.int32)])


class Runs:
    """Pairs of a hash and an owner: add() all of them, then read them sorted(). The files go with the object."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = Path(tempfile.mkdtemp(dir=folder, prefix=".hashes"))
        weakref.finalize(self, shutil.rmtree, self._path, ignore_errors=True)

    def add(self, hashes: NDArray[np.uint64], owners: NDArray[np.int64]) -> None:
        """Add pairs; the owners are numbers below 2^31."""
        pairs = np.empty(len(hashes), _PAIR)
        pairs["hash"], pairs["owner"] = hashes, owners
        part = hashes >> np.uint64(64 - _BITS)
        pairs = pairs[np.argsort(part, kind="stable")]
        ends = np.cumsum(np.bincount(part.astype(np.int64), minlength=1 << _BITS))
        for number, part_pairs in enumerate(np.split(pairs, ends[:-1])):
            if len(part_pairs):
                with self._part(number).open("ab") as file:
                    file.write(part_pairs.tobytes())

    def sorted(self, most: int) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32]]:
        """The distinct hashes in rising order, where the owners of each start, and the owners: hash i has
        owners[starts[i] : starts[i + 1]], in rising order. A hash of more than `most` owners is left out. The arrays
        are mapped from disk.
        """
        with ExitStack() as stack:
            hash_file, start_file, owner_file = (
                stack.enter_context((self._path / name).open("wb")) for name in ("hashes", "starts", "owners")
            )
            total = np.zeros(1, np.int64)
            start_file.write(total.tobytes())
            for number in range(1 << _BITS):
                if not self._part(number).is_file():
                    continue
                pairs = np.fromfile(self._part(number), _PAIR)
                self._part(number).unlink()
                pairs = pairs[np.lexsort((pairs["owner"], pairs["hash"]))]
                hashes, sizes = np.unique(pairs["hash"], return_counts=True)
                rare = sizes <= most
                starts = total[-1] + np.cumsum(sizes[rare])
                hash_file.write(hashes[rare].tobytes())
                start_file.write(starts.tobytes())
                owner_file.write(pairs["owner"][np.repeat(rare, sizes)].tobytes())
                total = starts if len(starts) else total
        return self._mapped("hashes", np.uint64), self._mapped("starts", np.int64), self._mapped("owners", np.int32)

    def _part(self, number: int) -> Path:
        return self._path / f"part-{number}"

    def _mapped(self, name: str, kind: type) -> NDArray[Any]:
        path = self._path / name
        return np.memmap(path, kind, "r") if path.stat().st_size else np.zeros(0, kind)
