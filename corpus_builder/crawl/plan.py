"""What a crawl would ask of a site: stories a day, pages, time and disk, from robots.txt and listings alone.

Listings are read by the discovery of a crawl, with its politeness, into a folder that is then removed. No article page
is requested.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus_builder.crawl.crawler import Progress, list_articles, requests_a_page
from corpus_builder.crawl.links import open_for_reading
from corpus_builder.crawl.options import CrawlOptions
from corpus_builder.crawl.rows import wanted
from corpus_builder.errors import NothingProduced, RunError
from corpus_builder.sites import Site

PAGE_ON_DISK = 33_000
"""Bytes of a page in a WARC file: the mean of 21 saved pages of eight news sites, each compressed with gzip."""


@dataclass(frozen=True)
class CrawlPlan:
    """What a crawl would request.

    `pages` are those that listings name, by language in `languages`; pages that only links between editions name come
    on top. `days` has the stories by their first day, `undated` those without a date in their URLs. `delay` are the
    seconds between two requests, `response` those that a response took on average, `seconds` the time for all pages.
    `listings` were read, `listings_failed` could not be. `bytes` is the size of the WARC files. Without `has_ids` the
    addresses do not say which editions are one story: each page counts as one.
    """

    stories: int
    pages: int
    languages: Mapping[str, int]
    days: Mapping[str, int]
    undated: int
    listings: int
    listings_failed: Mapping[str, int]
    delay: float
    response: float
    seconds: float
    bytes: int
    has_ids: bool = True

    @property
    def stories_a_day(self) -> float:
        """Stories on a day between the first and the last; 0 where no story has a date."""
        if not self.days:
            return 0.0
        return sum(self.days.values()) / len(self.days)


def plan(site: Site, options: CrawlOptions, progress: Progress | None = None) -> CrawlPlan:
    """Read robots.txt and the listings of a site.

    Raises UsageError for contradictory options, RunError where robots.txt or the host cannot be read, NothingProduced
    where no listing names an article of the options.
    """
    with tempfile.TemporaryDirectory(prefix="corpus-builder-plan-") as name:
        folder = Path(name)
        listed = list_articles(site, options, folder, progress)
        if listed.refused:
            raise RunError(
                f"{site.name}: {listed.refused}",
                next_step="without its robots.txt no page of a site may be fetched (RFC 9309); try again later",
            )
        condition, values = wanted(options)
        db = open_for_reading(folder)
        try:
            languages = dict.fromkeys(options.languages, 0) | dict(
                db.execute(
                    f"SELECT language, COUNT(*) FROM pages WHERE {condition} GROUP BY language", values
                ).fetchall()
            )
            days: dict[str | None, int] = dict(
                db.execute(
                    "SELECT day, COUNT(*) FROM (SELECT MIN(date) AS day FROM pages"
                    f" WHERE {condition} GROUP BY article_id) GROUP BY day ORDER BY day",
                    values,
                ).fetchall()
            )
            read, known = db.execute(
                "SELECT SUM(kind != 'article' AND state = 'done'), SUM(kind = 'article') FROM pages"
            ).fetchone()
            failed = db.execute(
                "SELECT reason, COUNT(*) FROM pages WHERE kind != 'article' AND state = 'failed' GROUP BY reason"
            ).fetchall()
        finally:
            db.close()
    problems, undated, pages = dict(failed), days.pop(None, 0), sum(languages.values())
    if not pages:
        if not read and not problems:
            raise NothingProduced(
                f"{site.name}: neither robots.txt nor the rules of the site name a sitemap",
                next_step="name one under [crawl] in the site's file (`sitemaps`), or the feeds or APIs that list its "
                f"articles (`feeds`, `apis`){_other_sources(site, options)}",
            )
        raise NothingProduced(
            f"{site.name}: no listing names an article of these dates and languages "
            f"(listings read: {read or 0:,}{_listed(problems)}; articles of other dates or languages: {known or 0:,})",
            next_step=f"check --since and --until{_other_sources(site, options)}",
        )
    return CrawlPlan(
        stories=sum(days.values()) + undated,
        pages=pages,
        languages=languages,
        days={day: count for day, count in days.items() if day},
        undated=undated,
        listings=read or 0,
        listings_failed=problems,
        delay=listed.delay,
        response=listed.response,
        seconds=pages * requests_a_page(site) * (listed.delay + listed.response),
        bytes=pages * PAGE_ON_DISK,
        has_ids=site.has_ids,
    )


def _other_sources(site: Site, options: CrawlOptions) -> str:
    """What else the rules of a site list articles by, and how it is used; "" where there is nothing else."""
    crawl = site.rules.crawl
    listings = {"feeds": crawl.feeds, "apis": crawl.apis, "archives": crawl.archives}
    others = [name for name, of in listings.items() if of and name not in options.sources]
    named = " and ".join(f'"{name}"' for name in others)
    return (
        f", or add {named} to `sources` under [crawl] of the run config: the site's rules have them" if others else ""
    )


def _listed(problems: Mapping[str, int]) -> str:
    return "".join(f", failed ({reason}): {count:,}" for reason, count in sorted(problems.items()))
