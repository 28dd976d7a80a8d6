"""The split of each story: by clusters of near-duplicates and by time, and permanent.

A cluster (reprints and updates of a story) is never divided. The newest clusters are the test split, the next newest
validation; a cluster is as old as its oldest story, so that a long-running series does not swallow the test split.
Where this gives a split too few stories of a pair of languages, the newest further clusters that have the pair follow.
New stories that share a sentence (of background) are kept together, too, as long as there are few of them: no
row of theirs has to be dropped from train then.

A story keeps its split. Later builds assign new stories as follows: one in the cluster of an assigned story gets the
same split; one whose cluster has stories in two splits is dropped, as it would leak from either into the other; of the
rest, the newest are added to test until it has its share of all stories and enough of each pair, the next newest to
validation, and all others to train. So a test story remains one, and test grows by newer stories.

Stories are numbered in the order of their ids, and all that is known of them is in arrays: memory holds some tens of
bytes a story.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPLITS = ("train", "validation", "test")
NONE = -1
"""The number of the split of a story that has none, as `SPLITS` numbers them."""
SHARE = 0.1
"""The share of all stories up to which a pair's stories are added to a split. Chosen: as much as the split is by
default, so that no pair of a small corpus is all test."""
MOST = 0.5
"""The share of a pair's stories that is held out at most, test and validation together. Chosen: train has the rest."""
TOGETHER = 0.04
"""The share of all stories that companions are joined up to. Chosen: under half of what test has by default, so that a
series of stories cannot take its place."""
_AT_A_TIME = 10_000
"""Clusters, or groups of companions, as Python numbers at a time. Chosen: a few MB."""

Numbers = NDArray[np.int32]
"""Numbers of stories: half of the memory of those that numpy makes by itself, and enough for two billion."""
Splits = NDArray[np.int8]


@dataclass(frozen=True)
class Stories:
    """The stories of a build, in the order of their ids.

    `day` [stories] is the number of the day of each, later days having greater ones; the least where none is known.
    `kind` [stories] says which pairs of languages it has, which are `pairs[kind]` ("en-uk"). `cluster` [stories] is a
    number that near-duplicates of one another have in common, -1 for a story that is alone. `companions` [groups, most]
    has the stories that share a text, in rising order; -1 where a group has fewer. `earlier` [stories] is the split
    that earlier builds assigned, to be kept.
    """

    day: NDArray[np.int32]
    kind: NDArray[np.int16]
    pairs: Sequence[Sequence[str]]
    cluster: Numbers
    companions: Numbers
    earlier: Splits

    def __len__(self) -> int:
        """How many there are."""
        return len(self.day)


@dataclass(frozen=True)
class Assignment:
    """`splits` [stories] are those of all stories, `NONE` for one that is left out: it is a near-duplicate of two
    splits. `pairs` has the stories of this build by pair and split."""

    splits: Splits
    pairs: Mapping[str, Mapping[str, int]]


def assign(stories: Stories, *, validation: float, test: float, least: int = 0) -> Assignment:
    """A split for every story; assigning once more, with these as the earlier ones, changes nothing.

    Args:
        validation: share of all stories, 0 to 0.5; a cluster that lies across the border goes to the side that has
            more of it. Train keeps at least one story.
        test: likewise.
        least: stories of each pair that test and validation should have, as far as these are no more than `SHARE` of
            all stories and `MOST` of the pair's are left for both. A split with share 0 has none.
    """
    splits, new, cluster = _kept(stories)
    left_out = (splits == NONE) & ~new
    _join(stories, new, cluster)
    queue = _Queue(stories, new, cluster)
    del cluster
    held = Counter(dict(enumerate(np.bincount(splits[splits >= 0], minlength=len(SPLITS)).tolist())))
    total = len(stories) - int(left_out.sum())
    of_pair = _of_pairs(stories, ~left_out)
    if len(queue) and not held[SPLITS.index("train")]:
        queue.take(splits, np.array([len(queue) - 1]), SPLITS.index("train"))
    for name, share in (("test", test), ("validation", validation)):
        number = SPLITS.index(name)
        # A cluster is taken if more than half of it has room.
        sizes = queue.sizes
        fitting = np.cumsum(sizes) - sizes / 2 <= round(total * share) - held[number]
        queue.take(splits, np.arange(len(fitting) if fitting.all() else int(fitting.argmin())), number)
        if share:
            enough = {pair: min(least, round(total * SHARE), int(count * MOST / 2)) for pair, count in of_pair.items()}
            missing = Counter(enough)
            missing.subtract(_of_pairs(stories, splits == number))
            queue.take(splits, np.array(list(_with_pairs(queue, missing)), np.int64), number)
    queue.take(splits, np.arange(len(queue)), SPLITS.index("train"))
    there = [_of_pairs(stories, splits == number) for number in range(len(SPLITS))]
    counts = {pair: {split: there[n][pair] for n, split in enumerate(SPLITS)} for pair in of_pair}
    return Assignment(splits, counts)


def _of_pairs(stories: Stories, which: NDArray[np.bool_]) -> Counter[str]:
    """How many of some stories have each pair, in the order of the pairs' names."""
    of_kind = np.bincount(stories.kind[which], minlength=len(stories.pairs)).tolist()
    found = Counter[str]()
    for names, count in zip(stories.pairs, of_kind, strict=True):
        if count:
            found.update(dict.fromkeys(names, count))
    return Counter({pair: found[pair] for pair in sorted(found)})


def _kept(stories: Stories) -> tuple[Splits, NDArray[np.bool_], Numbers]:
    """The splits of stories assigned earlier, and of those in the cluster of one; which stories are to be assigned; and
    the first story of the cluster of each."""
    first = np.arange(len(stories), dtype=np.int32)
    clustered = np.flatnonzero(stories.cluster >= 0).astype(np.int32)
    if len(clustered):
        _, begins, of = np.unique(stories.cluster[clustered], return_index=True, return_inverse=True)
        first[clustered] = clustered[begins][of]
    taken = np.zeros(len(stories), np.uint8)
    assigned = stories.earlier >= 0
    np.bitwise_or.at(taken, first[assigned], np.left_shift(1, stories.earlier[assigned]).astype(np.uint8))
    of_cluster = taken[first]
    splits = stories.earlier.copy()
    for number in range(len(SPLITS)):
        splits[~assigned & (of_cluster == 1 << number)] = number
    return splits, of_cluster == 0, first


def _join(stories: Stories, new: NDArray[np.bool_], cluster: Numbers) -> None:
    """Join clusters by companions in them, group after group, as long as the joined ones have no more than `TOGETHER`
    of all stories. `cluster` [stories] is the first story of the cluster of each, and then of the joined ones.

    The later ones of a group are joined to its first: one of several stories before one of a single story, then by
    their first stories.
    """
    most = int(TOGETHER * len(stories))
    sizes = np.bincount(cluster, minlength=len(stories)).astype(np.int32).data
    joined_to = cluster.data  # as quick as a list
    alone = stories.cluster < 0

    def place(story: int) -> int:
        while joined_to[story] != story:
            joined_to[story] = joined_to[joined_to[story]]
            story = joined_to[story]
        return story

    order = np.lexsort(stories.companions.T[::-1])
    for at in range(0, len(order), _AT_A_TIME):
        for group in stories.companions[order[at : at + _AT_A_TIME]].tolist():
            clusters = {place(story) for story in group if story >= 0 and new[story]}
            base, *others = sorted(clusters, key=lambda story: (bool(alone[story]), story)) or [0]
            for other in others:
                if sizes[base] + sizes[other] <= most:
                    sizes[base] += sizes[other]
                    joined_to[other] = base
    while not np.array_equal(cluster, further := cluster[cluster]):
        cluster[:] = further


class _Queue:
    """The clusters that are to be assigned, the newest first; one is as old as its oldest story."""

    def __init__(self, stories: Stories, new: NDArray[np.bool_], cluster: Numbers) -> None:
        chosen = np.flatnonzero(new).astype(np.int32)
        chosen = chosen[np.argsort(stories.day[chosen], kind="stable")]  # the oldest first, by id on a day
        oldest = np.full(len(stories), len(stories), np.int32)
        np.minimum.at(oldest, cluster[chosen], np.arange(len(chosen), dtype=np.int32))
        age = oldest[cluster[chosen]]
        del oldest
        order = np.argsort(-age, kind="stable")
        self._members = chosen[order]
        begins = np.flatnonzero(np.diff(age[order], prepend=-1)).astype(np.int32)
        self._begins, self._ends = begins, np.append(begins, np.int32(len(self._members)))[1:]
        self._stories = stories

    def __len__(self) -> int:
        return len(self._begins)

    @property
    def sizes(self) -> Numbers:
        """[clusters] how many stories are in each."""
        return self._ends - self._begins

    def take(self, splits: Splits, which: NDArray[np.integer[Any]], split: int) -> None:
        """Assign some clusters, by number, to a split, and remove them."""
        begins, sizes = self._begins[which], self.sizes[which]
        ends = np.cumsum(sizes, dtype=np.int32)
        splits[self._members[np.repeat(begins - (ends - sizes), sizes) + np.arange(sizes.sum())]] = split
        self._begins, self._ends = np.delete(self._begins, which), np.delete(self._ends, which)

    def pairs(self) -> Iterator[Counter[str]]:
        """How many stories of each cluster have each pair."""
        kinds, pairs = self._stories.kind, self._stories.pairs
        for begin, end in zip(self._begins, self._ends, strict=True):
            yield Counter(pair for kind in kinds[self._members[begin:end]].tolist() for pair in pairs[kind])


def _with_pairs(queue: _Queue, missing: Counter[str]) -> Iterator[int]:
    """The newest clusters with pairs that a split has too few stories of.

    A cluster of more stories than are missing is not added: it would be most of the split.
    """
    for number, added in enumerate(queue.pairs()):
        if not +missing:
            return
        if any(0 < added[pair] <= missing[pair] for pair in missing):
            missing.subtract(added)
            yield number
