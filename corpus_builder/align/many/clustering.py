"""From the beads of each two editions to beads of all, and from the beads of sentences to those of blocks.

Groups of segments grow along the pairs' beads, surest first. Two groups become one if the links between them outweigh
what is not linked: Σ (L_ij - κ) > 0 over all segments i, j of different editions, one of either group (correlation
clustering, greedily). So one false link does not glue two triangles that are whole without it.

Blocks that share a bead are one bead, whatever else they hold: that is what gold calls a paragraph bead. A bead links
blocks only if it is likely enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from corpus_builder.align.many.groups import Groups, Nodes, pair_number
from corpus_builder.align.many.third_edition import Links
from corpus_builder.align.two.pair_beads import PairBeads, wide
from corpus_builder.align.words.document_arrays import Ints
from corpus_builder.jit import compiled

UNLINKED = 0.4
"""κ: what a pair of segments without a link weighs against joining their groups (development data)."""
LIKELY = 0.3
"""How likely a bead of sentences must be to join blocks (development data: newsroom seed 1, 0 to .5 tried)."""


@compiled
def _nodes(first_a: int, first_b: int, segments: Any, sides: Any) -> Any:
    """The beads with nodes in the place of segments, those of the earlier edition first."""
    nodes, turned = segments.copy(), sides.copy()
    for k in range(len(sides)):
        a, b = sides[k, 0], sides[k, 1]
        at_a, at_b = (0, a) if first_a <= first_b else (b, 0)
        for m in range(a):
            nodes[k, at_a + m] = first_a + segments[k, m]
        for m in range(b):
            nodes[k, at_b + m] = first_b + segments[k, a + m]
        if at_a:
            turned[k, 0], turned[k, 1] = b, a
    return nodes, turned


@compiled
def _ends(
    starts: Any, columns: Any, values: Any, first_a: int, first_b: int, nodes: Any, sides: Any, probability: Any
) -> Any:
    """The links of two editions: (node of the earlier, node of the later, posterior).

    Those of beads are among them, since moved ones do not lie on the lattice's paths.
    """
    size = len(columns) + (sides[:, 0] * sides[:, 1]).sum()
    one, other, posterior = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size)
    n = 0
    for i in range(len(starts) - 1):
        for e in range(starts[i], starts[i + 1]):
            a, b = first_a + i, first_b + columns[e]
            one[n], other[n], posterior[n] = min(a, b), max(a, b), values[e]
            n += 1
    for k in range(len(sides)):
        for a in range(sides[k, 0]):
            for b in range(sides[k, 0], sides[k, 0] + sides[k, 1]):
                one[n], other[n], posterior[n] = nodes[k, a], nodes[k, b], probability[k]
                n += 1
    return one, other, posterior


@compiled
def _link(starts: Any, columns: Any, values: Any, one: int, other: int) -> float:
    a, b = min(one, other), max(one, other)
    best = 0.0
    for e in range(starts[a], starts[a + 1]):
        if columns[e] == b:
            best = max(best, values[e])
    return best


@compiled
def _join(
    edition: Any, editions: int, several: bool, nodes: Any, sides: Any, score: Any, probability: Any, moved: Any,
    one: Any, other: Any, posterior: Any,
) -> Any:  # fmt: skip
    """The fields of Groups; the beads come surest first."""
    size = len(edition)
    starts = np.zeros(size + 1, np.int32)  # the links in rows by their earlier node
    strongest = np.zeros(size)
    for e in range(len(one)):
        starts[one[e] + 1] += 1
        strongest[one[e]] = max(strongest[one[e]], posterior[e])
        strongest[other[e]] = max(strongest[other[e]], posterior[e])
    for k in range(size):
        starts[k + 1] += starts[k]
    at = starts[:-1].copy()
    columns, values = np.empty(len(one), np.int32), np.empty(len(one))
    for e in range(len(one)):
        columns[at[one[e]]], values[at[one[e]]] = other[e], posterior[e]
        at[one[e]] += 1
    # groups are lists of nodes that hang together, named by one of them
    group, last, following = np.arange(size), np.arange(size), np.full(size, -1, np.int32)
    kept = np.ones(len(score), np.bool_)
    for k in range(len(score)):
        bead = nodes[k, : sides[k, 0] + sides[k, 1]]
        for node in bead[1:]:
            x, y = group[bead[0]], group[node]
            if x == y:
                continue
            if several:
                total, inside = 0.0, True
                a = x
                while a >= 0:
                    inside = inside and (bead == a).any()
                    b = y
                    while b >= 0:
                        if edition[a] != edition[b]:
                            total += _link(starts, columns, values, a, b) - UNLINKED
                        b = following[b]
                    a = following[a]
                b = y
                while b >= 0:
                    inside = inside and (bead == b).any()
                    b = following[b]
                if total <= 0 and not inside:  # both sides of one pair's bead with nothing else in them may be joined
                    kept[k] = False
                    continue
            following[last[x]] = y
            last[x] = last[y]
            b = y
            while b >= 0:
                group[b] = x
                b = following[b]
    number, count = np.full(size, -1, np.int32), 0
    for node in range(size):
        if number[group[node]] < 0:
            number[group[node]] = count
            count += 1
    pairs = np.full((count, editions * (editions - 1) // 2), np.nan)
    scores, links, crossed, alone = np.zeros(count), np.zeros(count), np.zeros(count, np.bool_), np.ones(count)
    for k in range(len(score)):
        if kept[k]:
            g = number[group[nodes[k, 0]]]
            p = pair_number(edition[nodes[k, 0]], edition[nodes[k, sides[k, 0]]], editions)
            pairs[g, p] = min(pairs[g, p], probability[k]) if pairs[g, p] == pairs[g, p] else probability[k]
            scores[g] += score[k]
            links[g] += 1
            crossed[g] |= moved[k]
    group_starts = np.zeros(count + 1, np.int32)
    for node in range(size):
        group_starts[number[group[node]] + 1] += 1
    for g in range(count):
        group_starts[g + 1] += group_starts[g]
        scores[g] /= max(links[g], 1.0)
    members, at = np.empty(size, np.int32), group_starts[:-1].copy()
    for node in range(size):
        g = number[group[node]]
        members[at[g]] = node
        at[g] += 1
    direct = np.empty(pairs.shape[1])
    for g in range(count):
        own = members[group_starts[g] : group_starts[g + 1]]
        direct[:] = -1.0
        for n in range(len(own)):
            for m in range(n + 1, len(own)):
                if edition[own[n]] != edition[own[m]]:
                    p = pair_number(edition[own[n]], edition[own[m]], editions)
                    direct[p] = max(direct[p], _link(starts, columns, values, own[n], own[m]))
        for p in range(len(direct)):
            if direct[p] >= 0 and pairs[g, p] != pairs[g, p]:  # joined through a third edition only
                least = np.nanmin(pairs[g])
                pairs[g, p] = max(direct[p], least * least if least == least else 0.0)
        if edition[own[0]] == edition[own[-1]]:
            alone[g] = 1.0 - strongest[own].max()
    return group_starts, members, scores, pairs, alone, crossed


def join(sizes: Sequence[int], nodes: Nodes, found: Sequence[tuple[int, int, PairBeads, Links]]) -> Groups:
    """Every segment in one group.

    `found` has of each two editions their numbers, their beads, and the posteriors of their links (triples.links).
    """
    first = np.cumsum([0, *sizes]).tolist()
    width = max((beads.segments.shape[1] for _, _, beads, _ in found), default=0)
    parts = []
    for x, y, beads, links in found:
        own, sides = _nodes(first[x], first[y], wide(beads.segments, width), beads.sides)
        ends = _ends(*links, first[x], first[y], own, sides, beads.probability)
        parts.append((own, sides, *beads[2:], *ends))
    if not parts:
        every, pairs = np.arange(len(nodes.edition) + 1, dtype=np.int32), len(sizes) * (len(sizes) - 1) // 2
        score, alone, moved = np.zeros(len(every) - 1), np.ones(len(every) - 1), np.zeros(len(every) - 1, np.bool_)
        return Groups(every, every[:-1], score, np.full((len(every) - 1, pairs), np.nan), alone, moved)
    *columns, one, other, posterior = (np.concatenate(column) for column in zip(*parts, strict=True))
    own, sides, _, probability, _ = columns
    ends_in = nodes.edition[own[np.arange(len(own)), sides[:, 0]]]
    order = np.lexsort((own[:, 0], ends_in, nodes.edition[own[:, 0]], -probability))
    several = sum(size > 0 for size in sizes) > 2
    columns = [column[order] for column in columns]
    return Groups(*_join(nodes.edition, len(sizes), several, *columns, one, other, posterior))


@compiled
def _root(parent: Any, block: int) -> int:
    while parent[block] != block:
        parent[block] = parent[parent[block]]
        block = parent[block]
    return block


@compiled
def _blocks(
    starts: Any, nodes: Any, score: Any, pairs: Any, alone: Any, moved: Any, block_of: Any, edition: Any, editions: int,
    likely: float,
) -> Any:  # fmt: skip
    """The fields of the blocks' Groups; block_of [nodes], edition [blocks]."""
    size, two = len(edition), pairs.shape[1]
    parent = np.arange(size)
    # the blocks that each group reaches, by their editions
    reached_starts, reached = np.zeros(len(score) + 1, np.int64), np.empty(len(nodes), np.int32)
    n = 0
    for g in range(len(score)):
        for node in nodes[starts[g] : starts[g + 1]]:
            if not (reached[reached_starts[g] : n] == block_of[node]).any():
                reached[n] = block_of[node]
                n += 1
        reached_starts[g + 1] = n
    x_of, y_of = np.empty(two, np.int64), np.empty(two, np.int64)
    for x in range(editions):
        for y in range(x + 1, editions):
            x_of[pair_number(x, y, editions)], y_of[pair_number(x, y, editions)] = x, y
    for g in range(len(score)):
        own = reached[reached_starts[g] : reached_starts[g + 1]]
        for p in range(two):
            if pairs[g, p] >= likely:
                begin = -1
                for block in own:
                    if edition[block] == x_of[p] or edition[block] == y_of[p]:
                        if begin < 0:
                            begin = block
                        else:
                            parent[_root(parent, block)] = _root(parent, begin)
    number, count = np.full(size, -1, np.int32), 0
    for block in range(size):
        root = _root(parent, block)
        if number[root] < 0:
            number[root] = count
            count += 1
        number[block] = number[root]
    surest, weaker = np.full((size, two), -1.0), np.ones((count, two))
    alone_of, scores, crossed = np.ones(size), np.zeros(count), np.zeros(count, np.bool_)
    counted = np.full(count, -1, np.int32)  # the group that was added to a score last
    weakened = np.full(count, -1, np.int64)
    for g in range(len(score)):
        own = reached[reached_starts[g] : reached_starts[g + 1]]
        if edition[own[0]] == edition[own[-1]]:
            alone_of[own[0]] = min(alone_of[own[0]], alone[g])
        for p in range(two):
            probability = pairs[g, p]
            if probability != probability:
                continue
            begin, apart = -1, False
            for block in own:
                if edition[block] == x_of[p] or edition[block] == y_of[p]:
                    begin = number[block] if begin < 0 else begin
                    apart = apart or number[block] != begin
            if probability >= likely:
                for block in own:
                    if edition[block] == x_of[p] or edition[block] == y_of[p]:
                        surest[block, p] = max(surest[block, p], probability)
                if counted[begin] != g:
                    counted[begin] = g
                    scores[begin] += score[g]
                    crossed[begin] |= moved[g]
            elif apart:
                for block in own:
                    if edition[block] == x_of[p] or edition[block] == y_of[p]:
                        alone_of[block] = min(alone_of[block], 1.0 - probability)
                        if weakened[number[block]] != g * two + p:
                            weakened[number[block]] = g * two + p
                            weaker[number[block], p] *= 1.0 - probability
    block_starts, members = np.zeros(count + 1, np.int32), np.empty(size, np.int32)
    for block in range(size):
        block_starts[number[block] + 1] += 1
    for g in range(count):
        block_starts[g + 1] += block_starts[g]
    at = block_starts[:-1].copy()
    linked, lonely = np.full((count, two), np.nan), np.ones(count)
    for block in range(size):
        g = number[block]
        members[at[g]] = block
        at[g] += 1
        for p in range(two):
            if surest[block, p] >= 0 and not linked[g, p] <= surest[block, p]:
                linked[g, p] = surest[block, p]
    for g in range(count):
        if np.isnan(linked[g]).all():
            lonely[g] = alone_of[members[block_starts[g]]]
    return block_starts, members, scores, linked * weaker, lonely, crossed


def blocks(groups: Groups, nodes: Nodes, block_of: Ints, editions: int, likely: float = LIKELY) -> tuple[Groups, Nodes]:
    """The beads of blocks: blocks connected by groups that are at least so likely.

    `block_of` [nodes] is the number of each node's block within its edition. A bead's probability for two languages is
    that of its least sure block (that one link of it holds) times that of no weaker link to blocks outside it.
    """
    named = nodes.edition.astype(np.int64) << 32 | block_of
    every, place = np.unique(named, return_inverse=True)
    own = Nodes((every >> 32).astype(np.int32), (every & 0xFFFFFFFF).astype(np.int32))
    return Groups(*_blocks(*groups, place, own.edition, editions, likely)), own
