"""Ragged arrays: lists of different lengths, stored one after another in flat arrays.

    Ragged       list i is flat[starts[i] : starts[i + 1]]
    SparseRows   a sparse matrix by rows (CSR): row i has columns[starts[i] : starts[i + 1]], and values in parallel

Texts as the numbers of their tokens, groups as the numbers of their members, matches of words, links of segments: all
of these are one of the two. Compiled kernels take the arrays one by one (numba examines a tuple subclass in Python at
each call, which is slow), by keyword if they are many; everything else passes the whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int32] | npt.NDArray[np.int64]
"""[lists + 1] where each list begins, and where the last one ends; rising from 0."""


class Ragged(NamedTuple):
    """Lists of numbers in one array: list i is `flat[starts[i] : starts[i + 1]]`."""

    flat: Ints
    starts: Offsets

    @staticmethod
    def of(lists: Iterable[Iterable[int]]) -> Ragged:
        """From Python lists.

        >>> Ragged.of([[7, 8], [], [9]]).starts.tolist()
        [0, 2, 2, 3]
        """
        rows = [list(members) for members in lists]
        flat = np.array([member for row in rows for member in row], np.int32)
        return Ragged(flat, offsets(np.array([len(row) for row in rows], np.int64)))

    def row(self, number: int) -> Ints:
        """The members of one list."""
        return self.flat[self.starts[number] : self.starts[number + 1]]

    @property
    def rows(self) -> int:
        """How many lists there are (`len` of a tuple would be 2)."""
        return len(self.starts) - 1

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """[lists] how many members each has."""
        return np.diff(self.starts).astype(np.int64, copy=False)

    def totals(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """[lists, …] by list the sum of what `values` has for its members."""
        each = values[self.flat]
        summed = np.concatenate((np.zeros((1, *each.shape[1:]), each.dtype), np.cumsum(each, axis=0, dtype=each.dtype)))
        total: npt.NDArray[Any] = summed[self.starts[1:]] - summed[self.starts[:-1]]
        return total

    def joined(self, members: Ragged) -> Ragged:
        """By list the members of its members, one after the other.

        Of texts as tokens and tokens as words it makes the texts as words:

        >>> texts, words = Ragged.of([[0, 1], [1]]), Ragged.of([[5], [6, 7]])
        >>> texts.joined(words).row(0).tolist()
        [5, 6, 7]
        """
        sizes = members.sizes[self.flat]
        ends = np.cumsum(sizes)
        at = np.repeat(members.starts[self.flat] - (ends - sizes), sizes) + np.arange(ends[-1] if len(ends) else 0)
        return Ragged(members.flat[at], np.concatenate((np.zeros(1, np.int64), ends))[self.starts])


class SparseRows(NamedTuple):
    """A sparse matrix by rows. `values` may have further axes: [entries, …]."""

    starts: Offsets
    columns: Ints
    values: npt.NDArray[np.floating[Any]]

    @staticmethod
    def of(rows: npt.NDArray[np.integer[Any]], columns: npt.NDArray[np.integer[Any]],
           values: npt.NDArray[np.floating[Any]], size: int) -> SparseRows:  # fmt: skip
        """From entries in any order, none of them twice; `size` is the number of rows.

        >>> SparseRows.of(np.array([1, 0]), np.array([4, 2]), np.array([0.5, 0.7]), 3).columns.tolist()
        [2, 4]
        """
        order = np.lexsort((columns, rows))
        starts = offsets(np.bincount(rows, minlength=size))
        return SparseRows(starts, columns[order].astype(np.int32, copy=False), values[order])

    @staticmethod
    def empty(size: int = 0) -> SparseRows:
        """Rows without an entry."""
        return SparseRows(np.zeros(size + 1, np.int64), np.zeros(0, np.int32), np.zeros(0))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.starts) - 1

    def row_numbers(self) -> Ints:
        """[entries] the row of each entry."""
        return np.repeat(np.arange(self.rows, dtype=np.int32), np.diff(self.starts))


def offsets(sizes: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
    """[lists + 1] where lists of these sizes begin and end.

    >>> offsets(np.array([2, 0, 1])).tolist()
    [0, 2, 2, 3]
    """
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts
