"""Shards: the units of work. A shard is a month, or a share of a month that is too large for one.

All editions of a story are in one shard, because the share is chosen by the article id alone.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")

SHARD_PAGES = 3_000
"""Pages per shard at most, roughly. Chosen: some 10 seconds of extraction, and 20 MB of editions."""


def into_shards(
    items: Iterable[Item], month: Callable[[Item], str], article_id: Callable[[Item], str]
) -> dict[str, list[Item]]:
    """Items by shard name, "2025-12" or "2025-12.3of4"; their order in a shard is by article id, else as given.

    An article with two months (its editions may have different dates) goes to the earlier one.
    """
    items = list(items)
    months: dict[str, str] = {}
    for item in items:
        months[article_id(item)] = min(month(item), months.get(article_id(item), month(item)))
    by_month: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_month[months[article_id(item)]].append(item)
    shards: dict[str, list[Item]] = defaultdict(list)
    for name, group in sorted(by_month.items()):
        shares = shares_for(len(group))
        for item in sorted(group, key=article_id):
            shards[share_name(name, article_id(item), shares)].append(item)
    return dict(shards)


def shares_for(pages: int) -> int:
    """The number of shards for a number of pages: a power of two, so that a share splits in two when it grows."""
    shares = 1
    while pages > shares * SHARD_PAGES:
        shares *= 2
    return shares


def share_name(month: str, article_id: str, shares: int) -> str:
    """The shard of an article in a month that has `shares` shards."""
    return month if shares == 1 else f"{month}.{zlib.crc32(article_id.encode()) % shares}of{shares}"
