"""Captures from other people's WARC files and from folders of saved pages."""

from __future__ import annotations

import gzip
import pickle
import random
import re
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus_builder.crawl import CrawlOptions, index_pages, index_warcs, read_captures
from corpus_builder.crawl.choice import by_page
from corpus_builder.errors import UsageError
from corpus_builder.model import Capture
from corpus_builder.sites import load_site
from corpus_builder.web.responses import PAGE_BYTES

SITE = load_site("pravda")
OPTIONS = CrawlOptions(languages=("uk", "ru", "en"))
HOME = "https://www.pravda.com.ua"


def page(text: str, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode()


def record(writer, url, body, when="2025-12-02T00:00:00Z", status="200 OK", headers=(), **more):
    http = StatusAndHeaders(status, [("Content-Type", "text/html"), *headers], protocol="HTTP/1.1")
    made = writer.create_warc_record(
        url, "response", payload=BytesIO(body), length=len(body), http_headers=http,
        warc_headers_dict={"WARC-Date": when, **more},
    )  # fmt: skip
    writer.write_record(made)
    return made


def write(path, fill, packed=True):
    with path.open("wb") as file:
        fill(WARCWriter(file, gzip=packed, warc_version="1.0"))
    return path


def read(refs):
    """The bodies by page: of its captures that of the preferred one."""
    preferred = [captures[0] for captures in by_page(refs)]
    return {(ref.article_id, ref.language): capture.body for ref, capture in read_captures(preferred)}


@pytest.mark.parametrize("packed", [True, False])
def test_a_strangers_warc(tmp_path, packed):
    chunked = (
        b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (page("wget")[:20], page("wget")[20:])) + b"0\r\n\r\n"
    )

    def fill(writer):
        writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "Wget"}))
        record(writer, f"{HOME}/news/2025/12/1/1/", page("earlier"), "2025-12-01T10:00:00Z")
        record(writer, "http://pravda.com.ua/news/2025/12/1/1/index.html?x=1", page("later"), "2025-12-01T11:00:00Z")
        record(writer, f"<{HOME}/rus/news/2025/12/1/1/>", chunked, headers=[("Transfer-Encoding", "chunked")])
        record(
            writer,
            f"{HOME}/eng/news/2025/12/1/1/",
            gzip.compress(page("packed")),
            headers=[("Content-Encoding", "gzip")],
        )
        record(writer, f"{HOME}/eng/news/2025/12/1/2/", page("plain"), headers=[("Content-Encoding", "gzip")])
        record(writer, f"{HOME}/news/2025/12/1/3/", b"", status="404 Not Found")
        record(writer, f"{HOME}/news/2025/12/1/4/", page("x", '<meta name="robots" content="noai">'))
        record(writer, f"{HOME}/news/2025/12/1/5/", page("x"), **{"WARC-Truncated": "length"})
        record(writer, "https://example.org/news/2025/12/1/1/", page("another site"))
        record(writer, f"{HOME}/tags/x/", page("no article"))
        record(writer, "http://[broken/", page("no url"))

    path = write(tmp_path / ("a.warc.gz" if packed else "a.warc"), fill, packed)
    refs, drops = index_warcs(path, SITE, OPTIONS)
    assert read(refs) == {
        ("1", "uk"): page("later"), ("1", "ru"): page("wget"), ("1", "en"): page("packed"), ("2", "en"): page("plain")
    }  # fmt: skip
    assert {(drop.article_id, drop.reason) for drop in drops} == {
        ("1", "earlier_capture"), ("3", "http_404"), ("4", "opt_out_noai"), ("5", "truncated")
    }  # fmt: skip
    assert {ref.month for ref in refs} == {"2025-12"}


def test_a_revisit_makes_an_older_content_the_newest_again(tmp_path):
    url = f"{HOME}/news/2025/12/1/1/"

    def fill(writer):
        first = record(writer, url, page("first"), "2025-12-01T01:00:00Z")
        record(writer, url, page("second"), "2025-12-01T02:00:00Z")
        digest = first.rec_headers.get_header("WARC-Payload-Digest")
        revisit = writer.create_revisit_record(url, digest, url, "2025-12-01T01:00:00Z",
                                               warc_headers_dict={"WARC-Date": "2025-12-01T03:00:00Z"})  # fmt: skip
        writer.write_record(revisit)
        other = f"{HOME}/news/2025/12/1/2/"
        writer.write_record(writer.create_revisit_record(other, "sha1:ELSEWHERE", other, "2025-12-01T01:00:00Z"))

    refs, drops = index_warcs(str(write(tmp_path / "a.warc.gz", fill)), SITE, OPTIONS)
    assert read(refs) == {("1", "uk"): page("first")}
    assert {(drop.article_id, drop.reason) for drop in drops} == {
        ("1", "earlier_capture"), ("2", "revisit_without_original")
    }  # fmt: skip


def test_several_files_and_patterns(tmp_path):
    for number in (1, 2):
        write(
            tmp_path / f"{number}.warc.gz", lambda w, n=number: record(w, f"{HOME}/news/2025/12/1/{n}/", page(str(n)))
        )
    for files in (tmp_path, str(tmp_path / "*.warc.gz"), [tmp_path / "1.warc.gz", tmp_path / "2.warc.gz"]):
        assert len(index_warcs(files, SITE, OPTIONS)[0]) == 2
    assert len(index_warcs(tmp_path, SITE, replace(OPTIONS, limit=1))[0]) == 1
    with pytest.raises(UsageError, match="no WARC file"):
        index_warcs(str(tmp_path / "*.arc"), SITE, OPTIONS)


def test_files_that_other_processes_read_give_the_same_index(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_builder.crawl.warc_index._LISTED", 2)
    urls = [f"{HOME}/news/2025/12/1/{number}/" for number in range(1, 5)]

    def first(writer):
        record(writer, urls[0], page("a"), "2025-12-01T01:00:00Z")
        record(writer, urls[1], page("b", '<meta name="robots" content="noai">'), "2025-12-01T05:00:00Z")
        record(writer, f"{HOME}/robots.txt", b"User-agent: *\nDisallow: /news/2025/12/1/4/", "2025-12-02T00:00:00Z")
        writer.write_record(writer.create_revisit_record(urls[0], "sha1:X", urls[0], "2025-12-01T02:00:00Z"))
        for number in range(3):
            record(writer, f"{HOME}/tags/{number}/", page("no article"))

    def second(writer):
        record(writer, urls[0], page("c"), "2025-12-01T02:00:00Z")
        record(writer, urls[1], page("d"), "2025-12-01T02:00:00Z")
        record(writer, urls[2], page("e"), status="404 Not Found")
        record(writer, urls[3], page("f"), "2025-12-01T02:00:00Z")
        record(writer, f"{HOME}/robots.txt", b"User-agent: *\nAllow: /", "2025-11-02T00:00:00Z")
        record(writer, f"{HOME}/tags/9/", page("no article"))

    def others(writer):
        for number in range(3):
            record(writer, f"{HOME}/tags/{number}/", page("no article"))

    def elsewhere(read, paths):
        return [pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(read))(path))) for path in paths]

    for name, fills in (("pages", (first, second)), ("others", (others, others))):
        (tmp_path / name).mkdir()
        paths = [write(tmp_path / name / f"{i}.warc.gz", fill) for i, fill in enumerate(fills)]
        assert index_warcs(paths, SITE, OPTIONS, (), elsewhere) == (expected := index_warcs(paths, SITE, OPTIONS))
        assert expected[1]
        assert index_warcs(paths, SITE, OPTIONS, expected[0], elsewhere) == index_warcs(
            paths, SITE, OPTIONS, expected[0]
        )


def test_many_records_in_one_gzip_member_are_reported_with_the_repair(tmp_path):
    plain = write(
        tmp_path / "a.warc", lambda w: [record(w, f"{HOME}/news/2025/12/1/{n}/", page("x")) for n in (1, 2)], False
    )
    (tmp_path / "b.warc.gz").write_bytes(gzip.compress(plain.read_bytes()))
    refs, drops = index_warcs(tmp_path / "b.warc.gz", SITE, OPTIONS)
    assert refs == []
    assert "warcio recompress" in drops[0].detail


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2), st.floats(0, 0.999), st.binary(min_size=1, max_size=40), st.booleans(), st.booleans())
def test_damage_costs_the_damaged_records_alone(tmp_path, which, where, noise, insert, packed):
    """Three records, noise over (or into) one of them: no traceback, and the other two are read."""
    places = []

    def fill(writer):
        for number in range(3):
            start = writer.out.tell()
            record(writer, f"{HOME}/news/2025/12/1/{number}/", page(f"text {number} " * 30))
            places.append((start, writer.out.tell()))

    path = write(tmp_path / ("d.warc.gz" if packed else "d.warc"), fill, packed)
    data = bytearray(path.read_bytes())
    start, end = places[which]
    at = start + int((end - start) * where)
    data[at : at + (0 if insert else min(len(noise), end - at))] = noise
    path.write_bytes(data)
    refs, drops = index_warcs(path, SITE, OPTIONS)
    results = {ref.article_id: capture for ref, capture in read_captures(refs)}
    for number in {0, 1, 2} - {which}:
        capture = results.get(str(number))
        # An uncompressed file has nothing but Content-Length to tell where a record ends.
        assert packed is False or isinstance(capture, Capture), (number, drops)
        if packed:
            assert capture.body == page(f"text {number} " * 30)


def test_responses_that_mislead_a_reader(tmp_path):
    """Chunks announced twice, a status of a digit that is no number, a record larger than any page."""
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(page("joined")), page("joined"))

    def fill(writer):
        record(writer, f"{HOME}/news/2025/12/1/1/", chunked, headers=[("Transfer-Encoding", "chunked, chunked")])
        record(writer, f"{HOME}/news/2025/12/1/2/", page("x"), status="2999 OK")
        record(writer, f"{HOME}/news/2025/12/1/3/", page("x" * (PAGE_BYTES + 2**21)))

    path = write(tmp_path / "a.warc", fill, False)
    path.write_bytes(path.read_bytes().replace(b"2999 OK", "²² OK".encode()))
    refs, drops = index_warcs(path, SITE, OPTIONS)
    assert read(refs) == {("1", "uk"): page("joined")}
    assert {(drop.article_id, drop.reason) for drop in drops} == {("2", "damaged_record"), ("3", "too_large")}


@pytest.mark.parametrize("status", ["²", "2²0", "9" * 5000, "-200", "0x200", "200.0", "", "OK", "2000", "999", "000"])
def test_a_status_that_is_none_is_a_drop(status, tmp_path):
    def fill(writer):
        record(writer, f"{HOME}/news/2025/12/1/1/", page("good"))
        record(writer, f"{HOME}/news/2025/12/1/2/", page("x"), status="2999 OK")

    path = write(tmp_path / "a.warc", fill, False)
    data = path.read_bytes()
    length = int(re.findall(rb"Content-Length: (\d+)\r\n", data)[-1])
    new = f"{status} OK".encode()
    path.write_bytes(
        data.replace(b"2999 OK", new).replace(
            b"Content-Length: %d\r\n" % length, b"Content-Length: %d\r\n" % (length + len(new) - len(b"2999 OK"))
        )
    )
    refs, drops = index_warcs(path, SITE, OPTIONS)
    assert read(refs) == {("1", "uk"): page("good")}
    assert [drop.article_id for drop in drops] == ["2"]
    assert re.fullmatch(r"damaged_record|http_\d+", drops[0].reason)


def test_a_record_without_an_end_is_given_up(tmp_path, monkeypatch):
    """Once it has more than 128 MB and more than 50 times its bytes; a record as large as that may be is read."""
    monkeypatch.setattr("corpus_builder.crawl.warcread._EXPANDED", 2**20)
    head = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: %d\r\n\r\n"
    bomb = gzip.compress(head % 100_000_000 + bytes(100_000_000), 1)
    film = gzip.compress(head % 2_000_000 + random.Random(1).randbytes(2_000_000), 1)
    good = write(tmp_path / "good.warc.gz", lambda writer: record(writer, f"{HOME}/news/2025/12/1/1/", page("good")))
    (tmp_path / "a.warc.gz").write_bytes(film + bomb + good.read_bytes())
    refs, drops = index_warcs(tmp_path / "a.warc.gz", SITE, OPTIONS)
    assert read(refs) == {("1", "uk"): page("good")}
    assert [drop.reason for drop in drops] == ["too_large"]
    assert re.fullmatch(r"more than [\d,]{9,10} bytes once decompressed, of [\d,]{5,6}", drops[0].detail)


def test_random_bytes_are_no_warc(tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(bytes(range(256)) * 50)
    (tmp_path / "b.warc.gz").write_bytes(b"")
    for name, length in (("c", "99999999999"), ("d", str(2**64)), ("e", "9" * 5_000)):
        (tmp_path / f"{name}.warc").write_bytes(f"WARC/1.0\r\nContent-Length: {length}\r\n\r\nshort".encode())
    for name, length in (("f", str(2**64)), ("g", "9" * 5_000)):
        member = gzip.compress(f"WARC/1.0\r\nContent-Length: {length}\r\n\r\nshort".encode())
        (tmp_path / f"{name}.warc.gz").write_bytes(member)
    refs, drops = index_warcs(tmp_path, SITE, OPTIONS)
    assert refs == []
    assert {drop.reason for drop in drops} == {"damaged_record"}


def test_urls_of_saved_pages(tmp_path):
    def put(name, data):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    canonical = f'<link rel="canonical" href="{HOME}/news/2025/12/1/1/">'
    put("a.html", page("canonical", canonical))
    put("deep/er/b.htm", page("og", f'<meta property="og:url" content="{HOME}/rus/news/2025/12/1/1/">'))
    saved = b"<!-- saved from url=(0046)https://www.pravda.com.ua/eng/news/2025/12/1/1/ -->"
    put("c.html", b"<!DOCTYPE html>\n" + saved + page("saved"))
    put("www.pravda.com.ua/news/2025/12/1/2/index.html", page("mirrored"))
    put("mirror/pravda.com.ua/eng/news/2025/12/1/2.html", page("mirrored, with an ending"))
    put("packed.html.gz", gzip.compress(page("packed", f'<link rel="canonical" href="{HOME}/news/2025/12/1/3/">')))
    put("foreign.html", page("x", '<link rel="canonical" href="https://champion.com.ua/ukr/1/">'))
    put("nameless.html", page("x"))
    put(
        "noai.html",
        page("x", f'<link rel="canonical" href="{HOME}/news/2025/12/1/4/"><meta name="robots" content="noai">'),
    )
    put("twin.html", page("the later by name", canonical))
    put("empty.html", b"")
    put("notes.txt", b"no page")
    refs, drops = index_pages(tmp_path, SITE, OPTIONS)
    bodies = {key: body.decode() for key, body in read(refs).items()}
    texts = {key: body[body.index("<p>") + 3 : body.index("</p>")] for key, body in bodies.items()}
    assert texts == {
        ("1", "uk"): "the later by name", ("1", "ru"): "og", ("1", "en"): "saved", ("2", "uk"): "mirrored",
        ("2", "en"): "mirrored, with an ending", ("3", "uk"): "packed",
    }  # fmt: skip
    assert {drop.item.removeprefix(f"{tmp_path}/"): drop.reason for drop in drops} == {
        "a.html": "earlier_capture", "foreign.html": "off_site", "nameless.html": "unknown_url",
        "noai.html": "opt_out_noai", "empty.html": "empty_body",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.php", b"<!DOCTYPE html>\n<html><head>"), ("index.php@id=7", b"\n<html lang=uk><head>"),
        ("b", b"<HTML><head>"),
        ("c.html", b"<!-- Saved from URL at Fri 03 Jan 2025 10:00:00 using monolith v2.8.1 -->\n<html><head>"),
        ("d.html", b'<html><head><meta name="savepage-url" content="URL">'),
        ("e.html", b'<html><head><link rel=canonical href="https://web.archive.org/web/20250103000000/URL">'),
        ("f.asp", b"<?xml version='1.0'?><!-- x --><!DOCTYPE html><html><head>"),
    ],
)  # fmt: skip
def test_pages_of_other_programs_and_names(tmp_path, name, start):
    url = f"{HOME}/news/2025/12/1/8009697/"
    named = b"" if b"URL" in start else f'<link rel=canonical href="{url}">'.encode()
    body = start.replace(b"URL", url.encode()) + named + b"</head><body><p>text</p></body></html>"
    (tmp_path / name).write_bytes(body)
    (tmp_path / f"{name}.bak").write_bytes(body)
    (tmp_path / "style.css").write_text("html { color: red }")
    refs, drops = index_pages(tmp_path, SITE, OPTIONS)
    assert [(ref.article_id, ref.path.rpartition("/")[2]) for ref in refs] == [("8009697", name)]
    assert drops == []


def test_folders_without_pages_are_reported(tmp_path):
    with pytest.raises(UsageError, match="folder not found"):
        index_pages(tmp_path / "nowhere", SITE, OPTIONS)
    with pytest.raises(UsageError, match="no saved page"):
        index_pages(tmp_path, SITE, OPTIONS)


def test_the_real_pages(shared):
    refs, drops = index_pages(shared / "data" / "html" / "pravda.com.ua", SITE, OPTIONS)
    assert [(ref.article_id, ref.language, ref.month) for ref in refs] == [
        ("7039242", "uk", "2014-09"), ("8009697", "uk", "2025-12"), ("8015225", "ru", "2026-01")
    ]  # fmt: skip
    assert {drop.item.rsplit("/", 1)[-1]: drop.reason for drop in drops} == {
        "epravda-2025-10-24.uk.html": "off_site", "front-2016.uk.windows-1251.html": "not_an_article",
        "offsite-redirect-8009694.html": "off_site",
    }  # fmt: skip
