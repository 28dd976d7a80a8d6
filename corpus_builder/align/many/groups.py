"""Groups of segments (or blocks) of all editions, as arrays, and the beads that are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.align.arcs import Floats
from corpus_builder.align.calibration import Scale, alone_of, alone_probability, calibrated, uncalibrated
from corpus_builder.jit import compiled
from corpus_builder.model import Bead
from corpus_builder.ragged import Ints, Ragged

HOLE, MERGED, MOVED, ONE_SIDED, SPLIT = (1 << k for k in range(5))
_NAMES = ("hole", "merged", "moved", "one_sided", "split")
_FLAGS = [tuple(name for k, name in enumerate(_NAMES) if bits >> k & 1) for bits in range(1 << len(_NAMES))]


class Nodes(NamedTuple):
    """The segments (or blocks) of all editions, edition after edition."""

    edition: Ints
    """[nodes] the number of the edition that each belongs to."""
    number: Ints
    """[nodes] its number within the edition, rising."""

    @staticmethod
    def of(sizes: Sequence[int]) -> Nodes:
        """All segments of editions of these sizes."""
        edition = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        before = np.cumsum([0, *sizes[:-1]]).astype(np.int32)
        return Nodes(edition, np.arange(len(edition), dtype=np.int32) - before[edition])


class Groups(NamedTuple):
    """Each node in one group, the groups in the order of their first nodes."""

    nodes: Ragged
    """By group its nodes, rising."""
    score: Floats
    """[groups] the mean score of its beads of two editions."""
    pairs: Floats
    """[groups, pairs of editions] the probability that the two are linked, in the order of itertools.combinations; nan
    where one of the two has nothing in the group."""
    alone: Floats
    """[groups] for those of one edition the probability that they have no counterpart; else 1."""
    moved: npt.NDArray[np.bool_]
    """[groups] whether one of the links crosses others."""


@compiled
def pair_number(x: int, y: int, editions: int) -> int:
    """The number of (x, y), x < y, among the combinations of two editions."""
    return x * (2 * editions - x - 1) // 2 + y - x - 1


@compiled
def _described(starts: Any, nodes: Any, moved: Any, edition: Any, number: Any, editions: int) -> Any:
    """(how many nodes of each edition, flags) of each group."""
    counts, flags = np.zeros((len(moved), editions), np.int32), np.zeros(len(moved), np.int32)
    for g in range(len(moved)):
        filled, hole = 0, False
        begin = starts[g]
        for x in range(editions):
            end = begin
            while end < starts[g + 1] and edition[nodes[end]] == x:
                end += 1
            counts[g, x] = end - begin
            if end > begin:
                filled += 1
                hole = hole or number[nodes[end - 1]] - number[nodes[begin]] >= end - begin
                if filled == 1:
                    first = end - begin
            begin = end
        if moved[g]:
            flags[g] |= MOVED
        if filled < 2:
            flags[g] |= ONE_SIDED
        elif starts[g + 1] - starts[g] > filled:
            # seen from the first edition: several of its segments make one (merged), or one of its makes several
            flags[g] |= (MERGED if first > 1 else SPLIT) | (HOLE if hole else 0)
    return counts, flags


def beads_of(groups: Groups, nodes: Nodes, languages: Sequence[str], scale: Scale) -> tuple[Bead, ...]:
    """The groups as Beads, with flags and with calibrated probabilities (calibration.py).

    A bead is as likely as its least likely pair: it is right if all of it is.
    """
    counts, flags = _described(
        starts=groups.nodes.starts, nodes=groups.nodes.flat, moved=groups.moved, edition=nodes.edition,
        number=nodes.number, editions=len(languages),
    )  # fmt: skip
    pairs, alone = calibrated(groups.pairs, scale), alone_probability(groups.alone)
    least = np.fmin.reduce(pairs, axis=1) if pairs.shape[1] else alone
    probability = np.where(np.isnan(least), alone, least).round(6).tolist()
    numbers = nodes.number[groups.nodes.flat].tolist()
    names = list(combinations(languages, 2))
    beads, begin = [], 0
    for sizes, score, p, bits, ps in zip(
        counts.tolist(), groups.score.round(4).tolist(), probability, flags.tolist(), pairs.round(6).tolist(),
        strict=True,
    ):  # fmt: skip
        segments = {}
        for language, size in zip(languages, sizes, strict=True):
            segments[language] = tuple(numbers[begin : begin + size])
            begin += size
        linked = {name: each for name, each in zip(names, ps, strict=True) if each == each}  # not nan
        beads.append(Bead(segments, score, p, _FLAGS[bits], linked))
    return tuple(beads)


def groups_of(beads: Iterable[Bead], languages: Sequence[str], nodes: Nodes, scale: Scale) -> Groups:
    """The inverse of `beads_of`, for all or some of the beads' languages."""
    first = np.searchsorted(nodes.edition, np.arange(len(languages))).tolist()
    two = list(combinations(languages, 2))
    starts, members, pairs, rest = [0], list[int](), list[list[float]](), list[tuple[float, float, bool]]()
    for bead in beads:
        inside = [begin + i for begin, language in zip(first, languages, strict=True) for i in bead.segments[language]]
        if inside:
            members += inside
            starts.append(len(members))
            pairs.append([bead.pairs.get(name, bead.pairs.get(name[::-1], np.nan)) for name in two])
            rest.append((bead.score, np.nan if bead.pairs else bead.probability, "moved" in bead.flags))
    score, alone, moved = zip(*rest, strict=True) if rest else ((), (), ())
    return Groups(
        Ragged(np.array(members, np.int32), np.array(starts, np.int32)), np.array(score, np.float64),
        uncalibrated(np.array(pairs, np.float64).reshape(len(pairs), len(two)), scale),
        np.nan_to_num(alone_of(np.array(alone, np.float64)), nan=1.0), np.array(moved, np.bool_),
    )  # fmt: skip
