"""Connected components of links between numbered items, which come a few at a time.

Each item points to an earlier item of its component, the first one to itself (union by the least number). What is
touched points to its first item afterwards, so chains stay short (path compression; Tarjan 1975). All of it works on
whole arrays, and holds 4 bytes an item.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Items = npt.NDArray[np.int64]

_AT_A_TIME = 100_000
"""Links, or items, that are worked on at a time. Chosen: some 6 MB."""


class Components:
    """The components of `count` items, numbered from 0: each is alone until `link` says more."""

    def __init__(self, count: int) -> None:
        self._earlier = np.arange(count, dtype=np.uint32 if count <= 1 << 32 else np.uint64)

    def __len__(self) -> int:
        """How many items there are."""
        return len(self._earlier)

    def link(self, one: Items, other: Items) -> None:
        """Join the components of the items `one[i]` and `other[i]`."""
        for at in range(0, len(one), _AT_A_TIME):
            pairs = np.stack((one[at : at + _AT_A_TIME], other[at : at + _AT_A_TIME])).astype(np.int64)
            while pairs.size:
                ends = self.first(pairs.reshape(-1)).reshape(2, -1)
                pairs = ends[:, ends[0] != ends[1]]
                # A first item points to the least of those that it is linked with; the others are linked in turn.
                np.minimum.at(self._earlier, pairs.max(axis=0), pairs.min(axis=0).astype(self._earlier.dtype))

    def first(self, items: Items) -> Items:
        """The first item of the component of each of these."""
        while True:
            found = self._earlier[items]
            further = self._earlier[found]
            if np.array_equal(found, further):
                return found.astype(np.int64)
            self._earlier[items] = further

    def parts(self) -> Iterator[tuple[Items, Items]]:
        """All items in their order, some at a time, with the first item of each."""
        for at in range(0, len(self), _AT_A_TIME):
            items = np.arange(at, min(at + _AT_A_TIME, len(self)))
            yield items, self.first(items)
