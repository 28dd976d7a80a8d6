"""Stories with what belongs to them, read a shard at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from corpus_builder.model import PlacedBead, PlacedQuote, Story
from corpus_builder.parquet import read_rows
from corpus_builder.quality.columns import Value
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import read_beads, read_quotes, read_stories


def read_clusters(workspace: Workspace) -> list[frozenset[str]]:
    """The clusters of near-duplicate stories; none before `score_rows` ran."""
    path = workspace.quality / "clusters.json"
    return [frozenset(own) for own in json.loads(path.read_text(encoding="utf-8"))] if path.is_file() else []


def aligned_stories(workspace: Workspace, shard: str) -> Iterator[tuple[Story, list[PlacedBead]]]:
    """The stories of a shard that were aligned, with their beads; both files are in the order of article ids."""
    beads = read_beads(workspace.aligned / f"{shard}.parquet")
    for story in read_stories(workspace.articles / f"{shard}.parquet"):
        if len(story.editions) > 1:
            article_id, own = next(beads)
            assert article_id == story.article_id
            yield story, own


Own = dict[tuple[str, int], tuple[Mapping[str, Value], tuple[str, ...]]]
"""The scores and the flags of a story's rows, by level and position."""


def read_scores(path: Path) -> Iterator[tuple[str, Own]]:
    """The scores of a shard, an article at a time."""
    for article_id, rows in groupby(read_rows(path), key=lambda row: str(row["article_id"])):
        yield article_id, {(row["level"], row["position"]): (row["quality"], tuple(row["flags"])) for row in rows}


def shard_files(workspace: Workspace) -> dict[str, Path]:
    """The shards of articles/ by name."""
    return {path.stem: path for path in sorted(workspace.articles.glob("*.parquet"))}


def quotes_by_story(workspace: Workspace, shard: str) -> dict[str, list[PlacedQuote]]:
    """The quotations of a shard by article id."""
    found: dict[str, list[PlacedQuote]] = {}
    for quote in read_quotes(workspace.quotes / f"{shard}.parquet"):
        found.setdefault(quote.article_id, []).append(quote)
    return found
