"""The only way to the site: every request passes here, and none that robots.txt, the pace or a pause forbids.

For each host: its robots.txt (asked again after a day), its TDM reservations, its pace, and whether it still answers.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from corpus_builder.crawl.fetch import Exchange, Fetcher, Unreachable
from corpus_builder.crawl.options import CrawlOptions, on_loopback
from corpus_builder.crawl.pacing import PATIENCE, Pace, backoff, retry_after
from corpus_builder.crawl.robots import LIFETIME, Robots, RobotsUnavailable, load_robots
from corpus_builder.errors import RetryLater, RunError, SkipPage
from corpus_builder.sites import Site
from corpus_builder.web.opt_out import TDM, TdmRules

_ROBOTS_TRIES = 2
"""A robots.txt that fails is asked for once more: a run is too much to lose to one lost packet."""


class _Host:
    """What is known of one host."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.pace = Pace(delay)
        self.lock = asyncio.Lock()
        self.loaded = float("-inf")
        self.robots: Robots | None = None
        self.refusal = ""
        self.tdm = TdmRules()
        self.unreached = 0


class Gate:
    """Polite requests to the hosts of one site. URLs go in in the site's own form; a mirror is dealt with here."""

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

    @property
    def refusals(self) -> dict[str, str]:
        """The robots.txt URLs that gave no rules, with what they did."""
        return {f"{origin}/robots.txt": host.refusal for origin, host in self._hosts.items() if host.refusal}

    async def robots(self, url: str) -> Robots:
        """The rules of the host of a URL. Raises RobotsUnavailable."""
        host = await self._open(_origin(url))
        if host.robots is None:
            raise RobotsUnavailable(host.refusal)
        return host.robots

    async def ask(self, url: str, headers: Mapping[str, str] | None = None, max_bytes: int | None = None) -> Exchange:
        """Ask for a URL of the site once, when its turn has come.

        Raises SkipPage `robots`, `robots_unavailable`, `opt_out_tdm` or what Fetcher.get raises; RetryLater where the
        answer is 408, 425, 429 or 5xx, with the Retry-After that came with it; Unreachable, and RunError when the
        host stays unreachable.
        """
        host = await self._open(_origin(url))
        if host.robots is None:
            raise SkipPage("robots_unavailable", host.refusal)
        if not host.robots.allows(url):
            raise SkipPage("robots", "its robots.txt disallows it")
        if host.tdm.reserve(urlsplit(url).path):
            raise SkipPage(TDM, "reserved by /.well-known/tdmrep.json")
        exchange = await self._paced(host, url, headers, max_bytes)
        if exchange.status in (408, 425, 429) or exchange.status >= 500:
            after = retry_after(exchange.fields.get("retry-after"), exchange.fetched)
            wait = after or self._options.backoff
            if host.pace.busy(wait, at_once=exchange.status == 429) and wait > PATIENCE:
                raise RunError(
                    f"{_origin(url)} answered {exchange.status} and asks to be left alone for {wait:.0f} s",
                    next_step="run the same command again after that: it carries on where this run stopped",
                )
            raise RetryLater(f"http_{exchange.status}", after)
        host.pace.answered()
        return exchange

    async def _paced(
        self, host: _Host, url: str, headers: Mapping[str, str] | None = None, max_bytes: int | None = None
    ) -> Exchange:
        await host.pace.turn()
        try:
            exchange = await self._fetcher.get(self._site.fetch_url(url), headers, max_bytes)
        except Unreachable as error:
            host.unreached += 1
            if host.unreached > self._options.retries:
                raise RunError(
                    f"{_origin(self._site.fetch_url(url))} does not answer any more: {error.reason}",
                    next_step="run the same command again later: it carries on where this run stopped",
                ) from error
            host.pace.pause(backoff(host.unreached, self._options.backoff, self._chance))
            raise
        finally:
            host.pace.ended()
        host.unreached = 0
        return exchange

    async def _open(self, origin: str) -> _Host:
        host = self._hosts.get(origin)
        if host is None:
            host = self._hosts[origin] = _Host(self._own_delay())
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
                host.robots = await load_robots(f"{origin}/robots.txt", lambda url: self._paced(host, url))
                break
            except (RobotsUnavailable, RunError) as error:
                host.refusal = str(error)
                if attempt < _ROBOTS_TRIES:
                    host.pace.pause(backoff(attempt, self._options.backoff, self._chance))
        if host.robots is None:
            return
        host.refusal = ""
        host.pace.delay = max(host.delay, host.robots.delay)
        host.pace.pause(host.pace.delay)
        host.tdm = await self._tdm(host, f"{origin}/.well-known/tdmrep.json")

    async def _tdm(self, host: _Host, url: str) -> TdmRules:
        """The site's reservations; where the file cannot be had there are none, as TDMRep wants errors read."""
        assert host.robots is not None
        if not host.robots.allows(url):
            return TdmRules()
        try:
            exchange = await self._paced(host, url)
        except (RetryLater, SkipPage):
            return TdmRules()
        return TdmRules.parse(exchange.body) if exchange.status == 200 else TdmRules()

    def _own_delay(self) -> float:
        if self._options.delay is not None:
            return self._options.delay
        return 0.0 if on_loopback(self._site.mirror) else self._site.rules.crawl.delay


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
