"""What is mutated: the unchanged inputs of each kind, from the sample newspaper and, if it is there, ../shared."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import quopri
import random
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.model import Capture
from corpus_builder.newspaper.server import Answer, answers
from corpus_builder.newspaper.stories import load_newspaper
from corpus_builder.resources import shipped
from corpus_builder.sites import Site, load_site

SHARED = Path(__file__).resolve().parents[2] / "shared"
HOME = "https://www.vilna-hazeta.example"
WHEN = datetime(2025, 12, 20, tzinfo=UTC)


@cache
def served() -> dict[str, Answer]:
    return answers(load_newspaper(), HOME)


@cache
def site(name: str = "sample") -> Site:
    return load_site(name)


@cache
def addresses() -> list[str]:
    return sorted(
        HOME + path for path, answer in served().items() if answer.status == 200 and site().address(HOME + path)
    )


def shared_files(pattern: str) -> list[bytes]:
    files = sorted(SHARED.glob(pattern)) if SHARED.is_dir() else []
    return [path.read_bytes() for path in files[:40] if path.stat().st_size < 500_000]


def pages() -> list[bytes]:
    return [served()[url.removeprefix(HOME)].body for url in addresses()] + shared_files("data/html/**/*.html")


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


def robots_files() -> list[bytes]:
    own = [
        b"User-agent: *\nDisallow: /a*b$\nAllow: /a\nCrawl-delay: 0.5s\nContent-Signal: ai-train=no\nSitemap: /s.xml\n",
        b"User-agent: corpus-builder/0.3\nuser-agent: other\nDisallow: /rus/\nCrawl-delay: 1,5\nRequest-rate: 1/5\n",
    ]
    return [served()["/robots.txt"].body, *own, *shared_files("cases/robots-*/robots.txt")]


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


def configs() -> list[bytes]:
    full = (
        'site = "sample"\nlanguages = ["uk", "ru", "en"]\nsince = 2025-12-01\nuntil = 2025-12-31\nlimit = 10\n'
        '[crawl]\ndelay = 0.5\nconnections = 2\ntimeout = 30.0\nsources = ["sitemaps", "feeds"]\n'
        '[articles]\nencoding = "windows-1251"\ndate_format = "%d.%m.%Y"\ntext = {uk = "uk_text", ru = "ru_text"}\n'
        '[align]\nencoder = "e5"\n[dataset]\nname = "a"\nversion = "1.0.0"\nlicence = "mit"\nauthors = ["A"]\n'
        'test = 0.1\n[[filters]]\nscore = "numbers_agree"\nmin = 0.5\n'
    )
    return [full.encode(), *(path.read_bytes() for path in sorted(shipped("configs").glob("*.toml")))]


def site_files() -> list[bytes]:
    return [path.read_bytes() for path in sorted(shipped("configs/sites").glob("*.toml"))]
