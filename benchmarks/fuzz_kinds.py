"""What is mutated: the inputs of each kind, and how the program reads them. `KINDS` has them all.

A reader returns what became of its input, one word or two for each part of it ("edition", "drop: empty_body"), and
raises AssertionError where an edition is not as it must be.
"""

from __future__ import annotations

import asyncio
import base64
import csv
import gzip
import io
import json
import quopri
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus_builder.cli.saved_page import file_capture
from corpus_builder.crawl import CrawlOptions, index_pages, index_warcs, read_captures
from corpus_builder.crawl.discover import Discovery
from corpus_builder.crawl.fetch import Exchange
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.robots import RobotsUnavailable, load_robots
from corpus_builder.errors import ConfigError, CorpusBuilderError, SkipPage
from corpus_builder.extract import extract_page, read_articles
from corpus_builder.model import Capture, Drop, Edition
from corpus_builder.newspaper.server import Answer, answers
from corpus_builder.newspaper.stories import load_newspaper
from corpus_builder.quotes import BlockSpan, find_quotes
from corpus_builder.resources import shipped
from corpus_builder.sites import Site, load_site
from corpus_builder.stages.config import load_config
from corpus_builder.text.normalise import original
from corpus_builder.text.sentences import split
from corpus_builder.web.links import is_url
from corpus_builder.workspace.tables import EDITIONS, edition_row

SHARED = Path(__file__).resolve().parents[2] / "shared"
HOME = "https://www.vilna-hazeta.example"
WHEN = datetime(2025, 12, 20, tzinfo=UTC)
TYPES = ["text/html; charset=utf-8", "text/html", "", "text/html; charset=windows-1251", "application/xhtml+xml", "x"]
CODINGS = ["", "", "", "", "gzip", "br", "deflate", "zstd", "identity", "UTF-8"]

Outcomes = Iterator[str]


@dataclass(frozen=True)
class Kind:
    """A kind of input: its unchanged inputs, packings to choose from, and how it is read from a file in a folder."""

    inputs: Callable[[], list[bytes]]
    read: Callable[[bytes, Path, random.Random], Outcomes]
    pack: Callable[[bytes, random.Random], bytes] = lambda data, _: data


@cache
def served() -> dict[str, Answer]:
    return answers(load_newspaper(), HOME)


@cache
def site(name: str = "sample") -> Site:
    return load_site(name)


@cache
def without_layouts(name: str) -> Site:
    return Site(site(name).rules.model_copy(update={"layouts": []}))


@cache
def addresses() -> list[str]:
    return sorted(
        HOME + path for path, answer in served().items() if answer.status == 200 and site().address(HOME + path)
    )


def options() -> CrawlOptions:
    return CrawlOptions(site().languages, since=date(2000, 1, 1))


def shared_files(pattern: str) -> list[bytes]:
    files = sorted(SHARED.glob(pattern)) if SHARED.is_dir() else []
    return [path.read_bytes() for path in files[:40] if path.stat().st_size < 500_000]


# ---- what an edition must be


def check_edition(edition: Edition) -> None:
    """Every offset indexes the text that it claims, and the edition can be written."""
    for block in (*edition.blocks, *edition.captions):
        text = block.text
        text.encode()
        assert text, "an empty block"
        assert text == text.strip(), "a block with white space around it"
        place = 0
        for edit in block.edits:
            assert place <= edit.start <= edit.end <= len(text), f"edit {edit} of {len(text)} characters"
            place = edit.end
        original(text, block.edits)
        for link in block.links:
            assert 0 <= link.start < link.end <= len(text), f"link {link} of {len(text)} characters"
        end = 0
        for start, following in split(text, edition.language):
            assert end <= start < following, "sentences that overlap"
            assert not text[end:start].strip(), "characters between two sentences"
            end = following
        assert not text[end:].strip(), "characters behind the last sentence"
    check_quotations(edition)
    pa.Table.from_pylist([edition_row(edition)], EDITIONS)


def check_quotations(edition: Edition) -> None:
    """The places of quotations, speakers and cues have these words."""

    def words(span: BlockSpan) -> str:
        text = edition.blocks[span.block].text
        assert 0 <= span.start < span.end <= len(text), f"{span} of {len(text)} characters"
        return text[span.start : span.end]

    for quote in find_quotes(edition.blocks, edition.language):
        assert quote.spans, "a quotation without words"
        assert list(quote.spans) == sorted(quote.spans), "spans out of order"
        for span in quote.spans:
            words(span)
        for remark in quote.insertions:
            assert any(
                span.block == remark.block and span.start <= remark.start and remark.end <= span.end
                for span in quote.spans
            ), "an insertion outside of the words"
        for text, place in ((quote.speaker, quote.speaker_span), (quote.cue, quote.cue_span)):
            assert place is None or words(place) == text, f"{place} is not {text!r}"


def outcome(item: Edition | Drop | SkipPage) -> str:
    """An edition or a drop as a word, once the edition is checked. A fault of the extractor is a fault."""
    if isinstance(item, Edition):
        check_edition(item)
        return "edition"
    assert item.reason not in ("extractor_error", "extractor_timeout"), item.detail
    return f"drop: {item.reason}"


def extracted(capture: Capture, rules: Site) -> str:
    try:
        return outcome(extract_page(capture, rules))
    except SkipPage as skipped:
        return outcome(skipped)


# ---- pages


def pages() -> list[bytes]:
    return [served()[url.removeprefix(HOME)].body for url in addresses()] + shared_files("data/html/**/*.html")


CANONICAL = re.compile(rb"""rel=["']?canonical["']?\s{1,9}href=["']?([^"'\s>]{1,500})""")


def address_and_site(data: bytes, draw: random.Random) -> tuple[str, Site]:
    """The URL that a page names and the site that has it; else any URL."""
    named = CANONICAL.search(data)
    url = named[1].decode("utf-8", "replace") if named else ""
    if is_url(url):
        for name in ("sample", "pravda"):
            if site(name).address(url):
                return url, site(name)
    return draw.choice(addresses()), site()


def read_page(data: bytes, _: Path, draw: random.Random) -> Outcomes:
    url, rules = address_and_site(data, draw)
    yield extracted(Capture(url, 200, {"content-type": draw.choice(TYPES)}, data, None, "fuzz"), rules)


def read_page_without_rules(data: bytes, _: Path, draw: random.Random) -> Outcomes:
    url, rules = address_and_site(data, draw)
    headers = {"content-type": draw.choice(TYPES)}
    yield extracted(Capture(url, 200, headers, data, None, "fuzz"), without_layouts(rules.rules.name))


def mhtml() -> list[bytes]:
    messages = []
    for number, url in enumerate(addresses()):
        body = served()[url.removeprefix(HOME)].body
        coding = ("quoted-printable", "base64")[number % 2]
        packed = quopri.encodestring(body) if number % 2 == 0 else base64.encodebytes(body)
        head = f"MIME-Version: 1.0\r\nSnapshot-Content-Location: {url}\r\n" if number % 3 else "MIME-Version: 1.0\r\n"
        part = f"Content-Type: text/html\r\nContent-Transfer-Encoding: {coding}\r\nContent-Location: {url}\r\n\r\n"
        picture = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
        head += 'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--b"\r\n\r\n'
        messages.append(f"{head}----b\r\n{part}".encode() + packed + f"\r\n----b\r\n{picture}----b--\r\n".encode())
    return messages


def read_saved(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    """As `--pages` and as `extract-page` read a file."""
    name = draw.choice(("page.mhtml", "page.html", "page.mht.gz", "index.html"))
    path = folder / urlsplit(draw.choice(addresses())).netloc / "news" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    refs, drops = index_pages(folder, site(), options())
    for _, capture in read_captures(refs):
        yield outcome(capture) if isinstance(capture, SkipPage) else extracted(capture, site())
    yield from map(outcome, drops)
    yield "page: " + extracted(file_capture(path, None), site())


# ---- robots, sitemaps, feeds


def exchange(data: bytes, path: str, draw: random.Random, kinds: list[str]) -> Exchange:
    headers = [("Content-Type", draw.choice(kinds))]
    if coding := draw.choice(CODINGS):
        headers.append(("Content-Encoding", coding))
    return Exchange(HOME + path, 200, "OK", (), tuple(headers), data, WHEN)


def robots_files() -> list[bytes]:
    own = [
        b"User-agent: *\nDisallow: /a*b$\nAllow: /a\nCrawl-delay: 0.5s\nContent-Signal: ai-train=no\nSitemap: /s.xml\n",
        b"User-agent: corpus-builder/0.3\nuser-agent: other\nDisallow: /rus/\nCrawl-delay: 1,5\nRequest-rate: 1/5\n",
    ]
    return [served()["/robots.txt"].body, *own, *shared_files("cases/robots-*/robots.txt")]


def read_robots(data: bytes, _: Path, draw: random.Random) -> Outcomes:
    answer = exchange(data, "/robots.txt", draw, ["text/plain", "text/plain; charset=utf-8", ""])

    async def get(_: str) -> Exchange:
        return answer

    try:
        robots = asyncio.run(load_robots(answer.url, get))
    except RobotsUnavailable:
        yield "rules unavailable"
        return
    for url in addresses()[:5]:
        robots.allows(url), robots.reserves(url)
    assert robots.delay >= 0, "a delay that is no time"
    assert all(isinstance(url, str) for url in robots.sitemaps)
    yield "rules"


def sitemaps() -> list[bytes]:
    own = [answer.body for path, answer in served().items() if path.startswith("/sitemap/")]
    return [gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body for body in own] + shared_files(
        "data/sitemaps/**/*.xml"
    )


def feeds() -> list[bytes]:
    atom = (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{addresses()[0]}"/>'
        "<updated>2025-12-01T00:00:00Z</updated></entry></feed>"
    )
    own = [answer.body for path, answer in served().items() if path.endswith("/rss/")]
    return [*own, atom.encode(), *shared_files("data/rss/**/*.xml")]


def sometimes_gzip(data: bytes, draw: random.Random) -> bytes:
    return gzip.compress(data, 1, mtime=0) if draw.random() < 0.3 else data


def read_listing(kind: str) -> Callable[[bytes, Path, random.Random], Outcomes]:
    def read(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
        frontier = Frontier(folder / "state.sqlite")
        discovery = Discovery(site(), options(), frontier)
        answer = exchange(data, f"/{kind}.xml", draw, ["application/xml", "text/xml; charset=utf-8", ""])
        try:
            frontier.add_listing("sitemap" if kind == "sitemap" else "feed", answer.url)
            page = frontier.claim_listing(WHEN.timestamp())
            assert page is not None
            yield "listing with a fault" if discovery.read(page, answer) else "listing"
        finally:
            frontier.close()

    return read


# ---- WARC files


def warcs() -> list[bytes]:
    files = []
    for first in range(0, len(addresses()) - 2, 3):
        out = io.BytesIO()
        writer = WARCWriter(out, gzip=False, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "a"}))
        for number, url in enumerate(addresses()[first : first + 3]):
            body = served()[url.removeprefix(HOME)].body
            headers = [("Content-Type", "text/html; charset=utf-8")]
            if number == 1:
                body = gzip.compress(body, mtime=0)
                headers.append(("Content-Encoding", "gzip"))
            if number == 2:
                body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
                headers.append(("Transfer-Encoding", "chunked"))
            head = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            writer.write_record(writer.create_warc_record(url, "response", io.BytesIO(body), http_headers=head))
        files.append(out.getvalue())
    return files


def packed_warc(data: bytes, draw: random.Random) -> bytes:
    """As gzip or zstandard, record by record, perhaps damaged afterwards; or plain."""
    packing = draw.choice(("plain", "gzip", "gzip", "zstd", "one stream"))
    if packing == "plain":
        return data
    records = [b"WARC/1." + part for part in data.split(b"WARC/1.")]
    records[0] = records[0].removeprefix(b"WARC/1.")
    if packing == "one stream":
        out = gzip.compress(data, 1, mtime=0)
    elif packing == "gzip":
        out = b"".join(gzip.compress(record, 1, mtime=0) for record in records if record)
    else:
        out = b"".join(zstandard.compress(record) for record in records if record)
    if draw.random() < 0.4 and out:
        damaged = bytearray(out)
        for _ in range(draw.choice((1, 10))):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        out = bytes(damaged[: draw.randrange(len(damaged))] if draw.random() < 0.3 else damaged)
    return out


def read_warc(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    path = folder / draw.choice(("a.warc.gz", "a.warc", "a.warc.zst", "a"))
    path.write_bytes(data)
    refs, drops = index_warcs(path, site(), options())
    yield from map(outcome, drops)
    for _, capture in read_captures(refs):
        yield outcome(capture) if isinstance(capture, SkipPage) else extracted(capture, site())


# ---- tables


@cache
def rows() -> list[dict[str, str]]:
    found = []
    for url in addresses()[:12]:
        address = site().address(url)
        assert address
        try:
            edition = extract_page(Capture(url, 200, {}, served()[url.removeprefix(HOME)].body, None, "fuzz"), site())
        except SkipPage:  # the newspaper has such pages
            continue
        text = "\n".join(block.text for block in edition.blocks[1:])
        key = {"id": edition.article_id, "language": edition.language, "url": url, "date": str(address.date)}
        found.append({**key, "title": edition.title, "text": text, "tags": "Суд; Уряд"})
    return found


def as_jsonl(some: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some).encode()


def as_separated(some: list[dict[str, str]], separator: str) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(some[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(some)
    return out.getvalue().encode()


def as_parquet(some: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(some), out, compression="none")
    return out.getvalue()


def tables() -> list[bytes]:
    forms = []
    for first in range(0, len(rows()), 4):
        some = rows()[first : first + 4]
        forms += [
            as_jsonl(some),
            as_separated(some, ","),
            as_separated(some, ";"),
            as_separated(some, "\t"),
            as_parquet(some),
        ]
    return forms


def read_table(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    path = folder / draw.choice(("a.jsonl", "a.csv", "a.tsv", "a.parquet", "a.jsonl.gz", "a.csv.gz"))
    path.write_bytes(data)
    yield from map(outcome, read_articles(path, site()))


# ---- configs and rules of sites


def configs() -> list[bytes]:
    full = (
        'site = "sample"\nlanguages = ["uk", "ru", "en"]\nsince = 2025-12-01\nuntil = 2025-12-31\nlimit = 10\n'
        '[crawl]\ndelay = 0.5\nconnections = 2\ntimeout = 30.0\nsources = ["sitemaps", "feeds"]\n'
        '[articles]\nencoding = "windows-1251"\ndate_format = "%d.%m.%Y"\ntext = {uk = "uk_text", ru = "ru_text"}\n'
        '[align]\nencoder = "e5"\n[dataset]\nname = "a"\nversion = "1.0.0"\nlicence = "mit"\nauthors = ["A"]\n'
        'test = 0.1\n[[filters]]\nscore = "numbers_agree"\nmin = 0.5\n'
    )
    return [full.encode(), *(path.read_bytes() for path in sorted(shipped("configs").glob("*.toml")))]


def read_config(data: bytes, folder: Path, _: random.Random) -> Outcomes:
    (folder / "a.toml").write_bytes(data)
    load_config(str(folder / "a.toml")).model_dump_json()
    yield "config"


def site_files() -> list[bytes]:
    return [path.read_bytes() for path in sorted(shipped("configs/sites").glob("*.toml"))]


def read_site(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    (folder / "a.toml").write_bytes(data)
    rules = load_site(str(folder / "a.toml"))
    url = draw.choice(addresses())
    rules.address(url), rules.sitemap_month(HOME + "/sitemap/sitemap-2025-12.xml.gz")
    try:
        yield "rules; " + extracted(Capture(url, 200, {}, served()[url.removeprefix(HOME)].body, None, "fuzz"), rules)
    except ConfigError:
        yield "rules; refused at a page"


KINDS: dict[str, Kind] = {
    "page": Kind(pages, read_page),
    "page without rules": Kind(pages, read_page_without_rules),
    "MHTML": Kind(mhtml, read_saved, sometimes_gzip),
    "robots": Kind(robots_files, read_robots),
    "sitemap": Kind(sitemaps, read_listing("sitemap"), sometimes_gzip),
    "feed": Kind(feeds, read_listing("feed"), sometimes_gzip),
    "WARC": Kind(warcs, read_warc, packed_warc),
    "table": Kind(tables, read_table, sometimes_gzip),
    "run config": Kind(configs, read_config),
    "site rules": Kind(site_files, read_site),
}


def run(kind: str, data: bytes, folder: Path, draw: random.Random) -> list[str]:
    """What becomes of an input. Errors that the program raises on purpose are outcomes; others pass."""
    outcomes: list[str] = []
    try:
        for each in KINDS[kind].read(data, folder, draw):
            outcomes.append(each)  # noqa: PERF402 (what came before an error counts, too)
    except SkipPage as skipped:
        outcomes.append(outcome(skipped))
    except CorpusBuilderError as error:
        outcomes.append(f"error: {type(error).__name__}")
    return outcomes
