"""A site's pages out of an archive on the net, into WARC files of the workspace: after that nothing needs the network.

cdx_query.py ─ questions ─▶ archive_state.py ─ wanted captures ─▶ byte_ranges.py or replays.py ─ checked ─▶ warc.py

First the indexes are read, each page of an answer once; then the records that are wanted are fetched, several at a
time, and written in a fixed order, so that the files do not depend on which came first.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from corpus_builder.crawl.archive_answers import ArchivedAnswers
from corpus_builder.crawl.archive_client import ArchiveClient
from corpus_builder.crawl.archive_options import Archive, check_archive
from corpus_builder.crawl.archive_state import ArchiveState, Listed
from corpus_builder.crawl.byte_ranges import bare_digest, check_member, fetch_member
from corpus_builder.crawl.cdx_query import WHOLE, IndexEntry, Query, entries, page_count, queries
from corpus_builder.crawl.drops import STAGE
from corpus_builder.crawl.fetch import Fetcher, user_agent
from corpus_builder.crawl.index_table import table_entries, table_files
from corpus_builder.crawl.options import CrawlOptions
from corpus_builder.crawl.page_facts import answered
from corpus_builder.crawl.replays import fetch_replay
from corpus_builder.crawl.rows import Place
from corpus_builder.crawl.warc import WarcStore, open_store
from corpus_builder.errors import RetryLater, RunError, SkipPage
from corpus_builder.model import Drop
from corpus_builder.sites import PageKey, Site
from corpus_builder.sites.further import answer_url_of
from corpus_builder.version import VERSION
from corpus_builder.web.links import is_url
from corpus_builder.web.page_process import page_process
from corpus_builder.web.responses import PAGE_BYTES, PAGE_STATUSES

logger = logging.getLogger(__name__)

CONNECTIONS = 8
"""Records that are fetched at a time. Chosen: object stores are made for many readers, and each record is a small
request, so that most of the time is waiting; the Wayback Machine is asked for one page at a time.
"""

POLITE_DELAY = 1.0
"""Seconds between two requests to an index or the Wayback Machine, which serve everybody from a few machines. Chosen:
sixty requests a minute, as most of our sites' own crawl delays.
"""

_INDEX_BYTES = 2**28
"""Most bytes of a page of an index. Chosen: a page of Common Crawl's has 15,000 lines of about 500 bytes."""

_MOST_LINES = 10**9
"""Captures that an index is asked for which has no pages. Chosen: more than any has of a site; pywb would leave out all
but 100,000 without a word (its warcserver/index/query.py), and what is too large for memory is an error.
"""

_INDEX_TIMEOUT = 120.0
"""Seconds for a page of an index. Chosen: four times a page's, as an index server reads blocks of lines for it."""

_AGAIN = "run the same command again later: it carries on where this run stopped"

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Fetched:
    """What came of an archive: counts for the funnel, and everything dropped before a record was stored."""

    counts: dict[str, int]
    drops: list[Drop]


def fetch_archive(
    site: Site,
    options: CrawlOptions,
    archive: Archive,
    folder: Path,
    withdrawn: Collection[str] = (),
    progress: Progress | None = None,
) -> Fetched:
    """Fetch a site's captures from an archive into `folder`: state.sqlite and warc/*.warc.gz.

    An interrupted run carries on. `withdrawn` are ids of articles that must not be fetched. Raises UsageError for
    options, and RunError where an index or the archive cannot be reached; what was stored before that stays.
    """
    check_archive(archive, options)
    logger.info("archive %s into %s: %s", ", ".join((*archive.indexes, *archive.tables)), folder, options)
    try:
        state = ArchiveState(folder / "state.sqlite", archive.records)
        try:
            info = {
                "operator": options.contact,
                "description": "records copied from other archives",
                "isPartOf": site.name,
            }
            store = open_store(folder / "warc", state, info)
            try:
                run = _Run(
                    site, options, archive, folder, state, store, frozenset(withdrawn), progress or (lambda *_: None)
                )
                return asyncio.run(run.fetch())
            finally:
                store.close()
        finally:
            state.close()
    except (OSError, sqlite3.DatabaseError) as error:
        raise RunError(
            f"the archive's records cannot be written to {folder}: {error}",
            next_step="check the disk, then run the same command again: it carries on where this run stopped",
        ) from error


class _Wanted(NamedTuple):
    """A capture of an article page that is worth its bytes."""

    listed: Listed
    key: PageKey
    day: date | None
    url: str


Body = Callable[[WarcStore], Place]
"""Writes what was fetched, and says where it is."""


class _Run:
    """One run over one archive."""

    def __init__(
        self,
        site: Site,
        options: CrawlOptions,
        archive: Archive,
        folder: Path,
        state: ArchiveState,
        store: WarcStore,
        withdrawn: frozenset[str],
        progress: Progress,
    ) -> None:
        self._site = site
        self._options = options
        self._archive = archive
        self._folder = folder
        self._state = state
        self._store = store
        self._withdrawn = withdrawn
        self._progress = progress
        self._drops: list[Drop] = []
        self._counts = {"records_fetched": 0, "records_here": 0}
        self._kept: dict[int, bool] = {}  # by capture: whether it is in the WARC files

    async def fetch(self) -> Fetched:
        """Read the indexes, then fetch what is wanted of the captures."""
        agent, delay = user_agent(VERSION, self._options.contact), self._delay()
        connections = 1 if self._archive.replays else CONNECTIONS
        remote = not self._archive.local
        async with (
            Fetcher(agent, timeout=_INDEX_TIMEOUT, max_bytes=_INDEX_BYTES, trust_env=remote) as of_index,
            Fetcher(
                agent,
                timeout=self._options.timeout,
                max_bytes=PAGE_BYTES,
                connections=connections,
                trust_env=remote,
            ) as of_records,
        ):
            index = self._client(of_index, delay)
            await self._read_indexes(index)
            client = self._client(of_records, delay if self._archive.replays else 0.0)
            robots, wanted = self._wanted()
            for captures in robots:
                await self._first_of(client, captures)
            await self._fetch_all(client, [one.listed for one in wanted], connections)
            answers = await self._answers(index, client, wanted, connections) if self._site.has_answers else 0
        self._counts |= {"urls_listed": len({one.key for one in wanted}), "records_wanted": len(wanted) + answers}
        return Fetched(self._counts, self._drops)

    def _delay(self) -> float:
        asked = self._options.delay or 0.0
        return asked if self._archive.local else max(asked, POLITE_DELAY)

    def _client(self, fetcher: Fetcher, delay: float) -> ArchiveClient:
        return ArchiveClient(fetcher, delay=delay, retries=self._options.retries, wait=self._options.backoff)

    async def _read_indexes(self, client: ArchiveClient) -> None:
        asked = queries(self._site, self._options.languages)
        questions = [
            (query.address(index, self._options.since if query.match != "exact" else None), index)
            for index in self._archive.indexes
            for query in asked
        ]
        for number, (address, index) in enumerate(questions):
            self._progress("index", number, len(questions))
            await self._read_index(client, index, address)
        for table in self._archive.tables:
            await self._read_table(table)
        for origin, detail in self._state.unread_lines():
            self._drops.append(Drop(STAGE, origin, "bad_index_line", detail))

    async def _answers(
        self, index: ArchiveClient, client: ArchiveClient, pages: Sequence[_Wanted], connections: int
    ) -> int:
        """Fetch the answers that stored pages need, and those that these name. Returns how many are wanted."""
        keys, seen, count = {one.listed.id: one.key for one in pages}, set[str](), 0
        with page_process(answered) as process:
            archived = ArchivedAnswers(self._site, self._folder, process)
            while True:
                needed = await asyncio.to_thread(archived.needed, keys, list(self._state.captures()))
                fresh = {url: key for url, key in needed.items() if url not in seen}
                if not fresh:
                    return count
                seen |= fresh.keys()
                self._state.add_answers((url, key.article_id) for url, key in fresh.items())
                await self._ask_for(index, fresh)
                found = [
                    _Wanted(listed, fresh[url], None, url)
                    for listed in self._state.captures()
                    for url in archived.addresses(listed.entry.url)
                    if url in fresh
                ]
                wanted = self._worth([one for one in found if self._is_read(one)])
                count += len(wanted)
                await self._fetch_all(client, [one.listed for one in wanted], connections)

    async def _ask_for(self, client: ArchiveClient, urls: Iterable[str]) -> None:
        """Ask for answers that other answers name, whose addresses follow no template."""
        for url in urls:
            if answer_url_of(self._site, url) is None:
                query = Query(url.partition("://")[2], "exact")
                for index in self._archive.indexes:
                    await self._read_index(client, index, query.address(index, self._options.since))

    async def _read_index(self, client: ArchiveClient, index: str, address: str) -> None:
        """Read the pages of an answer that were not read before."""
        pages, read = self._state.progress(address)
        if pages is None:
            body = await self._ask(client, index, f"{address}&showNumPages=true")
            pages = 0 if body is None else page_count(body)
            if pages is None:
                raise RunError(
                    f"{index} is not an index by the CDX server's protocol: it says {(body or b'')[:100]!r}",
                    next_step="give the URL at which it answers ?url=…&output=json",
                )
            self._state.counted(address, pages)
        for page in range(read, 1 if pages == WHOLE else pages):
            part = f"limit={_MOST_LINES}" if pages == WHOLE else f"page={page}"
            body = await self._ask(client, index, f"{address}&{part}")
            found = entries(body or b"", records=not self._archive.replays)
            owned = (one for one in found if isinstance(one, SkipPage) or self._site.owns(one.url))
            self._state.add_page(address, page, owned)

    async def _read_table(self, table: str) -> None:
        """Read the files of an index in Parquet that were not read before."""
        since, files = self._options.since, table_files(table)
        for number, file in enumerate(files):
            self._progress("index", number, len(files))
            address = f"{file}?hosts={','.join(self._site.rules.domains)}&since={since or ''}"
            pages, read = self._state.progress(address)
            if pages is None:
                self._state.counted(address, 1)
            if not read:
                found = await asyncio.to_thread(self._of_table, file)
                self._state.add_page(address, 0, found)

    def _of_table(self, file: str | Path) -> list[IndexEntry | SkipPage]:
        """The site's captures in a file of an index."""
        found = table_entries(file, self._site, self._options.since)
        return [one for one in found if isinstance(one, SkipPage) or self._site.owns(one.url)]

    async def _ask(self, client: ArchiveClient, index: str, url: str) -> bytes | None:
        """The answer of an index; None where it says that it has no capture."""
        try:
            exchange = await client.get(url)
        except RetryLater as error:
            raise RunError(f"the index {index} cannot be reached: {error.reason}", next_step=_AGAIN) from error
        except SkipPage as error:
            fewer = "ask for later captures with --since, or for a site with narrower URL patterns"
            raise RunError(
                f"the index {index}: {error}", next_step=fewer if error.reason == "too_large" else "check its URL"
            ) from error
        if exchange.status == 404 and b"no captures" in exchange.body.lower():
            return None
        if exchange.status not in PAGE_STATUSES:
            said = " ".join(exchange.body[:200].decode("utf-8", errors="replace").split())
            raise RunError(
                f"the index {index} answers HTTP {exchange.status}: {said}",
                next_step="check its URL, or the name of the crawl",
            )
        return exchange.body

    def _wanted(self) -> tuple[list[list[Listed]], list[_Wanted]]:
        """The captures of each host's robots.txt, the newest first; and those of pages, the newest story first."""
        robots: dict[str, list[Listed]] = {}
        pages: list[_Wanted] = []
        for listed in self._state.captures():
            entry = listed.entry
            if not is_url(entry.url):
                continue
            if urlsplit(entry.url).path == "/robots.txt":
                robots.setdefault(urlsplit(self._site.clean(entry.url)).netloc, []).append(listed)
            elif one := self._page(listed):
                pages.append(one)
        newest = [
            sorted((one for one in captures if one.entry.status in ("200", "203")), key=_fetched, reverse=True)
            for _, captures in sorted(robots.items())
        ]
        return newest, self._worth(self._limited(pages))

    def _page(self, listed: Listed) -> _Wanted | None:
        address = self._site.address(listed.entry.url)
        if not address or not self._options.covers(address.key.language, address.date):
            return None
        one = _Wanted(listed, address.key, address.date, self._site.page_url(listed.entry.url))
        if address.key.article_id in self._withdrawn:
            self._drop(one, "taken_down")
            return None
        return one if self._is_read(one) else None

    def _is_read(self, one: _Wanted) -> bool:
        """Whether a capture is of a response that is read; one that is none is dropped."""
        if reason := one.listed.entry.unread:
            self._drop(one, reason, f"captured {one.listed.entry.fetched}")
        return not reason

    def _limited(self, pages: list[_Wanted]) -> list[_Wanted]:
        """The captures of the newest stories, in the order of their dates."""
        last: dict[str, date] = {}
        for one in pages:
            last[one.key.article_id] = max(one.day or date.min, last.get(one.key.article_id, date.min))
        stories = sorted(last, key=lambda story: (last[story], story), reverse=True)[: self._options.limit]
        rank = {story: number for number, story in enumerate(stories)}
        kept = [one for one in pages if one.key.article_id in rank]
        return sorted(kept, key=lambda one: (rank[one.key.article_id], one.key.language, one.url))

    def _worth(self, pages: list[_Wanted]) -> list[_Wanted]:
        """The captures without those whose content a newer one of the same URL has, too."""
        newest: dict[tuple[str, str], _Wanted] = {}
        for one in pages:
            content = (one.url, _content(one.listed.entry))
            if content not in newest or _fetched(one.listed) > _fetched(newest[content].listed):
                newest[content] = one
        kept = {one.listed.id for one in newest.values()}
        for one in pages:
            if one.listed.id not in kept:
                self._drop(one, "earlier_capture", f"captured {one.listed.entry.fetched} with the same content")
        return [one for one in pages if one.listed.id in kept]

    async def _first_of(self, client: ArchiveClient, captures: Sequence[Listed]) -> None:
        """Fetch the first of several captures that can be had."""
        for listed in captures:
            await self._fetch_all(client, [listed], 1)
            if self._kept.get(listed.id):
                return

    async def _fetch_all(self, client: ArchiveClient, captures: Sequence[Listed], connections: int) -> None:
        """Fetch captures, `connections` at a time, and store them in their order."""
        left = deque(captures)
        running: deque[tuple[Listed, asyncio.Task[Body | SkipPage | RetryLater | None]]] = deque()
        done = 0
        try:
            while left or running:
                while left and len(running) < connections:
                    listed = left.popleft()
                    running.append((listed, asyncio.create_task(self._fetched(client, listed))))
                listed, task = running.popleft()
                self._settle(listed, await task)
                done += 1
                self._progress(STAGE, done, len(captures))
        finally:
            for _, task in running:
                task.cancel()
            await asyncio.gather(*(task for _, task in running), return_exceptions=True)

    async def _fetched(self, client: ArchiveClient, listed: Listed) -> Body | SkipPage | RetryLater | None:
        """What writes the capture; why there is none; None where nothing is to be done."""
        if listed.state == "stored":
            return None
        if listed.state == "failed":
            return SkipPage(listed.reason, listed.detail)
        try:
            if self._archive.replays:
                exchange, source = await fetch_replay(client, self._archive.records, listed.entry, self._site)
                return lambda store: store.response(exchange, source)
            member = await fetch_member(client, self._archive.records, listed.entry)
            check_member(member, listed.entry, self._site)
            return lambda store: store.copy(member)
        except (SkipPage, RetryLater) as error:
            return error

    def _settle(self, listed: Listed, result: Body | SkipPage | RetryLater | None) -> None:
        """Store a capture, or record why it is not."""
        self._kept[listed.id] = result is None or not isinstance(result, SkipPage | RetryLater)
        if result is None:
            self._counts["records_here"] += 1
        elif isinstance(result, RetryLater):
            reason = "truncated_record" if result.reason == "truncated" else "archive_unavailable"
            self._fail(listed, reason, f"{result.reason}; the next run tries again", again=True)
        elif isinstance(result, SkipPage):
            self._fail(listed, result.reason, result.detail, again=False)
        else:
            place = result(self._store)
            self._store.flush()
            self._state.stored(listed.id, place, self._store.size)
            self._counts["records_fetched"] += 1

    def _fail(self, listed: Listed, reason: str, detail: str, *, again: bool) -> None:
        logger.info("dropped %s of %s: %s (%s)", listed.entry.url, listed.entry.fetched, reason, detail)
        self._state.failed(listed.id, reason, detail, again=again)
        key = self._site.identify(listed.entry.url)
        self._drops.append(Drop(STAGE, listed.entry.url, reason, detail, *(key or (None, None))))

    def _drop(self, one: _Wanted, reason: str, detail: str = "") -> None:
        self._drops.append(Drop(STAGE, one.url, reason, detail, *one.key))


def _fetched(listed: Listed) -> str:
    return listed.entry.fetched


def _content(entry: IndexEntry) -> str:
    """What captures of a URL with the same content have in common; without a digest each is of its own."""
    return f"{entry.status} {bare_digest(entry.digest)}" if entry.digest else f"{entry.fetched} {entry.offset}"
