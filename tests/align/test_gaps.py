"""Where lines without a counterpart lie (align/many/gaps.py), and what that says of them (align/calibration.py)."""

from itertools import combinations

import numpy as np
import pytest

from corpus_builder.align.calibration import (
    ALONE,
    Footing,
    alone_in_gap,
    alone_of,
    alone_probability,
    moved_probability,
    related_log_odds,
    trusted,
)
from corpus_builder.align.many.gaps import gaps
from corpus_builder.align.many.groups import Groups, Nodes
from corpus_builder.ragged import Ragged


def found(sizes, *linked, moved=()):
    """(run, facing) by (edition, number), of groups that link some nodes; all other nodes are alone."""
    nodes = Nodes.of(sizes)
    names = list(zip(nodes.edition.tolist(), nodes.number.tolist(), strict=True))
    alone = [((name,)) for name in names if not any(name in group for group in (*linked, *moved))]
    members = [*linked, *moved, *alone]
    flat = np.array([names.index(name) for group in members for name in group], np.int32)
    starts = np.cumsum([0, *map(len, members)]).astype(np.int32)
    pairs = np.zeros((len(members), len(list(combinations(sizes, 2)))))
    crossing = np.array([group in moved for group in members])
    groups = Groups(Ragged(flat, starts), np.zeros(len(members)), pairs, np.ones(len(members)), crossing)
    run, facing = gaps(groups, nodes, len(sizes))
    assert not run[: len(linked) + len(moved)].any()
    return {group[0]: (run[k], facing[k]) for k, group in enumerate(members) if len(group) == 1}


def test_runs_and_what_faces_them_are_counted_between_links():
    assert found([7, 7], ((0, 2), (1, 0)), ((0, 3), (1, 2)), ((0, 5), (1, 4))) == {
        (0, 0): (2, 0), (0, 1): (2, 0), (0, 4): (1, 1), (0, 6): (1, 2),
        (1, 1): (1, 0), (1, 3): (1, 1), (1, 5): (2, 1), (1, 6): (2, 1),
    }  # fmt: skip


def test_what_has_moved_bounds_no_gap_and_is_not_alone():
    assert found([4, 6], ((0, 0), (1, 0)), ((0, 3), (1, 4)), moved=[((0, 1), (1, 5))]) == {
        (0, 2): (1, 3), (1, 1): (3, 1), (1, 2): (3, 1), (1, 3): (3, 1)
    }  # fmt: skip


def test_of_several_editions_the_shortest_run_and_the_most_facing_count():
    # line 1 of the first edition: three lines of the second face it, none of the third
    beside = found([3, 5, 2], ((0, 0), (1, 0), (2, 0)), ((0, 2), (1, 4), (2, 1)))
    assert beside[0, 1] == (1, 3)
    assert beside[1, 1] == (3, 1)
    assert found([2]) == {(0, 0): (0, 0), (0, 1): (0, 0)}


SURE, LONE = Footing(0.999, 0.95), Footing(0.97, 0.15)


def alone(own, run, facing, footing=SURE, share=0.05):
    return alone_in_gap(np.full(len(run), own), np.array(run, np.float64), np.array(facing, np.float64), footing, share)


def test_a_lone_line_is_likelier_in_a_long_run_and_less_likely_if_others_face_it():
    p = alone(0.9, [1, 12, 1, 12], [0, 0, 1, 4], LONE)
    assert p[1] > p[0] > p[3] > p[2]
    assert p[2] < 0.4
    assert alone(1.0, [500], [0])[0] <= ALONE.most
    assert alone_probability(alone_of(p)).round(6).tolist() == p.round(6).tolist()


def test_a_lone_line_is_likelier_where_the_words_are_known():
    """In a corpus its counterpart would have been recognized; in a lone document perhaps not."""
    assert alone(0.9, [1], [0])[0] > 0.9
    assert alone(0.9, [1], [0])[0] > alone(0.9, [1], [0], LONE)[0] + 0.1


def test_in_texts_that_have_nothing_in_common_all_lines_are_alone():
    strangers = alone(0.6, [1, 30], [30, 30], Footing(0.001, 0.2), 0.95)
    lost = alone(0.6, [1, 30], [30, 30], Footing(0.001, 0.2), 0.1)
    assert (strangers > 0.5).all()
    assert (strangers > lost + 0.2).all()


def test_what_has_moved_is_doubted_in_texts_that_may_be_strangers():
    size, gain = np.array([1, 8]), np.array([5.0, 40.0])
    sure = moved_probability(size, gain, Footing(0.999, 0.3), 0.4)
    strangers = moved_probability(size, gain, Footing(0.001, 0.3), 0.05)
    assert sure[1] > sure[0] > strangers[0]
    assert (strangers < 0.2).all()


@pytest.mark.parametrize("probability", [0.0, 1e-12, 0.5, 1 - 1e-12, 1.0])
def test_trust_rises_with_the_probability_that_texts_are_translations(probability):
    assert 0 <= trusted(probability) <= 1
    assert trusted(0.2) < 0.2 < 0.97 < trusted(0.97)
    assert related_log_odds(probability) == pytest.approx(-related_log_odds(1 - probability))
