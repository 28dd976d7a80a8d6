"""Taking stories down: out of everything that a workspace holds, and never back in.

In this order, so that a run that is killed and started again ends the same: the tombstone; the WARC files and the
frontier of the crawl; whatever was made of the story's shard (aligned/, scores/, dataset/, report/), which is removed
at once; articles/, dropped/ and splits.json; then the stages from aligning on run again over what is left, so that
nothing learned from the story's words remains either.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import pyarrow.parquet as pq
from pydantic import ValidationError

from corpus_builder.crawl import remove_records, withdraw
from corpus_builder.errors import UsageError
from corpus_builder.files import file_hash
from corpus_builder.model import Drop, Edition
from corpus_builder.parquet import read_rows, write_rows
from corpus_builder.stages.align import ALIGN
from corpus_builder.stages.build import STAGES, build, build_run
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.crawl import STAGE as CRAWL
from corpus_builder.stages.extract import EXTRACT, tally
from corpus_builder.stages.stage import Progress, Run, join_drops
from corpus_builder.workspace.drops import shard_drops
from corpus_builder.workspace.layout import Workspace, sweep
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.splits import read_splits, write_splits
from corpus_builder.workspace.stories import shard_files
from corpus_builder.workspace.tables import EDITIONS, edition_of, read_drops, write_drops
from corpus_builder.workspace.tombstones import TAKEN_DOWN, add_tombstones, read_tombstones


@dataclass(frozen=True)
class Takedown:
    """What was taken down: article ids with their URLs, WARC records removed, editions removed."""

    stories: dict[str, list[str]]
    records: int
    editions: int


def take_down(folder: Path, urls: Sequence[str], progress: Progress) -> Takedown:
    """Take the stories of some URLs out of a workspace; all editions of each.

    Raises UsageError where `folder` is no workspace, or a URL is neither an article of its site nor in it.
    """
    run = _run(folder, progress)
    workspace = run.workspace
    with workspace.locked():
        sweep(workspace.root)
        stories = _stories(run, urls)
        add_tombstones(workspace.tombstones, stories)
        records = 0
        if (workspace.crawl / "state.sqlite").is_file():
            withdraw(workspace.crawl, run.site, stories)
            records = remove_records(workspace.crawl, run.site, stories.keys()).records
        editions = _take_out_of_articles(run, stories.keys())
        _tell_in_drops(run, stories)
        splits = read_splits(workspace.splits)
        if not splits.keys().isdisjoint(stories):
            write_splits(workspace.splits, {story: split for story, split in splits.items() if story not in stories})
    done = [stage for stage in STAGES[STAGES.index(ALIGN) :] if run.manifest.stages.get(stage)]
    if done and shard_files(workspace):
        build(run, done)
    return Takedown(stories, records, editions)


def _run(folder: Path, progress: Progress) -> Run:
    """The run that the workspace was last built by."""
    try:
        return build_run(
            RunConfig.model_validate(Manifest.open(Workspace(folder.absolute())).config), folder, progress=progress
        )
    except ValidationError as error:
        raise UsageError(
            f"{folder} is not a workspace: its manifest.json names no run config",
            next_step="name one that was built in",
        ) from error


def _stories(run: Run, urls: Sequence[str]) -> dict[str, list[str]]:
    """The article id of each URL, with all URLs that are known of it."""
    known: dict[str, set[str]] = {story: set(urls) for story, urls in read_tombstones(run.workspace.tombstones).items()}
    for path in shard_files(run.workspace).values():
        for row in pq.read_table(path, columns=["article_id", "url"]).to_pylist():
            known.setdefault(row["article_id"], set()).add(row["url"])
    owner = {run.site.clean(url): story for story, own in known.items() for url in own}
    stories: dict[str, list[str]] = {}
    for url in urls:
        address = run.site.clean(url)
        key = run.site.identify(url)
        article_id = owner.get(address) or (key and key.article_id)
        if not article_id:
            raise UsageError(
                f"{url} is neither an article of {run.site.rules.title} nor in this workspace",
                next_step="give the address of one of the article's editions",
            )
        stories[article_id] = sorted({*known.get(article_id, ()), address, *stories.get(article_id, ())})
    return stories


def _take_out_of_articles(run: Run, gone: Collection[str]) -> int:
    """Remove what was made of the stories' shards, and write these anew without them; how many editions went."""
    workspace, removed = run.workspace, 0
    for made in (workspace.dataset, workspace.report.parent, workspace.root / ".dataset.part"):
        shutil.rmtree(made, ignore_errors=True)
    shutil.rmtree(workspace.dataset.with_name(f".{workspace.dataset.name}.old"), ignore_errors=True)
    for shard, path in shard_files(workspace).items():
        taken: list[Edition] = []
        if set(gone) & set(pq.read_table(path, columns=["article_id"])["article_id"].to_pylist()):
            for folder in (workspace.aligned, workspace.quotes, workspace.scores):
                (folder / path.name).unlink(missing_ok=True)
            taken = [edition_of(row) for row in read_rows(path) if row["article_id"] in gone]
            write_rows(path, EDITIONS, (row for row in read_rows(path) if row["article_id"] not in gone))
        removed += len(taken)
        _know_anew(run, shard, path, taken)
    return removed


def _know_anew(run: Run, shard: str, path: Path, taken: Sequence[Edition]) -> None:
    """Have the manifest know a shard as it is now, an empty one no more."""
    entries, name = run.manifest.stages.get(EXTRACT, {}), run.workspace.relative(path)
    if shard not in entries or entries[shard].outputs.get(name) == file_hash(path):
        return
    counts = Counter(entries[shard].counts)
    for _, story in groupby(taken, key=lambda edition: edition.article_id):
        editions = list(story)
        counts.subtract(tally(editions))
        counts["editions"] -= len(editions)
    outputs = {**entries[shard].outputs, name: file_hash(path)}
    entries[shard] = replace(entries[shard], outputs=outputs, counts=dict(counts))
    if pq.read_metadata(path).num_rows:
        run.manifest.save()
    else:
        run.manifest.keep_only(EXTRACT, set(entries) - {shard})


def _tell_in_drops(run: Run, stories: Mapping[str, Sequence[str]]) -> None:
    """Take what drops quote of the stories out of dropped/, and say there that they were taken down."""
    workspace, urls = run.workspace, {url for known in stories.values() for url in known}
    (workspace.dropped / "export.parquet").unlink(missing_ok=True)
    (workspace.dropped / "leakage.json").unlink(missing_ok=True)
    stage = CRAWL if (workspace.crawl / "state.sqlite").is_file() else EXTRACT
    told = shard_drops(workspace, EXTRACT, TAKEN_DOWN) if stage == EXTRACT else workspace.dropped / f"{CRAWL}.parquet"
    for path in {*workspace.dropped.rglob("*.parquet"), told}:
        drops = list(read_drops(path)) if path.is_file() else []
        kept = [drop for drop in drops if drop.article_id not in stories and drop.item not in urls]
        if path == told:
            for article_id, known in stories.items():
                kept += [Drop(stage, url, TAKEN_DOWN, "", _language(run, url), article_id) for url in known]
        if kept != drops:
            write_drops(path, kept)
    if stage == EXTRACT:
        join_drops(run, EXTRACT)


def _language(run: Run, url: str) -> str | None:
    key = run.site.identify(url)
    return key.language if key else None
