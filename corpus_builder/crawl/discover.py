"""Discovery: from the listings of a site (sitemaps, feeds, day archives) to article pages in the frontier.

Listings are read one after the other, undated sitemaps and indexes first, then the newest month first, so that with a
limit the others need not be requested. The hreflang links of the pages themselves are added later, in visit.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from corpus_builder.crawl.addresses import without_user
from corpus_builder.crawl.fetch import Exchange
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.listing import Listed, Listing, archive_days, moment, outside
from corpus_builder.crawl.options import CrawlOptions
from corpus_builder.crawl.rows import Article, Page
from corpus_builder.crawl.warc import payload_digest
from corpus_builder.sites import Site
from corpus_builder.web.links import LONGEST_URL, absolute, is_url

logger = logging.getLogger(__name__)

_RANKS = {"sitemap": 0, "feed": 1, "archive": 2}
HREFLANG_RANK = 3

_MAX_DEPTH = 5
"""Indexes that may lead to a sitemap. Chosen: sitemaps.org allows one, and sites that nest them use two or three."""

_MAX_SITEMAPS = 10_000
"""Sitemaps that are requested in one run. Chosen: a sitemap a day for 27 years; at a second each they take 3 hours."""

_MAX_FEED_PARTS = 1_000
"""Parts of a feed that are requested in one run. Chosen: with 20 entries each, some years of a newspaper."""

_MAX_SAME = 10
"""Sitemaps of one index that may have the same content. Chosen: a few are listed twice by mistake."""


class Discovery:
    """Reads listings into the frontier. It makes no requests."""

    def __init__(self, site: Site, options: CrawlOptions, frontier: Frontier) -> None:
        self._site = site
        self._options = options
        self._frontier = frontier
        self._zone = ZoneInfo(site.rules.timezone)

    def home(self, url: str) -> str:
        """A listing's URL on the site itself, without a user: only a mirror's host is replaced, the query stays."""
        site, parts = self._site, urlsplit(without_user(url.strip()))
        if site.mirror and parts.netloc.lower() == urlsplit(site.mirror).netloc.lower():
            home = urlsplit(site.rules.homepage)
            parts = parts._replace(scheme=home.scheme, netloc=home.netloc)
        return urlunsplit(parts._replace(fragment=""))

    def seed(self, sitemaps: Iterable[str], today: date) -> None:
        """Queue the listings of the site's rules and its robots.txt, of the kinds that the options allow."""
        crawl, options = self._site.rules.crawl, self._options
        with self._frontier.transaction():
            self._take_back_strays()
            self._frontier.remove_strays(self._frontier.strays("endless_index"))
            if "sitemaps" in options.sources:
                self._add_sitemaps([Listed(url) for url in (*sitemaps, *crawl.sitemaps)], None)
            if "feeds" in options.sources:
                for language in options.languages:
                    for url in crawl.feeds.get(language, []):
                        self._frontier.add_listing("feed", self.home(url), language=language)
            if "archives" in options.sources and options.since:
                for day in archive_days(options.since, min(options.until or today, today)):
                    for language in options.languages:
                        for url in crawl.archives.get(language, []):
                            self._frontier.add_listing(
                                "archive",
                                self.home(url.format(year=day.year, month=f"{day:%m}", day=f"{day:%d}")),
                                language=language,
                                month=day.isoformat(),
                            )

    def _take_back_strays(self) -> None:
        """Queue strays that are articles by the site's present rules: an unchanged listing is not read again."""
        strays = self._frontier.strays("not_an_article", "off_site")
        pages = [url for url in strays if is_url(url) and self._site.identify(url)]
        self._frontier.add_articles(self._articles(_RANKS["sitemap"], map(Listed, pages)))
        self._frontier.remove_strays(pages)

    def enough(self) -> bool:
        """Whether as many stories are listed as the limit allows."""
        limit = self._options.limit
        return limit is not None and self._frontier.story_count(self._options) >= limit

    def add(self, page: Page, exchange: Exchange, listing: Listing) -> None:
        """Add what a listing names to the frontier."""
        if page.kind == "archive":  # a page, which links to anything
            listing = Listing(tuple(each for each in listing.pages if self._site.identify(each.url)))
        logger.info("%s %s: %d pages, %d sitemaps", page.kind, page.url, len(listing.pages), len(listing.sitemaps))
        listing = replace(listing, pages=_absolute(page, listing.pages), sitemaps=_absolute(page, listing.sitemaps))
        if page.kind == "sitemap" and (listing.pages or listing.sitemaps):
            skipped = self._frontier.skip_same(page, payload_digest(exchange.body), _MAX_SAME)
            if skipped:
                logger.warning("%s: its index lists the same under many addresses; %d skipped", page.url, skipped)
        self._add_sitemaps(listing.sitemaps, page.url)
        pages = [listed for listed in listing.pages if is_url(listed.url)]
        self._frontier.add_articles(self._articles(_RANKS[page.kind], pages))
        if "hreflang" in self._options.sources:  # some sitemaps list one edition and name the others in its entry
            self._frontier.add_articles(self._articles(HREFLANG_RANK, self._alternates(pages)))
        if page.kind == "feed" and listing.next and not self._reaches_back(pages):
            self._add_part(page, listing.next)
        self._frontier.add_links(self._links(pages))
        self._frontier.add_strays(self._strays(page, pages))
        bad = [listed.url for listed in listing.pages if not is_url(listed.url)]
        self._frontier.add_strays((url, "bad_url", page.url) for url in bad)

    def _reaches_back(self, pages: Iterable[Listed]) -> bool:
        """Whether a feed's further parts, whose entries are earlier, have nothing that is wanted."""
        days, since = [day for each in pages if (day := self._day(each))], self._options.since
        return self.enough() or (since is not None and bool(days) and max(days) < since)

    def _day(self, listed: Listed) -> date | None:
        address, changed = self._site.address(listed.url), moment(listed.lastmod, self._zone)
        return (address and address.date) or (changed.date() if changed else None)

    def _add_part(self, page: Page, named: str) -> None:
        """Queue the next part of a feed."""
        url = self.home(absolute(page.url, named))
        if not is_url(url) or not self._site.owns(url):
            self._frontier.add_strays([(named[:LONGEST_URL], "off_site" if is_url(url) else "bad_url", page.url)])
        elif self._frontier.depth(page.url) >= _MAX_FEED_PARTS:
            logger.warning("%s: more than %d parts of a feed", page.url, _MAX_FEED_PARTS)
            self._frontier.add_strays([(url, "endless_index", f"more than {_MAX_FEED_PARTS:,} parts of a feed")])
        else:
            self._frontier.add_listing("feed", url, parent=page.url, language=page.language)

    def read_again(self, page: Page) -> None:
        """A listing is unchanged; queue the sitemaps that it listed when it was last read, or a feed's next part."""
        if page.kind == "feed":
            for url, *_ in self._frontier.children(page.url):
                self._frontier.add_listing("feed", url, parent=page.url, language=page.language)
            return
        listed = [Listed(url, lastmod) for url, _, lastmod in self._frontier.children(page.url)]
        self._add_sitemaps(listed, page.url)

    def _add_sitemaps(self, sitemaps: Iterable[Listed], parent: str | None) -> None:
        sitemaps = list(sitemaps)
        requested = self._frontier.count("kind = 'sitemap' AND state NOT IN ('known', 'pruned')")
        room = max(0, _MAX_SITEMAPS - requested)
        if parent and self._frontier.depth(parent) >= _MAX_DEPTH:
            room = 0
        if parent and sitemaps[room:]:
            logger.warning("%s: %d of its sitemaps are beyond the limits", parent, len(sitemaps[room:]))
            why = f"more than {_MAX_DEPTH} indexes deep, or than {_MAX_SITEMAPS:,} sitemaps; listed by {parent}"
            self._frontier.add_strays((listed.url, "endless_index", why) for listed in sitemaps[room:])
            sitemaps = sitemaps[:room]
        for listed in sitemaps:
            if not is_url(listed.url):
                self._frontier.add_strays([(listed.url, "bad_url", parent or "robots.txt")])
                continue
            url = self.home(listed.url)
            if not self._site.owns(url):
                self._frontier.add_strays([(url, "off_site", parent or "robots.txt")])
                continue
            month, changed = self._site.sitemap_month(url), moment(listed.lastmod, self._zone)
            why_outside = outside(month, changed, self._options.since, self._options.until)
            if why_outside:
                logger.debug("outside the dates: %s (%s)", url, why_outside)
            self._frontier.add_listing(
                "sitemap",
                url,
                parent=parent,
                month=month,
                lastmod=_iso(changed),
                outside=why_outside,
            )

    def _articles(self, rank: int, pages: Iterable[Listed]) -> Iterator[Article]:
        for listed in pages:
            address = self._site.address(listed.url)
            if address:
                yield Article(
                    url=self._site.clean(listed.url),
                    language=address.key.language,
                    article_id=address.key.article_id,
                    date=address.date.isoformat() if address.date else None,
                    lastmod=_iso(moment(listed.lastmod, self._zone)),
                    rank=rank,
                )

    def _links(self, pages: Iterable[Listed]) -> Iterator[tuple[str, str, str, str]]:
        for listed in pages:
            if listed.alternates and (key := self._site.identify(listed.url)):
                for language, href in listed.alternates:
                    if url := absolute(listed.url, href):
                        yield f"{key.language}/{key.article_id}", language, self._site.clean(url), "sitemap"

    def _alternates(self, pages: Iterable[Listed]) -> Iterator[Listed]:
        """The editions that the entries of articles name, with the lastmod of the entry."""
        for listed in pages:
            if listed.alternates and self._site.identify(listed.url):
                for _, href in listed.alternates:
                    if url := absolute(listed.url, href):
                        yield Listed(url, listed.lastmod)

    def _strays(self, page: Page, pages: Iterable[Listed]) -> Iterator[tuple[str, str, str]]:
        for listed in pages:
            if not self._site.owns(listed.url):
                yield listed.url, "off_site", page.url
            elif not self._site.identify(listed.url):
                yield self._site.clean(listed.url), "not_an_article", page.url


def _iso(when: datetime | None) -> str | None:
    return when.astimezone(UTC).isoformat(timespec="microseconds") if when else None


def _absolute(page: Page, entries: Iterable[Listed]) -> tuple[Listed, ...]:
    """The entries of a listing; addresses that begin with a slash are those of its host."""
    return tuple(
        replace(listed, url=absolute(page.url, listed.url)) if listed.url.startswith("/") else listed
        for listed in entries
    )
