"""The crawl of real, professionally translated news, dressed as a site with the faults of one (../shared/newsroom)."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from corpus_builder.crawl import crawl, crawl_drops, index_crawl
from corpus_builder.sites import load_site

from .conftest import OPTIONS, warcio_check


@pytest.mark.slow
def test_every_edition_is_found_and_none_is_invented(shared, tmp_path):
    newsroom = [sys.executable, str(shared / "newsroom" / "newsroom.py")]
    corpus = shared / "data" / "ntrex" / "ntrex.tsv"
    folder = tmp_path / "site"
    subprocess.run([*newsroom, "make", "--corpus", corpus, "--out", folder, "--seed", "1"], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([*newsroom, "serve", folder, "--port", str(port)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert re.search(rf":{port}\b", server.stdout.readline())
        site = load_site("pravda", mirror=f"http://127.0.0.1:{port}")
        summary = crawl(site, replace(OPTIONS, connections=8, sources=("sitemaps", "feeds", "hreflang")), tmp_path)
    finally:
        server.kill()
        server.communicate()
    gold = [json.loads(line) for line in (folder / "gold.jsonl").open(encoding="utf-8")]
    editions = {(story["article"], language) for story in gold for language in story["url"]}
    found = {(ref.article_id, ref.language) for ref in index_crawl(tmp_path, site, OPTIONS)}
    traps = {("9999902", "uk"), ("9999903", "uk"), ("9999903", "ru")}
    assert found == editions | traps
    reasons = Counter(drop.reason for drop in crawl_drops(tmp_path) if drop.article_id)
    assert reasons["off_site"] == 1
    assert set(reasons) == {"off_site", "http_404"}, "what the sitemap promises and the site does not have"
    assert summary.counts["pages_fetched"] == len(found)
    warcio_check(tmp_path)
