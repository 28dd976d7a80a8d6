"""The stage "crawl": fetches pages from the site or an archive, or finds them in WARC files or a folder.

The pages that it found are listed in captures.parquet.
"""

from __future__ import annotations

import time
from collections import Counter

from corpus_builder.crawl import (
    Archive,
    CaptureRef,
    CrawlOptions,
    crawl,
    crawl_drops,
    fetch_archive,
    ids_of_pages,
    index_crawl,
    index_pages,
    index_warcs,
    withdraw,
)
from corpus_builder.crawl.choice import by_page
from corpus_builder.errors import NothingProduced, RunError
from corpus_builder.model import Drop
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.stage import ALL, Figure, Run, Stage
from corpus_builder.stages.warc_parts import elsewhere
from corpus_builder.workspace.captures import earlier_capture_refs, write_capture_refs
from corpus_builder.workspace.tables import write_drops
from corpus_builder.workspace.tombstones import read_tombstones


def crawl_options(run: Run) -> CrawlOptions:
    """The crawler's options by the run's config."""
    return options_of(run.config, run.languages)


def options_of(config: RunConfig, languages: tuple[str, ...]) -> CrawlOptions:
    """The crawler's options by a config."""
    return CrawlOptions(
        languages=languages,
        since=config.since,
        until=config.until,
        limit=config.limit,
        delay=config.crawl.delay,
        connections=config.crawl.connections,
        contact=config.crawl.contact or "",
        max_bytes=config.crawl.max_bytes,
        timeout=config.crawl.timeout,
        retries=config.crawl.retries,
        sources=config.crawl.sources,
    )


def gather(run: Run) -> None:
    """Crawl the site, fetch its records from an archive, or index the WARC files or saved pages.

    The captures of every article page go to captures.parquet. The pages of earlier runs stay, unless the run replaces
    them.

    Drops go to dropped/crawl.parquet, counts to the manifest. Does nothing for a table of articles, which has no pages.
    Raises RunError where the site's robots.txt could not be read and no earlier run left a page, NothingProduced where
    the run would replace all pages by none.
    """
    if run.source.articles:
        run.manifest.keep_only(STAGE.name, ())
        run.workspace.captures.unlink(missing_ok=True)
        run.workspace.captures_aside.unlink(missing_ok=True)
    elif run.source.warc or run.source.pages:
        started = time.monotonic()
        _record(run, *_indexed(run), {}, started)
    elif run.source.archive:
        _fetch_from_archive(run, run.source.archive)
    else:
        _crawl_site(run)
    if run.replace and not run.source.articles and run.manifest.counts(STAGE.name).get("captures_of_earlier_runs"):
        raise NothingProduced(
            "--replace: this run has no page of its dates and languages, so those of earlier runs stay in the dataset",
            next_step=f"check the dates; {run.workspace.dropped / STAGE.name}.parquet lists everything dropped",
        )


def _indexed(run: Run) -> tuple[list[CaptureRef], list[Drop]]:
    """The pages that the user already has."""
    options, source = crawl_options(run), run.source
    if source.warc:
        return index_warcs(source.warc, run.site, options, _earlier(run), elsewhere(run))
    assert source.pages
    return index_pages(source.pages, run.site, options, _earlier(run))


def _earlier(run: Run) -> list[CaptureRef]:
    return [] if run.replace else earlier_capture_refs(run.workspace)


def _fetch_from_archive(run: Run, archive: Archive) -> None:
    """Fetch the site's records from an archive, then index the WARC files that they are in."""
    started, workspace = time.monotonic(), run.workspace
    workspace.pull(pages=True)
    withdrawn = ids_of_pages(run.site, read_tombstones(workspace.tombstones))
    try:
        fetched = fetch_archive(run.site, crawl_options(run), archive, workspace.archive, withdrawn, run.progress)
    except KeyboardInterrupt:  # the pages so far can be extracted while the user decides to go on
        index_archived(run)
        raise
    refs, drops = _index_archive(run)
    _record(run, refs, [*fetched.drops, *drops], dict(fetched.counts), started)
    unreachable = Counter(drop.reason for drop in fetched.drops)["archive_unavailable"]
    if unreachable and not refs:
        raise RunError(
            f"nothing could be fetched from {archive.name}: {unreachable:,} records are out of reach",
            next_step="run the same command again later: it carries on where this run stopped",
        )


def index_archived(run: Run) -> None:
    """Write captures.parquet from the records that were fetched from archives, without a request."""
    _write(run, _index_archive(run)[0])


def _index_archive(run: Run) -> tuple[list[CaptureRef], list[Drop]]:
    files = sorted(run.workspace.archive.glob("warc/*.warc.gz"))
    return index_warcs(files, run.site, crawl_options(run), _earlier(run))


def _crawl_site(run: Run) -> None:
    started, workspace = time.monotonic(), run.workspace
    workspace.pull(pages=True)
    workspace.crawl.mkdir(parents=True, exist_ok=True)
    if tombstones := read_tombstones(workspace.tombstones):
        withdraw(workspace.crawl, run.site, tombstones)
    try:
        summary = crawl(run.site, crawl_options(run), workspace.crawl, run.progress)
    except KeyboardInterrupt:  # the pages so far can be extracted while the user decides to go on
        index_own_crawl(run, crawl_options(run))
        raise
    refs = index_own_crawl(run, crawl_options(run))
    _record(run, refs, list(crawl_drops(workspace.crawl)), dict(summary.counts), started)
    if summary.refused and not refs:
        raise RunError(
            f"nothing could be crawled: {summary.refused}",
            next_step="without its robots.txt no page of a site may be fetched (RFC 9309); try again later",
        )


def index_own_crawl(run: Run, options: CrawlOptions | None = None) -> list[CaptureRef]:
    """Write captures.parquet from the state of the workspace's own crawl, without a request; the captures.

    It lists the pages that belong to the workspace already, and those of the options.
    """
    refs = index_crawl(run.workspace.crawl, run.site, options, _earlier(run))
    _write(run, refs)
    return refs


def _write(run: Run, refs: list[CaptureRef]) -> list[CaptureRef]:
    """Write captures.parquet, and return what is in it: a run without a page does not replace those of earlier ones."""
    if run.replace and not refs and (earlier := earlier_capture_refs(run.workspace)):
        return earlier
    write_capture_refs(run.workspace, refs)
    return refs


def _record(run: Run, refs: list[CaptureRef], drops: list[Drop], counts: dict[str, int], started: float) -> None:
    dropped = run.workspace.dropped / f"{STAGE.name}.parquet"
    counts["dropped"] = write_drops(dropped, drops)
    kept = _write(run, refs)
    counts["captures"] = sum(1 for _ in by_page(kept))
    if kept and not refs:
        counts["captures_of_earlier_runs"] = counts["captures"]
    outputs = [run.workspace.captures, dropped]
    run.manifest.record(STAGE.name, ALL, "", outputs, counts, time.monotonic() - started)


STAGE = Stage(
    name="crawl",
    command="crawl",
    about="fetches article pages from the site or an archive, or finds them in WARC files or saved pages",
    reads=(),
    writes=(
        "crawl/warc/*.warc.gz",
        "crawl/archive/warc/*.warc.gz",
        "crawl/state.sqlite",
        "crawl/captures.parquet",
        "dropped/crawl.parquet",
    ),
    run=gather,
    drops=("crawl",),
    figures=(Figure("article URLs listed", "urls_listed", always=False), Figure("pages fetched", "captures")),
    nothing="no article page was found",
)
