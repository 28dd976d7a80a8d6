"""Where redirects may lead, how long a site may make a run wait, and how a run that cannot go on ends."""

from __future__ import annotations

import asyncio
import sqlite3
import time

import pytest

from corpus_builder.crawl import crawl_drops
from corpus_builder.crawl.addresses import is_private, without_user
from corpus_builder.errors import RunError, UsageError
from corpus_builder.sites import load_site

from .conftest import HOME, Answer


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "169.254.169.254", "[::1]", "[fe80::1]", "0x7f.1",
     "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
def test_private_addresses_however_they_are_written(host):
    assert asyncio.run(is_private(f"http://{host}:8000/robots.txt"))


@pytest.mark.parametrize("host", ["93.184.216.34", "[2606:4700::1111]", "no-such-host.invalid"])
def test_public_addresses(host):
    assert not asyncio.run(is_private(f"http://{host}/robots.txt"))


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:9/robots.txt", "http://169.254.169.254/latest/", "http://10.0.0.1/"]
)
def test_a_robots_txt_never_leads_to_a_private_address(paper, run, target):
    paper.sitemap("/sitemap.xml", paper.story(1))
    paper.put("/robots.txt", Answer(b"", 301, {"Location": target}))
    summary = run()
    assert "private_address" in summary.refused
    assert paper.pages_asked() == []


def test_a_user_in_a_redirect_is_not_sent(paper, run):
    paths = paper.story(1, "uk")
    paper.sitemap("/sitemap.xml", paths)
    with_user = paper.base.replace("http://", "http://user:pw@")
    rules = paper.answers["/robots.txt"][0]
    paper.put("/robots.txt", Answer(b"", 301, {"Location": f"{with_user}/rules.txt"}))
    paper.put("/rules.txt", rules)
    page = paper.answers[paths[0]][0]
    paper.put(paths[0], Answer(b"", 301, {"Location": f"{with_user}{paths[0]}index.amp"}))
    paper.put(f"{paths[0]}index.amp", page)
    paper.sitemap("/more.xml", [])
    rules.body += f"Sitemap: {with_user}/more.xml\n".encode()
    assert run().counts["pages_fetched"] == 1
    assert [paper.count(path) for path in ("/rules.txt", f"{paths[0]}index.amp", "/more.xml")] == [1, 1, 1]
    assert not any("authorization" in asked.headers for asked in paper.asked)
    assert without_user("https://user:pw@x.org:81/a?b@c#d") == "https://x.org:81/a?b@c#d"


def test_another_port_is_another_host(paper, run, tmp_path):
    site = load_site("pravda")
    assert all(map(site.owns, (HOME, f"{HOME}:443/news/", "http://pravda.com.ua:80/")))
    assert not any(map(site.owns, (f"{HOME}:8443/news/", f"{HOME}:80/", "http://www.pravda.com.ua:22/")))
    [path] = paper.story(1, "uk")
    paper.sitemap("/sitemap.xml", [path])
    paper.put(path, Answer(b"", 301, {"Location": f"{HOME}:8443{path}"}))
    assert run().dropped["off_site"] == 1


@pytest.mark.parametrize("delay", ["99999999999", "601", "11 min"])
def test_a_delay_of_more_than_ten_minutes_ends_the_run(paper, run, delay):
    paper.answers["/robots.txt"][0].body += f"Crawl-delay: {delay}\n".encode()
    with pytest.raises(RunError, match=r"asks for [\d,]+ s between requests") as caught:
        run()
    assert "ten minutes" in caught.value.next_step
    assert [asked.path for asked in paper.asked] == ["/robots.txt"]


def test_what_is_queued_for_the_far_future_is_requested_now(paper, run, tmp_path, caplog):
    paths = paper.story(1, "uk")
    paper.sitemap("/sitemap.xml", paths)
    paper.put(paths[0], Answer(b"", 429, {"Retry-After": "601"}))
    with pytest.raises(RunError, match="asks for a pause of 601 s"):
        run()
    db = sqlite3.connect(tmp_path / "crawl" / "state.sqlite")
    with db:
        assert db.execute("UPDATE pages SET next_try = 9e12 WHERE state = 'queued'").rowcount == 1
    db.close()
    paper.story(1, "uk")
    started = time.monotonic()
    assert run().counts["pages_usable"] == 1
    assert time.monotonic() - started < 30
    assert "1 pages were postponed by more than ten minutes" in caplog.text


def test_a_page_that_asks_for_centuries_is_tried_again_after_a_week(paper, run, tmp_path):
    paths = paper.story(1, "uk")
    paper.sitemap("/sitemap.xml", paths)
    paper.put(paths[0], Answer(b"", 503, {"Retry-After": "99999999999"}))
    assert run().dropped["retry_after"] == 1
    db = sqlite3.connect(tmp_path / "crawl" / "state.sqlite")
    [(next_try,)] = db.execute("SELECT next_try FROM pages WHERE reason = 'retry_after'")
    db.close()
    assert next_try <= time.time() + 7 * 24 * 3600


def test_a_redirect_to_itself_that_sets_a_cookie_is_followed_once(paper, run, tmp_path):
    [path] = paper.story(1, "uk")
    [endless] = paper.story(2, "uk")
    paper.sitemap("/sitemap.xml", [path, endless])
    redirect = {"Set-Cookie": "seen=1; Path=/"}
    paper.put(path, Answer(b"", 302, redirect | {"Location": path}), paper.answers[path][0])
    paper.put(endless, Answer(b"", 302, redirect | {"Location": endless}))
    summary = run()
    assert summary.counts["pages_fetched"] == 1
    assert summary.dropped["redirect_loop"] == 1
    assert paper.count(path) == 2
    [second] = [asked for asked in paper.asked if asked.path == path][1:]
    assert "seen=1" in second.headers["cookie"]
    assert paper.count(endless) == 2


@pytest.mark.parametrize("mirror", ["127.0.0.1:8000", "localhost", "ftp://127.0.0.1", "http://", "/site", ""])
def test_a_base_url_without_a_scheme_says_so(mirror):
    with pytest.raises(UsageError, match="--base-url") as caught:
        load_site("pravda", mirror=mirror)
    assert "http://" in caught.value.next_step


def test_robots_that_lead_nowhere_are_a_drop(paper, run, tmp_path):
    paper.put("/robots.txt", Answer(b"", 301, {"Location": "http://[bad"}))
    assert "redirects to" in run().refused
    assert [drop.reason for drop in crawl_drops(tmp_path / "crawl")] == ["robots_unavailable"]
