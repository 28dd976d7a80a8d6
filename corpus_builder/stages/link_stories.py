"""The stories of a shard, written to articles/: the pages of all shards that belong to them, with one article id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from corpus_builder.model import Edition
from corpus_builder.parquet import read_columns, read_rows, write_rows
from corpus_builder.stages.edition_links import tally
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.link_parts import GROUPS, LinkTask, page_file, part_folder
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import EDITIONS, edition_of, edition_row


def sources(workspace: Workspace, shard: str) -> list[str]:
    """The shards that the pages of a shard's stories are from."""
    groups = read_columns(part_folder(workspace, "groups", f"{shard}.parquet"), ["source"])
    return sorted(groups["source"].unique().to_pylist())


def files_of(workspace: Workspace, shard: str) -> Sequence[str]:
    """The files that the stories of a shard are made of."""
    groups = part_folder(workspace, "groups", f"{shard}.parquet")
    editions = [workspace.editions / f"{source}.parquet" for source in sources(workspace, shard)]
    return [workspace.relative(path) for path in (groups, page_file(workspace, shard, "pages.parquet"), *editions)]


def write_stories(task: LinkTask) -> ShardResult:
    """Write the stories of one shard."""
    workspace, shard = task.workspace, task.shard
    ids = read_columns(page_file(workspace, shard, "pages.parquet"), ["article_id"])["article_id"].to_pylist()
    groups = read_columns(part_folder(workspace, "groups", f"{shard}.parquet"), GROUPS.names).to_pylist()
    first: dict[str, dict[int, int]] = {}
    for row in groups:
        first.setdefault(row["source"], {})[row["page"]] = row["first"]
    editions: list[Edition] = []
    for source, pages in sorted(first.items()):
        for number, row in enumerate(read_rows(workspace.editions / f"{source}.parquet")):
            if number in pages:
                editions.append(replace(edition_of(row), article_id=ids[pages[number]]))
    editions.sort(key=lambda edition: (edition.article_id, edition.language))
    counts = Counter[str]()
    for _, same in groupby(editions, key=lambda edition: edition.article_id):
        counts.update(tally(list(same)))
    path = workspace.articles / f"{shard}.parquet"
    write_rows(path, EDITIONS, map(edition_row, editions))
    return ShardResult((path,), counts)
