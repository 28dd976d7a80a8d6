"""The crawl: first listings, then article pages. Each is settled in one transaction with its WARC records.

discover.py ─ listings ─▶ frontier.py ─ pages ─▶ gate.py ─ exchanges ─▶ warc.py
                              ▲                                            │
                              └────── outcome of a page, its hreflang ─────┘
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from corpus_builder.crawl.discover import Discovery
from corpus_builder.crawl.drops import summarize
from corpus_builder.crawl.fetch import Fetcher, Unreachable, user_agent
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.gate import Gate
from corpus_builder.crawl.options import CrawlOptions, CrawlSummary, check_options, on_loopback
from corpus_builder.crawl.pacing import PATIENCE, backoff
from corpus_builder.crawl.page_facts import Reader, answered
from corpus_builder.crawl.robots import RobotsUnavailable
from corpus_builder.crawl.rows import Page
from corpus_builder.crawl.visit import RECHECK, Visits
from corpus_builder.crawl.warc import MIRROR, WarcStore, open_store
from corpus_builder.errors import RetryLater, RunError
from corpus_builder.sites import Site
from corpus_builder.version import VERSION
from corpus_builder.web.page_process import page_process

logger = logging.getLogger(__name__)

NOTICE = {"notice": True}
"""Marks a log line that the command line shows, too."""

_POLL = 0.05
"""Seconds after which an idle connection looks for new pages. Chosen: far less than a request takes."""

_MAX_SLEEP = 1.0
"""Most seconds that a connection waits for a retry before it looks for new pages. Chosen: the usual delay."""

_MANY_LISTINGS = 100
"""Listings from which on it is said how long they take. Chosen: at a second each, more than a minute and a half."""

Progress = Callable[[str, int, int | None], None]
Result = TypeVar("Result")

_SIGNATURE = ("languages", "since", "until", "limit", "sources")


@dataclass(frozen=True)
class Listed:
    """What discovery learned of the site: seconds between requests and of a response, why nothing may be fetched."""

    delay: float
    response: float
    refused: str = ""


def crawl(site: Site, options: CrawlOptions, folder: Path, progress: Progress | None = None) -> CrawlSummary:
    """Crawl a site into `folder`: state.sqlite and warc/*.warc.gz. An interrupted crawl continues.

    `progress` is called with the name of a step, how much is done and of how much. Raises UsageError for contradictory
    options, and RunError where the host cannot be reached any more or another crawl uses the folder. A robots.txt that
    cannot be read is no error: nothing is fetched, and the summary's `refused` says so.
    """
    return _in_folder(site, options, folder, progress, lambda crawl: crawl.run())


def list_articles(site: Site, options: CrawlOptions, folder: Path, progress: Progress | None = None) -> Listed:
    """Read the listings of a site into state.sqlite in `folder`, and request no article. Raises what crawl() raises."""
    return _in_folder(site, options, folder, progress, lambda crawl: crawl.list_articles())


def _in_folder(
    site: Site,
    options: CrawlOptions,
    folder: Path,
    progress: Progress | None,
    job: Callable[[Crawl], Awaitable[Result]],
) -> Result:
    check_options(site, options)
    logger.info("crawl of %s into %s: %s", site.name, folder, options)
    frontier = Frontier(folder / "state.sqlite")
    try:
        info = {"operator": options.contact, "robots": "obey", "isPartOf": site.name}
        if site.mirror:
            info[MIRROR] = site.mirror
        store = open_store(folder / "warc", frontier, info)
        try:
            return asyncio.run(_crawl(site, options, frontier, store, progress or (lambda *_: None), job))
        finally:
            store.close()
    except (OSError, sqlite3.OperationalError) as error:
        raise RunError(
            f"the crawl cannot write to {folder}: {error}",
            next_step="check the disk, then run the same command again: it continues where this run stopped",
        ) from error
    finally:
        frontier.close()


async def _crawl(
    site: Site,
    options: CrawlOptions,
    frontier: Frontier,
    store: WarcStore,
    progress: Progress,
    job: Callable[[Crawl], Awaitable[Result]],
) -> Result:
    agent = user_agent(VERSION, options.contact)
    async with Fetcher(
        agent,
        timeout=options.timeout,
        max_bytes=options.max_bytes,
        connections=options.connections,
        trust_env=not on_loopback(site.mirror),
    ) as fetcher:
        gate = Gate(site, options, fetcher, random.Random(0))
        with page_process(answered) as process:
            return await job(Crawl(site, options, frontier, store, gate, Reader(process), progress))


class Crawl:
    """One run over one site."""

    def __init__(
        self,
        site: Site,
        options: CrawlOptions,
        frontier: Frontier,
        store: WarcStore,
        gate: Gate,
        reader: Reader,
        progress: Progress,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._site = site
        self._options = options
        self._frontier = frontier
        self._gate = gate
        self._progress = progress
        self._clock = clock
        self._discovery = Discovery(site, options, frontier)
        self._visits = Visits(site, options, frontier, store, gate, self._discovery, reader, clock)
        self._chance = random.Random(0)
        self._in_flight = 0
        self._total = 0
        self._stopped: RunError | None = None
        self._many_said = False

    async def run(self) -> CrawlSummary:
        """Discovery, then the articles; returns the funnel."""
        if self._frontier.begin(_signature(self._site, self._options), self._clock()):
            logger.info("the interrupted run %d continues", self._frontier.run)
        if late := self._frontier.bring_forward(self._clock() + PATIENCE):
            logger.warning("%d pages were postponed by more than ten minutes: they are requested now", late)
        if not self._frontier.planned:
            self._say_what_comes()
            await self._discover()
            await self._withdraw_refused()
            self._frontier.plan(self._options, self._clock())
        self._visits.settled = 0
        self._total = self._frontier.count("kind = 'article' AND state IN ('queued', 'in_flight')")
        self._say_how_long()
        self._progress("articles", 0, self._total)
        await asyncio.gather(*(self._articles() for _ in range(max(1, self._options.connections))))
        refusals = self._gate.refusals
        with self._frontier.transaction():
            self._frontier.remove_strays(self._frontier.strays("robots_unavailable"))
            self._frontier.add_strays((url, "robots_unavailable", why) for url, why in refusals.items())
        if self._stopped:
            raise self._stopped
        self._frontier.finish(self._clock())
        summary = summarize(self._frontier, self._options, refused="; ".join(dict.fromkeys(refusals.values())))
        logger.info("crawl of %s finished: %s; dropped: %s", self._site.name, summary.counts, summary.dropped)
        return summary

    async def list_articles(self) -> Listed:
        """Discovery alone."""
        self._frontier.begin(_signature(self._site, self._options), self._clock())
        await self._discover()
        refused = "; ".join(dict.fromkeys(self._gate.refusals.values()))
        return Listed(self._gate.delay(self._site.rules.homepage.rstrip("/")), self._gate.response, refused)

    def _say_what_comes(self) -> None:
        """The first line of a crawl: what a month takes, as long as nothing is known of this site."""
        if not on_loopback(self._site.mirror):
            logger.info(
                "%s: a month of a news site takes 4 to 6 hours at the default delay of a second; `corpus-builder plan` "
                "tells it of this site. robots.txt and sitemaps are read first.",
                self._site.name,
                extra=NOTICE,
            )

    def _say_how_long(self) -> None:
        if not self._total:
            logger.info("%s: no page to request", self._site.name, extra=NOTICE)
            return
        delay = self._gate.delay(self._site.rules.homepage.rstrip("/"))
        requests = self._total * requests_a_page(self._site)
        logger.info(
            "%s: %s pages to request, %.1f s between requests, %s (Ctrl-C stops; the same command carries on)",
            self._site.name,
            f"{self._total:,}",
            delay,
            _about(requests * (delay + self._gate.response)),
            extra=NOTICE,
        )

    def _say_listings(self, queued: int) -> None:
        """Say once that there are many listings to read."""
        if queued < _MANY_LISTINGS or self._many_said:
            return
        self._many_said = True
        delay = self._gate.delay(self._site.rules.homepage.rstrip("/"))
        logger.info(
            "%s: %s sitemaps to read, %s%s",
            self._site.name,
            f"{queued:,}",
            _about(queued * (delay + self._gate.response)),
            "" if self._options.since else "; with --since, those of other months are left out where they can be told",
            extra=NOTICE,
        )

    async def _withdraw_refused(self) -> None:
        """Drop the captures of earlier runs that robots.txt or a reservation refuses now, requested again or not."""
        for pages in self._frontier.captured_before():
            refused = [(page, await self._gate.refusal(page.url)) for page in pages]
            with self._frontier.transaction():
                for page, why in refused:
                    if why:
                        logger.info("not used any more: %s: %s", page.url, why)
                        self._frontier.failed(page, why.reason, why.detail, 0.0)

    async def _discover(self) -> None:
        sitemaps: list[str] = []
        read = 0
        for homepage in self._site.homepages:
            try:
                robots = await self._gate.robots(homepage)
            except RobotsUnavailable:
                continue
            read += 1
            sitemaps += robots.sitemaps
        if not read:
            return
        today = datetime.now(ZoneInfo(self._site.rules.timezone)).date()
        self._discovery.seed(sitemaps, today)
        done = 0
        while True:
            page = self._frontier.claim_listing(self._clock())
            if page is None:
                wait = self._frontier.next_try(listings=True)
                if wait is None:
                    return
                await asyncio.sleep(max(0.0, wait - self._clock()))
                continue
            await self._attempt(page, self._visits.listing)
            if self._stopped:
                raise self._stopped
            done += 1
            queued = self._frontier.count("kind != 'article' AND state = 'queued'")
            self._say_listings(queued)
            self._progress("listings", done, done + queued if queued else None)
            # Only dated ones are skipped, and they come last: counting stories after each of the others takes long.
            undated = "kind != 'article' AND state = 'queued' AND date IS NULL"
            if not self._frontier.count(undated) and self._discovery.enough():
                self._frontier.skip_dated_listings()

    async def _articles(self) -> None:
        """The work of one connection: pages until none is queued or in flight anywhere."""
        while not self._stopped:
            page = self._frontier.claim_article(self._clock())
            if page is None:
                wait = self._frontier.next_try(listings=False)
                if wait is None and not self._in_flight:
                    return
                # Another connection may still find editions, or a retry is due later.
                await asyncio.sleep(_POLL if wait is None else min(_MAX_SLEEP, max(0.0, wait - self._clock())))
                continue
            self._in_flight += 1
            try:
                await self._attempt(page, self._visits.article)
            finally:
                self._in_flight -= 1
            self._progress("articles", self._visits.settled, max(self._total + self._visits.queued, 1))

    async def _attempt(self, page: Page, visit: Callable[[Page], Awaitable[None]]) -> None:
        """Request one page with `visit`, and settle, postpone or release it."""
        try:
            await visit(page)
        except Unreachable:
            self._frontier.release(page)
        except RetryLater as error:
            wait = max(error.after or 0.0, backoff(page.attempts + 1, self._options.backoff, self._chance))
            if page.attempts >= self._options.retries:
                self._visits.fail(page, error.reason, f"gave up after {page.attempts + 1} requests")
            elif wait > PATIENCE:
                self._visits.fail(page, "retry_after", f"{error.reason}: retry in {wait:.0f} s", min(wait, RECHECK))
            else:
                attempt, attempts = page.attempts + 2, self._options.retries + 1
                logger.info(
                    "retry %s in %.1f s (request %d of %d): %s", page.url, wait, attempt, attempts, error.reason
                )
                self._frontier.postpone(page, self._clock() + wait)
        except RunError as error:
            logger.info("the crawl stops: %s", error)
            self._frontier.release(page)
            self._stopped = error


def requests_a_page(site: Site) -> int:
    """How many requests an article page takes: two where its text is in the answer of an API."""
    return 2 if site.has_answers else 1


def _about(seconds: float) -> str:
    """A time in words."""
    if seconds < 60:
        return "less than a minute"
    return f"some {seconds / 60:.0f} minutes" if seconds < 5400 else f"some {seconds / 3600:.1f} hours"


def _signature(site: Site, options: CrawlOptions) -> str:
    """The options that decide which pages a run requests: an interrupted run is continued only by one with the same."""
    choices = {name: value for name, value in asdict(options).items() if name in _SIGNATURE}
    return json.dumps({"site": site.name, **choices}, default=str, sort_keys=True)
