"""Pages out of an archive on the net: the sample newspaper, packed and indexed as real archives do."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus_builder.crawl import (
    Archive,
    CrawlOptions,
    archive_of,
    fetch_archive,
    index_warcs,
    read_captures,
    remove_archived,
)
from corpus_builder.crawl.archive import Fetched
from corpus_builder.errors import RunError, SkipPage, UsageError
from corpus_builder.newspaper import Newspaper, load_newspaper
from corpus_builder.newspaper.archive import CRAWLS, HOME, ArchiveServer, Fault
from corpus_builder.newspaper.server import answers
from corpus_builder.sites import Site, load_site

from .conftest import warcio_check

OPTIONS = CrawlOptions(languages=("uk", "ru", "en"), retries=2, backoff=0.01, timeout=5.0)


@pytest.fixture(scope="module")
def newspaper() -> Newspaper:
    return load_newspaper()


@pytest.fixture
def server(newspaper: Newspaper) -> Iterator[ArchiveServer]:
    with ArchiveServer(newspaper) as running:
        yield running


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site("sample")


def archive_at(server: ArchiveServer, *crawls: str) -> Archive:
    indexes = [f"{server.base_url}/{crawl}-index" for crawl in crawls or CRAWLS]
    archive = archive_of(cdx=indexes, records=server.base_url)
    assert archive
    return archive


def reasons(fetched: Fetched) -> Counter[str]:
    return Counter(drop.reason for drop in fetched.drops)


def bodies(folder: Path, site: Site, options: CrawlOptions = OPTIONS) -> dict[str, bytes]:
    refs, _ = index_warcs(sorted(folder.glob("warc/*.warc.gz")), site, options)
    return {ref.url: capture.body for ref, capture in read_captures(refs) if not isinstance(capture, SkipPage)}


def is_record(path: str) -> bool:
    return path.startswith("/crawl-data/")


def test_every_page_comes_whole_and_once(server, site, tmp_path):
    fetched = fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    warcio_check(tmp_path)
    ready = answers(server.newspaper, HOME)
    got = bodies(tmp_path, site)
    articles = {HOME + path for path in ready if site.identify(HOME + path) and ready[path].status == 200}
    opted_out = {url for url in articles if b"noai" in ready[url.removeprefix(HOME)].body}
    assert set(got) == articles - opted_out
    assert all(body == ready[url.removeprefix(HOME)].body for url, body in got.items())
    assert fetched.counts["records_fetched"] == fetched.counts["records_wanted"] + 1, "and robots.txt"
    assert set(reasons(fetched)) == {"earlier_capture", "http_301"}
    ranges = [asked for asked in server.requests if is_record(asked[0])]
    assert len(ranges) == len(set(ranges)) == fetched.counts["records_fetched"]
    assert all(range_ for _, range_ in ranges), "never a whole file"


def test_an_index_without_pages_is_read_whole(newspaper, site, tmp_path):
    with ArchiveServer(newspaper) as paged, ArchiveServer(newspaper, paged=False, page_lines=3) as whole:
        fetch_archive(site, OPTIONS, archive_at(paged), tmp_path / "paged")
        fetch_archive(site, OPTIONS, archive_at(whole), tmp_path / "whole")
        asked = [path for path, _ in whole.requests if "-index" in path]
        whole.requests.clear()
        fetch_archive(site, OPTIONS, archive_at(whole), tmp_path / "whole")
        assert whole.requests == []
    assert bodies(tmp_path / "whole", site) == bodies(tmp_path / "paged", site)
    assert asked
    assert len(asked) == len(set(asked))
    assert all(path.endswith("&showNumPages=true") or "&limit=" in path for path in asked)


def test_an_index_that_gives_too_much_at_once_says_what_to_do(newspaper, site, tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_builder.crawl.archive._INDEX_BYTES", 1000)
    with ArchiveServer(newspaper, paged=False, page_lines=1) as whole, pytest.raises(RunError) as error:
        fetch_archive(site, OPTIONS, archive_at(whole), tmp_path)
    assert "too_large" in str(error.value)
    assert "--since" in str(error.value.next_step)


def test_the_second_run_asks_nothing_and_says_the_same(server, site, tmp_path):
    first = fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    before = bodies(tmp_path, site)
    server.requests.clear()
    again = fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    assert server.requests == []
    assert again.drops == first.drops
    assert again.counts["records_fetched"] == 0
    assert bodies(tmp_path, site) == before


def test_the_newest_capture_is_the_page(server, site, tmp_path):
    fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    refs, _ = index_warcs(sorted(tmp_path.glob("warc/*.warc.gz")), site, OPTIONS)
    newest = {one.url: one.stamp for crawl in CRAWLS for one in server.index[crawl]}
    assert {ref.fetched[:10].replace("-", "") for ref in refs} == {stamp[:8] for stamp in newest.values()}
    assert all(ref.fetched[:10].replace("-", "") == newest[ref.url][:8] for ref in refs)


def test_another_crawl_adds_to_the_first(server, site, tmp_path):
    one = fetch_archive(site, OPTIONS, archive_at(server, CRAWLS[1]), tmp_path)
    few = len(bodies(tmp_path, site))
    fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    assert 0 < few < len(bodies(tmp_path, site))
    assert one.counts["records_fetched"] > 0


def test_dates_languages_and_limit_are_asked_for_alone(server, site, tmp_path):
    options = replace(OPTIONS, languages=("uk",), since=date(2025, 12, 1), limit=2)
    fetched = fetch_archive(site, options, archive_at(server), tmp_path)
    assert fetched.counts["records_wanted"] == 2
    got = bodies(tmp_path, site, options)  # one of the two opts out
    assert got
    assert all("/news/2025/12/" in url and "/rus/" not in url for url in got)
    assert len([path for path, _ in server.requests if is_record(path)]) == 3, "two pages and robots.txt"


def test_what_was_taken_down_is_not_fetched(server, site, tmp_path):
    fetched = fetch_archive(site, OPTIONS, archive_at(server), tmp_path, withdrawn={"7231071"})
    assert reasons(fetched)["taken_down"] >= 2
    assert not any("7231071" in url for url in bodies(tmp_path, site))
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("warc/*"))
    assert stored, "the others are there"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(503, {"Retry-After": "0"}),
        Fault(429, {"Retry-After": "0"}),
        Fault(500),
        Fault(cut=100),
    ],
    ids=["slow-down", "too-many", "error", "cut-once"],
)
def test_a_passing_fault_costs_a_request_and_nothing_else(server, site, tmp_path, fault):
    seen: set[tuple[str, str]] = set()

    def once(path: str, range_: str) -> Fault | None:
        fresh = (path, range_) not in seen and len(seen) < 30
        seen.add((path, range_))
        return fault if fresh else None

    server.fault = once
    fetched = fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    assert set(reasons(fetched)) == {"earlier_capture", "http_301"}
    server.fault = lambda *_: None
    assert bodies(tmp_path, site) == bodies_undisturbed(server, site, tmp_path / "undisturbed")


def bodies_undisturbed(server, site, folder):
    fetch_archive(site, OPTIONS, archive_at(server), folder)
    return bodies(folder, site)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(200), "wrong_range"),
        (Fault(416), "wrong_range"),
        (Fault(shift=7), "wrong_range"),
        (Fault(shift=7, announce_shift=True), "wrong_range"),
        (Fault(shift=-7), "wrong_range"),
        (Fault(headers={"Content-Range": ""}), "wrong_range"),
        (Fault(headers={"Content-Range": "bytes a-b/c"}), "wrong_range"),
        (Fault(403), "record_unavailable"),
        (Fault(404), "record_unavailable"),
        (Fault(cut=100), "truncated_record"),
        (Fault(503), "archive_unavailable"),
    ],
)
def test_a_lasting_fault_of_one_record_is_counted_and_the_others_come(server, site, tmp_path, fault, reason):
    bad = [one for one in server.index[CRAWLS[0]] if "/news/2025/12/" in one.url][:2]
    ranges = {f"bytes={one.offset}-{one.offset + one.length - 1}" for one in bad}
    server.fault = lambda path, range_: fault if is_record(path) and range_ in ranges else None
    fetched = fetch_archive(site, OPTIONS, archive_at(server, CRAWLS[0]), tmp_path)
    assert reasons(fetched)[reason] == 2
    assert {drop.item for drop in fetched.drops if drop.reason == reason} == {one.url for one in bad}
    got = bodies(tmp_path, site)
    assert len(got) > 40
    assert not {one.url for one in bad} & set(got)
    warcio_check(tmp_path)
    server.fault = lambda *_: None
    again = fetch_archive(site, OPTIONS, archive_at(server, CRAWLS[0]), tmp_path)
    passing = reason in ("truncated_record", "archive_unavailable")
    assert again.counts["records_fetched"] == (2 if passing else 0), "only what may pass is asked for again"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda one, other: {"length": one.length - 10}, "truncated_record"),
        (lambda one, other: {"length": one.length + 10}, "wrong_range"),
        (lambda one, other: {"offset": one.offset + 1}, "wrong_range"),
        (lambda one, other: {"offset": other.offset, "length": other.length}, "other_url"),
        (lambda one, other: {"digest": other.digest}, "other_record"),
        (lambda one, other: {"offset": 10**9}, "wrong_range"),
        (lambda one, other: {"length": 10**9}, "too_large"),
        (lambda one, other: {"file": "crawl-data/gone.warc.gz"}, "record_unavailable"),
    ],
)
def test_an_index_that_is_wrong_about_a_record(server, site, tmp_path, change, reason):
    lines = server.index[CRAWLS[0]]
    at, other = [number for number, one in enumerate(lines) if "/news/2025/12/" in one.url][:2]
    url = lines[at].url
    lines[at] = replace(lines[at], **change(lines[at], lines[other]))
    fetched = fetch_archive(site, OPTIONS, archive_at(server, CRAWLS[0]), tmp_path)
    assert [drop.item for drop in fetched.drops if drop.reason == reason] == [url]
    got = bodies(tmp_path, site)
    assert url not in got
    assert lines[other].url in got
    warcio_check(tmp_path)


def test_a_damaged_record_is_not_stored(server, site, tmp_path):
    one = next(one for one in server.index[CRAWLS[0]] if "/news/2025/12/" in one.url)
    data = bytearray(server.files[one.file])
    data[one.offset + one.length // 2] ^= 0xFF
    server.files[one.file] = bytes(data)
    fetched = fetch_archive(site, OPTIONS, archive_at(server, CRAWLS[0]), tmp_path)
    assert [drop.item for drop in fetched.drops if drop.reason == "damaged_record"] == [one.url]
    warcio_check(tmp_path)


def test_an_archive_out_of_reach_ends_the_run_and_the_next_carries_on(server, site, tmp_path):
    answered = 0

    def dies(path: str, range_: str) -> Fault | None:
        nonlocal answered
        answered += is_record(path)
        return Fault(503) if answered > 20 else None

    server.fault = dies
    with pytest.raises(RunError, match="cannot be reached"):
        fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    assert len(bodies(tmp_path, site)) > 10
    server.fault = lambda *_: None
    server.requests.clear()
    fetched = fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    assert fetched.counts["records_here"] > 10
    assert all(is_record(path) for path, _ in server.requests), "the index is not asked twice"
    assert bodies(tmp_path, site) == bodies_undisturbed(server, site, tmp_path / "undisturbed")


@pytest.mark.parametrize("what", ["no index", "not an index", "closed", "busy"])
def test_an_index_that_does_not_answer(server, site, tmp_path, what):
    archive = archive_at(server, CRAWLS[0])
    if what == "no index":
        archive = archive_at(server, "CC-MAIN-1999-01")
    elif what == "not an index":
        archive = replace(archive, indexes=(f"{server.base_url}/{server.index[CRAWLS[0]][0].file}",))
    elif what == "closed":
        archive = replace(archive, indexes=("http://127.0.0.1:9/CC-MAIN-2026-05-index",))
    else:
        server.fault = lambda *_: Fault(503)
    with pytest.raises(RunError, match="index") as caught:
        fetch_archive(site, OPTIONS, archive, tmp_path)
    assert caught.value.next_step


def test_retry_after_of_an_hour_ends_the_run(server, site, tmp_path):
    server.fault = lambda path, _: Fault(503, {"Retry-After": "3600"}) if is_record(path) else None
    with pytest.raises(RunError, match="pause of 3600 s"):
        fetch_archive(site, OPTIONS, archive_at(server), tmp_path)


def test_a_site_that_is_not_in_the_archive(server, tmp_path):
    fetched = fetch_archive(load_site("pravda"), OPTIONS, archive_at(server), tmp_path)
    assert fetched.counts["urls_listed"] == 0
    assert fetched.drops == []


def test_the_wayback_machine_hands_out_pages(server, site, tmp_path):
    archive = archive_of(cdx=[f"{server.base_url}/cdx/search/cdx"], wayback=True)
    assert archive
    assert archive.records == f"{server.base_url}/web/"
    fetched = fetch_archive(site, OPTIONS, archive, tmp_path)
    warcio_check(tmp_path)
    assert set(reasons(fetched)) == {"earlier_capture", "http_301"}
    assert bodies(tmp_path, site) == bodies_undisturbed(server, site, tmp_path / "ranges")
    stored = index_warcs(sorted(tmp_path.glob("warc/*.warc.gz")), site, OPTIONS)[0]
    assert {ref.fetched[:4] for ref in stored} == {"2026"}, "the time of the capture, not of today"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(404), "record_unavailable"),
        (Fault(headers={"Link": '<https://www.vilna-hazeta.example/news/>; rel="original"'}), "other_url"),
        (Fault(cut=100), "truncated_record"),
        (Fault(headers={"X-Archive-Orig-Content-Length": "10000000"}), "truncated"),
    ],
)
def test_a_replay_of_something_else(server, site, tmp_path, fault, reason):
    url = next(one.url for one in server.index[CRAWLS[0]] if "/news/2025/12/" in one.url)
    server.fault = lambda path, _: fault if path.startswith("/web/") and path.endswith(url) else None
    archive = archive_of(cdx=[f"{server.base_url}/cdx/search/cdx"], wayback=True)
    assert archive
    fetched = fetch_archive(site, OPTIONS, archive, tmp_path)
    refs, drops = index_warcs(sorted(tmp_path.glob("warc/*.warc.gz")), site, OPTIONS)
    assert url not in {ref.url for ref in refs}
    assert url in {drop.item for drop in [*fetched.drops, *drops] if drop.reason == reason}


_FETCH = """
import sys
from pathlib import Path
from corpus_builder.crawl import CrawlOptions, archive_of, fetch_archive
from corpus_builder.newspaper import Newspaper, load_newspaper
from corpus_builder.newspaper.archive import CRAWLS
from corpus_builder.sites import load_site
archive = archive_of(cdx=[f"{sys.argv[1]}/{crawl}-index" for crawl in CRAWLS], records=sys.argv[1])
options = CrawlOptions(languages=("uk", "ru", "en"), retries=2, backoff=0.01, timeout=5.0)
fetch_archive(load_site("sample"), options, archive, Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moments", [(3, 20, 30), (11, 45)], ids=["three-kills", "two-kills"])
def test_killed_in_the_middle_and_resumed(server, site, tmp_path, moments):
    """The run is killed after so many requests, each time; `moments` are in the index and among the records."""
    whole = bodies_undisturbed(server, site, tmp_path / "undisturbed")
    server.requests.clear()

    def slow(*_: str) -> None:
        time.sleep(0.01)

    server.fault = slow
    command = [sys.executable, "-c", _FETCH, server.base_url, str(tmp_path / "killed")]
    for moment in moments:
        process = subprocess.Popen(command)
        until, patience = len(server.requests) + moment, time.monotonic() + 30
        while process.poll() is None and len(server.requests) < until and time.monotonic() < patience:
            time.sleep(0.001)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "killed before it ended"
    subprocess.run(command, check=True)
    assert bodies(tmp_path / "killed", site) == whole
    warcio_check(tmp_path / "killed")
    repeated = Counter(server.requests)
    assert sum(count - 1 for count in repeated.values()) <= len(moments) * 9, "only what was in flight is repeated"


def test_a_file_that_was_deleted_is_fetched_again(server, site, tmp_path):
    fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    before = bodies(tmp_path, site)
    next(tmp_path.glob("warc/*.warc.gz")).unlink()
    fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    assert bodies(tmp_path, site) == before


def test_what_is_taken_down_leaves_the_files_and_does_not_come_back(server, site, tmp_path):
    fetch_archive(site, OPTIONS, archive_at(server), tmp_path)
    before = bodies(tmp_path, site)
    removed = remove_archived(tmp_path, site, {"7231071"})
    assert removed.records >= 2
    stored = b"".join(gzip.decompress(path.read_bytes()) for path in tmp_path.glob("warc/*"))
    assert b"7231071/" not in b"".join(re.findall(rb"WARC-Target-URI: [^\r]*", stored))
    assert bodies(tmp_path, site) == {url: body for url, body in before.items() if "7231071" not in url}
    warcio_check(tmp_path)
    asked = len(server.requests)
    fetched = fetch_archive(site, OPTIONS, archive_at(server), tmp_path, withdrawn={"7231071"})
    assert [path for path, _ in server.requests[asked:] if is_record(path)] == [], "the others are where they moved"
    assert reasons(fetched)["taken_down"] >= 2
    assert remove_archived(tmp_path, site, {"7231071"}).records == 0


@pytest.mark.parametrize(
    "options",
    [
        {"common_crawl": "2025-05"},
        {"common_crawl": ","},
        {"common_crawl": "CC-MAIN-2025-05", "wayback": True},
        {"common_crawl": "CC-MAIN-2025-05", "cdx": ["http://127.0.0.1:1/"]},
        {"cdx": ["127.0.0.1"]},
        {"records": "https://data.example.org/"},
        {"tables": ["index/"]},
        {"tables": ["index/"], "wayback": True},
        {"cdx": ["http://127.0.0.1:1/"], "records": "data.example.org"},
        {"cdx": ["http://127.0.0.1:1/"], "records": "gopher://data.example.org"},
    ],
)
def test_options_that_are_wrong(options):
    with pytest.raises(UsageError) as caught:
        archive_of(**options)
    assert caught.value.next_step


def test_common_crawl_by_name():
    archive = archive_of("CC-MAIN-2025-05, CC-MAIN-2025-08")
    assert archive
    assert archive.indexes == (
        "https://index.commoncrawl.org/CC-MAIN-2025-05-index",
        "https://index.commoncrawl.org/CC-MAIN-2025-08-index",
    )
    assert archive.records == "https://data.commoncrawl.org/"


def test_a_contact_is_needed_for_requests_over_the_network(site, tmp_path):
    archive = archive_of("CC-MAIN-2025-05")
    assert archive
    with pytest.raises(UsageError, match="contact"):
        fetch_archive(site, OPTIONS, archive, tmp_path)
