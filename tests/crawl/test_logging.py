"""The log of a crawl: a line for each request, retry, redirect, decision and drop, to understand it afterwards."""

from __future__ import annotations

import logging
import re

import pytest

from .conftest import Answer


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "corpus_builder.crawl")
    return lambda: [record.getMessage() for record in caplog.records]


def test_every_event_has_its_line(paper, run, lines):
    stored, moved, gone = paper.story(1, "uk"), paper.story(2, "uk"), "/news/2025/12/01/3/"
    busy = paper.story(4, "uk")
    paper.put(moved[0], Answer(status=301, headers={"Location": "https://champion.example/2/"}))
    paper.put(busy[0], Answer(b"", 503), paper.answers[busy[0]][0])
    paper.sitemap("/sitemap.xml", [*stored, *moved, gone, *busy])
    run(sources=("sitemaps",))
    home = "https://www.pravda.com.ua"
    for pattern in (
        r"crawl of pravda into .*",
        rf"{home}/robots\.txt: 0\.0 s between requests, 1 sitemaps",
        rf"GET {paper.base}/sitemap\.xml 200, \d+ bytes, \d\.\d\d s",
        rf"sitemap {home}/sitemap\.xml: 4 pages, 0 sitemaps",
        rf"GET {paper.base}{stored[0]} 200, \d+ bytes, \d\.\d\d s",
        rf"stored {home}{stored[0]}: 200, \d\.\d\d s, crawl-00001\.warc\.gz:\d+",
        rf"{home}{moved[0]} redirects \(301\) to https://champion\.example/2/",
        rf"dropped {home}{moved[0]}: off_site \(https://champion\.example/2/\)",
        rf"dropped {home}{gone}: http_404 \(Not Found\)",
        rf"retry {home}{busy[0]} in \d\.\d s \(request 2 of 4\): http_503",
        r"crawl of pravda finished: .*'pages_fetched': 2.*",
    ):
        assert sum(bool(re.fullmatch(pattern, line)) for line in lines()) == 1, (pattern, lines())


def test_decisions_of_robots_txt_are_logged(paper, run, lines):
    paper.put("/robots.txt", "User-agent: *\nDisallow: /news/\n")
    paper.sitemap("/sitemap.xml", paper.story(1, "uk"))
    run()
    assert sum(line.startswith("disallowed by robots.txt: ") for line in lines()) == 1


def test_a_host_that_cannot_be_reached_is_logged(paper, run, lines):
    paper.put("/robots.txt", Answer(b"", 500))
    run()
    assert any(line.endswith("/robots.txt: robots.txt responded with 500") for line in lines())
