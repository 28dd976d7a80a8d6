"""What the crawler and the indexes ask of pages and listings, asked in a process apart (web/page_process.py).

A page of a stranger may hang a parser in C code, or take all memory; what is asked of it is little, and travels back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from corpus_builder.apart import Apart
from corpus_builder.crawl.choice import is_amp
from corpus_builder.crawl.fetch import Exchange
from corpus_builder.crawl.listing import Answered, Listed, Listing, list_in_answer, parse_listing
from corpus_builder.crawl.warc import payload_digest
from corpus_builder.errors import SkipPage
from corpus_builder.sites import Site
from corpus_builder.sites.answer_parts import Told, told_by
from corpus_builder.sites.further import Needs, needs_of
from corpus_builder.sites.listing_rules import ListingRules
from corpus_builder.web.answers import read_answer
from corpus_builder.web.content_encoding import decoded, gunzipped
from corpus_builder.web.error_pages import check_error_page
from corpus_builder.web.links import header_links, page_links
from corpus_builder.web.opt_out import opt_out
from corpus_builder.web.page import WebPage, parse_page, read_page
from corpus_builder.web.page_process import read_in
from corpus_builder.web.responses import LISTING_BYTES, PAGE_BYTES, check_size
from corpus_builder.web.saved_files import MHTML_BYTES, read_saved_file

Answer = TypeVar("Answer", covariant=True)


class Question(Protocol[Answer]):
    """What is asked of one page: an object that travels, and reads the page where it arrives."""

    def answer(self) -> Answer:
        """The answer. Raises SkipPage."""


def answered(question: Question[Any]) -> Any:
    """The answer to a question: the function of a process apart."""
    return question.answer()


class PageFacts(NamedTuple):
    """What is asked of an article page: its links to other editions, whether it is an AMP copy, what else it needs."""

    alternates: tuple[tuple[str, str], ...]
    is_amp: bool
    needs: Needs


@dataclass(frozen=True)
class OfPage:
    """A page without its content encoding; `requested` is the URL of its request.

    `site` is None where no article of the site needs more than its page.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    requested: str
    site: Site | None = None

    def answer(self) -> PageFacts:
        """Its facts. Raises SkipPage as read_page does."""
        page = read_page(self.status, self.headers, self.body, self.url)
        needs = needs_of(self.site, self.url, page.root) if self.site else Needs()
        return PageFacts(page.head.alternates, is_amp(self.requested, page.root), needs)


@dataclass(frozen=True)
class OfResponse:
    """A page as it was received; `url` is that of the site, where a mirror sent it. `site` as that of OfPage."""

    exchange: Exchange
    limit: int
    url: str
    site: Site | None = None

    def answer(self) -> PageFacts:
        """Its facts. Raises SkipPage as read_page does, and as `decoded`."""
        got = self.exchange
        body = decoded(got.body, got.fields.get("content-encoding"), self.limit)
        return OfPage(got.status, got.fields, body, self.url if self.site else got.url, got.url, self.site).answer()


Telling = Mapping[str, Told]
"""What an answer says of the next, by the name of the rules that read it."""


@dataclass(frozen=True)
class OfAnswer:
    """An answer of an API, which is at `url` by the rules of `site`; `served` is the URL that sent it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    site: Site
    url: str
    served: str
    limit: int | None = None

    def answer(self) -> Telling:
        """What it says of the next. Raises SkipPage as read_answer does; with a `limit`, the body is still encoded."""
        encoding = self.headers.get("content-encoding")
        body = self.body if self.limit is None else decoded(self.body, encoding, self.limit)
        value = read_answer(self.status, self.headers, body)
        return _telling(self.site, value, self.headers, self.served, self.url)


class SavedAnswer(NamedTuple):
    """What is asked of a saved answer: the digest and the size of the file, and what it says of the next."""

    digest: str
    size: int
    told: Telling


@dataclass(frozen=True)
class OfAnswerFile:
    """A saved answer of an API, which is at `url` by the rules of `site`."""

    path: Path
    site: Site
    url: str

    def answer(self) -> SavedAnswer:
        """Its facts. Raises SkipPage as read_answer does, and OSError."""
        check_size(self.path.stat().st_size, PAGE_BYTES)
        data = self.path.read_bytes()
        value = read_answer(200, {}, gunzipped(data, PAGE_BYTES))
        return SavedAnswer(payload_digest(data), len(data), _telling(self.site, value, {}, self.url, self.url))


def _telling(site: Site, value: Any, headers: Mapping[str, str], served: str, url: str) -> Telling:
    rules = (each for each in site.rules.from_json if each.has_parts)
    return {each.name: told_by(each, value, headers, served, url) for each in rules}


@dataclass(frozen=True)
class OfList:
    """A list of articles in an answer of an API, which is at `url` by its rules; `names` are those of rules.names()."""

    exchange: Exchange
    rules: ListingRules
    names: Mapping[str, str]
    url: str
    limit: int = LISTING_BYTES

    def answer(self) -> Listing:
        """Its articles, and what it says of the next answer. Raises SkipPage as list_in_answer, and as `decoded`."""
        got = self.exchange
        body = decoded(got.body, got.fields.get("content-encoding"), self.limit)
        return list_in_answer(self.rules, self.names, Answered(got.status, got.fields, body, self.url, got.url))


@dataclass(frozen=True)
class OfListing:
    """A sitemap or feed, or a page that lists others (`is_page`), as it was received."""

    exchange: Exchange
    is_page: bool
    limit: int = LISTING_BYTES

    def answer(self) -> Listing:
        """Its entries, or all links of the page. Raises SkipPage as parse_listing does, and as `decoded`."""
        got = self.exchange
        body = decoded(got.body, got.fields.get("content-encoding"), self.limit)
        body = gunzipped(body, self.limit)  # a .gz file, whatever its name and headers say
        if self.is_page:
            return Listing(tuple(map(Listed, page_links(body, got.fields, got.url))))
        listing = parse_listing(body, got.fields)
        links = header_links(got.fields.get("link", ""), got.url)
        named = next((target for rel, _, target in links if "next" in rel.split()), "")
        return listing if listing.next else replace(listing, next=named)


class SavedFacts(NamedTuple):
    """What is asked of a saved page: the URLs that it names, the best first, whether and why it may not be used.

    `refusal` is the reason of an opt-out, `fault` why it is an error page. `digest` and `size` are those of the file.
    """

    urls: tuple[str, ...]
    refusal: str | None
    fault: SkipPage | None
    is_amp: bool
    digest: str
    size: int


@dataclass(frozen=True)
class OfFile:
    """A saved page; `name` is its path in the folder."""

    path: Path
    name: str

    def answer(self) -> SavedFacts:
        """Its facts. Raises SkipPage as parse_page does, and OSError."""
        check_size(self.path.stat().st_size, MHTML_BYTES)
        data = self.path.read_bytes()
        saved = read_saved_file(data)
        page = parse_page(saved.headers, saved.body, "")
        named = (saved.url, page.head.saved_from, page.head.canonical)
        return SavedFacts(
            tuple(filter(None, named)),
            opt_out({}, page.head),
            _fault(page),
            is_amp(self.name, page.root),
            payload_digest(data),
            len(data),
        )


@dataclass(frozen=True)
class NeedsOfFile:
    """A saved page that is at `url` of a site."""

    path: Path
    url: str
    site: Site

    def answer(self) -> Needs:
        """What its article needs besides. Raises as OfFile does."""
        saved = read_saved_file(self.path.read_bytes())
        return needs_of(self.site, self.url, parse_page(saved.headers, saved.body, self.url).root)


def _fault(page: WebPage) -> SkipPage | None:
    try:
        check_error_page({}, page.markup, page.root)
    except SkipPage as skipped:
        return SkipPage(skipped.reason, skipped.detail)  # without its traceback
    return None


class Reader:
    """Questions of coroutines to one process: they wait for their turn, and others go on meanwhile."""

    def __init__(self, process: Apart[Question[Any], Any]) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def ask(self, url: str, question: Question[Answer]) -> Answer:
        """The answer to a question about the page `url`. Raises as read_in does."""
        async with self._turn:
            answer: Answer = await asyncio.to_thread(read_in, self._process, url, question)
            return answer
