"""Beads of lines from beads of their parts, against an enumeration of all paths."""

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.bead_shapes import EXTENT, OFFSETS, SHAPES
from corpus_builder.align.texts import line_spans, pooling
from corpus_builder.align.texts.clauses import FEWEST, chunks, clauses
from corpus_builder.align.texts.line_spans import LineSpan
from corpus_builder.text.tokens import words

SKIP_A, SKIP_B = len(SHAPES), len(SHAPES) + 1


def touched(shape):
    return [[offset for offset in OFFSETS[p].tolist() if offset >= 0] for p in SHAPES[shape]]


def step(node, shape):
    if shape >= SKIP_A:
        return node[0] + (shape == SKIP_A), node[1] + (shape == SKIP_B)
    return node[0] + int(EXTENT[SHAPES[shape, 0]]), node[1] + int(EXTENT[SHAPES[shape, 1]])


def paths(node, end, weights):
    """All ways from a node to the end: ([(node, shape)], weight)."""
    if node == end:
        yield [], 1.0
        return
    for (start, shape), weight in weights.items():
        if start == node:
            for rest, more in paths(step(node, shape), end, weights):
                yield [(node, shape), *rest], weight * more


def line_beads(path, line_a, line_b):
    """The spans of lines of one path, each between two corners that it touches next to one another."""
    corner_a = {k for k in range(len(line_a)) if k == 0 or line_a[k] != line_a[k - 1]} | {len(line_a)}
    corner_b = {k for k in range(len(line_b)) if k == 0 or line_b[k] != line_b[k - 1]} | {len(line_b)}
    number_a, number_b = [*line_a, line_a[-1] + 1], [*line_b, line_b[-1] + 1]
    start, left, right = (0, 0), set(), set()
    for (i, j), shape in path:
        if shape < SKIP_A:
            p, q = touched(shape)
            left |= {line_a[i + k] for k in p}
            right |= {line_b[j + k] for k in q}
        node = step((i, j), shape)
        if node[0] in corner_a and node[1] in corner_b:
            a, b = number_a[start[0]], number_b[start[1]]
            yield LineSpan(a, b, number_a[node[0]], number_b[node[1]],
                       sum(1 << (k - a) for k in left), sum(1 << (k - b) for k in right))  # fmt: skip
            start, left, right = node, set(), set()


cuts = st.lists(st.integers(0, 1), min_size=2, max_size=2).map(lambda steps: [0, steps[0], steps[0] + steps[1]])


@given(cuts, cuts, st.integers(0, 10**6))
@settings(max_examples=30)
def test_line_beads_are_sums_over_all_paths(line_a, line_b, seed):
    rnd = np.random.default_rng(seed)
    end = (3, 3)
    weights = {((i, j), shape): float(rnd.exponential())
               for i in range(4) for j in range(4) for shape in range(len(SHAPES) + 2)
               if all(at <= last for at, last in zip(step((i, j), shape), end, strict=True))}  # fmt: skip
    expected, posterior, total = defaultdict(float), defaultdict(float), 0.0
    for path, weight in paths((0, 0), end, weights):
        total += weight
        for arc in path:
            posterior[arc] += weight
        for span in line_beads(path, line_a, line_b):
            expected[span] += weight
    arcs = sorted(posterior)
    i, j, shape = (np.array(column, np.int32) for column in zip(*((*node, shape) for node, shape in arcs), strict=True))
    beads = Arcs(i, j, shape, np.zeros(len(arcs)), np.array([posterior[arc] / total for arc in arcs]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling, "FLOOR", 0.0)
        patch.setattr(line_spans, "FAINT", 0.0)
        found = pooling.spans(line_a, line_b, beads)
    assert set(found) == set(expected)
    for span, p in found.items():
        assert p == pytest.approx(expected[span] / total)


def test_segmentations_are_pooled_by_their_geometric_mean():
    one, two = LineSpan(0, 0, 1, 1, 1, 1), LineSpan(0, 0, 2, 2, 3, 3)
    pooled = pooling.pool([{one: 0.8, two: 0.2}, {one: 0.1}])
    assert pooled[one] == pytest.approx(math.sqrt(0.8 * 0.1))
    assert pooled[two] == pytest.approx(math.sqrt(0.2 * pooling.FLOOR))


def test_the_path_takes_what_is_likelier_right():
    whole, first, second = LineSpan(0, 0, 2, 2, 3, 3), LineSpan(0, 0, 1, 1, 1, 1), LineSpan(1, 1, 2, 2, 1, 1)
    hole = LineSpan(2, 2, 3, 5, 1, 0b101)
    found = pooling.path_of({whole: 0.7, first: 0.2, second: 0.25, hole: 0.9}, (3, 5))
    assert [(span.left, span.right) for span, _ in found] == [((0, 1), (0, 1)), ((2,), (2, 4))]
    assert hole.alone == [(1, 3)]
    found = pooling.path_of({whole: 0.3, first: 0.7, second: 0.6, hole: 0.9}, (3, 5))
    assert [(span.left, span.right) for span, _ in found] == [((0,), (0,)), ((1,), (1,)), ((2,), (2, 4))]


@given(st.text("ab ,;:\u00a012", max_size=60).filter(str.strip))
def test_every_segmentation_has_the_words_of_the_line(text):
    line = text.strip()
    for parts in (clauses(line), clauses(line, FEWEST), chunks(line)):
        assert [word for part in parts for word in words(part)] == words(line)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any), min_size=1, max_size=40))
def test_the_corridor_rises_and_holds_all_beads(steps):
    ends = np.cumsum(np.array(steps), axis=0).astype(np.int32)
    size_a, size_b = (int(size) + 1 for size in ends[-1])
    i, j = np.concatenate(([[0, 0]], ends)).T.astype(np.int32)
    arcs_near = Arcs.certain(i, j, np.zeros(len(i), np.int32))
    first, last = pooling.corridor_of(arcs_near, (size_a, size_b))
    assert first[0] == 0
    assert last[-1] == size_b - 1
    assert (np.diff(first) >= 0).all()
    assert (np.diff(last) >= 0).all()
    assert (first[1:] <= last[:-1] + 1).all()
    assert ((first[i] <= j) & (j <= last[i])).all()


def test_a_bead_of_very_many_lines_leads_on():
    size = 200
    line_a, line_b = list(range(size)), [0] * size
    one = np.arange(size, dtype=np.int32)
    found = line_spans.sums(line_a, line_b, Arcs.certain(one, one, np.zeros(size, np.int32)))
    assert [(span.left, span.right, p) for span, p in found.items()] == [(tuple(range(size)), (0,), 1.0)]
