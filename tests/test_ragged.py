"""Ragged arrays against Python lists."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.align.transpose import transposed
from corpus_builder.ragged import Ragged, SparseRows

LISTS = st.lists(st.lists(st.integers(0, 5), max_size=4), max_size=6)
MEMBERS = st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=6, max_size=6)


@given(LISTS, MEMBERS)
def test_lists_come_back_and_are_joined_with_those_of_their_members(lists, members):
    ragged, inner = Ragged.of(lists), Ragged.of(members)
    assert [ragged.row(k).tolist() for k in range(ragged.rows)] == lists
    assert ragged.sizes.tolist() == [len(row) for row in lists]
    joined = ragged.joined(inner)
    assert [joined.row(k).tolist() for k in range(joined.rows)] == [
        [m for k in row for m in members[k]] for row in lists
    ]
    values = np.arange(10.0)
    assert ragged.totals(values).tolist() == [sum(row) for row in lists]


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 4)), st.floats(0, 1, width=32)), st.booleans())
def test_a_sparse_matrix_and_its_transpose_are_those_of_a_dense_one(entries, further_axis):
    rows, columns = (np.array([key[k] for key in entries], np.int64) for k in (0, 1))
    values = np.array(list(entries.values()), np.float32)
    values = np.stack((values, -values), axis=1) if further_axis else values
    matrix = SparseRows.of(rows, columns, values, 4)
    turned = transposed(matrix, 5)
    assert (matrix.rows, turned.rows) == (4, 5)
    dense = np.zeros((4, 5, *values.shape[1:]), np.float32)
    for (row, column), value in zip(entries, values, strict=True):
        dense[row, column] = value
    for sparse, expected in ((matrix, dense), (turned, dense.swapaxes(0, 1))):
        made = np.zeros_like(expected)
        made[sparse.row_numbers(), sparse.columns] = sparse.values
        assert (made == expected).all()
        order = list(zip(sparse.row_numbers().tolist(), sparse.columns.tolist(), strict=True))
        assert order == sorted(order)
