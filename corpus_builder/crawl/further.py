"""The further responses of an article: requested with its page, and settled in the same transaction.

An article is whole or not there: where one of its pages, or its answer of an API, cannot be had, the page is dropped as
`incomplete`, and an earlier whole capture stays.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from corpus_builder.crawl.fetch import Exchange
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.options import CrawlOptions
from corpus_builder.crawl.page_facts import OfAnswer, OfResponse, Reader
from corpus_builder.crawl.rows import Page, Part
from corpus_builder.crawl.warc import WarcStore, payload_digest
from corpus_builder.errors import SkipPage
from corpus_builder.sites import Site
from corpus_builder.sites.answer_parts import INCOMPLETE, Told
from corpus_builder.sites.further import MOST_BYTES, Further, Needs, further_responses
from corpus_builder.web.opt_out import REASONS

logger = logging.getLogger(__name__)

TEMPORARY = frozenset({"robots", "robots_unavailable", "challenge_page"})
"""Reasons that are those of the moment: the next run requests the page again."""

_OF_THE_PAGE = frozenset({*REASONS, *TEMPORARY, "bad_encoding", INCOMPLETE})
"""Reasons of a further response that are those of its page, too: whoever refuses a part refuses the article."""

_JSON = {"Accept": "application/json"}

Follow = Callable[[str, Mapping[str, str], int | None, list[Exchange]], Awaitable[Exchange]]


class FurtherResponses:
    """Requests what articles need beyond their pages. `follow` makes a request and follows its redirects."""

    def __init__(
        self,
        site: Site,
        options: CrawlOptions,
        frontier: Frontier,
        store: WarcStore,
        reader: Reader,
        follow: Follow,
    ) -> None:
        self._site = site
        self._options = options
        self._frontier = frontier
        self._store = store
        self._reader = reader
        self._follow = follow
        self.possible = site.needs_further

    def needed(self, page: Page) -> bool:
        """Whether a page is known to need more than itself."""
        return self._site.has_answers or (self.possible and bool(self._frontier.parts(page.key)))

    async def requested(self, page: Page, needs: Needs, hops: list[Exchange]) -> list[tuple[Further, Exchange]]:
        """The responses that a page needs, in their order; their redirects are added to `hops`.

        Raises RetryLater, RunError, and SkipPage: `incomplete`, or an opt-out or refusal that is the article's, too.
        """
        found: list[tuple[Further, Exchange]] = []
        walk = further_responses(self._site, needs)
        try:
            wanted, size = next(walk), 0
            while True:
                try:
                    exchange = await self._follow(wanted.url, {} if wanted.page else _JSON, None, hops)
                    told = await self._read(page, needs, wanted, exchange)
                except SkipPage as error:
                    if error.reason in _OF_THE_PAGE:
                        raise
                    raise SkipPage(INCOMPLETE, f"{wanted.url}: {error}") from error
                size += len(exchange.body)
                if size > MOST_BYTES:
                    raise SkipPage(INCOMPLETE, f"the further responses have more than {MOST_BYTES:,} bytes")
                found.append((wanted, exchange))
                wanted = walk.send(told)
        except StopIteration:
            return found

    async def _read(self, page: Page, needs: Needs, wanted: Further, exchange: Exchange) -> Needs | Told:
        """What a response says of further ones. Raises SkipPage where it is not what was wanted."""
        limit = self._options.max_bytes
        if not wanted.page:
            question = OfAnswer(
                exchange.status, exchange.fields, exchange.body, self._site, wanted.url, exchange.url, limit
            )
            telling = await self._reader.ask(wanted.url, question)
            return telling.get(needs.rules, Told())
        final = self._site.address(exchange.url)
        if final is None or final.key != (page.language, page.article_id) or final.page != wanted.page:
            raise SkipPage("redirect_to_another_page", f"page {wanted.page} leads to {exchange.url}")
        facts = await self._reader.ask(wanted.url, OfResponse(exchange, limit, wanted.url, self._site))
        return facts.needs

    def store(self, page: Page, further: Sequence[tuple[Further, Exchange]]) -> None:
        """Within a transaction: write what is new of the responses, and record where all of them are."""
        if not self.possible:
            return
        known = self._frontier.parts(page.key)
        parts = []
        for wanted, exchange in further:
            digest = payload_digest(exchange.body)
            before = known.get(wanted.part)
            if before and before.digest == digest:
                self._store.revisit(exchange, digest=digest, refers_to=exchange.url, captured=before.captured)
                parts.append(replace(before, url=wanted.url))
            else:
                place = self._store.response(exchange)
                captured = exchange.fetched.isoformat(timespec="microseconds")
                parts.append(Part(wanted.part, wanted.url, place, captured, digest))
        self._frontier.set_parts(page.key, parts)
        for wanted, _ in further:
            logger.info("stored %s, which belongs to %s", wanted.url, page.url)
