"""Where the drops of a shard lie."""

from __future__ import annotations

from pathlib import Path

from corpus_builder.workspace.layout import Workspace


def shard_drops(workspace: Workspace, stage: str, shard: str) -> Path:
    """Where a shard's drops lie until all shards are through."""
    return workspace.dropped / ".shards" / stage / f"{shard}.parquet"
