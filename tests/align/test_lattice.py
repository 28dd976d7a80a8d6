"""The dynamic programmes against the enumeration of all paths."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_builder.align import lattice
from corpus_builder.align.shapes import EXTENT, OFFSETS, SHAPES, SIZE, first_priors, usual_shares

A, B = len(SHAPES), len(SHAPES) + 1


def arcs(size_a, size_b, i, j):
    """Every bead and skip that may begin at (i, j): (shape, end i, end j)."""
    for t, (p, q) in enumerate(SHAPES):
        if i + EXTENT[p] <= size_a and j + EXTENT[q] <= size_b:
            yield t, i + int(EXTENT[p]), j + int(EXTENT[q])
    if i < size_a:
        yield A, i + 1, j
    if j < size_b:
        yield B, i, j + 1


def paths(size_a, size_b, i=0, j=0):
    if (i, j) == (size_a, size_b):
        yield ()
    for t, row, column in arcs(size_a, size_b, i, j):
        for rest in paths(size_a, size_b, row, column):
            yield ((i, j, t), *rest)


@st.composite
def grids(draw):
    size_a, size_b = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    scores = np.full((size_a, size_b, len(SHAPES)), lattice.NEVER, np.float32)
    for i, j in itertools.product(range(size_a), range(size_b)):
        for t, _, _ in arcs(size_a, size_b, i, j):
            if t < A:
                scores[i, j, t] = rng.normal(0, 2)
    return scores, float(rng.normal(-1, 1)), float(rng.normal(-1, 1))


def whole(scores):
    size_a, size_b = scores.shape[:2]
    return np.zeros(size_a, np.int32), np.full(size_a, size_b - 1, np.int32)


def total(path, scores, skip_a, skip_b):
    return sum(skip_a if t == A else skip_b if t == B else float(scores[i, j, t]) for i, j, t in path)


@settings(max_examples=40, deadline=None)
@given(grids())
def test_best_path_and_posteriors_are_those_of_all_paths(grid):
    scores, skip_a, skip_b = grid
    size_a, size_b = scores.shape[:2]
    first, last = whole(scores)
    every = {path: total(path, scores, skip_a, skip_b) for path in paths(size_a, size_b)}
    ahead, behind = lattice.best_paths(scores, first, last, size_b, skip_a, skip_b)
    best = max(every.values())
    assert behind[0, 0] == pytest.approx(best, abs=1e-4)
    assert ahead[size_a, size_b] == pytest.approx(best, abs=1e-4)

    i, j, shape, weight, probability = lattice.posteriors(scores, ahead, behind, first, last, size_b, skip_a, skip_b)
    mass = sum(math.exp(lattice.TEMPERATURE * (value - best)) for value in every.values())
    expected = {}
    for path, value in every.items():
        for arc in path:
            expected[arc] = expected.get(arc, 0.0) + math.exp(lattice.TEMPERATURE * (value - best)) / mass
    found = dict(zip(zip(i.tolist(), j.tolist(), shape.tolist(), strict=True), probability.tolist(), strict=True))
    for arc, value in expected.items():
        assert found.get(arc, 0.0) == pytest.approx(value, abs=1e-3)

    chosen = lattice.decode(i, j, shape, weight, size_a, size_b)
    decoded = tuple((int(i[k]), int(j[k]), int(shape[k])) for k in chosen)
    assert every[decoded] == pytest.approx(best, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(grids())
def test_decoding_posteriors_gives_the_path_with_the_greatest_sum(grid):
    scores, skip_a, skip_b = grid
    size_a, size_b = scores.shape[:2]
    first, last = whole(scores)
    ahead, behind = lattice.best_paths(scores, first, last, size_b, skip_a, skip_b)
    i, j, shape, _, probability = lattice.posteriors(scores, ahead, behind, first, last, size_b, skip_a, skip_b)
    worth = dict(zip(zip(i.tolist(), j.tolist(), shape.tolist(), strict=True), probability.tolist(), strict=True))
    chosen = lattice.decode(i, j, shape, probability, size_a, size_b)
    assert sum(probability[chosen]) == pytest.approx(
        max(sum(worth.get(arc, -9.0) for arc in path) for path in paths(size_a, size_b)), abs=1e-6
    )


def test_patterns_and_shapes_are_consistent():
    for offsets, size, extent in zip(OFFSETS, SIZE, EXTENT, strict=True):
        taken = [k for k in offsets if k >= 0]
        assert len(taken) == size
        assert taken[-1] + 1 == extent
    assert len(set(map(tuple, SHAPES.tolist()))) == len(SHAPES)
    assert len(first_priors()) == len(SHAPES) + 2
    assert (usual_shares() > 0).all()
