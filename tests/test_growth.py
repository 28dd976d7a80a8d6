"""Everything that reads what strangers wrote takes time in proportion to it, also where it is made to be slow."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest

from corpus_builder.crawl import CrawlOptions, index_warcs, read_captures
from corpus_builder.crawl.listing import parse_listing
from corpus_builder.crawl.robots import Robots
from corpus_builder.errors import CorpusBuilderError, SkipPage
from corpus_builder.extract import extract_page, read_articles
from corpus_builder.extract.generic import by_generic_extractor
from corpus_builder.extract.page_words import author_names, is_chrome, is_date_line, share_about_consent
from corpus_builder.model import Capture
from corpus_builder.sites import load_site
from corpus_builder.text.language import identify
from corpus_builder.text.names import read_names
from corpus_builder.text.normalise import normalise
from corpus_builder.text.person_names import is_name, name_parts
from corpus_builder.text.quantities import quantities
from corpus_builder.text.sentences import split
from corpus_builder.web.content_encoding import gunzipped
from corpus_builder.web.dates import any_datetime, written_datetime
from corpus_builder.web.head import read_head
from corpus_builder.web.html import html_markup, parse_html
from corpus_builder.web.opt_out import signals_refusal
from corpus_builder.web.responses import media_type
from tests.growth import assert_in_proportion

SITE = load_site("pravda")
URL = "https://www.pravda.com.ua/news/2025/12/1/1/"
OPTIONS = CrawlOptions(SITE.languages, since=date(2025, 1, 1))

TEXTS: dict[str, str] = {
    "letters": "а", "words": "слово ", "names": "Іван Петренко ", "initials": "І. П. ", "stops": ". ", "dots": "...",
    "no space": "a.B", "digits": "1", "numbers": "1 000 ", "groups": "1,", "decimals": "1.1.", "ranges": "1-",
    "words of numbers": "сто двадцять ", "units": "5 км ", "per cent": "5 % ", "opening marks": "«",
    "closing marks": "»", "brackets": "(", "square": "[",
    "dashes": "– ", "hyphens": "а-", "apostrophes": "а'", "spaces": " ", "nbsp": "\xa0", "lines": "\n",
    "tabs": "\t", "combining": "e\u0301", "zero width": "\u200b", "soft hyphens": "а\xad", "mojibake": "Ð°",
    "colons": ": ", "commas": ", ",
    "dates": "1 січня 2025 ", "times": "12:30 ", "months": "Jan ",
    "abbreviations": "вул. ", "URLs": "http://a.b/ ",
    "mails": "a@b.c ", "mixed": "а1 ", "capitals": "АБВ ", "English": "the Name of ", "by": "By John ", "and": " and ",
    "slashes": "/", "questions": "?! ", "ellipses": "… ", "Romans": "XIV ", "fractions": "½ ", "marks": '"',
    "said": "сказав: ",
}  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "sentences uk": lambda text: split(text, "uk"),
    "sentences en": lambda text: split(text, "en"),
    "numbers uk": lambda text: quantities(text, "uk"),
    "numbers en": lambda text: quantities(text, "en"),
    "names": read_names,
    "person names": lambda text: (is_name(text), name_parts(text)),
    "language": lambda text: identify(text, SITE.languages),
    "normalise": normalise,
    "any date": lambda text: any_datetime(text, UTC),
    "written date": lambda text: written_datetime(text, UTC),
    "words of pages": lambda text: (
        is_date_line(text),
        is_chrome(text),
        share_about_consent(text),
        author_names([text]),
    ),
    "headers": lambda text: (media_type({"content-type": text}), signals_refusal(text)),
}


@pytest.mark.parametrize("reader", READERS)
def test_texts(reader: str) -> None:
    for part in TEXTS.values():
        assert_in_proportion(lambda size, part=part: part * size, READERS[reader], 500)


@pytest.mark.parametrize("reader", ["sentences uk", "numbers uk", "any date", "normalise", "person names"])
def test_texts_with_another_end(reader: str) -> None:
    for part in TEXTS.values():
        for end in ("слово", "!x"):
            assert_in_proportion(lambda size, part=part, end=end: part * size + end, READERS[reader], 500)


def whole(body: str, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><article class='post_news'>{body}</article></body></html>".encode()


TEXT = "Перший абзац тексту українською мовою про подію, яка сталася вчора."
PAGES: dict[str, Callable[[int], bytes]] = {
    "landmarks": lambda n: whole('<article class="' * n),
    "landmarks with spaces": lambda n: whole('<article class="a" ' * n),
    "canonicals": lambda n: whole(f"<p>{TEXT}</p>", f'<link rel="canonical" href="{URL}">' * n),
    "canonicals that are none": lambda n: whole(f"<p>{TEXT}</p>", '<link rel="canonical" href="' * n),
    "metas": lambda n: whole(f"<p>{TEXT}</p>", '<meta name="a" content="b">' * n),
    "titles": lambda n: whole(f"<p>{TEXT}</p>", "<title>а | б</title>" * n),
    "a long title": lambda n: whole(f"<p>{TEXT}</p>", "<title>" + "а | " * n + "</title>"),
    "headings": lambda n: whole("<h1>Слово</h1>" * n),
    "comments": lambda n: b"<!-- mirrored from " * n + whole(f"<p>{TEXT}</p>"),
    "saved from": lambda n: b"<!-- saved from url=(" * n + whole(f"<p>{TEXT}</p>"),
    "JSON-LD": lambda n: whole(
        f"<p>{TEXT}</p>", f'<script type="application/ld+json">{json.dumps([{"@type": "NewsArticle"}] * n)}</script>'
    ),
    "JSON-LD scripts": lambda n: whole("", '<script type="application/ld+json">{"@type":"NewsArticle"}</script>' * n),
    "JSON-LD graph": lambda n: whole(
        "",
        '<script type="application/ld+json">'
        + json.dumps(
            {"@graph": [{"@id": f"#{i}", "@type": "NewsArticle", "author": {"@id": f"#{i + 1}"}} for i in range(n)]}
        )
        + "</script>",
    ),
    "paragraphs": lambda n: whole(f"<p>{TEXT}</p>" * n),
    "paragraphs of their own": lambda n: whole("".join(f"<p>{TEXT} {i}</p>" for i in range(n))),
    "links": lambda n: whole(f"<p>{TEXT}" + '<a href="/a">слово</a> ' * n + "</p>"),
    "line breaks": lambda n: whole(f"<div>{TEXT}" + "слово<br>" * n + "</div>"),
    "bold": lambda n: whole("<p><b>Джерело:</b> слово</p>" * n),
    "lists": lambda n: whole("<ul><li>слово</ul>" * n),
    "tables": lambda n: whole("<table>" + "<tr><td>слово</td><td>два</td></tr>" * n + "</table>"),
    "figures": lambda n: whole("<figure><img><figcaption>слово</figcaption></figure>" * n),
    "divs beside": lambda n: whole(f"<div><span>{TEXT}</span></div>" * n),
    "formatting left open": lambda n: whole(f"<p><b><i>{TEXT[:10]}" * min(n, 4000)),
    "hreflang": lambda n: whole("", '<link rel="alternate" hreflang="ru" href="/rus/a/">' * n),
    "one class": lambda n: whole('<p class="' + "a " * n + f'">{TEXT}</p>'),
    "charsets": lambda n: b"<meta charset=" * n + whole(f"<p>{TEXT}</p>"),
    "windows-1251": lambda n: whole(f"<p>{TEXT}</p>" * n).decode().encode("cp1251"),
    "no tags": lambda n: b"<" * n + whole(f"<p>{TEXT}</p>"),
    "entities": lambda n: whole("<p>" + "&amp;&nbsp" * n + "</p>"),
    "white space": lambda n: whole(f"<p>{TEXT}" + " \n" * n + f"{TEXT}</p>"),
}


def page_read(body: bytes) -> None:
    try:
        extract_page(Capture(URL, 200, {}, body, None, "test"), SITE)
    except SkipPage as skipped:
        assert skipped.reason != "extractor_timeout"  # noqa: PT017


def generic_read(body: bytes) -> None:
    with suppress(SkipPage):
        markup = html_markup(body, {})
        root = parse_html(markup)
        by_generic_extractor(markup, URL, root, read_head(root, markup, URL))


@pytest.mark.parametrize("page", PAGES)
def test_pages(page: str) -> None:
    assert_in_proportion(PAGES[page], page_read, 60)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_pages_without_rules(page: str) -> None:
    assert_in_proportion(PAGES[page], generic_read, 60)


def test_members_of_gzip() -> None:
    """Each used to copy the rest of the body."""
    for member in (gzip.compress(b"", mtime=0), gzip.compress(b"a" * 3000, mtime=0)):
        assert_in_proportion(lambda size, member=member: member * size, lambda body: gunzipped(body, 10**8), 3000)


LISTINGS: dict[str, Callable[[int], bytes]] = {
    "urls": lambda n: b"<urlset>" + b"<url><loc>https://a.b/</loc></url>" * n + b"</urlset>",
    "urls with a fault": lambda n: b"<urlset>" + b"<url><loc>https://a.b/?a&b</loc></url>" * n + b"</urlset>",
    "urls without an end": lambda n: b"<urlset>" + b"<url><loc>https://a.b/" * n,
    "starts": lambda n: b"<urlset>" + b"<url>" * n,
    "ends": lambda n: b"<urlset><url>" + b"</url >" * n,
    "comments": lambda n: b"<urlset>&" + b"<!-- " * n,
    "sections": lambda n: b"<urlset><url>&" + b"<![CDATA[" * n + b"</url></urlset>",
    "entities": lambda n: b"<urlset><url><loc>" + b"&nbsp;&a" * n + b"</loc></url></urlset>",
    "references": lambda n: b"<urlset><url><loc>" + b"&#55357;&#" * n + b"</loc></url></urlset>",
    "prefixes": lambda n: b"<" + b"a-" * n + b":urlset>",
    "items": lambda n: b"<rss>" + b"<item><link>https://a.b/</link><guid>a</guid></item>" * n + b"</rss>",
    "alternates": lambda n: (
        b"<urlset><url>" + b'<link rel="alternate" hreflang="a" href="b"/>' * n + b"</url></urlset>"
    ),
    "spaces": lambda n: b" " * n + b"<urlset/>",
    "nesting": lambda n: b"<urlset>" + b"<a>" * min(n, 200) + b"<b/>" * n,
}


def skipping(run: Callable[[Any], object]) -> Callable[[Any], None]:
    def skips(value: Any) -> None:
        with suppress(CorpusBuilderError):
            run(value)

    return skips


@pytest.mark.parametrize("listing", LISTINGS)
def test_sitemaps_and_feeds(listing: str) -> None:
    assert_in_proportion(LISTINGS[listing], skipping(lambda body: parse_listing(body, {})), 200)


ROBOTS = {
    "groups": "User-agent: *\nDisallow: /a\n", "rules": "Disallow: /a*b*c$\n",
    "stars": "Disallow: /" + "*a" * 20 + "\n",
    "delays": "Crawl-delay: 1,5s\n", "signals": "Content-Signal: /a ai-train=no\n", "agents": "User-agent: a\n",
    "spaces": " \t", "sitemaps": "Sitemap: /a\n", "colons": "::", "comments": "# a\n", "no line end": "User-agent: ",
}  # fmt: skip


@pytest.mark.parametrize("part", ROBOTS)
def test_robots(part: str) -> None:
    def read(text: str) -> None:
        robots = Robots.parse(text)
        robots.allows(URL + "a" * 100)
        robots.reserves(URL)
        assert robots.delay >= 0

    assert_in_proportion(lambda size: "User-agent: *\n" + ROBOTS[part] * size, read, 300)


def test_stars_in_a_rule_of_robots() -> None:
    assert_in_proportion(
        lambda size: (f"User-agent: *\nDisallow: /{'*a' * size}b$\n", URL + "a" * size),
        lambda case: Robots.parse(case[0]).allows(case[1]),
        20,
    )


ROW = {"id": "1", "language": "uk", "text": TEXT, "title": "Слово"}
TABLES: dict[str, tuple[str, Callable[[int], str]]] = {
    "JSON lines": ("a.jsonl", lambda n: "".join(json.dumps({**ROW, "id": str(i)}) + "\n" for i in range(n))),
    "JSON, a long text": ("a.jsonl", lambda n: json.dumps({**ROW, "text": f"{TEXT}\n" * n})),
    "JSON, a wrapped text": ("a.jsonl", lambda n: json.dumps({**ROW, "text": f"{TEXT}\n\n" * n})),
    "JSON, many tags": ("a.jsonl", lambda n: json.dumps({**ROW, "tags": "а, " * n})),
    "JSON, spaces": ("a.jsonl", lambda n: json.dumps({**ROW, "tags": " " * n, "url": " " * n + "a"})),
    "CSV": ("a.csv", lambda n: "id,language,text\n" + "".join(f"{i},uk,{TEXT[:12]}\n" for i in range(n))),
    "CSV, marks": ("a.csv", lambda n: "id,language,text\n" + '1,uk,"a ""b"" c"\n' * n),
    "CSV, open marks": ("a.csv", lambda n: "id,language,text\n" + '1,uk,"a\n' * n),
    "CSV, only marks": ("a.csv", lambda n: "id,language,text\n" + '"' * n),
    "TSV": ("a.tsv", lambda n: "id\tlanguage\ttext\n" + f"1\tuk\t{TEXT[:12]}\n" * n),
    "TSV, tabs": ("a.tsv", lambda n: "id\tlanguage\ttext\n" + "\t" * n),
    "TSV, marks": ("a.tsv", lambda n: "id\tlanguage\ttext\n" + '1\tuk\t"a\n' * n),
}


@pytest.mark.parametrize("table", TABLES)
def test_tables(table: str, tmp_path: Path) -> None:
    name, make = TABLES[table]

    def written(size: int) -> Path:
        path = tmp_path / str(size) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(make(size), encoding="utf-8")
        return path

    assert_in_proportion(written, skipping(lambda path: sum(1 for _ in read_articles(path, SITE))), 150)


def warc_record(body: bytes, headers: str = "") -> bytes:
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n".encode() + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}\r\nWARC-Date: 2025-12-01T00:00:00Z\r\n"
    return f"{head}Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"


PAGE = whole(f"<p>{TEXT}</p>")
WARCS: dict[str, Callable[[int], bytes]] = {
    "captures of one page": lambda n: warc_record(PAGE) * n,
    "members": lambda n: gzip.compress(warc_record(PAGE), mtime=0) * n,
    "empty members": lambda n: gzip.compress(b"", mtime=0) * (10 * n),
    "chunks": lambda n: warc_record(b"1\r\na\r\n" * (20 * n) + b"0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
    "headers": lambda n: warc_record(PAGE, "A: b\r\n" * (10 * n)),
    "no records": lambda n: b"WARC/1.0\r\n" * (10 * n),
    "starts of members": lambda n: b"\x1f\x8b\x08" * (10 * n),
    "lines": lambda n: b"WARC/1.0\r\n" + b"a: b\r\n" * (10 * n),
}


@pytest.mark.parametrize("warc", WARCS)
def test_captures(warc: str, tmp_path: Path) -> None:
    def written(size: int) -> Path:
        path = tmp_path / f"{size}.warc"
        path.write_bytes(WARCS[warc](size))
        return path

    def read(path: Path) -> None:
        refs, _ = index_warcs(path, SITE, OPTIONS)
        for _ in read_captures(refs):
            pass

    assert_in_proportion(written, read, 60)
