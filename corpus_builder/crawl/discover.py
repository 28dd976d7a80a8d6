"""Discovery: from the listings of a site (sitemaps, feeds, lists of APIs, day archives) to pages in the frontier.

Listings are read one after the other, undated sitemaps and indexes first, then the newest month first, so that with a
limit the others need not be requested. The hreflang links of the pages themselves are added later, in visit.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from corpus_builder.crawl.addresses import without_user
from corpus_builder.crawl.api_lists import ApiList, api_lists
from corpus_builder.crawl.fetch import Exchange
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.listing import Listed, Listing, archive_days, moment, outside
from corpus_builder.crawl.options import CrawlOptions
from corpus_builder.crawl.rows import Article, Page
from corpus_builder.crawl.warc import payload_digest
from corpus_builder.errors import SkipPage
from corpus_builder.sites import Site
from corpus_builder.sites.answer_parts import Told, next_answer
from corpus_builder.web.dates import any_datetime, is_placeholder
from corpus_builder.web.links import LONGEST_URL, absolute, is_url

logger = logging.getLogger(__name__)

_RANKS = {"sitemap": 0, "feed": 1, "api": 1, "archive": 2}
HREFLANG_RANK = 3

_MAX_DEPTH = 5
"""Indexes that may lead to a sitemap. Chosen: sitemaps.org allows one, and sites that nest them use two or three."""

_MAX_SITEMAPS = 10_000
"""Sitemaps that are requested in one run. Chosen: a sitemap a day for 27 years; at a second each they take 3 hours."""

_MAX_FEED_PARTS = 1_000
"""Parts of a feed or list that are requested in one run. Chosen: with 20 entries each, some years of a newspaper."""

_BEHIND_LAST = ("http_400", "http_404", "http_410", "http_416", "http_422")
"""What APIs answer to a page behind their last: WordPress 400, Django 404."""

_MAX_SAME = 10
"""Sitemaps of one index that may have the same content. Chosen: a few are listed twice by mistake."""


class Discovery:
    """Reads listings into the frontier. It makes no requests."""

    def __init__(self, site: Site, options: CrawlOptions, frontier: Frontier) -> None:
        self._site = site
        self._options = options
        self._frontier = frontier
        self._zone = ZoneInfo(site.rules.timezone)
        self._lists: dict[str, ApiList] = {}
        self._in_lists: dict[str, set[str]] = {}
        self._read_of_lists: dict[str, int] = {}

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
        days = list(archive_days(options.since, min(options.until or today, today))) if options.since else []
        self._lists = {self.home(each.url): each for each in api_lists(crawl.apis, options.languages, days)}
        with self._frontier.transaction():
            self._take_back_strays()
            self._frontier.remove_strays(self._frontier.strays("endless_index"))
            if "sitemaps" in options.sources:
                self._add_sitemaps([Listed(url) for url in (*sitemaps, *crawl.sitemaps)], None)
            if "feeds" in options.sources:
                for language in options.languages:
                    for url in crawl.feeds.get(language, []):
                        self._frontier.add_listing("feed", self.home(url), language=language)
            if "apis" in options.sources:
                for url, each in self._lists.items():
                    day = each.day.isoformat() if each.day else None
                    self._frontier.add_listing("api", url, language=each.language, month=day)
            if "archives" in options.sources:
                for each_day in days:
                    for language in options.languages:
                        for url in crawl.archives.get(language, []):
                            self._frontier.add_listing(
                                "archive",
                                self.home(url.format(year=each_day.year, month=f"{each_day:%m}", day=f"{each_day:%d}")),
                                language=language,
                                month=each_day.isoformat(),
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
        pages = self._at_home(page, listing.pages) if page.kind == "api" else _absolute(page, listing.pages)
        listing = replace(listing, pages=pages, sitemaps=_absolute(page, listing.sitemaps))
        if page.kind == "sitemap" and (listing.pages or listing.sitemaps):
            skipped = self._frontier.skip_same(page, payload_digest(exchange.body), _MAX_SAME)
            if skipped:
                logger.warning("%s: its index lists the same under many addresses; %d skipped", page.url, skipped)
        self._add_sitemaps(listing.sitemaps, page.url)
        pages = tuple(listed for listed in listing.pages if is_url(listed.url))
        self._frontier.add_articles(self._articles(_RANKS[page.kind], pages))
        if "hreflang" in self._options.sources:  # some sitemaps list one edition and name the others in its entry
            self._frontier.add_articles(self._articles(HREFLANG_RANK, self._alternates(pages)))
        if page.kind == "feed" and listing.next:
            self._add_part(page, listing.next, pages)
        if page.kind == "api" and listing.told:
            self._add_answer(page, pages, listing.told)
        self._frontier.add_links(self._links(pages))
        self._frontier.add_strays(self._strays(page, pages))
        bad = [listed.url for listed in listing.pages if not is_url(listed.url)]
        self._frontier.add_strays((url, "bad_url", page.url) for url in bad)

    def list_of(self, page: Page) -> ApiList | None:
        """The list of an API that an answer is a part of; None where the rules have it no more."""
        return self._lists.get([page.url, *self._frontier.ancestors(page.url)][-1])

    def is_behind_last(self, page: Page, reason: str) -> bool:
        """Whether an answer that is refused stands behind the last of a list that does not say which is the last."""
        own = self.list_of(page) if page.kind == "api" else None
        return bool(own and not own.rules.ways and page.url != own.url and reason in _BEHIND_LAST)

    def _at_home(self, page: Page, entries: Iterable[Listed]) -> tuple[Listed, ...]:
        """The entries of a list; an API often names pages by their paths, which are those of the edition's homepage."""
        edition = self._site.rules.editions.get(page.language or "")
        home = (edition and edition.homepage) or self._site.rules.homepage
        return tuple(replace(each, url=absolute(f"{home.rstrip('/')}/", each.url) or each.url) for each in entries)

    def _published(self, listed: Listed) -> date | None:
        """The day on which an API says that an article was published, in the site's time zone."""
        when = any_datetime(listed.published, self._zone) if listed.published else None
        return when.astimezone(self._zone).date() if when and not is_placeholder(when) else None

    def _changed(self, listed: Listed) -> datetime | None:
        text = listed.lastmod
        return moment(text, self._zone) or (any_datetime(text, self._zone) if text else None)

    def _day(self, listed: Listed) -> date | None:
        address, changed = self._site.address(listed.url), self._changed(listed)
        return (address and address.date) or self._published(listed) or (changed.date() if changed else None)

    def _add_answer(self, page: Page, pages: Sequence[Listed], told: Told) -> None:
        """Queue the answer after that of a list, unless this one has nothing new."""
        own = self.list_of(page)
        if own is None or not told.items:
            return
        seen, urls = self._in_lists.setdefault(own.url, set()), {listed.url for listed in pages}
        if urls <= seen:
            logger.warning("%s lists nothing but what the answers before it do: it is not followed further", page.url)
            self._frontier.add_strays([(page.url, "endless_index", "lists the same as the answers before it")])
            return
        seen |= urls
        number = len(self._frontier.ancestors(page.url)) + 1
        before = 0 if number == 1 else self._read_of_lists.get(own.url)
        asked = own.asked(page.url, number, told.items, before)
        self._read_of_lists[own.url] = asked.before + told.items
        try:
            following = next_answer(self._site, own.rules, own.names, asked, told, None)
        except SkipPage as skipped:
            self._frontier.add_strays([(page.url, skipped.reason, skipped.detail)])
            return
        if following:
            self._add_part(page, following.url, pages)

    def _add_part(self, page: Page, named: str, pages: Sequence[Listed]) -> None:
        """Queue the part of a feed or list after that with some pages, unless what is in it is earlier than wanted."""
        url, newest = self.home(absolute(page.url, named)), max(filter(None, map(self._day, pages)), default=None)
        if not is_url(url) or not self._site.owns(url):
            self._frontier.add_strays([(named[:LONGEST_URL], "off_site" if is_url(url) else "bad_url", page.url)])
        elif len(self._frontier.ancestors(page.url)) >= _MAX_FEED_PARTS:
            logger.warning("%s: more than %d parts of a feed", page.url, _MAX_FEED_PARTS)
            self._frontier.add_strays([(url, "endless_index", f"more than {_MAX_FEED_PARTS:,} parts of a feed")])
        elif newest or not self.enough():  # a dated one is skipped later where enough stories are listed
            self._queue_part(page, url, newest.isoformat() if newest else None)

    def _queue_part(self, page: Page, url: str, newest: str | None) -> None:
        """Queue a part of a feed or list; `newest` is the day of the newest entry in the part before it."""
        since = self._options.since
        is_earlier = since is not None and newest is not None and newest < since.isoformat()
        self._frontier.add_listing(
            page.kind,
            url,
            parent=page.url,
            language=page.language,
            month=newest,
            outside=f"its entries are before {newest}" if is_earlier else "",
        )

    def read_again(self, page: Page) -> None:
        """A listing is unchanged; queue the sitemaps that it listed when it was last read, or a feed's next part."""
        if page.kind == "feed":
            for url, newest, _ in self._frontier.children(page.url):
                self._queue_part(page, url, newest)
            return
        listed = [Listed(url, lastmod) for url, _, lastmod in self._frontier.children(page.url)]
        self._add_sitemaps(listed, page.url)

    def _add_sitemaps(self, sitemaps: Iterable[Listed], parent: str | None) -> None:
        sitemaps = list(sitemaps)
        requested = self._frontier.count("kind = 'sitemap' AND state NOT IN ('known', 'pruned')")
        room = max(0, _MAX_SITEMAPS - requested)
        if parent and len(self._frontier.ancestors(parent)) >= _MAX_DEPTH:
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
                    date=day.isoformat() if (day := address.date or self._published(listed)) else None,
                    lastmod=_iso(self._changed(listed)),
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
