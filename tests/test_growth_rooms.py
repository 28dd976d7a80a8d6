"""Saved pages, indexes of archives, drafts of rules, notes of texts and links: time in proportion to what they read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest

from corpus_builder.crawl.cdx_query import entries, page_count
from corpus_builder.errors import CorpusBuilderError
from corpus_builder.extract.blocks import raw_blocks
from corpus_builder.extract.draft import draft_rules
from corpus_builder.extract.page_text import page_text
from corpus_builder.link.features import page_of
from corpus_builder.link.groups import Pair, stories
from corpus_builder.link.joins import Addresses, Components, Links, address_hash
from corpus_builder.model import Block, BlockKind, Capture, Edition
from corpus_builder.web.html import parse_html
from corpus_builder.web.saved_files import read_saved_file
from tests.extract.notes import repeated_texts
from tests.growth import assert_in_proportion

TEXT = "Перший абзац тексту українською мовою про подію, яка сталася вчора у місті."
HEAD = b'From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n'
PART = b"--b\nContent-Type: text/html\nContent-Location: https://a.example/1/\n\n<html><p>a</p></html>\n"


def coded(name: bytes) -> bytes:
    """A part in a transfer encoding."""
    return PART.replace(b"\n\n", b"\nContent-Transfer-Encoding: " + name + b"\n\n", 1)


MHTML: dict[str, Callable[[int], bytes]] = {
    "parts": lambda n: HEAD + PART * n + b"--b--",
    "parts without an end": lambda n: HEAD + b"--b\n" * n,
    "headers": lambda n: HEAD[:-1] + b"X-A: b\n" * n + b"\n" + PART,
    "one long header": lambda n: HEAD[:-1] + b"X-A: " + b"b " * n + b"\n\n" + PART,
    "folded headers": lambda n: HEAD[:-1] + b"X-A: b\n" + b" c\n" * n + b"\n" + PART,
    "quoted printable": lambda n: HEAD + coded(b"quoted-printable") + b"=D0=90=\n" * n,
    "base64": lambda n: HEAD + coded(b"base64") + b"QUFB\n" * n,
    "encoded words": lambda n: HEAD[:-1] + b"Snapshot-Content-Location: " + b"=?utf-8?q?a?= " * n + b"\n\n" + PART,
    "boundaries": lambda n: HEAD.replace(b'"b"', b'"' + b"b" * min(n, 60) + b'"') + b"--" + b"b" * n,
    "nested": lambda n: HEAD + b"--b\nContent-Type: multipart/related; boundary=\"b\"\n\n" * min(n, 50) + PART * n,
}  # fmt: skip


@pytest.mark.parametrize("kind", MHTML)
def test_mhtml(kind: str) -> None:
    def read(data: bytes) -> None:
        with suppress(CorpusBuilderError):
            read_saved_file(data)

    assert_in_proportion(MHTML[kind], read, 200)


CDX: dict[str, Callable[[int], bytes]] = {
    "lines of JSON": lambda n: b'{"url": "https://a.example/1/", "timestamp": "20250101000000", "status": "200"}\n' * n,
    "no JSON": lambda n: b"{\n" * n,
    "an array": lambda n: (
        b'[["urlkey","timestamp","original"],' + b'["a","20250101000000","https://a.example/"],' * n + b"[]]"
    ),
    "an open array": lambda n: b"[" * min(n, 900) + b'["a"],' * n,
    "one long line": lambda n: b'{"url": "' + b"a/" * n + b'", "timestamp": "20250101000000"}',
    "spaces": lambda n: b" " * n,
    "digits": lambda n: b'{"url": "https://a.example/", "timestamp": "' + b"2" * min(n, 4000) + b'"}',
}


@pytest.mark.parametrize("kind", CDX)
def test_indexes_of_archives(kind: str) -> None:
    def read(body: bytes) -> None:
        for records in (True, False):
            with suppress(CorpusBuilderError):
                list(entries(body, records=records))
        page_count(body)

    assert_in_proportion(CDX[kind], read, 200)


def edition(number: int, *texts: str, url: str = "https://a.example/1/") -> Edition:
    blocks = (Block(BlockKind.TITLE, "Новина про місто"), *(Block(BlockKind.PARAGRAPH, text) for text in texts))
    return Edition(site="a", article_id=str(number), language="uk", url=url, blocks=blocks, detected_language="uk")


EDITIONS: dict[str, Callable[[int], Edition]] = {
    "paragraphs": lambda n: edition(1, *[TEXT] * n),
    "a long paragraph": lambda n: edition(1, TEXT * n),
    "its title again": lambda n: edition(1, "Новина про місто " * n),
    "a long address": lambda n: edition(1, TEXT * n, url="https://a.example/" + "abcd-efgh/" * n),
    "days": lambda n: edition(1, "1 січня 2025, 12:30 " * n),
    "numbers of requests": lambda n: edition(1, "№ 1-" + "a-" * n),
    "digits": lambda n: edition(1, "0123456789abcdef" * n, "1" * n),
    "slashes": lambda n: edition(1, "/ http:// www. " * n),
}


@pytest.mark.parametrize("kind", EDITIONS)
def test_notes_and_features_of_a_text(kind: str) -> None:
    assert_in_proportion(EDITIONS[kind], lambda each: (page_text(each), page_of(each)), 100)


@pytest.mark.parametrize("same", [True, False])
def test_repeated_texts(same: bool) -> None:
    def made(size: int) -> list[Edition]:
        return [edition(n, TEXT if same else f"{TEXT} {n}", f"Абзац {n % 9}") for n in range(size)]

    assert_in_proportion(lambda size: [page_text(each) for each in made(size)], repeated_texts, 200)


def test_links_between_pages() -> None:
    def pages(size: int) -> list[str]:
        return [f"https://a.example/{n}/" for n in range(size)]

    def read(urls: list[str]) -> None:
        languages = {url: ("uk", "ru", "en")[n % 3] for n, url in enumerate(urls)}
        hashes = np.array([address_hash(url) for url in urls], np.uint64)
        source = np.repeat(np.arange(len(urls)), 2)
        named = np.stack((np.full_like(hashes, hashes[0]), np.roll(hashes, 1)), axis=1).ravel()
        codes = (np.arange(len(urls)) % 3).astype(np.int8)
        links = Links.between(source, Addresses(hashes).find(named), codes)
        Components.of(links.mutual(len(urls)), codes)
        stories(languages, [Pair(urls[0], url, 1.0, "a") for url in urls if languages[url] != "uk"])

    assert_in_proportion(pages, read, 500)


BODIES: dict[str, Callable[[int], str]] = {
    "cards": lambda n: f"<p>{TEXT}</p>" + f"<div><a href='/a'>Заголовок іншої новини міста</a><p>{TEXT}</p></div>" * n,
    "cards in cards": lambda n: "<div><a href='/a'>Заголовок іншої новини</a>" * min(n, 900) + f"<p>{TEXT}</p>" * n,
    "links": lambda n: f"<p>{TEXT}</p>" + "<div class='card related'>" * 99 + "<a href='/a'>Заголовок новини</a> " * n,
    "sources": lambda n: f"<p>{TEXT}</p>" + "<blockquote>" + "<cite>Олена</cite> " * n + "</blockquote>",
    "quotations": lambda n: f"<p>{TEXT}</p>" + "<blockquote>слова<cite>Олена</cite></blockquote>" * n,
}


@pytest.mark.parametrize("body", BODIES)
def test_frames_of_articles(body: str) -> None:
    from corpus_builder.extract.article_element import Frame, article_element
    from corpus_builder.extract.generic import _is_source

    def read(markup: bytes) -> None:
        root = parse_html(markup)
        blocks = raw_blocks(root)
        Frame(article_element(root, blocks, [True] * len(blocks)), blocks, lambda _: True)
        list(map(_is_source, blocks))

    assert_in_proportion(lambda size: f"<html><body>{BODIES[body](size)}</body></html>".encode(), read, 150)


DRAFTS: dict[str, Callable[[int], str]] = {
    "paragraphs": lambda n: "".join(f"<p>{TEXT} {i}</p>" for i in range(n)),
    "classes": lambda n: "".join(f"<div class='c{i} d'><p>{TEXT} {i}</p></div>" for i in range(n)),
    "alternates": lambda n: (
        f"<p>{TEXT * 4}</p>" + "".join(f"<a hreflang='ru' href='/ru/{i}/'>ru</a>" for i in range(n))
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DRAFTS)
def test_drafts_of_rules(kind: str) -> None:
    pytest.importorskip("trafilatura")

    def captures(size: int) -> list[Capture]:
        page = f"<html lang='uk'><body><article><h1>Новина</h1>{DRAFTS[kind](size)}</article></body></html>".encode()
        return [Capture(f"https://a.example/news/{i}/", 200, {}, page, None, "t") for i in (1, 2)]

    def read(pages: list[Capture]) -> None:
        with suppress(CorpusBuilderError):
            draft_rules(pages)

    assert_in_proportion(captures, read, 40)
