"""What a crawl dropped and why, and its funnel: computed from the frontier, so interruptions do not change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from corpus_builder.crawl.choice import GONE
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.links import open_for_reading
from corpus_builder.crawl.options import CrawlOptions, CrawlSummary
from corpus_builder.crawl.rows import SqlValue, wanted
from corpus_builder.model import Drop
from corpus_builder.web.opt_out import REASONS

STAGE = "crawl"

WITHDRAWN = (*sorted({*REASONS, *GONE}), "robots")
"""Reasons for which an earlier capture is not used any more."""

_WITHDRAWN_SQL = ", ".join(f"'{reason}'" for reason in WITHDRAWN)
UNUSABLE = f"state = 'failed' AND reason IN ({_WITHDRAWN_SQL})"
USABLE = f"file IS NOT NULL AND NOT ({UNUSABLE})"
_LOST_LISTING = "kind != 'article' AND (reason = 'broken_xml' OR state = 'pruned')"
DROPPED = f"state = 'failed' AND (file IS NULL OR reason IN ({_WITHDRAWN_SQL}))"


def crawl_drops(folder: Path) -> Iterator[Drop]:
    """Everything that the crawl in a folder dropped, by URL: pages, listings, and listed URLs that are no articles.

    A page that failed this time but has an earlier capture is not dropped.
    """
    db = open_for_reading(folder)
    try:
        for row in db.execute(
            f"SELECT url, reason, detail, language, article_id FROM pages"
            f" WHERE ({DROPPED}) OR {_LOST_LISTING} ORDER BY url, id"
        ):
            yield Drop(STAGE, row["url"], row["reason"], row["detail"] or "", row["language"], row["article_id"])
        for row in db.execute("SELECT url, reason, detail FROM strays ORDER BY url"):
            yield Drop(STAGE, row["url"], row["reason"], row["detail"])
    finally:
        db.close()


def summarize(frontier: Frontier, options: CrawlOptions, refused: str) -> CrawlSummary:
    """The funnel of the frontier's present run."""
    condition, values = wanted(options)
    this_run: dict[str, SqlValue] = {"run": frontier.run}

    def listings(extra: str) -> int:
        return frontier.count(f"kind != 'article' AND {extra}", this_run if ":run" in extra else {})

    def pages(extra: str) -> int:
        return frontier.count(f"({condition}) AND {extra}", values | (this_run if ":run" in extra else {}))

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
        "pages_failed": pages(f"{DROPPED}"),
        "pages_waiting": pages("state IN ('queued', 'in_flight')"),
        "pages_usable": pages(USABLE),
    }
    if further := frontier.part_count():
        counts["further_responses"] = further
    dropped = Counter(
        frontier.reasons(f"(({condition}) OR kind != 'article') AND ({DROPPED} OR {_LOST_LISTING})", values)
    )
    return CrawlSummary(counts, dict(sorted((dropped + frontier.stray_reasons()).items())), refused)
