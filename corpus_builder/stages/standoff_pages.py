"""The pages of a workspace for the stand-off format: the places of rows in them, and their texts to put back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from corpus_builder.dataset.places import PlaceReader, StoryPlaces, story_places, texts_of
from corpus_builder.dataset.rehydrate import Texts
from corpus_builder.errors import UsageError
from corpus_builder.parquet import read_rows
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Progress, Source
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.stories import aligned_stories
from corpus_builder.workspace.tables import block_of, read_article_ids


def place_reader(folder: Path) -> PlaceReader:
    """The places of the rows that were made in a workspace. Raises UsageError where it has nothing aligned."""
    workspace = Workspace(folder.absolute())
    if not list(workspace.aligned.glob("*.parquet")):
        raise UsageError(f"{folder} has no aligned/", next_step="name the workspace that the dataset was built in")

    def places() -> Iterator[StoryPlaces]:
        for shard in workspace.shards():
            for aligned in aligned_stories(workspace, shard, quotes=True):
                yield story_places(aligned.story, aligned.beads, aligned.quotes)

    return places


def page_texts(folder: Path) -> Texts:
    """The texts of a workspace's editions. Raises UsageError where it has none."""
    shards = Workspace(folder.absolute()).shards()
    if not shards:
        raise UsageError(
            f"{folder} has no articles/",
            next_step="run `corpus-builder crawl SITE -w FOLDER` and `corpus-builder extract SITE -w FOLDER` first",
        )
    shard_of = {article_id: shard for shard, path in shards.items() for article_id in read_article_ids(path)}

    @lru_cache(maxsize=2)  # the dataset goes through the months in order
    def texts_in(shard: str) -> dict[tuple[str, str], Sequence[str]]:
        rows = read_rows(shards[shard], ["article_id", "language", "blocks"])
        return {(row["article_id"], row["language"]): texts_of(map(block_of, row["blocks"])) for row in rows}

    def texts(article_id: str, language: str) -> Sequence[str] | None:
        return texts_in(shard_of[article_id]).get((article_id, language)) if article_id in shard_of else None

    return texts


def extract_into(
    folder: Path, site: str, languages: Sequence[str], source: Source, mirror: str | None, progress: Progress
) -> None:
    """Read the pages of WARC files or of a folder into a workspace's articles/."""
    config = RunConfig(site=site, languages=tuple(languages))
    run = build_run(config, folder, mirror=mirror, source=source, progress=progress)
    build(run, stages_of("crawl", "extract"))
