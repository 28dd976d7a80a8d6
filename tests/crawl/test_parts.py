"""The small parts of the crawler, each by itself."""

from __future__ import annotations

import asyncio
import gzip
import random
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.crawl import CaptureRef, read_captures
from corpus_builder.crawl.fetch import Exchange
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.listing import archive_days, moment, outside, parse_listing
from corpus_builder.crawl.options import on_loopback
from corpus_builder.crawl.pacing import Pace, backoff, retry_after
from corpus_builder.crawl.robots import Robots, load_robots
from corpus_builder.crawl.rows import Article, Place
from corpus_builder.crawl.warc import WarcStore
from corpus_builder.errors import RunError, SkipPage
from corpus_builder.model import Capture
from corpus_builder.sites import Site, load_site
from corpus_builder.sites.rules import CrawlRules

from .conftest import HOME, OPTIONS, warcio_check

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0), (" 5 ", 5.0), ("Thu, 01 Jan 2026 00:01:00 GMT", 60.0), ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
        ("soon", None), ("", None), (None, None), ("-3", None), ("²", None),
    ],
)  # fmt: skip
def test_retry_after(text, seconds):
    assert retry_after(text, NOW) == seconds


def test_backoff_doubles_and_has_an_end():
    waits = [backoff(attempt, 1.0, random.Random(0)) for attempt in range(1, 30)]
    assert all(0.75 * 2**n <= wait <= 1.25 * 2**n for n, wait in enumerate(waits[:8]))
    assert max(waits) <= 375.0
    assert waits == [backoff(attempt, 1.0, random.Random(0)) for attempt in range(1, 30)]


def test_the_delay_counts_from_the_end_of_a_request():
    time = [0.0]

    async def sleep(seconds):
        time[0] += seconds

    async def turns():
        pace = Pace(2.0, clock=lambda: time[0], sleep=sleep)
        await pace.turn()
        time[0] += 5.0  # a slow answer
        pace.ended()
        await pace.turn()
        return time[0]

    assert asyncio.run(turns()) == 7.0


def test_one_busy_page_does_not_pause_the_host_but_three_do():
    pace = Pace(0.0, clock=lambda: 0.0)
    assert [pace.busy(30, at_once=False) for _ in range(3)] == [False, False, True]
    pace.answered()
    assert pace.busy(30, at_once=False) is False
    assert pace.busy(30, at_once=True) is True


def test_robots_groups_and_sitemaps():
    robots = Robots.parse(
        "User-agent: *\nDisallow: /\nUser-agent: corpus-builder\nDisallow: /search/\nCrawl-delay 10\n"
        "Sitemap: https://x.org/a.xml\nSitemap: https://x.org/a.xml\n<html>"
    )
    assert robots.allows("https://x.org/news/1/")
    assert not robots.allows("https://x.org/search/1/")
    assert robots.delay == 10.0
    assert robots.sitemaps == ("https://x.org/a.xml",)
    assert not Robots.parse("User-agent: *\nDisallow: /eng/").allows("https://x.org/eng/news/1/")


@pytest.mark.parametrize(
    ("path", "month"),
    [
        ("/sitemap/sitemap-2025-12.xml.gz", "2025-12"), ("/sitemap-2025-01.xml?v=2", "2025-01"),
        ("/sitemap-200001.xml", None), ("/sitemap-2025.xml", None), ("/sitemap-2025-13.xml", None),
        ("/2025-01/sitemap.xml", None), ("/post-sitemap-2025-12.xml", None),
    ],
)  # fmt: skip
def test_months_of_sitemaps_are_what_the_rules_of_the_site_say(path, month):
    site = load_site("pravda")
    assert site.sitemap_month(HOME + path) == month
    silent = site.rules.model_copy(update={"crawl": CrawlRules()})
    assert Site(silent).sitemap_month(HOME + path) is None


def test_what_a_sitemap_can_hold():
    assert outside("2025-12", None, date(2026, 1, 1), None)
    assert not outside("2025-12", None, date(2025, 12, 31), date(2025, 12, 31))
    assert outside("2025-12", None, None, date(2025, 11, 30))
    assert outside(None, datetime(2025, 1, 1, tzinfo=UTC), date(2025, 1, 2), None)
    assert not outside(None, None, date(2025, 1, 2), date(2025, 1, 2))


def test_moments_are_read_at_their_latest():
    kyiv = ZoneInfo("Europe/Kyiv")
    assert moment("2025-12-01", kyiv) == datetime(2025, 12, 1, 21, 59, 59, tzinfo=UTC)
    assert moment("2025-12-01T00:08:00+02:00", kyiv) == datetime(2025, 11, 30, 22, 8, tzinfo=UTC)
    assert moment("2025-12-01T00:08:00", kyiv) == datetime(2025, 11, 30, 22, 8, tzinfo=UTC)
    assert moment("2025-12-01T00:08:00Z", kyiv) == datetime(2025, 12, 1, 0, 8, tzinfo=UTC)
    assert [moment(text, kyiv) for text in ("yesterday", "0001-01-01T00:00:00", "", None)] == [None] * 4


@given(st.binary(max_size=300))
def test_listings_of_anything(body):
    try:
        parse_listing(body, {"content-type": "text/xml; charset=windows-1251"})
    except SkipPage as error:
        assert error.reason in ("not_a_listing", "undecodable")  # noqa: PT017


def test_a_charset_that_does_not_exist_is_no_traceback():
    body = b'<?xml version="1.0" encoding="klingon"?><urlset><url><loc>https://x.org/</loc></url></urlset>'
    for headers in ({}, {"content-type": "text/xml; charset=klingon"}):
        assert parse_listing(body, headers).pages[0].url == "https://x.org/"


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-u", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("declared", ["utf-8", "windows-1251"])
def test_listings_in_any_charset(charset, declared):
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<rss><item><link>https://x.org/новини/</link></item></rss>'
    listing = parse_listing(text.encode(charset), {"content-type": f"text/xml; charset={declared}"})
    assert (listing.pages[0].url, listing.fault) == ("https://x.org/новини/", "")


def test_archive_days():
    assert list(archive_days(date(2025, 2, 27), date(2025, 3, 1))) == [
        date(2025, 3, 1), date(2025, 2, 28), date(2025, 2, 27)
    ]  # fmt: skip


def test_loopback():
    assert all(map(on_loopback, ["http://127.0.0.1:80", "http://[::1]/", "http://localhost:1/x"]))
    assert not any(map(on_loopback, ["http://10.0.0.1", "https://www.pravda.com.ua", None, "http://127.example.org"]))


def exchange(number: int) -> Exchange:
    body = b"<html>" + random.Random(number).randbytes(2000)
    return Exchange(f"https://x.org/news/{number}/?q=1", 200, "OK", (("Host", "x.org"),), (("A", "b"),), body, NOW)


def test_warc_files_roll_over_and_torn_ends_are_cut_off(tmp_path):
    sizes: dict[str, int] = {}

    def store():
        return WarcStore(tmp_path, sizes, {"software": "test"}, lambda name: sizes.__setitem__(name, 0), file_size=6000)

    first = store()
    places = []
    for number in range(5):
        places.append(first.response(exchange(number)))
        first.flush()
        sizes[first.name] = first.size
    assert len(sizes) > 1
    first.response(exchange(99))  # flushed, but never settled
    first.close()
    with (tmp_path / first.name).open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    second = store()
    assert second.response(exchange(6)).offset == sizes[first.name]
    second.close()
    warcio_check(tmp_path)
    assert len({(place.file, place.offset) for place in places}) == 5


def test_a_new_file_that_was_never_settled_is_begun_again(tmp_path):
    (tmp_path / "crawl-00001.warc.gz").write_bytes(b"\x1f\x8b\x08torn")
    store = WarcStore(tmp_path, {"crawl-00001.warc.gz": 0}, {"software": "test"}, lambda name: None)
    store.response(exchange(1))
    store.close()
    warcio_check(tmp_path)


def test_files_that_the_frontier_does_not_know_are_left_alone(tmp_path):
    mine = tmp_path / "crawl-00001.warc.gz"
    mine.write_bytes(b"somebody's")
    store = WarcStore(tmp_path, {}, {"software": "test"}, lambda name: None)
    store.response(exchange(1))
    store.close()
    assert mine.read_bytes() == b"somebody's"
    assert store.name == "crawl-00002.warc.gz"


def test_pages_in_a_warc_file_cut_by_a_power_failure_are_queued_again(tmp_path):
    frontier = Frontier(tmp_path / "state.sqlite")
    frontier.begin("x", 0.0)
    with frontier.transaction():
        frontier.add_articles(Article(f"https://x.org/{n}/", "uk", str(n), None) for n in range(2))
    frontier.plan(OPTIONS, 0.0)
    for offset in (0, 100):
        page = frontier.claim_article(0.0)
        assert page is not None
        with frontier.transaction():
            frontier.grew("a.warc.gz", offset + 100)
            frontier.stored(page, Place("a.warc.gz", offset, 100), capture_url="u", fetched="f", digest="d", etag=None,
                            last_modified=None)  # fmt: skip
    assert frontier.claim_article(0.0) is None
    assert frontier.forget_beyond("a.warc.gz", 150) == 1
    again = frontier.claim_article(0.0)
    assert again is not None
    assert again.digest is None
    frontier.close()


def test_pages_of_earlier_runs_come_in_batches_while_some_are_dropped(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_builder.crawl.frontier._BATCH", 100)
    frontier, count = Frontier(tmp_path / "state.sqlite"), 5000
    frontier.begin("x", 0.0)
    with frontier.transaction():
        frontier.add_articles(Article(f"https://x.org/{n}/", "uk", str(n), None) for n in range(count))
    frontier._db.execute("UPDATE pages SET state = 'done', run = 1, file = 'a.warc.gz', offset = 0, length = 1")
    frontier.finish(1.0)
    frontier.begin("x", 2.0)
    steps = [0]
    frontier._db.set_progress_handler(lambda: steps.__setitem__(0, steps[0] + 1), 1000)  # after 1,000 instructions
    seen, largest = list[str](), 0
    for pages in frontier.captured_before():
        largest = max(largest, len(pages))
        with frontier.transaction():
            for page in pages[::2]:
                frontier.failed(page, "robots", "", 0.0)
        seen += [page.url for page in pages]
    assert seen == [f"https://x.org/{n}/" for n in range(count)]
    assert largest == 100
    assert frontier.count("state = 'failed'") == count / 2
    frontier.close()
    assert steps[0] < count / 1000 * 200, "each page is looked at once"


def test_a_listing_is_claimed_at_once_among_many_articles(tmp_path):
    frontier = Frontier(tmp_path / "state.sqlite")
    frontier.begin("x", 0.0)
    with frontier.transaction():
        frontier.add_listing("sitemap", "https://x.org/index.xml")
        for number in range(50):
            frontier.add_listing("sitemap", f"https://x.org/{number}.xml", parent="https://x.org/index.xml")
        frontier.add_articles(Article(f"https://x.org/{n}/", "uk", str(n), None) for n in range(20_000))
    steps = [0]
    frontier._db.set_progress_handler(lambda: steps.__setitem__(0, steps[0] + 1), 100)  # after 100 instructions
    page = frontier.claim_listing(0.0)
    assert page is not None
    assert frontier.count("kind != 'article' AND state = 'queued'") == 50
    assert frontier.next_try(listings=True) == 0.0
    assert frontier.skip_same(page, "digest", 10) == 0
    frontier.close()
    assert steps[0] < 100, "not every article is looked at"


def test_what_was_in_flight_is_queued_when_the_frontier_is_opened(tmp_path):
    frontier = Frontier(tmp_path / "state.sqlite")
    frontier.begin("x", 0.0)
    with frontier.transaction():
        frontier.add_articles([Article("https://x.org/1/", "uk", "1", None)])
    frontier.plan(OPTIONS, 0.0)
    assert frontier.claim_article(0.0) is not None
    assert frontier.claim_article(0.0) is None
    frontier.close()
    frontier = Frontier(tmp_path / "state.sqlite")
    assert frontier.begin("x", 5.0), "the same run goes on"
    assert frontier.claim_article(0.0) is not None
    frontier.close()
    frontier = Frontier(tmp_path / "state.sqlite")
    assert not frontier.begin("other dates", 5.0)
    assert not frontier.begin("x", 5.0)
    frontier.close()


def test_what_is_not_ascii_in_an_address_or_header_is_written_all_the_same(tmp_path):
    store = WarcStore(tmp_path, {}, {"software": "test"}, lambda name: None)
    page = replace(exchange(1), url="https://x.org/новини/1/?q=ї", headers=(("X-Title", "Новина"), ("A", "b")))
    place = store.response(page)
    store.revisit(page, digest="sha1:X", refers_to=page.url, captured=NOW.isoformat())
    store.close()
    warcio_check(tmp_path)
    ref = CaptureRef("u", "uk", "1", "undated", str(tmp_path / place.file), place.offset, place.length, "", "")
    [(_, capture)] = read_captures([ref])
    assert isinstance(capture, Capture)
    assert capture.body == page.body


def test_a_frontier_of_another_version_is_reported(tmp_path):
    Frontier(tmp_path / "state.sqlite").close()
    db = sqlite3.connect(tmp_path / "state.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(RunError, match="another version"):
        Frontier(tmp_path / "state.sqlite")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n".encode("utf-16-le"), ()),
        ("\ufeffUser-agent: *\nDisallow: /\n".encode(), ()),
        ("# Пошук\nUser-agent: *\nDisallow: /\n".encode("cp1251"), ()),
        (b"User-agent: *\nDisallow: /\n", (("Content-Encoding", "UTF-8"),)),
        (gzip.compress(b"User-agent: *\nDisallow: /\n"), (("Content-Encoding", "gzip"),)),
    ],
)
def test_robots_in_any_charset_and_encoding(body, headers):
    async def get(url):
        return replace(exchange(1), url=url, headers=headers, body=body)

    robots = asyncio.run(load_robots("https://x.org/robots.txt", get))
    assert not robots.allows("https://x.org/news/1/")
