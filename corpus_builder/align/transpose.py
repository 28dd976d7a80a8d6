"""A sparse matrix seen from its other side."""

from __future__ import annotations

from typing import Any

from numpy import empty, int32, zeros

from corpus_builder.jit import compiled
from corpus_builder.ragged import SparseRows


def transposed(matrix: SparseRows, columns: int) -> SparseRows:
    """The same entries in `columns` rows, one for each column of `matrix`; rows rise within each."""
    values = matrix.values
    flat = values.reshape(len(values), values.shape[1] if values.ndim > 1 else 1)
    starts, rows, turned = _transposed(matrix.starts, matrix.columns, flat, columns)
    return SparseRows(starts, rows, turned.reshape(values.shape))


@compiled
def _transposed(starts: Any, columns: Any, values: Any, size: int) -> Any:
    turned = zeros(size + 1, int32)
    for k in columns:
        turned[k + 1] += 1
    for k in range(size):
        turned[k + 1] += turned[k]
    at = turned[:-1].copy()
    rows, out = empty(len(columns), int32), empty(values.shape, values.dtype)
    for x in range(len(starts) - 1):
        for e in range(starts[x], starts[x + 1]):
            k = at[columns[e]]
            at[columns[e]] += 1
            rows[k] = x
            for m in range(values.shape[1]):
                out[k, m] = values[e, m]
    return turned, rows, out
