"""Where the drops of a shard are kept until dropped/<name>.parquet is written."""

from __future__ import annotations

from pathlib import Path

from corpus_builder.workspace.layout import Workspace

EXTRACT = "extract"
"""The stage that reads pages and tables; taking a story down changes its files, too."""
LINK = "link"
"""The stage that puts editions into stories, and the notes of where their links disagree."""

# The folder beside those of the stages that has no drops (page_texts.py).
PAGE_TEXTS = "page_texts"


def shard_drops(workspace: Workspace, name: str, shard: str) -> Path:
    """The drops of one shard."""
    return workspace.dropped / ".shards" / name / f"{shard}.parquet"


def shown_drop_files(workspace: Workspace) -> list[Path]:
    """The files of drops that are for reading: one a stage, dropped/NAME.parquet."""
    return sorted(workspace.dropped.glob("*.parquet"))


def drop_files(workspace: Workspace) -> list[Path]:
    """Every file of drops in dropped/, of stages and of their shards; not the hashes of texts beside them."""
    return [path for path in sorted(workspace.dropped.rglob("*.parquet")) if path.parent.name != PAGE_TEXTS]
