"""From the beads of each language pair to groups of all editions, and from groups of sentences to those of blocks.

Groups of segments grow along the pairs' beads, the most probable first. Two groups are merged if their links outweigh
what is not linked: Σ (L_ij - κ) > 0 over all segments i, j of different editions, one of either group (correlation
clustering, greedily). So a single false link does not merge two triangles that are complete without it.

Blocks that share a bead are in one group, whatever else they contain: that is the definition of a paragraph bead in the
gold standard. A bead links blocks only if it is likely enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from corpus_builder.align.arcs import Floats
from corpus_builder.align.many.groups import Groups, Nodes, pair_number
from corpus_builder.align.two.pair_beads import PairBeads, wide
from corpus_builder.jit import compiled
from corpus_builder.ragged import Ints, Ragged, SparseRows

UNLINKED = 0.4
"""κ: the weight of a pair of segments without a link. Best on development data (newsroom seed 1)."""
LIKELY = 0.3
"""The probability that a bead of sentences needs to link blocks (newsroom seed 1, 0 to .5 tried)."""


@dataclass(frozen=True, slots=True)
class PairAlignment:
    """The alignment of editions x and y, by their numbers: beads, and all links with posteriors (third_edition)."""

    x: int
    y: int
    beads: PairBeads
    links: SparseRows


def join(sizes: Sequence[int], nodes: Nodes, alignments: Sequence[PairAlignment]) -> Groups:
    """Every segment in one group, from the alignments of some of the pairs of editions of these sizes."""
    if not alignments:
        return _alone(len(nodes.edition), len(sizes) * (len(sizes) - 1) // 2)
    first = np.cumsum([0, *sizes]).tolist()
    width = max(alignment.beads.segments.shape[1] for alignment in alignments)
    beads, links = [], []
    for alignment in alignments:
        first_a, first_b, pair_beads = first[alignment.x], first[alignment.y], alignment.beads
        members, sides = _nodes(first_a, first_b, wide(pair_beads.segments, width), pair_beads.sides)
        beads.append((members, sides, pair_beads.score, pair_beads.probability, pair_beads.moved))
        links.append(_links_of_nodes(
            starts=alignment.links.starts, columns=alignment.links.columns, values=alignment.links.values,
            first_a=first_a, first_b=first_b, nodes=members, sides=sides, probability=pair_beads.probability,
        ))  # fmt: skip
    members, sides, score, probability, moved = (np.concatenate(column) for column in zip(*beads, strict=True))
    link_x, link_y, posterior = (np.concatenate(column) for column in zip(*links, strict=True))
    edition_x, edition_y = nodes.edition[members[:, 0]], nodes.edition[members[np.arange(len(members)), sides[:, 0]]]
    order = np.lexsort((members[:, 0], edition_y, edition_x, -probability))
    starts, flat, *fields = _join(
        edition=nodes.edition, editions=len(sizes), several=sum(size > 0 for size in sizes) > 2,
        nodes=members[order], sides=sides[order], score=score[order], probability=probability[order],
        moved=moved[order], link_x=link_x, link_y=link_y, posterior=posterior,
    )  # fmt: skip
    return Groups(Ragged(flat, starts), *fields)


def _alone(size: int, pairs: int) -> Groups:
    """Every node a group of its own."""
    numbers = np.arange(size + 1, dtype=np.int32)
    linked = np.full((size, pairs), np.nan)
    return Groups(Ragged(numbers[:-1], numbers), np.zeros(size), linked, np.ones(size), np.zeros(size, np.bool_))


def join_blocks(groups: Groups, nodes: Nodes, block_of: Ints, editions: int, likely: Floats) -> tuple[Groups, Nodes]:
    """The groups of blocks: blocks connected by groups of segments with a probability of `likely` or more, which is by
    pair of editions (likely_links).

    `block_of` [nodes] is the number of each node's block within its edition. The probability of two languages is that
    of the least certain block (the best of its links) times that of no weaker link to blocks of other groups.
    """
    keys, block = np.unique(nodes.edition.astype(np.int64) << 32 | block_of, return_inverse=True)
    block_nodes = Nodes((keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32))
    starts, flat, *fields = _join_blocks(
        starts=groups.nodes.starts, nodes=groups.nodes.flat, score=groups.score, pairs=groups.pairs,
        alone=groups.alone, moved=groups.moved, block_of=block, edition=block_nodes.edition, editions=editions,
        likely=likely,
    )  # fmt: skip
    return Groups(Ragged(flat, starts), *fields), block_nodes


def likely_links(languages: Sequence[str], related: Mapping[tuple[str, str], float]) -> Floats:
    """[pairs of editions] the probability that a bead needs to link blocks.

    It is LIKELY of the probability that the editions are translations (`related`, 1 where it is not given): the beads
    of a document that is hardly known are unlikely, and still the best there are.
    """
    pairs = combinations(languages, 2)
    return np.array([LIKELY * related.get((a, b), related.get((b, a), 1.0)) for a, b in pairs], np.float64)


@compiled
def _nodes(first_a: int, first_b: int, segments: Any, sides: Any) -> Any:
    """The beads with nodes instead of segments, those of the earlier edition first."""
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
def _links_of_nodes(
    starts: Any, columns: Any, values: Any, first_a: int, first_b: int, nodes: Any, sides: Any, probability: Any
) -> Any:
    """The links of two editions: (node of the earlier, node of the later, posterior).

    Those of the beads are among them, since moved beads are on none of the lattice's paths.
    """
    size = len(columns) + (sides[:, 0] * sides[:, 1]).sum()
    link_x, link_y, posterior = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size)
    n = 0
    for i in range(len(starts) - 1):
        for e in range(starts[i], starts[i + 1]):
            a, b = first_a + i, first_b + columns[e]
            link_x[n], link_y[n], posterior[n] = min(a, b), max(a, b), values[e]
            n += 1
    for k in range(len(sides)):
        for a in range(sides[k, 0]):
            for b in range(sides[k, 0], sides[k, 0] + sides[k, 1]):
                link_x[n], link_y[n], posterior[n] = nodes[k, a], nodes[k, b], probability[k]
                n += 1
    return link_x, link_y, posterior


@compiled
def _join(
    edition: Any, editions: int, several: bool, nodes: Any, sides: Any, score: Any, probability: Any, moved: Any,
    link_x: Any, link_y: Any, posterior: Any,
) -> Any:  # fmt: skip
    """The fields of Groups; the beads come the most probable first."""
    starts, columns, values, strongest = _link_rows(len(edition), link_x, link_y, posterior)
    group, kept = _clustered(edition, several, nodes, sides, starts, columns, values)
    number, count = _numbered(group)
    pairs, scores, crossed = _group_scores(
        number, count, kept, edition, editions, nodes, sides, score, probability, moved
    )
    group_starts, members = _members(number, count)
    alone = np.ones(count)
    for g in range(count):
        inside = members[group_starts[g] : group_starts[g + 1]]
        _add_indirect_pairs(pairs[g], inside, edition, editions, starts, columns, values)
        if edition[inside[0]] == edition[inside[-1]]:
            alone[g] = 1.0 - strongest[inside].max()
    return group_starts, members, scores, pairs, alone, crossed


@compiled
def _link_rows(size: int, link_x: Any, link_y: Any, posterior: Any) -> Any:
    """The links in rows by their earlier node (starts, later nodes, posteriors); and each node's strongest link."""
    starts = np.zeros(size + 1, np.int32)
    strongest = np.zeros(size)
    for e in range(len(link_x)):
        starts[link_x[e] + 1] += 1
        strongest[link_x[e]] = max(strongest[link_x[e]], posterior[e])
        strongest[link_y[e]] = max(strongest[link_y[e]], posterior[e])
    for k in range(size):
        starts[k + 1] += starts[k]
    at = starts[:-1].copy()
    columns, values = np.empty(len(link_x), np.int32), np.empty(len(link_x))
    for e in range(len(link_x)):
        columns[at[link_x[e]]], values[at[link_x[e]]] = link_y[e], posterior[e]
        at[link_x[e]] += 1
    return starts, columns, values, strongest


@compiled
def _link(starts: Any, columns: Any, values: Any, x: int, y: int) -> float:
    """The strongest link of two nodes, 0 without one."""
    a, b = min(x, y), max(x, y)
    best = 0.0
    for e in range(starts[a], starts[a + 1]):
        if columns[e] == b:
            best = max(best, values[e])
    return best


@compiled
def _clustered(edition: Any, several: bool, nodes: Any, sides: Any, starts: Any, columns: Any, values: Any) -> Any:
    """(group of each node, named by one of its nodes; which of the beads were followed)."""
    size = len(edition)
    # groups are linked lists of nodes
    group, last, following = np.arange(size), np.arange(size), np.full(size, -1, np.int32)
    kept = np.ones(len(sides), np.bool_)
    for k in range(len(sides)):
        bead = nodes[k, : sides[k, 0] + sides[k, 1]]
        for node in bead[1:]:
            x, y = group[bead[0]], group[node]
            if x == y:
                continue
            if several and not _may_merge(x, y, bead, following, edition, starts, columns, values):
                kept[k] = False
                continue
            following[last[x]] = y
            last[x] = last[y]
            b = y
            while b >= 0:
                group[b] = x
                b = following[b]
    return group, kept


@compiled
def _may_merge(x: int, y: int, bead: Any, following: Any, edition: Any, starts: Any, columns: Any, values: Any) -> bool:
    """Whether the links between two groups outweigh what is not linked, or both lie within the bead."""
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
    return total > 0 or inside


@compiled
def _numbered(group: Any) -> Any:
    """(number of each node's group, in the order of their first nodes; how many groups)."""
    name_to_number, number, count = np.full(len(group), -1, np.int32), np.empty(len(group), np.int32), 0
    for node in range(len(group)):
        if name_to_number[group[node]] < 0:
            name_to_number[group[node]] = count
            count += 1
        number[node] = name_to_number[group[node]]
    return number, count


@compiled
def _members(number: Any, count: int) -> Any:
    """(where each group's members begin, members rising within each), from the number of each member's group."""
    starts, members = np.zeros(count + 1, np.int32), np.empty(len(number), np.int32)
    for g in number:
        starts[g + 1] += 1
    for g in range(count):
        starts[g + 1] += starts[g]
    at = starts[:-1].copy()
    for node in range(len(number)):
        members[at[number[node]]] = node
        at[number[node]] += 1
    return starts, members


@compiled
def _group_scores(
    number: Any, count: int, kept: Any, edition: Any, editions: int, nodes: Any, sides: Any, score: Any,
    probability: Any, moved: Any,
) -> Any:  # fmt: skip
    """Of each group: (probabilities of its pairs of editions, nan for none; mean score; whether a bead has moved)."""
    pairs = np.full((count, editions * (editions - 1) // 2), np.nan)
    scores, beads, crossed = np.zeros(count), np.zeros(count), np.zeros(count, np.bool_)
    for k in range(len(score)):
        if kept[k]:
            g = number[nodes[k, 0]]
            p = pair_number(edition[nodes[k, 0]], edition[nodes[k, sides[k, 0]]], editions)
            pairs[g, p] = probability[k] if np.isnan(pairs[g, p]) else min(pairs[g, p], probability[k])
            scores[g] += score[k]
            beads[g] += 1
            crossed[g] |= moved[k]
    for g in range(count):
        scores[g] /= max(beads[g], 1.0)
    return pairs, scores, crossed


@compiled
def _add_indirect_pairs(
    pairs: Any, members: Any, edition: Any, editions: int, starts: Any, columns: Any, values: Any
) -> None:
    """Fill in the probability of editions that are joined through a third one only."""
    direct = np.full(len(pairs), -1.0)
    for n in range(len(members)):
        for m in range(n + 1, len(members)):
            if edition[members[n]] != edition[members[m]]:
                p = pair_number(edition[members[n]], edition[members[m]], editions)
                direct[p] = max(direct[p], _link(starts, columns, values, members[n], members[m]))
    for p in range(len(direct)):
        if direct[p] >= 0 and np.isnan(pairs[p]):
            least = np.nanmin(pairs)
            pairs[p] = max(direct[p], 0.0 if np.isnan(least) else least * least)


@compiled
def _join_blocks(
    starts: Any, nodes: Any, score: Any, pairs: Any, alone: Any, moved: Any, block_of: Any, edition: Any, editions: int,
    likely: Any,
) -> Any:  # fmt: skip
    """The fields of the blocks' Groups; block_of [nodes], edition [blocks]."""
    reached_starts, reached = _reached_blocks(starts, nodes, block_of)
    of_pair = np.empty((pairs.shape[1], 2), np.int64)
    for x in range(editions):
        for y in range(x + 1, editions):
            p = pair_number(x, y, editions)
            of_pair[p, 0], of_pair[p, 1] = x, y
    number, count = _connected(reached_starts, reached, pairs, edition, of_pair, likely)
    scores, crossed = _block_scores(
        reached_starts, reached, pairs, score, moved, edition, of_pair, number, count, likely
    )
    linked, alone_of = _block_probabilities(
        reached_starts, reached, pairs, alone, edition, of_pair, number, count, likely
    )
    block_starts, members = _members(number, count)
    lonely = np.ones(count)
    for g in range(count):
        if np.isnan(linked[g]).all():
            lonely[g] = alone_of[members[block_starts[g]]]
    return block_starts, members, scores, linked, lonely, crossed


@compiled
def _reached_blocks(starts: Any, nodes: Any, block_of: Any) -> Any:
    """By group of segments (where they begin, the blocks that it has segments of), in order of editions."""
    reached_starts, reached = np.zeros(len(starts), np.int64), np.empty(len(nodes), np.int32)
    n = 0
    for g in range(len(starts) - 1):
        for node in nodes[starts[g] : starts[g + 1]]:
            if not (reached[reached_starts[g] : n] == block_of[node]).any():
                reached[n] = block_of[node]
                n += 1
        reached_starts[g + 1] = n
    return reached_starts, reached[:n]


@compiled
def _root(parent: Any, block: int) -> int:
    while parent[block] != block:
        parent[block] = parent[parent[block]]
        block = parent[block]
    return block


@compiled
def _connected(starts: Any, reached: Any, pairs: Any, edition: Any, of_pair: Any, likely: Any) -> Any:
    """(number of each block's component, in the order of their first blocks; how many components).

    Union-find (scipy's connected_components gives the same, but takes longer to call than a story's blocks to join).
    """
    parent = np.arange(len(edition))
    for g in range(len(starts) - 1):
        for p in range(len(of_pair)):
            if pairs[g, p] >= likely[p]:
                begin = -1
                for block in reached[starts[g] : starts[g + 1]]:
                    if edition[block] == of_pair[p, 0] or edition[block] == of_pair[p, 1]:
                        if begin < 0:
                            begin = block
                        else:
                            parent[_root(parent, block)] = _root(parent, begin)
    for block in range(len(parent)):
        parent[block] = _root(parent, block)
    return _numbered(parent)


@compiled
def _block_scores(
    starts: Any, reached: Any, pairs: Any, score: Any, moved: Any, edition: Any, of_pair: Any, number: Any, count: int,
    likely: Any,
) -> Any:  # fmt: skip
    """Of each component: (sum of the scores of the groups that link it, each once; whether one of them has moved)."""
    scores, crossed = np.zeros(count), np.zeros(count, np.bool_)
    counted = np.full(count, -1, np.int32)  # the group that was added to a score last
    for g in range(len(starts) - 1):
        for p in range(len(of_pair)):
            if pairs[g, p] >= likely[p]:
                for block in reached[starts[g] : starts[g + 1]]:
                    if edition[block] == of_pair[p, 0] or edition[block] == of_pair[p, 1]:
                        c = number[block]
                        if counted[c] != g:
                            counted[c] = g
                            scores[c] += score[g]
                            crossed[c] |= moved[g]
                        break
    return scores, crossed


@compiled
def _block_probabilities(
    starts: Any, reached: Any, pairs: Any, alone: Any, edition: Any, of_pair: Any, number: Any, count: int,
    likely: Any,
) -> Any:  # fmt: skip
    """([components, pairs of editions] the probability of a link, nan for none; of each block that it has none)."""
    best, apart = np.full((len(edition), len(of_pair)), -1.0), np.ones((count, len(of_pair)))
    alone_of = np.ones(len(edition))
    weakened = np.full(count, -1, np.int64)  # the weak link that a component was last charged for
    for g in range(len(starts) - 1):
        inside = reached[starts[g] : starts[g + 1]]
        if edition[inside[0]] == edition[inside[-1]]:
            alone_of[inside[0]] = min(alone_of[inside[0]], alone[g])
        for p in range(len(of_pair)):
            probability = pairs[g, p]
            if np.isnan(probability):
                continue
            first, several = -1, False
            for block in inside:
                if edition[block] == of_pair[p, 0] or edition[block] == of_pair[p, 1]:
                    first = number[block] if first < 0 else first
                    several = several or number[block] != first
            for block in inside:
                if edition[block] != of_pair[p, 0] and edition[block] != of_pair[p, 1]:
                    continue
                if probability >= likely[p]:
                    best[block, p] = max(best[block, p], probability)
                elif several:
                    alone_of[block] = min(alone_of[block], 1.0 - probability)
                    if weakened[number[block]] != g * len(of_pair) + p:
                        weakened[number[block]] = g * len(of_pair) + p
                        apart[number[block], p] *= 1.0 - probability
    linked = np.full((count, len(of_pair)), np.nan)
    for block in range(len(edition)):
        for p in range(len(of_pair)):
            if best[block, p] >= 0 and not linked[number[block], p] <= best[block, p]:
                linked[number[block], p] = best[block, p]
    return linked * apart, alone_of
