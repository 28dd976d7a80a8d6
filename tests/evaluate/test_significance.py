"""Resampling: what must hold for any data, and what can be worked out in another way."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.evaluate import significance
from corpus_builder.evaluate.ranking import rank
from corpus_builder.evaluate.significance import Resampling, compare_systems

FEW = Resampling(resamples=400, trials=400)


def mean(totals):
    """A score for tests: the mean of what was scored."""
    return totals[..., 0] / totals[..., 1]


def compare(*systems, units=None, resampling=FEW, scorer=mean):
    statistics = [np.stack([np.asarray(s, dtype=float), np.ones(len(s))], axis=1) for s in systems]
    return compare_systems({"m": statistics}, {"m": scorer}, units, resampling)["m"]


@given(st.lists(st.integers(0, 9), min_size=2, max_size=30), st.lists(st.integers(0, 9), min_size=2, max_size=30))
def test_p_values_are_symmetric_probabilities_and_intervals_hold_the_score(one, other):
    size = min(len(one), len(other))
    tested = compare(one[:size], other[:size])
    for p in (tested.bootstrap, tested.randomisation):
        assert (p == p.T).all()
        assert ((p > 0) & (p <= 1)).all()
    assert (tested.low <= tested.high).all()
    assert min(one[:size]) <= tested.low[0] <= tested.high[0] <= max(one[:size])


def test_a_system_does_not_differ_from_itself():
    values = np.random.default_rng(3).random(50)
    tested = compare(values, values)
    assert tested.bootstrap[0, 1] == tested.randomisation[0, 1] == 1


def test_a_clear_difference_is_found():
    drawn = np.random.default_rng(3)
    values = drawn.random(100)
    tested = compare(values, values + 0.2 + 0.05 * drawn.random(100))
    assert tested.bootstrap[0, 1] == tested.randomisation[0, 1] == 1 / 401


def test_randomisation_comes_near_the_exact_test():
    one, other = [5, 3, 6, 2, 7, 4, 6, 5], [4, 3, 4, 3, 5, 2, 6, 3]
    differences = np.array(one) - np.array(other)
    exact = np.mean([abs(np.dot(signs, differences)) > abs(differences.sum()) for signs in product((1, -1), repeat=8)])
    found = compare(one, other, resampling=Resampling(trials=20_000)).randomisation[0, 1]
    assert found == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 20_000) ** 0.5 + 1e-4)


def test_the_interval_is_that_of_the_normal_approximation():
    values = np.random.default_rng(5).normal(10, 2, 400)
    tested = compare(values, values, resampling=Resampling(resamples=4000, trials=100))
    error = 1.96 * values.std() / 20
    assert tested.low[0] == pytest.approx(values.mean() - error, abs=0.03)
    assert tested.high[0] == pytest.approx(values.mean() + error, abs=0.03)


def test_segments_of_one_document_are_drawn_together():
    # 20 documents of 10 equal segments: 200 segments know no more than 20
    drawn = np.random.default_rng(7)
    one, other = (np.repeat(drawn.normal(0, 1, 20), 10) for _ in range(2))
    documents = np.repeat(np.arange(20), 10)
    by_segment, by_document = compare(one, other), compare(one, other, units=documents)
    assert by_document.high[0] - by_document.low[0] > 2 * (by_segment.high[0] - by_segment.low[0])
    assert by_document.bootstrap[0, 1] > by_segment.bootstrap[0, 1]


def test_one_document_for_each_segment_is_no_documents():
    values = np.random.default_rng(9).random((2, 30))
    shuffled = compare(*values, units=np.arange(30))
    assert (shuffled.bootstrap == compare(*values).bootstrap).all()


def test_blocks_do_not_change_the_result(monkeypatch):
    values = np.random.default_rng(11).random((3, 40))
    whole = compare(*values)
    monkeypatch.setattr(significance, "_BLOCK", 40 * 7)
    in_blocks = compare(*values)
    assert np.allclose(whole.low, in_blocks.low)
    assert (whole.bootstrap == in_blocks.bootstrap).all()


def test_the_seed_decides():
    values = np.random.default_rng(13).random((2, 40))
    assert (compare(*values).low == compare(*values).low).all()
    assert (compare(*values).low != compare(*values, resampling=Resampling(400, 400, seed=1)).low).any()


def test_a_metric_with_nothing_to_score_makes_no_difference():
    nothing = lambda totals: np.full(totals.shape[:-1], np.nan)  # noqa: E731
    tested = compare([1, 2], [2, 3], scorer=nothing)
    assert np.isnan(tested.low).all()
    assert tested.bootstrap[0, 1] == tested.randomisation[0, 1] == 1


def test_false_alarms_are_as_rare_as_the_level_says():
    # two systems that differ by chance alone, 300 times: at 0.05 about 15 false alarms, and 30 once in 5,000 such runs
    drawn = np.random.default_rng(17)
    alarms = sum(
        compare(drawn.random(60), drawn.random(60), resampling=Resampling(200, 200)).randomisation[0, 1] < 0.05
        for _ in range(300)
    )
    assert alarms < 30


def test_ranks_are_shared_where_the_difference_is_not_significant():
    p = np.array([[1, 0.5, 0.01], [0.5, 1, 0.2], [0.01, 0.2, 1]])
    ranked = rank(["a", "b", "c"], np.array([30.0, 29.0, 28.0]), p, 0.05, higher_is_better=True)
    assert [(r.system, r.rank, r.better_than, r.tied_with) for r in ranked] == [
        ("a", 1, ("c",), ("b",)),
        ("b", 1, (), ("a", "c")),
        ("c", 2, (), ("b",)),
    ]


def test_without_a_test_every_difference_counts_and_lower_may_be_better():
    ranked = rank(["a", "b", "c", "d"], np.array([60.0, 50.0, 60.0, np.nan]), None, 0.05, higher_is_better=False)
    assert [(r.system, r.rank) for r in ranked] == [("b", 1), ("a", 2), ("c", 2), ("d", 4)]
