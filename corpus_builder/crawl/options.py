"""The options of a crawl, and its results. The defaults of the run config (stages/config.py) come from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from corpus_builder.errors import UsageError
from corpus_builder.sites import Site
from corpus_builder.web.responses import PAGE_BYTES

SOURCES = ("sitemaps", "feeds", "apis", "archives", "hreflang")


@dataclass(frozen=True)
class CrawlOptions:
    """Which articles of a site are wanted, and how they are requested.

    `since` and `until` are publication dates, both included. `limit` is the maximum number of stories, the newest ones.
    `delay` is in seconds between two requests to one host; None is the site's, or 0 where the mirror is on this
    machine; a longer Crawl-delay of robots.txt always wins. `contact` (a mail address or a URL) is added to the user
    agent. `max_bytes` is the most bytes of a response; more than PAGE_BYTES are not read later. `timeout` is in seconds
    for one whole request, `retries` the number of further requests after one that failed, `backoff` the seconds before
    the first of them (doubled each time). `sources` are the ways of discovery; archives cost one request per day and
    language.

    The defaults are chosen to be polite: one connection, and four retries within 15 seconds; a longer outage is left to
    the next run. Feeds, lists of APIs and archives are not among the default sources, as sitemaps name the same pages.
    """

    languages: tuple[str, ...]
    contact: str = ""
    since: date | None = None
    until: date | None = None
    limit: int | None = None
    delay: float | None = None
    connections: int = 1
    sources: tuple[str, ...] = ("sitemaps", "hreflang")
    max_bytes: int = PAGE_BYTES
    timeout: float = 30.0
    retries: int = 4
    backoff: float = 1.0

    def covers(self, language: str, day: date | None) -> bool:
        """Whether an article of that language and date is wanted; one without a date in its URL may be."""
        return language in self.languages and (
            day is None or ((self.since is None or self.since <= day) and (self.until is None or day <= self.until))
        )


class CaptureRef(NamedTuple):
    """Where the newest usable capture of one article page is.

    `month` ("2025-12", or "undated") is that of the story: the first among its editions' dates. `offset` and `length`
    are the gzip member (or the record) in a WARC file; a saved page has offset 0 and its file's length. `fetched` is
    an ISO 8601 time or "", `digest` that of the payload ("sha1:…") or "". `part` is "" for the page itself; a later
    page of the article has its number, the answer of an API its address (sites/further.py).
    """

    url: str
    language: str
    article_id: str
    month: str
    path: str
    offset: int
    length: int
    fetched: str
    digest: str
    part: str = ""


class SeenLink(NamedTuple):
    """A link to another edition, on a page or in a sitemap: `origin` is "hreflang" or "sitemap"."""

    page_language: str
    page_article_id: str
    language: str
    url: str
    origin: str


@dataclass(frozen=True)
class CrawlSummary:
    """The funnel of one crawl.

    `counts` is computed from the frontier, so interruptions do not change it: `listings_*` are sitemaps, feeds and
    archives, `urls_*` article pages, `pages_*` the outcomes of the wanted ones, `further_responses` what is kept
    besides (later pages of articles, answers of an API). `dropped` counts drops by reason. `refused` says why a
    robots.txt could not be read, so that nothing was fetched from its host; "" if all could.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    refused: str = ""


def on_loopback(url: str | None) -> bool:
    """Whether the host of a URL is this machine."""
    host = urlsplit(url).hostname if url else None
    if not host:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_options(site: Site, options: CrawlOptions) -> None:
    """Raise UsageError for contradictory, unknown or missing options."""
    for what, values, allowed in (
        ("edition", options.languages, site.languages),
        ("source of discovery", options.sources, SOURCES),
    ):
        if unknown := [value for value in values if value not in allowed]:
            raise UsageError(f"no {what} {unknown[0]!r} of {site.name}", next_step=f"choose from {', '.join(allowed)}")
    if not options.languages:
        raise UsageError("no language is given", next_step=f"choose from {', '.join(site.languages)}")
    if options.since and options.until and options.since > options.until:
        raise UsageError(f"--since {options.since} is after --until {options.until}", next_step="swap the two dates")
    if "archives" in options.sources and options.since is None:
        raise UsageError("the source archives needs a first day", next_step="give --since")
    if "apis" in options.sources and options.since is None and any(rules.by_day for rules in site.rules.crawl.apis):
        raise UsageError("the lists of the site's API are by day, and need a first one", next_step="give --since")
    if not options.contact and not on_loopback(site.mirror):
        raise UsageError(
            "A contact address is required.",
            next_step='add --contact mailto:you@… (or contact = "…" under [crawl]): the site\'s owner sees it',
        )
