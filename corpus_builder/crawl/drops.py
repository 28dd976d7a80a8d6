"""What a crawl left out and why, and its funnel: read off the frontier, so interruptions change nothing in it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from corpus_builder.crawl.frontier import Frontier, wanted
from corpus_builder.crawl.options import CrawlOptions, CrawlSummary, SeenLink
from corpus_builder.errors import RunError
from corpus_builder.model import Drop
from corpus_builder.web.opt_out import REASONS

STAGE = "crawl"

WITHDRAWN = (*sorted(REASONS), "robots")
"""Reasons for which an earlier capture is not used any more either."""

_WITHDRAWN_SQL = ", ".join(f"'{reason}'" for reason in WITHDRAWN)
USABLE = f"file IS NOT NULL AND NOT (state = 'failed' AND reason IN ({_WITHDRAWN_SQL}))"
_BROKEN = "kind != 'article' AND reason = 'broken_xml'"
LEFT_OUT = f"state = 'failed' AND (file IS NULL OR reason IN ({_WITHDRAWN_SQL}))"


def open_for_reading(folder: Path) -> sqlite3.Connection:
    """The frontier of a crawl folder. Raises RunError where there is none."""
    path = folder / "state.sqlite"
    if not path.exists():
        raise RunError(f"no crawl in {folder}", next_step="run corpus-builder crawl first")
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=1.0)
        db.row_factory = sqlite3.Row
        db.execute("SELECT 1 FROM pages LIMIT 1")
    except sqlite3.DatabaseError as error:
        raise RunError(
            f"{path} cannot be read: {error}",
            next_step="if a crawl is at work there, wait for it to end; else read its WARC files with --warc",
        ) from error
    return db


def crawl_drops(folder: Path) -> Iterator[Drop]:
    """Everything that the crawl in a folder left out, by URL: pages, listings, and what was listed and is no page.

    A page that failed this time but has an earlier capture is not left out.
    """
    db = open_for_reading(folder)
    try:
        for row in db.execute(
            f"SELECT url, reason, detail, language, article_id FROM pages"
            f" WHERE ({LEFT_OUT}) OR {_BROKEN} ORDER BY url, id"
        ):
            yield Drop(STAGE, row["url"], row["reason"], row["detail"] or "", row["language"], row["article_id"])
        for row in db.execute("SELECT url, reason, detail FROM strays ORDER BY url"):
            yield Drop(STAGE, row["url"], row["reason"], row["detail"])
    finally:
        db.close()


def crawl_links(folder: Path) -> Iterator[SeenLink]:
    """The alternates that pages and sitemaps named, as seen, in a stable order."""
    db = open_for_reading(folder)
    try:
        for row in db.execute("SELECT page, language, url, origin FROM links ORDER BY page, language, url, origin"):
            language, article_id = row["page"].split("/", 1)
            yield SeenLink(language, article_id, row["language"], row["url"], row["origin"])
    finally:
        db.close()


def summarize(frontier: Frontier, options: CrawlOptions, refused: str) -> CrawlSummary:
    """The funnel of the run that the frontier is in."""
    condition, values = wanted(options)
    this_run = {"run": frontier.run}

    def listings(what: str) -> int:
        return frontier.count(f"kind != 'article' AND {what}", this_run if ":run" in what else {})

    def pages(what: str) -> int:
        return frontier.count(f"({condition}) AND {what}", values | (this_run if ":run" in what else {}))

    counts = {
        "listings_read": listings("run = :run AND state = 'done'"),
        "listings_failed": listings("run = :run AND state = 'failed'"),
        "listings_outside_dates": listings("state = 'pruned'"),
        "urls_listed": frontier.count("kind = 'article'"),
        "urls_wanted": pages("1"),
        "stories_wanted": frontier.story_count(options),
        "pages_fetched": pages("run = :run AND outcome = 'stored'"),
        "pages_not_modified": pages("run = :run AND outcome = 'not_modified'"),
        "pages_same": pages("run = :run AND outcome = 'same'"),
        "pages_not_asked": pages("state = 'done' AND run != :run"),
        "pages_failed": pages(f"{LEFT_OUT}"),
        "pages_waiting": pages("state IN ('queued', 'in_flight')"),
        "pages_usable": pages(USABLE),
    }
    dropped = Counter(frontier.reasons(f"(({condition}) OR kind != 'article') AND ({LEFT_OUT} OR {_BROKEN})", values))
    return CrawlSummary(counts, dict(sorted((dropped + frontier.stray_reasons()).items())), refused)
