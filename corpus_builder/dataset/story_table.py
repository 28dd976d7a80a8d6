"""What is known of the stories of a build before they are assigned to splits, gathered shard by shard."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_builder.dataset.rows import pair_names
from corpus_builder.dataset.splits import Numbers, Splits, Stories

_AT_A_TIME = 10_000
"""Ids as Python strings at a time. Chosen: 1 MB."""

Groups = tuple[pa.Array, NDArray[np.int64]]
"""Article ids, and for each of them a number of a group that it is in."""


class StoryTable:
    """The stories of a build in `languages`. `ids` has those of each shard that was added."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.ids: list[pa.Array] = []
        self._languages = languages
        self._count = 0
        self._days: dict[str, int] = {"": 0}
        self._day = array("i")
        self._pairs: dict[tuple[str, ...], int] = {}
        self._kind = array("h")
        self._clusters: list[Numbers] = []
        self._companions: list[Numbers] = [np.zeros((2, 0), np.int32)]

    def __len__(self) -> int:
        """How many stories there are."""
        return self._count

    def add(self, stories: Mapping[str, Mapping[str, str | None]], clusters: Groups, companions: Groups) -> None:
        """Add the stories of a shard: of each by language the day of publication ("2025-12-01"), if that is known; the
        clusters of near-duplicates and the groups of companions that they are in."""
        ids = pa.array(list(stories), pa.large_string())
        for known in stories.values():
            day = min(filter(None, known.values()), default="")
            self._day.append(self._days.setdefault(day, len(self._days)))
            pairs = tuple(pair_names([language for language in known if language in self._languages]))
            self._kind.append(self._pairs.setdefault(pairs, len(self._pairs)))
        story, group = _members(ids, clusters)
        cluster = np.full(len(ids), -1, np.int32)
        cluster[story] = group
        self._clusters.append(cluster)
        story, group = _members(ids, companions)
        self._companions.append(np.stack((group, story + self._count)).astype(np.int32))
        self.ids.append(ids)
        self._count += len(ids)

    @cached_property
    def _in_order(self) -> tuple[pa.Array, Numbers]:
        """All ids, and the numbers of the stories in the order of these."""
        ids = pa.chunked_array(self.ids, pa.large_string()).combine_chunks()
        self.ids = _slices(ids, list(map(len, self.ids)))  # not a second time in memory
        return ids, pc.sort_indices(ids).to_numpy().astype(np.int32)

    def in_order(self) -> Iterator[str]:
        """The ids in their order."""
        ids, order = self._in_order
        for at in range(0, len(order), _AT_A_TIME):
            yield from ids.take(pa.array(order[at : at + _AT_A_TIME])).to_pylist()

    @property
    def rank(self) -> Numbers:
        """[stories] the place of each in the order of the ids; stories as they were added."""
        rank = np.empty(len(self), np.int32)
        rank[self._in_order[1]] = np.arange(len(self), dtype=np.int32)
        return rank

    def stories(self, earlier: Splits) -> Stories:
        """All stories in the order of their ids; `earlier` [stories] are the splits that they have."""
        order = self._in_order[1]
        places = {day: place for place, day in enumerate(sorted(self._days))}
        day = np.array([places[day] for day in self._days], np.int32)[np.frombuffer(self._day, np.int32)[order]]
        cluster = np.concatenate([np.zeros(0, np.int32), *self._clusters])
        groups, members = np.concatenate(self._companions, axis=1)
        return Stories(
            day,
            np.frombuffer(self._kind, np.int16)[order],
            list(self._pairs),
            cluster[order],
            _by_group(groups, self.rank[members]),
            earlier,
        )


def _members(ids: pa.Array, groups: Groups) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The stories of a shard that are in groups, by number, and the group of each."""
    story = pc.index_in(groups[0].cast(pa.large_string()), value_set=ids)
    there = story.is_valid().to_numpy(zero_copy_only=False)
    return story.drop_null().to_numpy().astype(np.int64), groups[1][there]


def _slices(ids: pa.Array, sizes: Sequence[int]) -> list[pa.Array]:
    ends = np.cumsum(sizes).tolist()
    return [ids.slice(end - size, size) for end, size in zip(ends, sizes, strict=True)]


def _by_group(groups: Numbers, members: Numbers) -> Numbers:
    """[groups, most] the members of each group in rising order, -1 where it has fewer."""
    order = np.lexsort((members, groups))
    groups, members = groups[order], members[order]
    begins = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(begins, append=len(groups))
    table = np.full((len(begins), max(1, sizes.max(initial=1))), -1, np.int32)
    table[np.repeat(np.arange(len(begins)), sizes), np.arange(len(groups)) - np.repeat(begins, sizes)] = members
    return table
