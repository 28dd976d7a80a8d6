"""From the beads of each two editions to beads of all, and from the beads of sentences to those of blocks.

Groups of segments grow along the pairs' beads, surest first. Two groups become one if the links between them outweigh
what is not linked: Σ (L_ij - κ) > 0 over all segments i, j of different editions, one of either group (correlation
clustering, greedily). So one false link does not glue two triangles that are whole without it.

Blocks that share a bead are one bead, whatever else they hold: that is what gold calls a paragraph bead. A bead links
blocks only if it is likely enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from corpus_builder.align.calibration import calibrated
from corpus_builder.model import Bead

Node = tuple[int, int]
"""(number of the language, number of the segment)"""

UNLINKED = 0.4
"""κ: what a pair of segments without a link weighs against joining their groups (development data)."""
LIKELY = 0.3
"""How likely a bead of sentences must be to join blocks (development data: newsroom seed 1, 0 to .5 tried)."""


class Group(NamedTuple):
    """Segments of all editions that belong together, and the probability of each two languages (by number)."""

    nodes: tuple[Node, ...]
    score: float
    pairs: Mapping[tuple[int, int], float]
    flags: frozenset[str] = frozenset()
    alone: float = 1.0
    """For a group of one edition: how likely it is that it has no counterpart."""

    @property
    def probability(self) -> float:
        """Of the least sure pair: a bead is right if all of it is."""
        return min(self.pairs.values(), default=self.alone)


class PairBead(NamedTuple):
    """A two-sided bead of two languages (by number)."""

    x: int
    y: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    score: float
    probability: float
    flags: frozenset[str] = frozenset()


def join(sizes: Sequence[int], beads: Iterable[PairBead], links: Mapping[tuple[Node, Node], float]) -> list[Group]:
    """Every segment in one group, in order; `links` are the link posteriors, keyed with the lower language first."""
    found = sorted(beads, key=lambda b: (-b.probability, b.x, b.y, b.left, b.right))
    group_of: dict[Node, list[Node]] = {}
    for x, size in enumerate(sizes):
        for i in range(size):
            group_of[x, i] = [(x, i)]
    kept: list[PairBead] = []
    several = sum(size > 0 for size in sizes) > 2
    for bead in found:
        nodes = [(bead.x, i) for i in bead.left] + [(bead.y, j) for j in bead.right]
        whole = True
        for node in nodes[1:]:
            one, two = group_of[nodes[0]], group_of[node]
            if one is two:
                continue
            if several and not _belong(one, two, links) and not _same_bead(one, two, nodes):
                whole = False
                continue
            one += two
            for other in two:
                group_of[other] = one
        if whole:
            kept.append(bead)
    strongest: dict[Node, float] = {}
    for both, value in links.items():
        for node in both:
            if value > strongest.get(node, 0.0):
                strongest[node] = value
    ends: dict[int, list[PairBead]] = {}
    for bead in kept:
        ends.setdefault(id(group_of[bead.x, bead.left[0]]), []).append(bead)
    groups = []
    for members in {id(g): g for g in group_of.values()}.values():
        inside = ends.get(id(members), [])
        pairs: dict[tuple[int, int], float] = {}
        for bead in inside:
            pairs[bead.x, bead.y] = min(pairs.get((bead.x, bead.y), 1.0), bead.probability)
        flags = frozenset().union(*(bead.flags for bead in inside))
        score = sum(bead.score for bead in inside) / len(inside) if inside else 0.0
        languages = sorted({x for x, _ in members})
        for k, x in enumerate(languages):
            for y in languages[k + 1 :]:
                if (x, y) not in pairs:  # joined through a third edition only
                    pairs[x, y] = _closure(pairs, members, links, x, y)
        alone = 1.0 if pairs else 1.0 - max(strongest.get(node, 0.0) for node in members)
        groups.append(Group(tuple(sorted(members)), score, dict(sorted(pairs.items())), flags, alone))
    return groups


def _belong(one: list[Node], two: list[Node], links: Mapping[tuple[Node, Node], float]) -> bool:
    total = 0.0
    for a in one:
        for b in two:
            if a[0] != b[0]:
                total += links.get((a, b) if a < b else (b, a), 0.0) - UNLINKED
    return total > 0


def _same_bead(one: list[Node], two: list[Node], nodes: list[Node]) -> bool:
    """Both sides of one pair's bead with nothing else in them."""
    return all(node in nodes for node in one) and all(node in nodes for node in two)


def _closure(pairs: Mapping[tuple[int, int], float], members: list[Node], links: Mapping[tuple[Node, Node], float],
             x: int, y: int) -> float:  # fmt: skip
    direct = max((links.get((a, b), 0.0) for a in members if a[0] == x for b in members if b[0] == y), default=0.0)
    through = min(pairs.values(), default=0.0) ** 2
    return max(direct, through)


def blocks(groups: Iterable[Group], block_of: Mapping[Node, Node], likely: float = LIKELY) -> list[Group]:
    """The beads of blocks: blocks connected by groups that are at least so likely.

    A bead's probability for two languages is that of its least sure block (that one link of it holds) times that of no
    weaker link to blocks outside it.
    """
    parent = {block: block for block in block_of.values()}

    def find(block: Node) -> Node:
        while parent[block] != block:
            parent[block] = parent[parent[block]]
            block = parent[block]
        return block

    linked: list[tuple[list[Node], Group, tuple[int, int], float]] = []
    strays: list[tuple[list[Node], tuple[int, int], float]] = []
    alone: dict[Node, float] = {}
    for group in groups:
        reached = sorted({block_of[node] for node in group.nodes})
        for pair, probability in group.pairs.items():
            both = [block for block in reached if block[0] in pair]
            if probability >= likely:
                linked.append((both, group, pair, probability))
                for block in both[1:]:
                    parent[find(block)] = find(both[0])
            else:
                strays.append((both, pair, probability))
        if not group.pairs:
            alone[reached[0]] = min(alone.get(reached[0], 1.0), group.alone)
    members: dict[Node, list[Node]] = {}
    for block in parent:
        members.setdefault(find(block), []).append(block)
    surest: dict[tuple[int, int], dict[Node, float]] = {}
    inside: dict[Node, dict[int, Group]] = {}
    for both, group, pair, probability in linked:
        inside.setdefault(find(both[0]), {})[id(group)] = group
        for block in both:
            here = surest.setdefault(pair, {})
            here[block] = max(here.get(block, 0.0), probability)
    kept: dict[tuple[Node, tuple[int, int]], float] = {}
    for both, pair, probability in strays:
        roots = {find(block) for block in both}
        if len(roots) > 1:
            for root in roots:
                kept[root, pair] = kept.get((root, pair), 1.0) * (1.0 - probability)
            for block in both:
                alone[block] = min(alone.get(block, 1.0), 1.0 - probability)
    out = []
    by_pair = sorted(surest.items())
    for root, reached in members.items():
        own = list(inside.get(root, {}).values())
        pairs = {}
        for pair, here in by_pair:
            if found := [here[block] for block in reached if block in here]:
                pairs[pair] = min(found) * kept.get((root, pair), 1.0)
        flags = frozenset().union(*(group.flags & {"moved"} for group in own))
        score = sum(group.score for group in own)
        out.append(Group(tuple(sorted(reached)), score, pairs, flags, 1.0 if pairs else alone.get(root, 1.0)))
    return out


def bead(group: Group, languages: Sequence[str], scale: tuple[float, float]) -> Bead:
    """A group as the model's Bead, its flags filled in and its probabilities calibrated (calibration.py)."""
    pairs = {pair: calibrated(p, scale) for pair, p in group.pairs.items()}
    probability = min(pairs.values()) if pairs else calibrated(group.alone, scale)
    numbers: list[list[int]] = [[] for _ in languages]
    for x, i in group.nodes:
        numbers[x].append(i)
    segments = dict(zip(languages, map(tuple, numbers), strict=True))
    filled = [indices for indices in numbers if indices]
    flags = set(group.flags)
    if len(filled) < 2:
        flags.add("one_sided")
    elif len(group.nodes) > len(filled):
        # seen from the first edition: several of its segments make one (merged), or one of its makes several
        flags.add("merged" if len(filled[0]) > 1 else "split")
        if any(indices[-1] - indices[0] >= len(indices) for indices in filled):
            flags.add("hole")
    return Bead(
        segments, round(group.score, 4), round(probability, 4), tuple(sorted(flags)),
        {(languages[x], languages[y]): round(p, 4) for (x, y), p in pairs.items()},
    )  # fmt: skip
