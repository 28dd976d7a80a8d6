"""The dynamic programmes against the enumeration of all paths."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_builder.align.bead_shapes import EXTENT, OFFSETS, PATTERNS, SHAPES, SIZE, first_priors, usual_shares
from corpus_builder.align.two import bead_scores, lattice
from corpus_builder.align.two.lattice_model import first_model
from corpus_builder.align.two.search_band import turned

A, B = len(SHAPES), len(SHAPES) + 1


def arcs(band, size_b, i, j):
    """Every bead and skip that may begin at (i, j) and ends in the band: (shape, end i, end j)."""
    first, last = band
    size_a = len(first)

    def inside(row, column):
        return first[min(row, size_a - 1)] <= column <= (last[row] + 1 if row < size_a else size_b)

    for t, (p, q) in enumerate(SHAPES):
        row, column = i + int(EXTENT[p]), j + int(EXTENT[q])
        if row <= size_a and first[row - 1] <= j and column - 1 <= last[i] and inside(row, column):
            yield t, row, column
    if i < size_a and inside(i + 1, j):
        yield A, i + 1, j
    if j < size_b and inside(i, j + 1):
        yield B, i, j + 1


def paths(band, size_b, i=0, j=0):
    if (i, j) == (len(band[0]), size_b):
        yield ()
    for t, row, column in arcs(band, size_b, i, j):
        for rest in paths(band, size_b, row, column):
            yield ((i, j, t), *rest)


@st.composite
def bands(draw):
    """(first, last) of each row, rising, with a way through; and the size of the other side."""
    size_a, size_b = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    first, last = [0], [size_b - 1]
    for _ in range(size_a - 1):
        last.insert(0, draw(st.integers(0, last[0])))
    for i in range(1, size_a):
        first.append(draw(st.integers(first[-1], min(last[i - 1] + 1, last[i]))))
    return (np.array(first, np.int32), np.array(last, np.int32)), size_b


@st.composite
def grids(draw):
    band, size_b = draw(bands())
    first, last = band
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    scores = np.full((len(first), len(SHAPES), int((last - first).max()) + 1), bead_scores.NEVER, np.float32)
    for i in range(len(first)):
        for j in range(first[i], last[i] + 1):
            for t, _, _ in arcs(band, size_b, i, j):
                if t < A:
                    scores[i, t, j - first[i]] = rng.normal(0, 2)
    return scores, band, size_b, float(rng.normal(-1, 1)), float(rng.normal(-1, 1))


def total(path, scores, first, skip_a, skip_b):
    return sum(skip_a if t == A else skip_b if t == B else float(scores[i, t, j - first[i]]) for i, j, t in path)


@settings(max_examples=40)
@given(grids())
def test_best_path_and_posteriors_are_those_of_all_paths(grid):
    scores, (first, last), size_b, skip_a, skip_b = grid
    size_a = len(first)
    every = {path: total(path, scores, first, skip_a, skip_b) for path in paths((first, last), size_b)}
    ahead, behind = lattice.best_paths(scores, first, last, size_b, skip_a, skip_b)
    best = max(every.values())
    assert behind[0, 0] == pytest.approx(best, abs=1e-4)
    assert ahead[size_a, size_b - first[-1]] == pytest.approx(best, abs=1e-4)

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


@settings(max_examples=30)
@given(grids())
def test_decoding_posteriors_gives_the_path_with_the_greatest_sum(grid):
    scores, (first, last), size_b, skip_a, skip_b = grid
    size_a = len(first)
    ahead, behind = lattice.best_paths(scores, first, last, size_b, skip_a, skip_b)
    i, j, shape, _, probability = lattice.posteriors(scores, ahead, behind, first, last, size_b, skip_a, skip_b)
    worth = dict(zip(zip(i.tolist(), j.tolist(), shape.tolist(), strict=True), probability.tolist(), strict=True))
    chosen = lattice.decode(i, j, shape, probability, size_a, size_b)
    assert sum(probability[chosen]) == pytest.approx(
        max(sum(worth.get(arc, -9.0) for arc in path) for path in paths((first, last), size_b)), abs=1e-6
    )


@settings(max_examples=30)
@given(bands(), st.integers(0, 10**6))
def test_bead_scores_are_the_formula(band_and_size, seed):
    (first, last), size_b = band_and_size
    size_a, rng = len(first), np.random.default_rng(seed)
    first_back, last_back = turned(first, last, size_b)
    there, back = (rng.normal(0, 3, (len(low), PATTERNS, int((high - low).max()) + 1)).astype(np.float32)
                   for low, high in ((first, last), (first_back, last_back)))  # fmt: skip
    letters = [rng.integers(5, 200, size).astype(float) for size in (size_a, size_b)]
    edges = [rng.integers(0, 2, size + 1).astype(np.int32) for size in (size_a, size_b)]
    roles = [rng.integers(-1, 3, size).astype(np.int32) for size in (size_a, size_b)]
    model = first_model(1.1)._replace(inside=rng.normal(0, 1, (2, 2)), ends=rng.normal(0, 1, (2, 2)))
    found = bead_scores.bead_scores(there, back, first, last, first_back, *letters, *edges, *roles, *model[:5])
    for i, j, t in itertools.product(range(size_a), range(size_b), range(len(SHAPES))):
        if not first[i] <= j <= last[i]:
            continue
        (p, q), got = SHAPES[t], found[i, t, j - first[i]]
        rows, columns = ([x + o for o in OFFSETS[s] if o >= 0] for x, s in ((i, p), (j, q)))
        below, right = rows[-1] + 1, columns[-1] + 1
        whole = below <= size_a and right <= size_b and right - 1 <= last[i] and first[min(below, size_a) - 1] <= j
        titles = (roles[0][i] == bead_scores.TITLE and below > i + 1) or (
            roles[1][j] == bead_scores.TITLE and right > j + 1
        )
        if not whole or titles:
            assert got == np.float32(bead_scores.NEVER)
            continue
        long_a, long_b = letters[0][rows].sum() * model.ratio, letters[1][columns].sum()
        z = (long_b - long_a) ** 2 / ((long_b + long_a) / 2 + 1) / model.variance
        expected = model.priors[t] - bead_scores.LENGTH * min(z, bead_scores.FARTHEST) / 2
        expected += sum(float(there[i, p, c - first[i]]) for c in columns) / 2
        expected += sum(float(back[j, q, r - first_back[j]]) for r in rows) / 2
        expected += sum(model.inside[0, edges[0][x]] for x in range(i + 1, below))
        expected += sum(model.inside[1, edges[1][x]] for x in range(j + 1, right))
        expected += (model.ends[edges[0][i], edges[1][j]] + model.ends[edges[0][below], edges[1][right]]) / 2
        x, y = roles[0][i], roles[1][j]
        if min(x, y) >= 0 and x + y > 0:
            either = bead_scores.OTHER_ROLE if min(x, y) > 0 else bead_scores.ONE_ROLE
            expected += bead_scores.SAME_ROLE if x == y else either
        assert got == pytest.approx(expected, abs=1e-3)


def test_patterns_and_shapes_are_consistent():
    for offsets, size, extent in zip(OFFSETS, SIZE, EXTENT, strict=True):
        taken = [k for k in offsets if k >= 0]
        assert len(taken) == size
        assert taken[-1] + 1 == extent
    assert len(set(map(tuple, SHAPES.tolist()))) == len(SHAPES)
    assert len(first_priors()) == len(SHAPES) + 2
    assert (usual_shares() > 0).all()
