"""The stories of a workspace to correct: their editions, and the beads of the last build."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from corpus_builder.errors import UsageError
from corpus_builder.look.source import Source
from corpus_builder.model import PlacedBead, Story
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.stories import aligned_stories
from corpus_builder.workspace.tables import read_article_ids


def workspace_of(source: Source) -> Workspace:
    """The workspace of a source. Raises UsageError for a dataset on its own."""
    if source.workspace is None:
        raise UsageError(
            "corrections are kept in a workspace, and this is a dataset on its own",
            next_step="open the workspace that it was built in",
        )
    return source.workspace


def story_to_correct(workspace: Workspace, article_id: str) -> tuple[Story, Sequence[PlacedBead]]:
    """A story and its beads of sentences. Raises UsageError where the workspace has not aligned it."""
    shard = _shards(workspace.root, _stamp(workspace.articles)).get(article_id)
    if shard is None or not (workspace.aligned / f"{shard}.parquet").is_file():
        raise UsageError(
            f"{article_id} is not aligned in this workspace", next_step="run `corpus-builder build` there again"
        )
    return _story(workspace.root, shard, article_id, (*_stamp(workspace.articles), *_stamp(workspace.aligned)))


Stamp = tuple[tuple[str, int], ...]
"""The files of a folder with the times when they were written."""


def _stamp(folder: Path) -> Stamp:
    return tuple((path.name, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.parquet")))


@lru_cache(maxsize=2)  # chosen: one workspace, and a build that replaces it meanwhile
def _shards(root: Path, _: Stamp) -> dict[str, str]:
    return {story: shard for shard, path in Workspace(root).shards().items() for story in read_article_ids(path)}


@lru_cache(maxsize=16)  # chosen: the stories that a person has open
def _story(root: Path, shard: str, article_id: str, _: Stamp) -> tuple[Story, Sequence[PlacedBead]]:
    found = next(aligned_stories(Workspace(root), shard, only=[article_id]), None)
    if found is None:
        raise UsageError(f"{article_id} has one edition only", next_step="choose a story of two editions or more")
    return found.story, [bead for bead in found.beads if bead.level == "sentence"]
