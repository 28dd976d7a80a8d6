"""The crawl against a newspaper with the faults of a real site."""

from __future__ import annotations

import gzip
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest
from warcio.archiveiterator import ArchiveIterator

from corpus_builder.crawl import crawl, crawl_drops, crawl_links, index_crawl, read_captures
from corpus_builder.errors import RunError, SkipPage, UsageError
from corpus_builder.model import Capture
from corpus_builder.sites import load_site

from .conftest import HOME, OPTIONS, Answer, warcio_check


def drops(folder):
    return {drop.item.removeprefix(HOME): drop.reason for drop in crawl_drops(folder)}


@pytest.fixture
def kept(site, tmp_path):
    """The usable captures of the crawl, by path: kept() -> {path: Capture}."""

    def read(**changes):
        refs = index_crawl(tmp_path / "crawl", site, replace(OPTIONS, **changes))
        captures = dict(read_captures(refs))
        assert all(isinstance(capture, Capture) for capture in captures.values())
        return {ref.url.removeprefix(HOME): capture for ref, capture in captures.items()}

    return read


def test_sitemaps_lead_to_pages_and_hreflang_to_their_other_editions(paper, run, kept, tmp_path):
    paths = paper.story(1) + paper.story(2, "uk en")
    paper.sitemap("/sitemap-2025-12.xml", [paths[0], paths[3]])
    summary = run()
    captures = kept()
    assert sorted(captures) == sorted(paths)
    assert captures[paths[0]].body == paper.answers[paths[0]][0].body
    assert captures[paths[0]].status == 200
    assert captures[paths[0]].headers["content-type"] == "text/html; charset=utf-8"
    assert summary.counts["pages_fetched"] == 5
    assert summary.counts["stories_wanted"] == 2
    assert paper.pages_asked()[0] == paths[3], "the newest story first"
    links = [link for link in crawl_links(tmp_path / "crawl") if link.page_article_id == "2"]
    assert {(link.page_language, link.language) for link in links} == {
        ("uk", "uk"), ("uk", "en"), ("en", "uk"), ("en", "en")
    }  # fmt: skip
    warcio_check(tmp_path)


def test_the_user_agent_is_honest(paper, run):
    run(contact="someone@example.org")
    assert {asked.headers["user-agent"] for asked in paper.asked} == {"corpus-builder/0.1.0 (+someone@example.org)"}


def test_a_site_on_the_net_is_not_crawled_without_a_contact(tmp_path):
    with pytest.raises(UsageError, match="contact address is required"):
        crawl(load_site("pravda"), OPTIONS, tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"languages": ("uk", "de")}, "no edition 'de'"),
        ({"sources": ("sitemap",)}, "no source of discovery 'sitemap'"),
        ({"since": date(2025, 2, 1), "until": date(2025, 1, 1)}, "is after"),
        ({"sources": ("archives",)}, "first day"),
        ({"languages": ()}, "no language"),
    ],
)
def test_contradictory_options_are_reported(run, changes, message):
    with pytest.raises(UsageError, match=message):
        run(**changes)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_robots_out_of_reach_means_nothing_is_fetched(paper, run, tmp_path, status):
    paper.sitemap("/sitemap.xml", paper.story(1))
    paper.put("/robots.txt", Answer(b"User-agent: *\n", status))
    summary = run()
    assert summary.refused == f"robots.txt responded with {status}"
    assert {asked.path for asked in paper.asked} == {"/robots.txt"}
    assert drops(tmp_path / "crawl") == {"/robots.txt": "robots_unavailable"}
    assert summary.dropped == {"robots_unavailable": 1}


def test_robots_that_come_back_are_obeyed_in_the_next_run(paper, run, kept, tmp_path):
    good = paper.answers["/robots.txt"]
    paper.sitemap("/sitemap.xml", paper.story(1))
    paper.put("/robots.txt", Answer(b"", 503))
    run()
    paper.answers["/robots.txt"] = good
    assert run().refused == ""
    assert len(kept()) == 3
    assert drops(tmp_path / "crawl").get("/robots.txt") is None


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_robots_of_4xx_allow_everything(paper, run, site, status, tmp_path):
    paths = paper.story(1)
    paper.put("/sitemap/sitemap-archive.xml", "")
    paper.sitemap("/sitemap/sitemap-archive.xml", paths)  # the site's rules name this one
    paper.put("/robots.txt", Answer(b"", status))
    assert run().counts["pages_fetched"] == 3


def test_robots_redirects_are_followed_five_times(paper, run):
    paper.sitemap("/sitemap.xml", paper.story(1))
    rules = paper.answers["/robots.txt"][0]
    paper.put("/robots.txt", Answer(b"", 301, {"Location": "/r1"}))
    for number in range(1, 5):
        paper.put(f"/r{number}", Answer(b"", 302, {"Location": f"/r{number + 1}"}))
    paper.put("/r5", rules)
    assert run().counts["pages_fetched"] == 3
    paper.put("/r5", Answer(b"", 302, {"Location": "/r6"}))
    paper.put("/r6", rules)
    assert "redirects more than 5 times" in run().refused


def test_what_robots_disallow_is_a_drop_and_an_earlier_capture_is_not_used_any_more(paper, run, kept, tmp_path):
    paths = paper.story(1)
    paper.sitemap("/sitemap.xml", paths)
    run()
    assert len(kept()) == 3
    robots = paper.answers["/robots.txt"][0]
    robots.body = b"User-agent: corpus-builder\nDisallow: /eng/\n\n" + robots.body
    paper.forget()
    run()
    assert paths[2] not in paper.pages_asked()
    assert paths[2] not in kept()
    assert drops(tmp_path / "crawl")[paths[2]] == "robots"


@pytest.mark.parametrize("line", ["Crawl-delay: 0.15", "Crawl-delay 0.15"])
def test_the_crawl_delay_is_kept_with_any_number_of_connections(paper, run, line):
    paper.answers["/robots.txt"][0].body = f"User-agent: *\n{line}\n".encode()
    paper.sitemap("/sitemap.xml", paper.story(1))
    run(connections=3)
    times = [asked.at for asked in paper.asked]
    assert len(times) >= 6
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.14


def test_busy_pages_are_asked_again_when_they_said(paper, run, kept):
    paths = paper.story(1)
    page = paper.answers[paths[0]][0]
    paper.put(paths[0], Answer(b"busy", 503, {"Retry-After": "1"}), page)
    paper.sitemap("/sitemap.xml", paths)
    run()
    first, second = (asked.at for asked in paper.asked if asked.path == paths[0])
    assert second - first >= 1.0
    assert len(kept()) == 3


def test_retry_after_may_be_a_date(paper, run, kept):
    paths = paper.story(1, "uk")
    page = paper.answers[paths[0]][0]
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    paper.put(paths[0], Answer(b"busy", 429, {"Retry-After": later}), page)
    paper.sitemap("/sitemap.xml", paths)
    run()
    first, second = (asked.at for asked in paper.asked if asked.path == paths[0])
    assert second - first >= 0.5, "the date has whole seconds; the backoff alone would be 0.01 s"
    assert len(kept()) == 1


@pytest.mark.parametrize("value", ["²", "9" * 5000, "1" * 19, "-1", "soon", "1e400", "0x10", "Wed, 99 Xyz 99999"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_that_says_nothing_is_a_usual_retry(paper, run, kept, value, status):
    """Also one of a robots.txt. Values too long to be seconds ask for a pause of no length that anybody could mean."""
    paths = paper.story(1)
    paper.sitemap("/sitemap.xml", paths)
    page, robots = paper.answers[paths[0]][0], paper.answers["/robots.txt"][0]
    paper.put(paths[0], Answer(b"busy", status, {"Retry-After": value}), page)
    paper.put("/robots.txt", Answer(b"busy", status, {"Retry-After": value}), robots)
    run()
    assert len(kept()) == 3
    assert len([asked for asked in paper.asked if asked.path == paths[0]]) == 2


def test_a_site_that_asks_for_a_long_rest_gets_it(paper, run, tmp_path):
    paths = paper.story(1)
    paper.put(paths[0], Answer(b"", 429, {"Retry-After": "86400"}))
    paper.sitemap("/sitemap.xml", paths)
    with pytest.raises(RunError, match="asks for a pause of 86400 s"):
        run()
    asked = len(paper.pages_asked())
    paper.story(1)
    assert run().counts["pages_usable"] == 3, "the next run carries on"
    assert asked <= 3


def test_giving_up_is_a_drop_and_the_next_run_tries_again(paper, run, kept, tmp_path):
    paths = paper.story(1, "uk")
    page = paper.answers[paths[0]][0]
    paper.put(paths[0], Answer(b"", 500))
    paper.sitemap("/sitemap.xml", paths)
    summary = run()
    assert paper.count(paths[0]) == 4, "one request and three retries"
    assert summary.dropped["http_500"] == 1
    assert drops(tmp_path / "crawl")[paths[0]] == "http_500"
    paper.put(paths[0], page)
    run()
    assert list(kept()) == paths


@pytest.mark.parametrize("chunked", [False, True])
def test_cut_bodies_are_fetched_again(paper, run, kept, chunked):
    paths = paper.story(1, "uk")
    page = paper.answers[paths[0]][0]
    paper.put(paths[0], Answer(page.body, cut=30, chunked=chunked), page)
    paper.sitemap("/sitemap.xml", paths)
    run()
    assert kept()[paths[0]].body == page.body


def test_a_compressed_body_that_breaks_off_is_fetched_again(paper, run, kept):
    paths = paper.story(1, "uk")
    page = paper.answers[paths[0]][0]
    packed = gzip.compress(page.body)
    encoded = {"Content-Encoding": "gzip"}
    paper.put(paths[0], Answer(packed[:-10], headers=encoded), Answer(packed, headers=encoded))
    paper.sitemap("/sitemap.xml", paths)
    run()
    assert kept()[paths[0]].body == page.body


def test_the_warc_holds_the_body_as_it_came_and_readers_get_the_text(paper, run, kept, tmp_path):
    first, second = paper.story(1, "uk") + paper.story(2, "uk")
    page = paper.answers[first][0].body
    packed = gzip.compress(page)
    paper.put(first, Answer(packed, headers={"Content-Encoding": "gzip"}))
    paper.put(second, Answer(packed, headers={"Content-Encoding": "gzip"}, chunked=True))
    paper.sitemap("/sitemap.xml", [first, second])
    run()
    bodies, kinds = {}, []
    for path in sorted((tmp_path / "crawl" / "warc").iterdir()):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                kinds.append(record.rec_type)
                uri = record.rec_headers.get_header("WARC-Target-URI") or ""
                if record.rec_type == "response" and "/news/" in uri:
                    assert record.http_headers.get_header("Content-Encoding") == "gzip"
                    assert record.http_headers.get_header("Transfer-Encoding") is None
                    raw = record.raw_stream.read()
                    bodies[uri.removeprefix(paper.base)] = raw
    assert bodies == {first: packed, second: packed}
    assert kinds[0] == "warcinfo"
    assert kinds.count("request") == kinds.count("response")
    assert {path: capture.body for path, capture in kept().items()} == {first: page, second: page}
    warcio_check(tmp_path)


def test_redirects_on_the_site_are_followed_and_off_it_recorded(paper, run, kept, tmp_path):
    padded, other, loop, home, good = (f"/news/2025/12/1/{number}/" for number in (1, 2, 3, 4, 5))
    paper.story(1, "uk", day="2025/12/01")
    paper.story(5, "uk", day="2025/12/1")
    paper.put(padded, Answer(status=301, headers={"Location": paper.base + "/news/2025/12/01/1/"}))
    paper.put(other, Answer(status=301, headers={"Location": "http://champion.example.org/moved/"}))
    paper.put(loop, Answer(status=302, headers={"Location": "/news/2025/12/2/3/"}))
    paper.put("/news/2025/12/2/3/", Answer(status=302, headers={"Location": loop}))
    paper.put(home, Answer(status=302, headers={"Location": "/"}))
    paper.put("/", "<html><body>front page</body></html>")
    paper.sitemap("/sitemap.xml", [padded, other, loop, home, good])
    run()
    assert sorted(kept()) == sorted([padded, good])
    found = drops(tmp_path / "crawl")
    assert (found[other], found[loop], found[home]) == ("off_site", "redirect_loop", "redirect_to_another_page")
    assert next(d.detail for d in crawl_drops(tmp_path / "crawl") if d.reason == "off_site") == (
        "http://champion.example.org/moved/"
    )
    statuses = {}
    for path in (tmp_path / "crawl" / "warc").iterdir():
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response":
                    url = record.rec_headers.get_header("WARC-Target-URI").removeprefix(paper.base)
                    statuses[url] = record.http_headers.get_statuscode()
    assert (statuses[padded], statuses["/news/2025/12/01/1/"]) == ("301", "200"), "both addresses are on record"


OPT_OUTS = {
    "noai": ({}, '<meta name="robots" content="index, NoAI">'),
    "noimageai": ({}, '<meta name="robots" content="noimageai">'),
    "noindex": ({"X-Robots-Tag": "noindex"}, ""),
    "none": ({"X-Robots-Tag": "otherbot: nofollow\nnone"}, ""),
    "tdm header": ({"TDM-Reservation": "1"}, ""),
    "tdm meta": ({}, '<meta name="tdm-reservation" content="1">'),
    "by name": ({"X-Robots-Tag": "corpus-builder: noai"}, ""),
}
REASON = {"noai": "noai", "noimageai": "noai", "by name": "noai", "tdm header": "tdm", "tdm meta": "tdm"}


@pytest.mark.parametrize("name", OPT_OUTS)
def test_pages_that_opt_out_are_counted_and_their_bodies_not_kept(paper, run, kept, tmp_path, name):
    headers, meta = OPT_OUTS[name]
    out, stays = "/news/2025/12/1/1/", "/news/2025/12/1/2/"
    paper.put(out, Answer(f"<html><head>{meta}</head><body>{'secret' * 20}</body></html>".encode(), headers=headers))
    welcome = (
        b"<html><head><meta name=robots content='index, follow, max-image-preview:large'></head><body>x</body></html>"
    )
    paper.put(stays, Answer(welcome, headers={"X-Robots-Tag": "otherbot: noindex, nofollow"}))
    paper.sitemap("/sitemap.xml", [out, stays])
    summary = run()
    assert list(kept()) == [stays]
    assert drops(tmp_path / "crawl")[out] == f"opt_out_{REASON.get(name, 'noindex')}"
    assert summary.counts["pages_failed"] == 1
    for path in (tmp_path / "crawl" / "warc").iterdir():
        assert b"secret" not in gzip.decompress(path.read_bytes())


def test_an_opt_out_withdraws_an_earlier_capture(paper, run, kept):
    paths = paper.story(1)
    paper.sitemap("/sitemap.xml", paths)
    run()
    paper.put(paths[1], "<html><head><meta name='robots' content='noai'></head><body>x</body></html>")
    run()
    assert sorted(kept()) == sorted([paths[0], paths[2]])


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_tdm_file_reserves_paths(paper, run, kept, tmp_path, encoding):
    paths = paper.story(1)
    rules = b'[{"location": "/eng/news/2020/*", "tdm-reservation": 0}, {"location": "/eng/", "tdm-reservation": 1}]'
    body = gzip.compress(rules) if encoding else rules
    paper.put("/.well-known/tdmrep.json", Answer(body, headers={"Content-Encoding": encoding or "identity"}))
    paper.sitemap("/sitemap.xml", paths)
    run()
    assert sorted(kept()) == sorted(paths[:2])
    assert paths[2] not in paper.pages_asked()
    assert drops(tmp_path / "crawl")[paths[2]] == "opt_out_tdm"


def test_what_is_no_page_is_dropped_by_reason(paper, run, kept, tmp_path):
    pdf, huge, gone, empty, bomb, slow, good = (f"/news/2025/12/1/{number}/" for number in range(1, 8))
    paper.put(pdf, Answer(b"%PDF", headers={"Content-Type": "application/pdf"}))
    paper.put(huge, Answer(b"x" * 300_000))
    paper.put(gone, Answer(b"", 410))
    paper.put(empty, Answer(b""))
    paper.put(bomb, Answer(gzip.compress(b" " * 5_000_000), headers={"Content-Encoding": "gzip"}))
    paper.put(slow, Answer(b"late", drip=0.6))
    paper.story(7, "uk", day="2025/12/1")
    paper.sitemap("/sitemap.xml", [pdf, huge, gone, empty, bomb, slow, good])
    run(max_bytes=200_000, timeout=0.3, retries=1)
    assert list(kept()) == [good]
    found = drops(tmp_path / "crawl")
    assert [found[path] for path in (pdf, huge, gone, empty, bomb, slow)] == [
        "not_html", "too_large", "http_410", "empty_body", "too_large", "timeout"
    ]  # fmt: skip
    warcio_check(tmp_path)


def test_a_host_that_died_ends_the_run_and_the_next_carries_on(paper, site, run, kept, tmp_path, monkeypatch):
    from corpus_builder.crawl import fetch

    paths = paper.story(1) + paper.story(2)
    paper.sitemap("/sitemap.xml", paths)
    real = fetch.Fetcher.get
    died: list[str] = []

    async def dies(self, url, *rest):
        if len(paper.pages_asked()) >= 2:
            died.append(url)
            raise fetch.Unreachable("ConnectError: refused")
        return await real(self, url, *rest)

    monkeypatch.setattr(fetch.Fetcher, "get", dies)
    with pytest.raises(RunError, match="cannot be reached") as caught:
        run()
    assert "continues" in caught.value.next_step
    assert len(died) == 4, "as many tries as retries allow, not one a page"
    monkeypatch.undo()
    paper.forget()
    run()
    assert len(paper.pages_asked()) == 4, "only what was not fetched before"
    assert len(kept()) == 6


def test_two_crawls_of_one_folder_are_refused(paper, run, tmp_path):
    from corpus_builder.crawl.frontier import Frontier

    frontier = Frontier(tmp_path / "crawl" / "state.sqlite")
    try:
        with pytest.raises(RunError, match="another crawl"):
            run()
    finally:
        frontier.close()


def test_a_frontier_that_is_no_database_is_reported(run, tmp_path):
    (tmp_path / "crawl").mkdir()
    (tmp_path / "crawl" / "state.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(RunError, match="is damaged"):
        run()


def test_captures_that_cannot_be_read_are_skipped_one_by_one(paper, run, site, tmp_path):
    paper.sitemap("/sitemap.xml", paper.story(1))
    run()
    refs = index_crawl(tmp_path / "crawl", site, OPTIONS)
    missing = refs[0]._replace(path=str(tmp_path / "nowhere.warc.gz"))
    beside = refs[1]._replace(offset=refs[1].offset + 3)
    results = [result for _, result in read_captures([missing, beside, refs[2]])]
    assert [result.reason for result in results[:2] if isinstance(result, SkipPage)] == [
        "unreadable_file", "damaged_record"
    ]  # fmt: skip
    assert isinstance(results[2], Capture)
