"""Taking stories down: out of everything in a workspace, and never back in.

In this order, so that a run that is killed and started again ends the same: the tombstone; the WARC files, the frontier
and captures.parquet of the crawl, and of what was fetched from archives; what was made of the story's shard (aligned/,
scores/, dataset/, report/), which is removed at once; articles/, dropped/ and splits.json; then the stages after
extraction run again, so that nothing learned from the story's words remains either.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from corpus_builder.audit.folder import forget_stories
from corpus_builder.corrections.folder import forget_corrections
from corpus_builder.crawl import ids_of_pages, remove_archived, remove_records, withdraw
from corpus_builder.errors import UsageError
from corpus_builder.files import file_hash
from corpus_builder.model import Drop, Edition
from corpus_builder.parquet import read_rows, row_count, write_rows
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import saved_config
from corpus_builder.stages.crawl import STAGE as CRAWL
from corpus_builder.stages.crawl import index_archived, index_own_crawl
from corpus_builder.stages.edition_links import tally
from corpus_builder.stages.pipeline import STAGES
from corpus_builder.stages.stage import Progress, Run, Stage, join_drops
from corpus_builder.workspace.captures import earlier_capture_refs, set_captures_aside
from corpus_builder.workspace.drops import EXTRACT, drop_files, shard_drops
from corpus_builder.workspace.layout import Workspace, sweep
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.splits import read_splits, write_splits
from corpus_builder.workspace.tables import EDITIONS, edition_of, read_article_ids, read_drops, write_drops
from corpus_builder.workspace.tombstones import TAKEN_DOWN, add_tombstones, read_tombstones


@dataclass(frozen=True)
class Takedown:
    """The stories that were taken down: article ids with their URLs, WARC records removed, editions removed."""

    stories: dict[str, list[str]]
    records: int
    editions: int


def take_down(folder: Path | str, urls: Sequence[str], progress: Progress) -> Takedown:
    """Take the stories of some URLs out of a workspace; all editions of each.

    Raises UsageError where `folder` is no workspace, or a URL is neither an article of its site nor in it.
    """
    run = _run(folder, progress)
    workspace = run.workspace
    with workspace.locked(pages=True):
        sweep(workspace.root)
        stories = _stories(run, urls)
        add_tombstones(workspace.tombstones, stories)
        records = _remove_from_what_was_fetched(run, stories)
        editions = _remove_from_articles(run, stories.keys())
        _note_in_drops(run, stories)
        forget_stories(workspace.audit, stories.keys())
        forget_corrections(workspace.corrections, stories.keys())
        if any(story in stories for story, _ in read_splits(workspace.splits)):
            write_splits(workspace.splits, (own for own in read_splits(workspace.splits) if own[0] not in stories))
    if workspace.shards() and (again := stages_again(run.manifest)):
        build(run, again)
    return Takedown(stories, records, editions)


def stages_again(manifest: Manifest) -> list[Stage]:
    """The stages after extraction of the commands that were run, those that a command did not have then included."""
    ran = {stage.command for stage in STAGES if manifest.stages.get(stage.name)} - {"crawl", "extract"}
    return [stage for stage in STAGES if stage.command in ran]


def _remove_from_what_was_fetched(run: Run, stories: Mapping[str, Sequence[str]]) -> int:
    """Remove the stories' records from the crawl and from what archives gave; how many there were."""
    workspace, removed = run.workspace, 0
    crawled = (workspace.crawl / "state.sqlite").is_file()
    archived = (workspace.archive / "state.sqlite").is_file()
    if not (crawled or archived):
        return 0
    from_archive = any(Path(ref.path).is_relative_to(workspace.archive) for ref in earlier_capture_refs(workspace))
    pages = ids_of_pages(run.site, stories)
    set_captures_aside(workspace)  # records move when WARC files are rewritten
    if crawled:
        withdraw(workspace.crawl, run.site, stories)
        removed += remove_records(workspace.crawl, run.site, pages).records
    if archived:
        removed += remove_archived(workspace.archive, run.site, pages).records
    if workspace.captures_aside.is_file() and from_archive:
        index_archived(run)
    elif workspace.captures_aside.is_file() and crawled:
        index_own_crawl(run)
    return removed


def _run(folder: Path | str, progress: Progress) -> Run:
    """The run that the workspace was last built by."""
    workspace = Workspace.opened(folder)
    Manifest.open(workspace).require_current()
    config = saved_config(workspace)
    if config is None:
        raise UsageError(f"{folder} is not a workspace: it has no {workspace.config.name}", next_step="name one")
    return build_run(config, folder, progress=progress)


def _stories(run: Run, urls: Sequence[str]) -> dict[str, list[str]]:
    """The article id of each URL, with all URLs of the story."""
    known: dict[str, set[str]] = {story: set(urls) for story, urls in read_tombstones(run.workspace.tombstones).items()}
    for path in run.workspace.shards().values():
        for row in read_rows(path, ["article_id", "url"]):
            known.setdefault(row["article_id"], set()).add(row["url"])
    owner = {run.site.clean(url): story for story, addresses in known.items() for url in addresses}
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
        if article_id not in known and not _was_met(run.workspace, article_id, address):
            raise UsageError(
                f"the article {article_id} is not in this workspace: {url}",
                next_step="check the address; nothing was changed",
            )
        stories[article_id] = sorted({*known.get(article_id, ()), address, *stories.get(article_id, ())})
    return stories


def _was_met(workspace: Workspace, article_id: str, url: str) -> bool:
    """Whether a page of a story was crawled or read, though nothing was made of it."""
    if any(ref.url == url for ref in earlier_capture_refs(workspace)):
        return True
    return any(
        drop.article_id == article_id or drop.item == url for path in drop_files(workspace) for drop in read_drops(path)
    )


def _remove_from_articles(run: Run, gone: Collection[str]) -> int:
    """Remove what was made of the stories' shards, and rewrite these without them; the number of editions removed."""
    workspace, removed = run.workspace, 0
    for made in (workspace.export, workspace.dataset, workspace.report.parent, workspace.root / ".dataset.part"):
        shutil.rmtree(made, ignore_errors=True)
    shutil.rmtree(workspace.editions, ignore_errors=True)  # made again from the pages that are left
    shutil.rmtree(workspace.dataset.with_name(f".{workspace.dataset.name}.old"), ignore_errors=True)
    for shard, path in workspace.shards().items():
        taken: list[Edition] = []
        if set(gone) & set(read_article_ids(path)):
            for folder in (workspace.aligned, workspace.quotes, workspace.scores):
                (folder / path.name).unlink(missing_ok=True)
            taken = [edition_of(row) for row in read_rows(path, schema=EDITIONS) if row["article_id"] in gone]
            write_rows(path, EDITIONS, (row for row in read_rows(path) if row["article_id"] not in gone))
        removed += len(taken)
        _update_manifest(run, shard, path, taken)
    return removed


def _update_manifest(run: Run, shard: str, path: Path, taken: Sequence[Edition]) -> None:
    """Record a rewritten shard in the manifest; an empty one is forgotten."""
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
    if row_count(path):
        run.manifest.save()
    else:
        run.manifest.keep_only(EXTRACT, set(entries) - {shard})


def _note_in_drops(run: Run, stories: Mapping[str, Sequence[str]]) -> None:
    """Remove the texts of the stories from dropped/, and add there that they were taken down."""
    workspace, urls = run.workspace, {url for addresses in stories.values() for url in addresses}
    (workspace.dropped / "export.parquet").unlink(missing_ok=True)
    (workspace.dropped / "leakage.json").unlink(missing_ok=True)
    stage = CRAWL.name if (workspace.crawl / "state.sqlite").is_file() else EXTRACT
    noted = (
        shard_drops(workspace, EXTRACT, TAKEN_DOWN) if stage == EXTRACT else workspace.dropped / f"{CRAWL.name}.parquet"
    )
    for path in {*drop_files(workspace), noted}:
        drops = list(read_drops(path)) if path.is_file() else []
        kept = [drop for drop in drops if drop.article_id not in stories and drop.item not in urls]
        if path == noted:
            for article_id, addresses in stories.items():
                kept += [Drop(stage, url, TAKEN_DOWN, "", _language(run, url), article_id) for url in addresses]
        if kept != drops:
            write_drops(path, kept)
    if stage == EXTRACT:
        join_drops(workspace, EXTRACT)


def _language(run: Run, url: str) -> str | None:
    key = run.site.identify(url)
    return key.language if key else None
