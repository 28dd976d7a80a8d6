"""Beads of two editions to groups of all, and groups of sentences to those of blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_builder.align.bead_shapes import EXTENT, SHAPES
from corpus_builder.align.calibration import SENTENCES, Scale, alone_probability
from corpus_builder.align.many.clustering import PairAlignment, join, join_blocks, likely_links
from corpus_builder.align.many.groups import Nodes, beads_of, groups_of
from corpus_builder.align.two.pair_beads import PairBeads
from corpus_builder.ragged import SparseRows

ONE_ONE, ONE_TWO = 0, 1


def pair_beads(*arcs):
    """From (i, j, shape, probability)."""
    i, j, shape, probability = (np.array(column) for column in zip(*arcs, strict=True)) if arcs else [np.zeros(0)] * 4
    ints = (column.astype(np.int32) for column in (i, j, shape))
    return PairBeads.of_arcs(*ints, np.ones(len(arcs)), probability.astype(float))


def links(size, *found):
    """From (i, j, posterior)."""
    found = sorted(found)
    starts = np.searchsorted([i for i, _, _ in found], np.arange(size + 1)).astype(np.int32)
    return SparseRows(starts, np.array([j for _, j, _ in found], np.int32), np.array([p for _, _, p in found], float))


def joined(sizes, *found):
    nodes = Nodes.of(sizes)
    return join(sizes, nodes, [PairAlignment(*alignment) for alignment in found]), nodes


def members(groups):
    return [tuple(groups.nodes.row(g).tolist()) for g in range(groups.nodes.rows)]


def triangles(*more):
    """Two triangles (0, 2, 4) and (1, 3, 5) of three editions of two segments, and what else the first two link."""
    sure = (0, 0, ONE_ONE, 0.9), (1, 1, ONE_ONE, 0.9)
    linked = (0, 0, 0.9), (1, 1, 0.9)
    beads_ab = pair_beads(*sure, *more)
    return ((0, 1, beads_ab, links(2, *linked)), (0, 2, pair_beads(*sure), links(2, *linked)),
            (1, 2, pair_beads(*sure), links(2, *linked)))  # fmt: skip


def test_one_false_link_does_not_glue_two_whole_triangles():
    groups, _ = joined([2, 2, 2], *triangles((0, 1, ONE_ONE, 0.5)))
    assert members(groups) == [(0, 2, 4), (1, 3, 5)]
    assert groups.pairs == pytest.approx(0.9)
    two_editions, _ = joined([2, 2], triangles((0, 1, ONE_ONE, 0.5))[0])
    assert members(two_editions) == [(0, 1, 2, 3)]  # with two editions there is nothing else to go by


def test_what_a_third_edition_joins_has_a_probability_of_its_own():
    groups, nodes = joined(
        [1, 1, 1],
        (0, 2, pair_beads((0, 0, ONE_ONE, 0.8)), links(1, (0, 0, 0.8))),
        (1, 2, pair_beads((0, 0, ONE_ONE, 0.9)), links(1, (0, 0, 0.9))),
        (0, 1, pair_beads(), links(1, (0, 0, 0.1))),
    )
    assert members(groups) == [(0, 1, 2)]
    assert groups.pairs[0] == pytest.approx([0.8**2, 0.8, 0.9])
    (bead,) = beads_of(groups, nodes, ("uk", "ru", "en"), SENTENCES)
    assert bead.probability == min(bead.pairs.values())
    assert list(bead.pairs) == [("uk", "ru"), ("uk", "en"), ("ru", "en")]


def test_flags_tell_the_kind_of_a_bead_and_lone_segments_their_doubt():
    merged, hole = (list(map(tuple, SHAPES.tolist())).index(shape) for shape in ((1, 0), (4, 0)))
    groups, nodes = joined(
        [6, 5],
        (0, 1, pair_beads((0, 0, merged, 0.9), (2, 2, hole, 0.8)).and_moved(pair_beads((5, 1, ONE_ONE, 0.7))),
         links(6, (3, 3, 0.25))),
    )  # fmt: skip
    found = beads_of(groups, nodes, ("xa", "xb"), Scale(1.0, 0.0))
    assert [(bead.segments["xa"], bead.segments["xb"], bead.flags) for bead in found] == [
        ((0, 1), (0,), ("merged",)), ((2, 4), (2,), ("hole", "merged")), ((3,), (), ("one_sided",)),
        ((5,), (1,), ("moved",)), ((), (3,), ("one_sided",)), ((), (4,), ("one_sided",)),
    ]  # fmt: skip
    alone = alone_probability(np.array([0.75, 1.0])).round(6).tolist()
    assert [bead.probability for bead in found] == [0.9, 0.8, alone[0], 0.7, alone[0], alone[1]]


def test_blocks_that_a_likely_bead_links_are_one_and_weak_links_are_doubts():
    groups, nodes = joined(
        [4, 4],
        (0, 1, pair_beads((0, 0, ONE_ONE, 0.9), (1, 1, ONE_ONE, 0.6), (2, 2, ONE_ONE, 0.2), (3, 3, ONE_ONE, 0.8)),
         links(4)),
    )  # fmt: skip
    # blocks: {0 1} {2} {3} of the first, {0} {1} {2 3} of the second; the bead of 2 and 2 is not likely enough
    block_of = np.array([0, 0, 1, 2, 0, 1, 2, 2], np.int32)
    joint, blocks = join_blocks(groups, nodes, block_of, 2, likely_links("ab", {}))
    assert members(joint) == [(0, 3, 4), (1,), (2, 5)]
    assert joint.pairs[:, 0] == pytest.approx([0.6, np.nan, 0.8 * (1 - 0.2)], nan_ok=True)
    assert joint.alone == pytest.approx([1.0, 0.8, 1.0])
    assert blocks.number.tolist() == [0, 1, 2, 0, 1, 2]
    assert joint.score == pytest.approx([2.0, 0.0, 1.0])


def test_blocks_are_linked_by_unlikely_beads_where_the_editions_are_hardly_known():
    """Beads of .1 to .18, where the editions are translations with a probability of .2: as .5 to .9 where it is 1."""
    beads = pair_beads((0, 0, ONE_ONE, 0.18), (1, 1, ONE_ONE, 0.1), (2, 2, ONE_ONE, 0.02))
    groups, nodes = joined([3, 3], (0, 1, beads, links(3)))
    block_of = np.array([0, 1, 2, 0, 1, 2], np.int32)
    known, _ = join_blocks(groups, nodes, block_of, 2, likely_links(("uk", "en"), {("en", "uk"): 1.0}))
    hardly, _ = join_blocks(groups, nodes, block_of, 2, likely_links(("uk", "en"), {("en", "uk"): 0.2}))
    assert members(known) == [(0,), (1,), (2,), (3,), (4,), (5,)]
    assert members(hardly) == [(0, 3), (1, 4), (2,), (5,)]


@settings(max_examples=60)
@given(st.data())
def test_every_segment_and_block_is_in_one_group_and_beads_lead_back_to_them(data):
    sizes = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    found, rng = [], np.random.default_rng(data.draw(st.integers(0, 10**6)))
    for x in range(len(sizes)):
        for y in range(x + 1, len(sizes)):
            arcs, i, j = [], 0, 0
            while i < sizes[x] and j < sizes[y]:
                shape = int(rng.integers(0, 3))
                p, q = EXTENT[SHAPES[shape]].tolist()
                if i + p <= sizes[x] and j + q <= sizes[y]:
                    arcs.append((i, j, shape, float(rng.uniform(0.05, 1))))
                i, j = i + p, j + q
            posteriors = [(i, j, p) for i, j, _, p in arcs]
            found.append((x, y, pair_beads(*arcs), links(sizes[x], *posteriors)))
    groups, nodes = joined(sizes, *found)
    languages = "abcd"[: len(sizes)]
    block_of = np.concatenate([np.arange(size) // 2 for size in sizes]).astype(np.int32)
    joint, block_nodes = join_blocks(groups, nodes, block_of, len(sizes), likely_links(languages, {}))
    for one, all_nodes in ((groups, nodes), (joint, block_nodes)):
        assert sorted(one.nodes.flat.tolist()) == list(range(len(all_nodes.edition)))
        made = beads_of(one, all_nodes, languages, SENTENCES)
        back = groups_of(made, languages, all_nodes, SENTENCES)
        assert members(back) == members(one)
        assert back.pairs == pytest.approx(one.pairs, abs=0.02, nan_ok=True)
        for bead in made:
            own = bead.languages
            assert {x for two in bead.pairs for x in two} == (set(own) if len(own) > 1 else set())


def test_beads_of_any_segments_are_joined_with_those_of_the_lattice():
    nodes = Nodes.of([6, 3, 1])
    wide = PairBeads.of([(0, 1, 3, 5)], [(0,)], np.ones(1), np.array([0.9]))
    assert [side.tolist() for side in wide.free(6, 2)] == [[False, False, True, False, True, False], [False, True]]
    back = (2, 1, pair_beads((0, 1, ONE_TWO, 0.8)), links(1, (0, 1, 0.8), (0, 2, 0.8)))  # the later edition first
    groups = join([6, 3, 1], nodes, [PairAlignment(0, 1, wide, links(6)), PairAlignment(*back)])
    assert members(groups) == [(0, 1, 3, 5, 6), (2,), (4,), (7, 8, 9)]
    assert groups.pairs[3] == pytest.approx([np.nan, np.nan, 0.8], nan_ok=True)
    assert members(join([1, 1], Nodes.of([1, 1]), [])) == [(0,), (1,)]
