"""Figures added up by 64-bit keys, more of them than memory holds.

Records wait in memory up to `WAITING` bytes. Then those of one key are put together, and the rest goes into a temporary
file as a run in the order of its keys. At the end the runs are put together, a range of keys at a time. A key has at
most one record in each run, so that no key is too large for a range, however often it occurs; keys are hashes, so that
they fill the ranges evenly. The files have no name, so that nothing of them stays, however the process ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import numpy as np
import numpy.typing as npt

WAITING = 8 * 2**20
"""Bytes of records that are sorted at a time. Chosen: with what sorting takes beside them some 30 MB, and the runs of
100 million pages are 1,500.
"""

_BITS = 12
"""Leading bits of a key by which a run can be cut: into 4,096 ranges, each of `WAITING` bytes, so 64 GB of records."""

Keys = npt.NDArray[np.uint64]
Values = npt.NDArray[Any]
Records = npt.NDArray[Any]
"""A structured array with a field `key`."""


class Table:
    """The sums of a tally in the order of its keys: `keys`, and `records` of the other fields, mapped from disk where
    they are many."""

    def __init__(self, keys: Keys, records: Records) -> None:
        self.keys, self.records = keys, records

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, keys: npt.NDArray[np.int64]) -> Records:
        """[keys] the sums of some keys; those of a key that is not there are 0."""
        found = np.zeros(len(keys), self.records.dtype)
        if len(self) and len(keys):
            wanted = keys.view(np.uint64)
            place = np.minimum(np.searchsorted(self.keys, wanted), len(self) - 1)
            there = self.keys[place] == wanted
            found[there] = self.records[place[there]]
        return found


class Tally:
    """Adds up records by their keys.

    `fields` has for each the type of its figures and how two of them become one (`numpy.add`, `numpy.maximum`). Keys
    whose sum of `counted` is less than `least` are left out of the result. `scratch` is the folder for temporary files.
    """

    def __init__(
        self,
        fields: Mapping[str, tuple[type[np.generic], np.ufunc]],
        counted: str,
        least: int,
        scratch: Path | None = None,
    ) -> None:
        self._ways = {name: way for name, (_, way) in fields.items()}
        self._values = np.dtype([(name, kind) for name, (kind, _) in fields.items()])
        self._records = np.dtype([("key", np.uint64), *((name, kind) for name, (kind, _) in fields.items())])
        self._counted, self._least, self._scratch = counted, least, scratch
        self._waiting: list[Records] = []
        self._size = 0
        self._runs: list[tuple[int, npt.NDArray[np.uint32]]] = []  # where each begins, and in it each range
        self._file: IO[bytes] | None = None

    def add(self, keys: npt.NDArray[np.int64], **values: Values) -> None:
        """Add records: their keys, and for each field its values."""
        records = np.empty(len(keys), self._records)
        records["key"] = keys.view(np.uint64)
        for name, column in values.items():
            records[name] = column
        self._waiting.append(records)
        self._size += records.nbytes
        if self._size >= WAITING:
            self._spill()

    def table(self) -> Table:
        """The sums. Nothing can be added after that."""
        if not self._runs:
            found = self._enough(self._together(self._waiting))
            self._waiting = []
            return Table(found["key"].copy(), found[list(self._values.names or ())].astype(self._values))
        self._spill()
        keys, values, count = self._open(), self._open(), 0
        for found in map(self._enough, self._ranges()):
            keys.write(found["key"].tobytes())
            values.write(found[list(self._values.names or ())].astype(self._values).tobytes())
            count += len(found)
        assert self._file
        self._file.close()
        return Table(_mapped(keys, np.dtype(np.uint64), count), _mapped(values, self._values, count))

    def _open(self) -> IO[bytes]:
        return TemporaryFile(dir=self._scratch)

    def _spill(self) -> None:
        """Write what waits, put together, as a run."""
        run, self._waiting, self._size = self._together(self._waiting), [], 0
        self._file = self._file or self._open()
        start = self._file.tell()
        self._file.write(run.tobytes())
        edges = np.arange(1, 1 << _BITS, dtype=np.uint64) << np.uint64(64 - _BITS)
        places = np.concatenate(([0], np.searchsorted(run["key"].copy(), edges), [len(run)]))
        self._runs.append((start, places.astype(np.uint32)))

    def _ranges(self) -> Iterator[Records]:
        """What the runs have, put together, a range of keys at a time."""
        assert self._file
        total = self._file.tell()
        bits = min(_BITS, (total // WAITING).bit_length())
        step = 1 << (_BITS - bits)
        for first in range(0, 1 << _BITS, step):
            parts = []
            for start, edges in self._runs:
                begin, end = int(edges[first]), int(edges[first + step])
                self._file.seek(start + begin * self._records.itemsize)
                parts.append(np.frombuffer(self._file.read((end - begin) * self._records.itemsize), self._records))
            yield self._together(parts)

    def _together(self, parts: list[Records]) -> Records:
        """One record for each key, in the order of the keys."""
        records = np.concatenate(parts) if parts else np.empty(0, self._records)
        if not len(records):
            return records
        order = np.argsort(records["key"], kind="stable")
        keys = records["key"][order]
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        sums = np.empty(len(starts), self._records)
        sums["key"] = keys[starts]
        for name, way in self._ways.items():
            sums[name] = way.reduceat(records[name][order], starts)
        return sums

    def _enough(self, records: Records) -> Records:
        return records[records[self._counted] >= self._least]


def _mapped(file: IO[bytes], kind: np.dtype[Any], count: int) -> Any:
    """An array of what was written to a file."""
    file.flush()
    return np.memmap(file, kind, "r", shape=(count,)) if count else np.empty(0, kind)
