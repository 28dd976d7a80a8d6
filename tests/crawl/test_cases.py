"""The crawl of sites with one oddity each, from public bug reports (../shared/cases, served by serve.py)."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus_builder.crawl import CrawlSummary, crawl, index_crawl
from corpus_builder.sites import load_site

from .conftest import OPTIONS


@pytest.fixture(scope="module")
def pages(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small newspaper, as a folder."""
    folder = tmp_path_factory.mktemp("cases") / "site"
    corpus = shared / "data" / "ntrex" / "ntrex.tsv"
    tool = [sys.executable, str(shared / "newsroom" / "newsroom.py")]
    subprocess.run([*tool, "make", "--corpus", corpus, "--out", folder, "--seed", "1", "--slice", "0:6"], check=True)
    return folder


@pytest.fixture
def run_case(shared: Path, pages: Path, tmp_path: Path) -> Iterator[Callable[..., tuple[CrawlSummary, int, int]]]:
    """Crawls a case: run_case(name, since=…) returns the summary, the number of captures and that of requests."""
    with contextlib.ExitStack() as stack:

        def crawl_case(name: str, **changes: object) -> tuple[CrawlSummary, int, int]:
            log = stack.enter_context((tmp_path / "requests.log").open("w"))
            command = [sys.executable, str(shared / "cases" / "serve.py"), name, str(pages)]
            server = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True))
            stack.callback(server.kill)
            assert server.stdout is not None
            site = load_site("pravda", mirror=server.stdout.readline().strip())
            options = replace(OPTIONS, **changes)
            summary = crawl(site, options, tmp_path / "crawl")
            requests = (tmp_path / "requests.log").read_text().splitlines()
            return summary, len(index_crawl(tmp_path / "crawl", site, options)), len(requests)

        yield crawl_case


@pytest.mark.parametrize(
    "name",
    [
        "robots-content-encoding-utf8", "x-robots-other-bot", "content-encoding-utf8",
        "content-encoding-deflate-on-plain", "sitemap-undeclared-prefix",
    ],
)  # fmt: skip
def test_every_page_is_taken(run_case, name):
    summary, captures, requests = run_case(name)
    assert captures == summary.counts["urls_listed"] >= 6
    assert requests == captures + 4, "robots.txt, tdmrep.json, two sitemaps, and every page once"
    assert not summary.dropped


@pytest.mark.parametrize(
    ("name", "reason"), [("robots-utf16", "robots"), ("robots-content-signal", "opt_out_content_signal")]
)
def test_no_page_is_requested(run_case, name, reason):
    summary, captures, requests = run_case(name)
    assert (captures, summary.dropped[reason]) == (0, summary.counts["listings_failed"])
    assert requests <= 2


def test_a_raw_ampersand_costs_no_entry(run_case):
    summary, captures, _ = run_case("sitemap-raw-ampersand")
    assert captures == summary.counts["urls_listed"] >= 6
    assert summary.dropped == {"not_an_article": 1}, "the search page whose address has the ampersand"


def test_a_stale_index_is_counted(run_case):
    summary, captures, _ = run_case("sitemap-index-stale-lastmod", since=date(2025, 1, 1))
    assert (captures, summary.dropped) == (0, {"outside_dates": 1})


def test_an_endless_index_ends(run_case):
    summary, _, requests = run_case("sitemap-endless-index")
    assert summary.dropped == {"endless_index": 1}
    assert requests < 12
