"""Shards: the units of work. A shard is a month, or a share of a month that is too large for one.

All editions of a story are in one shard, because the share is chosen by the article id alone.
"""

from __future__ import annotations

import zlib

SHARD_PAGES = 3_000
"""Pages per shard at most, roughly. Chosen: some 10 seconds of extraction, and 20 MB of editions."""


def shares_for(pages: int) -> int:
    """The number of shards for a number of pages: a power of two, so that a share splits in two when it grows."""
    shares = 1
    while pages > shares * SHARD_PAGES:
        shares *= 2
    return shares


def share_name(month: str, article_id: str, shares: int) -> str:
    """The shard of an article in a month that has `shares` shards."""
    return month if shares == 1 else f"{month}.{zlib.crc32(article_id.encode()) % shares}of{shares}"


def share_order(article_id: str) -> int:
    """A number by which the articles of each share come together, whatever the number of shares.

    Shares are powers of two, so an article's is told by the last bits of its hash: they come first here.
    """
    return int(f"{zlib.crc32(article_id.encode()):032b}"[::-1], 2)
