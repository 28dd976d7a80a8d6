"""Where segments without a counterpart lie (align/many/gaps.py), and what that says of them (align/calibration.py)."""

import numpy as np

from corpus_builder.align.calibration import MOST_ALONE, alone_in_gap, alone_probability
from corpus_builder.align.many.gaps import beside, gaps
from corpus_builder.align.two.pair_beads import PairBeads


def one_to_one(*links):
    some = np.ones(len(links))
    return PairBeads.of([(i,) for i, _ in links], [(j,) for _, j in links], some, some)


def test_runs_and_what_faces_them_are_counted_between_beads():
    beads = one_to_one((2, 0), (3, 2), (5, 4))
    (run_a, facing_a), (run_b, facing_b) = gaps((7, 7), beads)
    assert run_a.tolist() == [2, 2, 0, 0, 1, 0, 1]
    assert facing_a.tolist() == [0, 0, 0, 0, 1, 0, 2]
    assert run_b.tolist() == [0, 1, 0, 1, 0, 2, 2]
    assert facing_b.tolist() == [0, 0, 0, 1, 0, 1, 1]


def test_moved_beads_open_no_gap_and_their_segments_are_linked():
    beads = one_to_one((0, 0), (4, 4)).and_moved(one_to_one((1, 6)))
    assert beads.moved.tolist() == [False, False, True]
    (run, facing), _ = gaps((5, 7), beads)
    assert run.tolist() == [0, 0, 2, 2, 0]
    assert facing.tolist() == [0, 0, 3, 3, 0]


def test_of_several_editions_the_shortest_run_and_the_most_facing_count():
    # the first edition's line 1 is alone beside each of the others: in the second three face it, in the third none
    run, facing = beside([3, 5, 2], [(0, 1, one_to_one((0, 0), (2, 4))), (0, 2, one_to_one((0, 0), (2, 1)))])
    assert (run[1], facing[1]) == (1, 3)
    assert run[[0, 2]].tolist() == [0, 0]
    empty_run, empty_facing = beside([2], [])
    assert empty_run.tolist() == empty_facing.tolist() == [0, 0]


def test_a_lone_line_is_likelier_in_a_long_run_and_less_likely_if_others_face_it():
    run, facing = np.array([1.0, 12.0, 1.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0, 4.0, 0.0])
    p = alone_probability(alone_in_gap(np.full(5, 0.9), run, facing))
    assert p[1] > p[0] > p[2] > p[3]
    assert p[3] < 0.3
    assert alone_probability(alone_in_gap(np.ones(1), np.full(1, 50.0), np.zeros(1))) == MOST_ALONE
