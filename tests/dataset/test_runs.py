"""Hashes sorted on disk come out as they would from memory, and leave nothing behind."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.dataset.runs import Runs

HASHES = st.integers(0, 3) | st.integers(0, 2**64 - 1)
BATCHES = st.lists(st.lists(st.tuples(HASHES, st.integers(0, 2**31 - 1)), max_size=12), max_size=4)


@given(BATCHES, st.integers(1, 4))
def test_sorted_by_hash_then_owner_without_the_common(batches: list[list[tuple[int, int]]], most: int) -> None:
    expected: dict[int, list[int]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(folder))
        for batch in batches:
            runs.add(np.array([h for h, _ in batch], np.uint64), np.array([owner for _, owner in batch], np.int64))
            for key, owner in batch:
                expected[key].append(owner)
        hashes, starts, owners = runs.sorted(most)
        found = {int(key): owners[starts[i] : starts[i + 1]].tolist() for i, key in enumerate(hashes)}
        assert list(found) == sorted(found)
        assert found == {key: sorted(own) for key, own in expected.items() if len(own) <= most}
        del hashes, starts, owners, runs
        assert list(Path(folder).iterdir()) == []
