"""Transfer and content codings in archives, bodies that are cut, and files by any name."""

from __future__ import annotations

import gzip
from collections import Counter

import pytest

from corpus_builder.crawl import CrawlOptions, index_warcs, read_captures
from corpus_builder.crawl.choice import by_page
from corpus_builder.model import Capture
from corpus_builder.sites import load_site
from corpus_builder.stages.page_editions import edition_of
from crawl.test_saved import HOME, page, record, write

SITE = load_site("pravda")
OPTIONS = CrawlOptions(languages=("uk", "ru", "en"))
URL = f"{HOME}/news/2025/12/1/1/"
BODY = page("Текст " * 100)


def chunked(body: bytes, size: int = 300, line: bytes = b"%x\r\n", end: bytes = b"0\r\n\r\n") -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(line % len(part) + part + b"\r\n" for part in parts) + end


def outcome(path):
    """The body of the only page, or the reason of its drop."""
    refs, drops = index_warcs(path, SITE, OPTIONS)
    bodies = [capture.body for _, capture in read_captures(refs) if isinstance(capture, Capture)]
    return bodies[0] if bodies else drops[0].reason


def coded(tmp_path, body, *headers, **more):
    return outcome(write(tmp_path / "a.warc.gz", lambda writer: record(writer, URL, body, headers=headers, **more)))


TE = "Transfer-Encoding"


@pytest.mark.parametrize(
    ("body", "headers"),
    [(chunked(BODY), [(TE, "chunked"), (TE, "chunked")]),
     (chunked(BODY), [(TE, "identity, chunked")]),
     (chunked(BODY), [(TE, "Chunked")]),
     (chunked(BODY), [(TE, "chunked, identity")]),
     (chunked(chunked(BODY)), [(TE, "chunked, chunked")]),
     (chunked(gzip.compress(BODY)), [(TE, "gzip, chunked")]),
     (chunked(gzip.compress(BODY)), [(TE, "chunked"), ("Content-Encoding", "gzip"), ("Content-Length", "9999")]),
     (chunked(BODY, line=b"%x;name=value\r\n"), [(TE, "chunked")]),
     (chunked(BODY, line=b"%04X  \r\n"), [(TE, "chunked")]),
     (chunked(BODY, end=b"0\r\n"), [(TE, "chunked")]),
     (chunked(BODY, end=b"000\r\nExpires: now\r\n\r\n"), [(TE, "chunked")]),
     (BODY, [(TE, "chunked")]),
     (BODY, [("Content-Length", str(len(BODY)))] * 2),
     (BODY, [("Content-Length", "10")]),
     (gzip.compress(BODY), [("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")]),
     (BODY, [("Content-Type", "text/html; charset=utf-8")]),
     (BODY, [("Content-Encoding", "identity")])],
    ids=["doubled header", "identity first", "upper case", "identity last", "really twice", "gzip as transfer coding",
         "with content coding", "extension", "padded size", "no end of trailers", "trailers", "joined already",
         "length twice", "decoded by the archive", "gzip named twice", "content type twice", "identity"],
)  # fmt: skip
def test_the_body_is_whole(tmp_path, body, headers):
    assert coded(tmp_path, body, *headers) == BODY


@pytest.mark.parametrize(
    ("body", "headers"),
    [(BODY[:-100], [("Content-Length", str(len(BODY)))]),
     (BODY[:-100], [("Content-Length", str(len(BODY)))] * 2),
     (gzip.compress(BODY)[:-20], [("Content-Length", str(len(gzip.compress(BODY)))), ("Content-Encoding", "gzip")]),
     (chunked(BODY, end=b""), [(TE, "chunked")]),
     (chunked(BODY)[:-100], [(TE, "chunked")]),
     (chunked(BODY, end=b"1f"), [(TE, "chunked")]),
     (chunked(gzip.compress(BODY), end=b"")[:-9], [(TE, "chunked"), ("Content-Encoding", "gzip")])],
    ids=["length", "length twice", "gzip", "no last chunk", "within a chunk", "within a size", "gzip in chunks"],
)  # fmt: skip
def test_a_body_that_is_cut_is_dropped(tmp_path, body, headers):
    assert coded(tmp_path, body, *headers) == "truncated"


def test_chunks_without_a_size_are_damage(tmp_path):
    assert coded(tmp_path, chunked(BODY).replace(b"\r\n12c\r\n", b"\r\nnot a size\r\n", 1), (TE, "chunked")) == (
        "damaged_record"
    )


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("name", ["slice.gz", "X.WARC.GZ", "x.warc.gz.open", "range-0-9", "crawl.html"])
def test_the_first_bytes_say_what_a_file_is(tmp_path, packed, name):
    def fill(writer):
        record(writer, URL, chunked(gzip.compress(BODY)), headers=[(TE, "chunked"), ("Content-Encoding", "gzip")])

    path = write(tmp_path / name, fill, packed)
    (tmp_path / "notes.txt").write_text("no archive")
    (tmp_path / "other.gz").write_bytes(gzip.compress(b"no archive"))
    assert outcome(path) == BODY
    assert outcome(tmp_path) == BODY, "also in a folder"


@pytest.mark.parametrize(
    ("file", "result"),
    [("warc-chunked-twice/x.warc.gz", {"editions": 6}), ("warc-content-type-twice/x.warc.gz", {"editions": 3}),
     ("warc-cut-unmarked/x.warc.gz", {"truncated": 3}), ("warc-cut-unmarked/chunked.warc.gz", {"truncated": 3}),
     ("warc-other-name/slice.gz", {"editions": 6}), ("warc-other-name/slice-gzip.gz", {"editions": 6}),
     ("warc-other-name/same-content.warc.gz", {"editions": 6})],
)  # fmt: skip
def test_the_listed_cases(shared, file, result):
    refs, drops = index_warcs(shared / "cases" / file, SITE, OPTIONS)
    results = Counter(drop.reason for drop in drops)
    for captures in by_page(refs):
        edition = edition_of(captures, SITE)
        assert not any("3e8" in block.text or "�" in block.text for block in edition.blocks)
        results["editions"] += 1
    assert results == result
