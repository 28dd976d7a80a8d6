"""The second stage: captures to editions, a Parquet file a shard, stories lying together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from corpus_builder.crawl import CaptureRef, read_captures
from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.model import Drop, Edition
from corpus_builder.parquet import write_rows
from corpus_builder.sites import Site
from corpus_builder.stages.edition_links import LINK, disagreements
from corpus_builder.stages.stage import Run, ShardResult, join_drops, run_shards
from corpus_builder.workspace.drops import shard_drops
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import code_version, task_key
from corpus_builder.workspace.shards import into_shards
from corpus_builder.workspace.tables import EDITIONS, DropWriter, edition_row
from corpus_builder.workspace.tombstones import TAKEN_DOWN, read_tombstones

EXTRACT = "extract"


@dataclass(frozen=True)
class ExtractTask:
    """The captures of one shard, in the order of article ids."""

    shard: str
    key: str
    workspace: Workspace
    site: Site
    refs: tuple[CaptureRef, ...]


def extract(run: Run, refs: Iterable[CaptureRef]) -> None:
    """Extract every capture; articles/ then holds what these captures give, and nothing else."""
    code = code_version(
        "extract", "sites", "text", "model", "web", "stages/extract", "stages/edition_links", "workspace/tables"
    )
    shards = into_shards(_without_taken_down(run, refs), lambda ref: ref.month, lambda ref: ref.article_id)
    tasks = [
        ExtractTask(
            shard,
            task_key(code, run.site.rules.model_dump(mode="json"), [(ref.url, ref.digest) for ref in members]),
            run.workspace,
            run.site,
            tuple(members),
        )
        for shard, members in sorted(shards.items())
    ]
    run_shards(run, EXTRACT, tasks, extract_shard)
    join_drops(run, EXTRACT)
    join_drops(run, LINK)


def _without_taken_down(run: Run, refs: Iterable[CaptureRef]) -> Iterator[CaptureRef]:
    """The captures but those of stories that were taken down, wherever they come from."""
    gone = read_tombstones(run.workspace.tombstones)
    with DropWriter(shard_drops(run.workspace, EXTRACT, TAKEN_DOWN)) as drops:
        for ref in refs:
            if ref.article_id in gone:
                drops.add(Drop(EXTRACT, ref.url, TAKEN_DOWN, "", ref.language, ref.article_id))
            else:
                yield ref


def extract_shard(task: ExtractTask) -> ShardResult:
    """Extract the pages of one shard."""
    articles = task.workspace.articles / f"{task.shard}.parquet"
    counts = Counter[str](pages=len(task.refs))
    with (
        DropWriter(shard_drops(task.workspace, EXTRACT, task.shard)) as drops,
        DropWriter(shard_drops(task.workspace, LINK, task.shard)) as notes,
    ):
        stories = _stories(task, drops)
        rows = (edition_row(edition) for story in stories for edition in linked(story, task.site, notes, counts))
        counts["editions"] = write_rows(articles, EDITIONS, rows)
    counts["dropped"] = drops.count
    return ShardResult((articles, drops.path, notes.path), counts)


def _stories(task: ExtractTask, drops: DropWriter) -> Iterator[list[Edition]]:
    """The editions of each article, in the order of their languages."""

    def outcomes() -> Iterator[Edition]:
        for ref, capture in read_captures(task.refs):
            try:
                if isinstance(capture, SkipPage):
                    raise capture
                # Where a capture lies differs between two crawls of the same pages; its digest does not.
                yield replace(extract_page(capture, task.site), capture=ref.digest)
            except SkipPage as skip:
                drops.add(Drop(EXTRACT, ref.url, skip.reason, skip.detail, ref.language, ref.article_id))

    for _, story in groupby(outcomes(), key=lambda edition: edition.article_id):
        yield sorted(story, key=lambda edition: edition.language)


def linked(story: Sequence[Edition], site: Site, notes: DropWriter, counts: Counter[str]) -> Sequence[Edition]:
    """The editions of one story as given, after counting them and writing down what their links disagree on."""
    counts.update(tally(story))
    for note in disagreements({edition.language: edition for edition in story}, site):
        counts["disagreements"] += 1
        notes.add(note)
    return story


def tally(story: Sequence[Edition]) -> Counter[str]:
    """What one story adds to the counts."""
    counts = Counter({"stories": 1, f"stories_of_{len(story)}": 1})
    for edition in story:
        counts[f"editions_{edition.language}"] += 1
        counts[f"layout_{edition.layout}"] += 1
        counts["blocks"] += len(edition.blocks)
    return counts
