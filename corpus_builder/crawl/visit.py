"""One visit to one page: the request with its redirects, what the response means, and settling the page.

Settling is one transaction: the WARC records are written and flushed, then their places are recorded in the frontier.
A process that dies in between leaves a record that is cut off when the WARC file is next opened.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from urllib.parse import urljoin

from corpus_builder.crawl.discover import HREFLANG_RANK, Discovery
from corpus_builder.crawl.fetch import Exchange
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.further import TEMPORARY, FurtherResponses
from corpus_builder.crawl.gate import Gate
from corpus_builder.crawl.links import REDIRECTED
from corpus_builder.crawl.listing import Listing
from corpus_builder.crawl.options import CrawlOptions
from corpus_builder.crawl.page_facts import OfList, OfListing, OfResponse, PageFacts, Reader
from corpus_builder.crawl.rows import Article, Page
from corpus_builder.crawl.warc import WarcStore, payload_digest
from corpus_builder.errors import RetryLater, SkipPage
from corpus_builder.sites import Site
from corpus_builder.sites.site import PageAddress
from corpus_builder.web.head import Head
from corpus_builder.web.links import is_url
from corpus_builder.web.opt_out import REASONS, opt_out
from corpus_builder.web.responses import (
    LISTING_BYTES,
    NOT_MODIFIED,
    PAGE_STATUSES,
    REDIRECT_STATUSES,
    check_status,
)

logger = logging.getLogger(__name__)

_MAX_REDIRECTS = 10
"""Redirects that are followed for one page. Chosen: half of what browsers follow; real sites have one to three."""

RECHECK = 7 * 24 * 3600.0
"""Seconds before a page that is gone, elsewhere, opted out or not HTML is requested again. Chosen: a week."""


class Visits:
    """Visits pages and settles them. The progress bar shows `settled` and `queued`: pages that links added."""

    def __init__(
        self,
        site: Site,
        options: CrawlOptions,
        frontier: Frontier,
        store: WarcStore,
        gate: Gate,
        discovery: Discovery,
        reader: Reader,
        clock: Callable[[], float],
    ) -> None:
        self._site = site
        self._options = options
        self._frontier = frontier
        self._store = store
        self._gate = gate
        self._discovery = discovery
        self._reader = reader
        self._clock = clock
        self._further = FurtherResponses(site, options, frontier, store, reader, self._response)
        self.settled = 0
        self.queued = 0

    async def listing(self, page: Page) -> None:
        """Read a listing. Raises RetryLater and RunError, the page not settled then."""
        hops: list[Exchange] = []
        try:
            exchange = await self._follow(page, hops)
            unchanged = self._is_unchanged(page, exchange)
            if unchanged and page.kind != "api":
                self._settle_unchanged(page, exchange, hops)
                return
            listing = await self._read_listing(page, exchange)
            with self._frontier.transaction():
                self._discovery.add(page, exchange, listing)
                if unchanged:
                    self._write_unchanged(page, exchange, hops)
                else:
                    self._store_new(page, exchange, hops)
                if listing.fault:
                    logger.info("broken XML in %s: %s", page.url, listing.fault)
                    self._frontier.note(page, listing.fault)
        except SkipPage as error:
            if hops and self._discovery.is_behind_last(page, error.reason):
                self._frontier.unchanged(page, "behind_last", hops[-1].fetched.isoformat(timespec="microseconds"))
                return
            self._fail(page, error, hops)

    async def _read_listing(self, page: Page, exchange: Exchange) -> Listing:
        if page.kind != "api":
            return await self._reader.ask(page.url, OfListing(exchange, page.kind == "archive", LISTING_BYTES))
        own = self._discovery.list_of(page)
        if own is None:
            raise SkipPage("not_a_listing", "the rules of the site have this list no more")
        return await self._reader.ask(page.url, OfList(exchange, own.rules, own.names, page.url, LISTING_BYTES))

    async def article(self, page: Page) -> None:
        """Fetch an article page and what else its article needs. Raises RetryLater and RunError, not settled then."""
        hops: list[Exchange] = []
        try:
            exchange = await self._follow(page, hops)
            unchanged = self._is_unchanged(page, exchange)
            if unchanged:
                self._check_header_opt_out(exchange)
            if unchanged and (exchange.status == NOT_MODIFIED or not self._further.possible):
                self._settle_unchanged(page, exchange, hops)
                return
            facts = await self._check(page, exchange, hops)
            further = await self._further.requested(page, facts.needs, hops)
            with self._frontier.transaction():
                self._add_alternates(page, facts)
                self._further.store(page, further)
                if unchanged:
                    self._write_unchanged(page, exchange, hops)
                else:
                    self._store_new(page, exchange, hops)
        except SkipPage as error:
            self._fail(page, error, hops)

    def fail(self, page: Page, reason: str, detail: str, wait: float = 0.0) -> None:
        """Drop a page in this run; a run that starts more than `wait` seconds from now requests it again."""
        with self._frontier.transaction():
            self._frontier.failed(page, reason, detail, self._clock() + wait if wait else 0.0)
        logger.info("dropped %s: %s (%s)", page.url, reason, detail)
        self.settled += 1

    # --------------------------------------------------------------------------------------------------- requesting
    async def _follow(self, page: Page, hops: list[Exchange]) -> Exchange:
        """The response at the end of a page's redirects, which are added to `hops`. Raises SkipPage."""
        # Where a part may have changed although the page has not, the page says again which there are. So does a list.
        asks_anew = page.kind == "api" or (page.kind == "article" and self._further.needed(page))
        conditions = {} if asks_anew else _conditions(page)
        limit = LISTING_BYTES if page.kind != "article" else None
        return await self._response(page.url, conditions, limit, hops)

    async def _response(
        self, url: str, headers: Mapping[str, str], limit: int | None, hops: list[Exchange]
    ) -> Exchange:
        """The response at the end of a URL's redirects, which are added to `hops`. Raises SkipPage."""
        visited, with_cookie = {url}, set[str]()
        while True:
            exchange = await self._gate.ask(url, headers, limit)
            if exchange.status not in REDIRECT_STATUSES or "location" not in exchange.fields:
                break
            hops.append(exchange)
            target = _target(exchange)
            logger.info("%s redirects (%d) to %s", url, exchange.status, target)
            if not self._site.owns(target):
                raise SkipPage("off_site", target)
            url = self._discovery.home(target)
            # Some sites redirect once to the same address to set a cookie, which the next request then sends.
            sets_cookie = "set-cookie" in exchange.fields and url not in with_cookie
            if (url in visited and not sets_cookie) or len(hops) > _MAX_REDIRECTS:
                raise SkipPage("redirect_loop", target)
            if url in visited:
                with_cookie.add(url)
            visited.add(url)
        if exchange.status not in {*PAGE_STATUSES, NOT_MODIFIED}:
            hops.append(exchange)
            check_status(exchange.status, exchange.phrase)
        return exchange

    def _is_unchanged(self, page: Page, exchange: Exchange) -> bool:
        return page.digest is not None and (
            exchange.status == NOT_MODIFIED or payload_digest(exchange.body) == page.digest
        )

    async def _check(self, page: Page, exchange: Exchange, hops: list[Exchange]) -> PageFacts:
        """The facts of the page. Raises SkipPage where it is not the requested page, or may not be used."""
        final = self._site.clean(exchange.url)
        address = self._site.address(exchange.url)
        if address is None or address.page or address.key != (page.language, page.article_id):
            if address and not address.page:
                self._frontier.add_linked(_article(final, address), queue=False)
            raise SkipPage(REDIRECTED, final)
        try:
            asking = self._site if self._further.possible else None
            return await self._reader.ask(page.url, OfResponse(exchange, self._options.max_bytes, page.url, asking))
        except SkipPage as error:
            if error.reason == "empty_body":  # others may opt out in what cannot be read
                hops.append(exchange)
            raise

    def _check_header_opt_out(self, exchange: Exchange) -> None:
        if reason := opt_out(exchange.fields, Head()):
            raise SkipPage(reason)

    def _add_alternates(self, page: Page, facts: PageFacts) -> None:
        """Record the page's links to other editions, and queue those of wanted ones."""
        for code, url in facts.alternates:
            clean = self._site.clean(url)
            key = self._site.identify(clean)
            language = "" if code == "x-default" else code
            language = language or (key.language if key else "")
            if not language:
                continue
            self._frontier.add_links([(page.key, language, clean, "hreflang")])
            if "hreflang" not in self._options.sources or not (address := self._site.address(clean)):
                continue
            # With a limit the stories are chosen once; links then add editions, but no further stories. Where URLs have
            # no common ids, a hreflang link is what names an edition.
            if self._options.limit is None or self._site.links_pages or address.key.article_id == page.article_id:
                wanted = self._options.covers(address.key.language, address.date)
                self.queued += self._frontier.add_linked(_article(clean, address), queue=wanted) and wanted

    # ---------------------------------------------------------------------------------------------------- settling
    def _store_new(self, page: Page, exchange: Exchange, hops: list[Exchange]) -> None:
        """Within a transaction: write a page's content, and make it the page's newest capture."""
        for hop in hops:
            self._store.response(hop)
        place = self._store.response(exchange)
        self._store.flush()
        self._frontier.grew(self._store.name, self._store.size)
        self._frontier.stored(
            page,
            place,
            capture_url=exchange.url,
            fetched=exchange.fetched.isoformat(timespec="microseconds"),
            digest=payload_digest(exchange.body),
            etag=exchange.fields.get("etag"),
            last_modified=exchange.fields.get("last-modified"),
        )
        logger.info(
            "stored %s: %d, %.2f s, %s:%d", page.url, exchange.status, exchange.seconds, place.file, place.offset
        )
        self.settled += 1

    def _settle_unchanged(self, page: Page, exchange: Exchange, hops: list[Exchange]) -> None:
        with self._frontier.transaction():
            self._write_unchanged(page, exchange, hops)
            if page.kind in ("sitemap", "feed"):
                self._discovery.read_again(page)

    def _write_unchanged(self, page: Page, exchange: Exchange, hops: list[Exchange]) -> None:
        """Within a transaction: write that a page has not changed."""
        for hop in hops:
            self._store.response(hop)
        self._store.revisit(
            exchange, digest=page.digest or "", refers_to=page.capture_url or "", captured=page.captured or ""
        )
        self._store.flush()
        self._frontier.grew(self._store.name, self._store.size)
        self._frontier.unchanged(
            page,
            "not_modified" if exchange.status == NOT_MODIFIED else "same",
            exchange.fetched.isoformat(timespec="microseconds"),
        )
        logger.info("unchanged %s: %d, %.2f s", page.url, exchange.status, exchange.seconds)
        self.settled += 1

    def _fail(self, page: Page, error: SkipPage, hops: list[Exchange]) -> None:
        """Drop a page. Its redirects are stored, unless the page opts out.

        Raises RetryLater for a body that cannot be decoded: it was probably damaged on the way.
        """
        if error.reason == "bad_encoding":
            raise RetryLater(error.reason)
        is_temporary = error.reason in TEMPORARY
        with self._frontier.transaction():
            if error.reason not in REASONS:
                for hop in hops:
                    self._store.response(hop)
                if hops:
                    self._store.flush()
                    self._frontier.grew(self._store.name, self._store.size)
            self._frontier.failed(page, error.reason, error.detail, 0.0 if is_temporary else self._clock() + RECHECK)
        logger.info("dropped %s: %s (%s)", page.url, error.reason, error.detail)
        self.settled += 1


def _article(url: str, address: PageAddress) -> Article:
    return Article(
        url=url,
        language=address.key.language,
        article_id=address.key.article_id,
        date=address.date.isoformat() if address.date else None,
        rank=HREFLANG_RANK,
    )


def _target(exchange: Exchange) -> str:
    location = exchange.fields["location"]
    try:
        target = urljoin(exchange.url, location)
    except ValueError:
        target = ""
    if not is_url(target):
        raise SkipPage("bad_redirect", location)
    return target


def _conditions(page: Page) -> dict[str, str]:
    """The headers that request a page only if it has changed since its newest capture."""
    conditions = {}
    if page.digest and page.etag:
        conditions["If-None-Match"] = page.etag
    if page.digest and page.last_modified:
        conditions["If-Modified-Since"] = page.last_modified
    return conditions
