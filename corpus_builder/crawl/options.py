"""What a crawl is asked for, and what it answers."""

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

SOURCES = ("sitemaps", "feeds", "archives", "hreflang")


@dataclass(frozen=True)
class CrawlOptions:
    """Which articles of a site are wanted, and how they are asked for.

    `since` and `until` are publication dates, both included. `limit` keeps the newest so many stories. `delay` is in
    seconds between two requests to one host; None takes the site's own, and 0 where the mirror is on this machine; a
    longer Crawl-delay of robots.txt always wins. `contact` (a mail address or a URL) goes into the user agent.
    `timeout` is in seconds for one whole request, `backoff` in seconds before the first retry (doubled each time).
    `sources` are the ways of discovery to use; day archives are asked for by name, since they are one request a day
    and language.
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
    """Where the newest usable capture of one article page lies.

    `month` ("2025-12", or "undated") is that of the story: the first among its editions' dates. `offset` and `length`
    are the gzip member (or the record) in a WARC file; a saved page has offset 0 and its file's length. `fetched` is
    an ISO 8601 time or "", `digest` that of the payload ("sha1:…") or "".
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


class SeenLink(NamedTuple):
    """An edition that a page's hreflang links, or a sitemap's, promise: `origin` is "hreflang" or "sitemap"."""

    page_language: str
    page_article_id: str
    language: str
    url: str
    origin: str


@dataclass(frozen=True)
class CrawlSummary:
    """The funnel of one crawl.

    `counts` is stable over interruptions, as it is read off the frontier: `listings_*` are sitemaps, feeds and
    archives, `urls_*` article pages, `pages_*` what became of those that were wanted. `dropped` counts the reasons of
    what was left out. `refused` says what robots.txt did where it was out of reach and so nothing was fetched from
    its host, "" where all was well.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    refused: str = ""


def on_loopback(url: str | None) -> bool:
    """Whether a URL leads to this machine itself."""
    host = urlsplit(url).hostname if url else None
    if not host:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_options(site: Site, options: CrawlOptions) -> None:
    """Raise UsageError where the options cannot be what the user means."""
    for what, given, known in (
        ("edition", options.languages, site.languages),
        ("source of discovery", options.sources, SOURCES),
    ):
        if unknown := [name for name in given if name not in known]:
            raise UsageError(f"no {what} {unknown[0]!r} of {site.name}", next_step=f"choose among {', '.join(known)}")
    if not options.languages:
        raise UsageError("no language is chosen", next_step=f"choose among {', '.join(site.languages)}")
    if options.since and options.until and options.since > options.until:
        raise UsageError(f"--since {options.since} lies after --until {options.until}", next_step="swap the two")
    if "archives" in options.sources and options.since is None:
        raise UsageError("day archives need a first day", next_step="give --since")
    if not options.contact and not on_loopback(site.mirror):
        raise UsageError(
            f"the crawler must tell {site.name} whom to write to",
            next_step="set contact to your mail address or a page about your project",
        )
