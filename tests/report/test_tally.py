from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.report.tally import PROBABILITY_WIDTH, RATIO_WIDTH, BeadTally

# One bead: per language the lengths of its segments; then probability, score, flags.
SIDES = st.lists(st.integers(1, 500), max_size=3)
BEADS = st.lists(
    st.tuples(
        st.tuples(SIDES, SIDES, SIDES).filter(any),
        st.floats(0, 1),
        st.floats(-50, 50),
        st.lists(st.sampled_from(["moved", "merged"]), max_size=2, unique=True),
    ),
    max_size=30,
)
Bead = tuple[tuple[list[int], ...], float, float, list[str]]


def tallied(*batches: list[Bead]) -> BeadTally:
    tally = BeadTally(("uk", "ru", "en"))
    for beads in filter(None, batches):
        tally.add(
            np.array([[len(side) for side in sides] for sides, *_ in beads]),
            np.array([[sum(side) for side in sides] for sides, *_ in beads]),
            np.array([score for _, _, score, _ in beads]),
            [flag for *_, flags in beads for flag in flags],
        )
        tally.add_probabilities(
            np.array([probability for sides, probability, *_ in beads if sum(map(bool, sides)) > 1], np.float64)
        )
    return tally


@given(BEADS)
def test_figures_are_those_of_counting_one_by_one(beads: list[Bead]) -> None:
    tally = tallied(beads)
    got = tally.beads()
    shared = [bead for bead in beads if sum(map(bool, bead[0])) > 1]
    assert (got.count, got.one_sided) == (len(beads), len(beads) - len(shared))
    assert sum(got.shapes.values()) == len(beads)
    for i, language in enumerate(tally.languages):
        aligned, everything = (sum(sum(sides[i]) for sides, *_ in some) for some in (shared, beads))
        assert got.coverage[language] == (aligned, everything)
    assert got.flags == Counter(flag for *_, flags in beads for flag in flags)
    assert sum(got.probability.counts.values()) == sum(got.score.counts.values()) == len(shared)
    assert all(0 <= number < round(1 / PROBABILITY_WIDTH) for number in got.probability.counts)
    pairs = [(sum(sides[2]), sum(sides[0])) for sides, *_ in beads if sides[0] and sides[2]]
    both = Counter(math.floor(math.log2(uk / en) / RATIO_WIDTH + 1e-9) for en, uk in pairs)
    assert tally.length_ratios()["en-uk"].counts == both


@given(BEADS, BEADS)
def test_batches_add_up(first: list[Bead], second: list[Bead]) -> None:
    assert tallied(first, second).beads() == tallied(first + second).beads()


@pytest.mark.parametrize(("probability", "number"), [(0.0, 0), (0.02, 2), (0.29, 29), (0.98, 98), (1.0, 99)])
def test_a_probability_falls_into_its_bin(probability: float, number: int) -> None:
    assert tallied([(([1], [1], []), probability, 0.0, [])]).beads().probability.counts == {number: 1}


def test_shapes_beyond_the_most_frequent_are_counted_together() -> None:
    beads: list[Bead] = [(([1] * n, [1] * m, []), 0.5, 0.0, []) for n in range(1, 6) for m in range(1, 6)]
    shapes = tallied(beads).beads().shapes
    assert shapes["others"] == 25 - (len(shapes) - 1)
