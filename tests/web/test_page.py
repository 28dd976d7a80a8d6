"""One table of responses through everything that reads responses: all have to agree on what may be used, and why not.

The readers are the crawler, the index of WARC files, the index of saved pages, `extract-page` and extraction itself.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import brotli
import httpx
import pytest
from lxml import etree
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus_builder.apart import MEMORY, Failure
from corpus_builder.cli.saved_page import file_capture
from corpus_builder.crawl import (
    CrawlOptions,
    crawl_drops,
    index_crawl,
    index_pages,
    index_warcs,
    pages,
    read_captures,
    warc_index,
)
from corpus_builder.crawl.crawler import Crawl
from corpus_builder.crawl.fetch import Fetcher
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.gate import Gate
from corpus_builder.crawl.page_facts import OfListing, Question, Reader, answered
from corpus_builder.crawl.warc import WarcStore
from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.model import Capture
from corpus_builder.sites import load_site
from corpus_builder.web.content_encoding import decoded
from corpus_builder.web.html import parse_html
from corpus_builder.web.page_process import page_process
from corpus_builder.web.responses import PAGE_BYTES, header_fields
from tests.page_process import ProcessHere

HOME = "https://www.pravda.com.ua"
PATH = "/news/2025/12/3/9000005/"
SITE = load_site("pravda")
OPTIONS = CrawlOptions(languages=("uk", "ru", "en"), sources=("sitemaps",), retries=0, backoff=0.001)
Headers = list[tuple[str, str]]


def page(head: str = "", text: str = "У місті відкрили новий міст через річку, якого чекали два роки.") -> bytes:
    return (
        f'<!DOCTYPE html><html><head><link rel="canonical" href="{HOME}{PATH}">{head}</head><body>'
        f'<article class="post_news"><h1 class="post_news_title">Місто</h1>'
        f'<div class="post_news_text"><p>{text}</p></div></article></body></html>'
    ).encode()


def robots(content: str, name: str = "robots") -> bytes:
    return page(f'<meta name="{name}" content="{content}">')


HTML: Headers = [("Content-Type", "text/html")]
TABLE: dict[str, tuple[int, Headers, bytes, str | None]] = {
    "a page": (200, HTML, page(), None),
    "203 is 200 through a proxy": (203, HTML, page(), None),
    "206": (206, HTML, page(), "http_206"),
    "404": (404, HTML, page(), "http_404"),
    "no content type": (200, [], page(), None),
    "text/plain that is HTML": (200, [("Content-Type", "text/plain")], page(), None),
    "octet-stream that is none": (200, [("Content-Type", "application/octet-stream")], b"PK" + bytes(99), "not_html"),
    "PDF": (200, [("Content-Type", "application/pdf")], page(), "not_html"),
    "JSON as HTML": (200, HTML, b'{"error": "busy"}', "not_html"),
    "Content-Type twice": (200, HTML * 2, page(), None),
    "no bytes": (200, HTML, b"  \n", "empty_body"),
    "too large": (200, [*HTML, ("Content-Encoding", "gzip")], gzip.compress(page() + b" " * PAGE_BYTES), "too_large"),
    "robots with values": (200, HTML, robots("index, follow, max-image-preview:none"), None),
    "robots for another bot": (200, HTML, robots("noindex", "googlebot"), None),
    "robots for this bot": (200, HTML, robots("noai", "corpus-builder"), "opt_out_noai"),
    "noindex": (200, HTML, robots("NoIndex"), "opt_out_noindex"),
    "none": (200, HTML, robots("none"), "opt_out_noindex"),
    "noimageai": (200, HTML, robots("noimageai"), "opt_out_noai"),
    "a second robots meta": (200, HTML, page('<meta name=robots content=all><meta name=robots content=noai>'),
                             "opt_out_noai"),
    "http-equiv": (200, HTML, page('<meta http-equiv="X-Robots-Tag" content="noai">'), "opt_out_noai"),
    "robots behind an image": (200, HTML, page('<noscript><img></noscript><meta name="robots" content="noai">'),
                               "opt_out_noai"),
    "X-Robots-Tag": (200, [*HTML, ("X-Robots-Tag", "noai")], page(), "opt_out_noai"),
    "X-Robots-Tag for another bot": (200, [*HTML, ("X-Robots-Tag", "otherbot: noindex, nofollow")], page(), None),
    "X-Robots-Tag for both": (200, [*HTML, ("X-Robots-Tag", "otherbot: all"), ("X-Robots-Tag", "noindex")], page(),
                              "opt_out_noindex"),
    "X-Robots-Tag of a PDF": (200, [("Content-Type", "application/pdf"), ("X-Robots-Tag", "noai")], b"%PDF",
                              "opt_out_noai"),
    "TDM header": (200, [*HTML, ("TDM-Reservation", "1")], page(), "opt_out_tdm"),
    "TDM meta": (200, HTML, page('<meta name="tdm-reservation" content="1">'), "opt_out_tdm"),
    "TDM 0": (200, [*HTML, ("TDM-Reservation", "0")], page('<meta name="tdm-reservation" content="0">'), None),
    "windows-1251": (200, HTML, page().decode().encode("cp1251"), None),
    "KOI8-U, declared as UTF-8": (200, [("Content-Type", "text/html; charset=utf-8")], page().decode().encode("koi8-u"),
                                  None),
    "UTF-16": (200, HTML, page().decode().encode("utf-16"), None),
    "noai in UTF-16": (200, HTML, robots("noai").decode().encode("utf-16"), "opt_out_noai"),
    "brotli": (200, [*HTML, ("Content-Encoding", "br")], brotli.compress(page()), None),
    "Content-Encoding: UTF-8": (200, [*HTML, ("Content-Encoding", "UTF-8")], page(), None),
    "deflate on plain text": (200, [*HTML, ("Content-Encoding", "deflate")], page(), None),
    "nested beyond reading": (200, HTML, page(text="<div>" * 50_000), "broken_markup"),
}  # fmt: skip


def by_crawler(status: int, headers: Headers, body: bytes, folder: Path) -> str | None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(200, stream=httpx.ByteStream(f"Sitemap: {HOME}/sitemap.xml".encode()))
        if request.url.path == "/sitemap.xml":
            listing = f"<urlset><url><loc>{HOME}{PATH}</loc></url></urlset>"
            return httpx.Response(200, stream=httpx.ByteStream(listing.encode()))
        if request.url.path == PATH:
            return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))
        return httpx.Response(404, stream=httpx.ByteStream(b""))

    async def run() -> None:
        site = load_site("pravda", mirror="http://127.0.0.1:1")
        frontier = Frontier(folder / "state.sqlite")
        store = WarcStore(folder / "warc", {}, {"software": "test"}, lambda name: frontier.grew(name, 0))
        transport = httpx.MockTransport(answer)
        async with Fetcher("test", timeout=60, max_bytes=OPTIONS.max_bytes, transport=transport) as fetcher:
            gate = Gate(site, OPTIONS, fetcher, random.Random(0))
            with page_process(answered) as process:
                await Crawl(site, OPTIONS, frontier, store, gate, Reader(process), lambda *_: None).run()
        store.close()
        frontier.close()

    asyncio.run(run())
    reasons = {drop.item: drop.reason for drop in crawl_drops(folder)}
    assert (HOME + PATH in reasons) != bool(index_crawl(folder, SITE, OPTIONS))
    return reasons.get(HOME + PATH)


def by_warc_index(status: int, headers: Headers, body: bytes, folder: Path) -> str | None:
    with (folder / "a.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        http = StatusAndHeaders(f"{status} Status", headers, protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                HOME + PATH, "response", payload=BytesIO(body), length=len(body), http_headers=http
            )
        )
    refs, drops = index_warcs(folder / "a.warc.gz", SITE, OPTIONS)
    assert len(refs) + len(drops) == 1
    if refs:
        [(_, capture)] = read_captures(refs)
        assert isinstance(capture, Capture)
        assert extract_page(capture, SITE).title == "Місто"
    return drops[0].reason if drops else None


def by_saved_page_index(status: int, headers: Headers, body: bytes, folder: Path) -> str | None:
    (folder / "page.html").write_bytes(body)
    refs, drops = index_pages(folder, SITE, OPTIONS)
    assert len(refs) + len(drops) == 1
    return drops[0].reason if drops else None


def by_extract_page(status: int, headers: Headers, body: bytes, folder: Path) -> str | None:
    (folder / "page.html").write_bytes(body)
    return _extracted(file_capture(folder / "page.html", HOME + PATH))


def by_extraction(status: int, headers: Headers, body: bytes, folder: Path) -> str | None:
    fields = header_fields(headers)
    try:
        body = decoded(body, fields.get("content-encoding"), PAGE_BYTES)
    except SkipPage as skipped:
        return skipped.reason
    return _extracted(Capture(HOME + PATH, status, fields, body, None, "test"))


def _extracted(capture: Capture) -> str | None:
    try:
        assert extract_page(capture, SITE).title == "Місто"
    except SkipPage as skipped:
        return skipped.reason
    return None


READERS: list[Callable[[int, Headers, bytes, Path], str | None]] = [
    by_crawler,
    by_warc_index,
    by_saved_page_index,
    by_extract_page,
    by_extraction,
]


SAVED = (by_saved_page_index, by_extract_page)  # a saved page has neither status nor headers
RUNS = [
    pytest.param(case, reader, id=f"{case}, {reader.__name__}")
    for case, (status, headers, _, _) in TABLE.items()
    for reader in READERS
    if reader not in SAVED or (status, headers) == (200, HTML)
]


@pytest.mark.parametrize(("case", "reader"), RUNS)
def test_all_readers_agree(case: str, reader: Callable[..., str | None], tmp_path: Path) -> None:
    status, headers, body, reason = TABLE[case]
    assert reader(status, headers, body, tmp_path) == reason


@contextmanager
def ended(_: object) -> Iterator[ProcessHere]:
    def outcome(question: Question[object]) -> object:
        return question.answer() if isinstance(question, OfListing) else Failure(MEMORY, "a.place:1")

    yield ProcessHere(outcome)


@pytest.mark.parametrize("reader", [by_crawler, by_warc_index, by_saved_page_index])
def test_a_page_that_ends_the_process_that_reads_it_is_a_drop(
    reader: Callable[..., str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No reader reads a page in its own process."""
    for module in (warc_index, pages, sys.modules[__name__]):
        monkeypatch.setattr(module, "page_process", ended)
    assert reader(200, HTML, page(), tmp_path) == "extractor_memory"


def test_half_a_page_is_none_where_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise etree.XMLSyntaxError("out of memory", etree.ErrorTypes.ERR_NO_MEMORY, 1, 1)

    monkeypatch.setattr("corpus_builder.web.html.etree.fromstring", no_memory)
    with pytest.raises(MemoryError):
        parse_html(b"<p>a</p>")
