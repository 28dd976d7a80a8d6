"""The only way to the site: every request passes here, and robots.txt, the delay and pauses are enforced.

Kept for each host: its robots.txt (requested again after a day), its TDM reservations, its pace, its failures.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import NoReturn
from urllib.parse import urlsplit

from corpus_builder.crawl.addresses import is_private
from corpus_builder.crawl.fetch import Exchange, Fetcher, Unreachable
from corpus_builder.crawl.options import CrawlOptions, on_loopback
from corpus_builder.crawl.pacing import PATIENCE, Pace, backoff, retry_after
from corpus_builder.crawl.robots import LIFETIME, Robots, RobotsUnavailable, load_robots
from corpus_builder.errors import RetryLater, RunError, SkipPage
from corpus_builder.sites import Site
from corpus_builder.web.content_encoding import decoded
from corpus_builder.web.opt_out import CONTENT_SIGNAL, TDM, TdmRules
from corpus_builder.web.responses import PAGE_STATUSES, ROBOTS_BYTES

logger = logging.getLogger(__name__)

_ROBOTS_TRIES = 2
"""Requests for a robots.txt that fails. Chosen: without rules there is no crawl, and one lost packet is no refusal."""

_BUSY_STATUSES = frozenset({408, 425, 429})
"""Statuses below 500 that ask for the same request later (RFC 9110, 15.5.9; RFC 8470, 5.2; RFC 6585, 4)."""


class _Host:
    """The state of one host."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.pace = Pace(delay)
        self.lock = asyncio.Lock()
        self.loaded = float("-inf")
        self.robots: Robots | None = None
        self.refusal = ""
        self.tdm = TdmRules()
        self.failed_connections = 0


class Gate:
    """Polite requests to the hosts of one site. URLs are given as the site's; a mirror is substituted here."""

    def __init__(
        self,
        site: Site,
        options: CrawlOptions,
        fetcher: Fetcher,
        chance: random.Random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._site = site
        self._options = options
        self._fetcher = fetcher
        self._chance = chance
        self._clock = clock
        self._hosts: dict[str, _Host] = {}
        self._seconds, self._responses = 0.0, 0

    @property
    def refusals(self) -> dict[str, str]:
        """The robots.txt URLs that gave no rules, with the reason."""
        return {f"{origin}/robots.txt": host.refusal for origin, host in self._hosts.items() if host.refusal}

    def delay(self, url: str) -> float:
        """Seconds between two requests to the host of a URL, its Crawl-delay included once that is known."""
        host = self._hosts.get(_origin(url))
        return host.pace.delay if host else self._configured_delay()

    @property
    def response(self) -> float:
        """Seconds that a response has taken on average; 0 before the first."""
        return self._seconds / self._responses if self._responses else 0.0

    async def robots(self, url: str) -> Robots:
        """The rules of the host of a URL. Raises RobotsUnavailable."""
        host = await self._open(_origin(url))
        if host.robots is None:
            raise RobotsUnavailable(host.refusal)
        return host.robots

    async def ask(self, url: str, headers: Mapping[str, str] | None = None, max_bytes: int | None = None) -> Exchange:
        """Request a URL of the site once, when the host's delay allows it.

        Raises SkipPage `robots`, `robots_unavailable`, `opt_out_tdm`, `opt_out_content_signal` or what Fetcher.get
        raises; RetryLater for status 408, 425, 429 or 5xx, with its Retry-After; Unreachable, and RunError when the
        host stays unreachable.
        """
        host = await self._open(_origin(url))
        if host.robots is None:
            raise SkipPage("robots_unavailable", host.refusal)
        if refusal := _refusal(host, host.robots, url):
            logger.info("%s: %s", refusal.detail, url)
            raise refusal
        exchange = await self._paced(host, url, headers, max_bytes)
        if exchange.status in _BUSY_STATUSES or exchange.status >= 500:
            self._busy(host, url, exchange)
        host.pace.answered()
        return exchange

    async def refusal(self, url: str) -> SkipPage | None:
        """Why the site's present rules refuse a URL; None where they do not, or are unknown."""
        host = await self._open(_origin(url))
        return _refusal(host, host.robots, url) if host.robots else None

    def _busy(self, host: _Host, url: str, exchange: Exchange) -> NoReturn:
        """Pause a host that is busy. Raises RetryLater, or RunError where it asks for a longer pause than PATIENCE."""
        after = retry_after(exchange.fields.get("retry-after"), exchange.fetched)
        wait = after or self._options.backoff
        if host.pace.busy(wait, at_once=exchange.status == 429):
            if wait > PATIENCE:
                raise RunError(
                    f"{_origin(url)} responded with {exchange.status} and asks for a pause of {wait:.0f} s",
                    next_step="run the same command again after that: it continues where this run stopped",
                )
            logger.info("%s is busy (%d): no request for %.1f s", _origin(url), exchange.status, wait)
        raise RetryLater(f"http_{exchange.status}", after)

    async def _paced(
        self, host: _Host, url: str, headers: Mapping[str, str] | None = None, max_bytes: int | None = None
    ) -> Exchange:
        await host.pace.turn()
        try:
            exchange = await self._fetcher.get(self._site.fetch_url(url), headers, max_bytes)
        except Unreachable as error:
            host.failed_connections += 1
            if host.failed_connections > self._options.retries:
                raise RunError(
                    f"{_origin(self._site.fetch_url(url))} cannot be reached: {error.reason}",
                    next_step="run the same command again later: it continues where this run stopped",
                ) from error
            wait = backoff(host.failed_connections, self._options.backoff, self._chance)
            logger.info("%s cannot be reached: no request for %.1f s", _origin(url), wait)
            host.pace.pause(wait)
            raise
        finally:
            host.pace.ended()
        host.failed_connections = 0
        self._seconds, self._responses = self._seconds + exchange.seconds, self._responses + 1
        return exchange

    async def _open(self, origin: str) -> _Host:
        host = self._hosts.get(origin)
        if host is None:
            host = self._hosts[origin] = _Host(self._configured_delay())
        if self._clock() - host.loaded < LIFETIME:
            return host
        async with host.lock:
            if self._clock() - host.loaded >= LIFETIME:
                await self._load(host, origin)
                host.loaded = self._clock()
        return host

    async def _load(self, host: _Host, origin: str) -> None:
        host.robots, host.refusal = None, ""
        for attempt in range(1, _ROBOTS_TRIES + 1):
            try:
                host.robots = await load_robots(f"{origin}/robots.txt", lambda url: self._robots_hop(host, origin, url))
                break
            except (RobotsUnavailable, RunError) as error:
                host.refusal = str(error)
                logger.info("no rules from %s/robots.txt: %s", origin, error)
                if attempt < _ROBOTS_TRIES:
                    host.pace.pause(backoff(attempt, self._options.backoff, self._chance))
        if host.robots is None:
            return
        host.refusal = ""
        if host.robots.delay > PATIENCE:
            raise RunError(
                f"{origin}/robots.txt asks for {host.robots.delay:,.0f} s between requests",
                next_step="more than ten minutes mean that crawlers are not wanted: ask the site's owner",
            )
        host.pace.delay = max(host.delay, host.robots.delay)
        sitemaps = len(host.robots.sitemaps)
        logger.info("%s/robots.txt: %.1f s between requests, %d sitemaps", origin, host.pace.delay, sitemaps)
        host.pace.pause(host.pace.delay)
        host.tdm = await self._tdm(host, f"{origin}/.well-known/tdmrep.json")

    async def _robots_hop(self, host: _Host, origin: str, url: str) -> Exchange:
        """Request a robots.txt, or what it redirects to. Raises SkipPage `private_address`, or what _paced raises."""
        target = self._site.fetch_url(url)
        is_elsewhere = urlsplit(target).netloc.lower() != urlsplit(self._site.fetch_url(origin)).netloc.lower()
        if is_elsewhere and await is_private(target):
            raise SkipPage("private_address", f"it redirects to {target}")
        return await self._paced(host, url)

    async def _tdm(self, host: _Host, url: str) -> TdmRules:
        """The site's reservations; none where the file cannot be fetched, as TDMRep specifies for errors."""
        assert host.robots is not None
        if not host.robots.allows(url):
            return TdmRules()
        try:
            exchange = await self._paced(host, url)
            body = decoded(exchange.body, exchange.fields.get("content-encoding"), ROBOTS_BYTES)
        except (RetryLater, SkipPage):
            return TdmRules()
        return TdmRules.parse(body) if exchange.status in PAGE_STATUSES else TdmRules()

    def _configured_delay(self) -> float:
        """Seconds between requests: the run's, none on this machine, else the site's."""
        if self._options.delay is not None:
            return self._options.delay
        return 0.0 if on_loopback(self._site.mirror) else self._site.rules.crawl.delay


def _refusal(host: _Host, robots: Robots, url: str) -> SkipPage | None:
    if not robots.allows(url):
        return SkipPage("robots", "disallowed by robots.txt")
    if host.tdm.reserve(urlsplit(url).path):
        return SkipPage(TDM, "reserved by /.well-known/tdmrep.json")
    if robots.reserves(url):
        return SkipPage(CONTENT_SIGNAL, "reserved by a Content-Signal of robots.txt")
    return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
