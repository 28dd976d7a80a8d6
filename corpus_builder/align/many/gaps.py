"""Where groups of one edition lie: how many of its segments there have no counterpart, and how many of another edition.

A chapter that one edition left out is a long run with nothing beside it. A line that lies beside a line of the other
edition which has no counterpart either is often its translation, and was not recognized.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from corpus_builder.align.arcs import Floats
from corpus_builder.align.many.groups import Groups, Nodes


def gaps(groups: Groups, nodes: Nodes, editions: int) -> tuple[Floats, Floats]:
    """(run, facing) of each group of one edition, 0 for others.

    They are counted between the groups that link two editions and have not moved: `run` segments of its own edition
    and `facing` ones of the other have no counterpart in the same gap; over several other editions the shortest run,
    and the most that it faces.
    """
    starts, flat = groups.nodes.starts, groups.nodes.flat
    group = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    present = np.zeros((len(starts) - 1, editions), np.bool_)
    present[group, nodes.edition[flat]] = True
    by_edition = []  # the groups of its segments, in their order
    for edition in range(editions):
        own = np.flatnonzero(nodes.edition[flat] == edition)
        by_edition.append(group[own[np.argsort(nodes.number[flat[own]], kind="stable")]])
    run, facing = np.full(len(present), np.inf), np.zeros(len(present))
    for x, y in combinations(range(editions), 2):
        linking = present[:, x] & present[:, y] & ~groups.moved
        counts, places, free = [], [], []
        for edition, other in ((x, y), (y, x)):
            members = by_edition[edition]
            found, first = np.unique(members, return_index=True)
            places.append(np.searchsorted(np.sort(first[linking[found]]), np.arange(len(members)), side="right"))
            free.append(~present[members, other])
            counts.append(np.bincount(places[-1][free[-1]], minlength=int(linking.sum()) + 1).astype(np.float64))
        for side, edition in enumerate((x, y)):
            at, lonely = places[side][free[side]], by_edition[edition][free[side]]
            np.minimum.at(run, lonely, counts[side][at])
            np.maximum.at(facing, lonely, counts[1 - side][at])
    one_sided = (present.sum(axis=1) == 1) & np.isfinite(run)
    return np.where(one_sided, run, 0.0), np.where(one_sided, facing, 0.0)
