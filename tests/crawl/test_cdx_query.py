"""What is asked of the index of an archive, and what its lines say."""

from __future__ import annotations

import pytest

from corpus_builder.crawl.cdx_query import WHOLE, IndexEntry, entries, literal_starts, page_count, queries
from corpus_builder.errors import SkipPage
from corpus_builder.sites import load_site

LINE = (
    b'{"url": "https://x.org/a", "timestamp": "20260101000000", "status": "200", "filename": "f", "offset": "0",'
    b' "length": "9"}'
)


def test_a_line_of_the_index_that_cannot_be_read_is_counted():
    good = LINE
    lines = [good, b"nonsense", b'{"url": "https://x.org/a"}', b"org,x)/a 20260101000000 " + good, good[:-20]]
    lines += [good.replace(b'"9"', b'"0"'), good.replace(b"20260101", b"20261301"), b'x["a"]']
    body = b"\n".join(lines)
    found = list(entries(body, records=True))
    assert [type(one) for one in found] == [IndexEntry, SkipPage, SkipPage, IndexEntry] + [SkipPage] * 4
    assert {one.reason for one in found if isinstance(one, SkipPage)} == {"bad_index_line"}
    (odd,) = entries(good.replace(b"/a", b"/\\ud83d"), records=True)
    assert isinstance(odd, IndexEntry)
    odd.url.encode()  # half an emoji cannot be stored
    rows = b'[["timestamp", "original", "statuscode"], ["20260101000000", "https://x.org/a", "200"], ["2026"], 3]'
    assert [type(one) for one in entries(rows, records=False)] == [IndexEntry, SkipPage, SkipPage]
    assert list(entries(b"[]", records=False)) == []
    assert [type(one) for one in entries(rows[:-5], records=False)] == [SkipPage]


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        (b'{"pages": 3, "blocks": 9}', 3),
        (b"12\n", 12),
        (b'[["numpages"], ["4"]]', 4),
        (b"[]", 0),
        (b"", 0),
        (LINE + b"\n" + LINE, WHOLE),
        (b"org,x)/a 20260101000000 " + LINE, WHOLE),
        (b'[["timestamp", "original", "length"], ["20260101000000", "https://x.org/a", "1610"]]', WHOLE),
        (b"<html>", None),
        (b'{"message": "no such collection"}', None),
        (b'[["numpages"], ["many"]]', None),
        (b'[["timestamp", "original"], ["20261301000000", "https://x.org/a"]]', None),
    ],
)
def test_the_number_of_pages(body, pages):
    assert page_count(body) == pages


@pytest.mark.parametrize(
    ("pattern", "starts"),
    [
        (r"/(?P<s>news|articles)/(?P<id>\d+)/", {"/news/", "/articles/"}),
        (r"/(?:rus/)?news/(?P<id>\d+)", {"/"}),
        (r"/news/(?P<year>20\d\d)/(?P<id>\d+)", {"/news/20"}),
        (r"(?P<id>.+)", {""}),
        (r"/(?:a|b\d)x", {"/a", "/b"}),
        (r"(?i)/News/(?P<id>\d+)", {"/News/"}),
    ],
)
def test_what_urls_begin_with(pattern, starts):
    assert literal_starts(pattern, 64) == starts


def test_a_site_whose_urls_begin_with_nothing_in_common_is_asked_for_by_host():
    asked = queries(load_site("epravda"), ("uk",))
    assert {query.match for query in asked} <= {"host", "prefix", "exact"}
    assert [query.url for query in asked if query.match == "exact"] == ["www.epravda.com.ua/robots.txt"]
