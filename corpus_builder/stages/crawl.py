"""The first stage: get hold of pages. It ends with a list of captures, wherever they come from."""

from __future__ import annotations

import time
from pathlib import Path

from corpus_builder.crawl import (
    CaptureRef,
    CrawlOptions,
    crawl,
    crawl_drops,
    index_crawl,
    index_pages,
    index_warcs,
    withdraw,
)
from corpus_builder.errors import NothingProduced
from corpus_builder.model import Drop
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.tables import write_drops
from corpus_builder.workspace.tombstones import read_tombstones

STAGE = "crawl"


def crawl_options(run: Run) -> CrawlOptions:
    """The crawler's options by the run's config."""
    config = run.config
    return CrawlOptions(
        languages=run.languages,
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


def gather(run: Run) -> list[CaptureRef]:
    """Crawl the site, or index the WARC files or saved pages; the newest capture of every article page.

    What was left out is written to dropped/crawl.parquet, the counts to the manifest. Raises NothingProduced where the
    site's robots.txt forbids to go on and no earlier run left a page.
    """
    started = time.monotonic()
    options, workspace, source = crawl_options(run), run.workspace, run.source
    counts: dict[str, int] = {}
    drops: list[Drop]
    refused = ""
    if source.warc:
        refs, drops = index_warcs(source.warc, run.site, options)
    elif source.pages:
        refs, drops = index_pages(source.pages, run.site, options)
    else:
        workspace.crawl.mkdir(parents=True, exist_ok=True)
        if tombstones := read_tombstones(workspace.tombstones):
            withdraw(workspace.crawl, run.site, tombstones)
        summary = crawl(run.site, options, workspace.crawl, run.progress)
        counts.update(summary.counts)
        refused = summary.refused
        refs, drops = index_crawl(workspace.crawl, run.site, options), list(crawl_drops(workspace.crawl))
    out = workspace.dropped / f"{STAGE}.parquet"
    counts["dropped"] = write_drops(out, drops)
    counts["captures"] = len(refs)
    run.manifest.record(STAGE, "all", "", [out], counts, time.monotonic() - started)
    if refused and not refs:
        raise NothingProduced(
            f"nothing could be crawled: {refused}",
            next_step="without its robots.txt no page of a site may be fetched (RFC 9309); try again later",
        )
    return refs


def indexed(run: Run) -> list[CaptureRef]:
    """The captures of an earlier crawl of the workspace, without asking the site anything."""
    return index_crawl(Path(run.workspace.crawl), run.site, crawl_options(run))
