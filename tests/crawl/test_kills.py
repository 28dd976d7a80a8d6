"""A crawl that is killed with SIGKILL again and again ends with what an undisturbed one ends with."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from corpus_builder.crawl import crawl_drops, index_crawl, read_captures

from .conftest import OPTIONS, Answer, warcio_check

_CRAWL = """
import sys
from pathlib import Path
from corpus_builder.crawl import CrawlOptions, crawl
from corpus_builder.sites import load_site
options = CrawlOptions(languages=("uk", "ru", "en"), sources=("sitemaps", "hreflang"), retries=3, backoff=0.01,
                       connections=int(sys.argv[3]))
crawl(load_site("pravda", mirror=sys.argv[1]), options, Path(sys.argv[2]))
"""


def outcome(folder, site):
    """What a build can see of a crawl: nothing in it may depend on time or on interruptions."""
    refs = index_crawl(folder, site, OPTIONS)
    pages = [(r.url, r.language, r.article_id, r.month, r.digest, c.body) for r, c in read_captures(refs)]
    return pages, list(crawl_drops(folder))


@pytest.mark.slow
@pytest.mark.parametrize(("connections", "times"), [(1, 6), (4, 20)])
def test_killed_at_random_moments(paper, site, run, tmp_path, connections, times):
    paths = [path for number in range(60) for path in paper.story(number, "uk ru en" if number % 3 else "uk ru")]
    for number, path in enumerate(paths):
        if number % 17 == 0:
            paper.put(path, Answer(b"", 404))
        elif number % 19 == 0:
            paper.put(path, Answer(status=301, headers={"Location": "http://elsewhere.example.org/"}))
        for answer in paper.answers[path]:
            answer.drip = 0.002
    months = [f"/sitemap-2025-{month:02d}.xml.gz" for month in range(1, 13)]
    for month, path in enumerate(months):
        paper.sitemap(path, [url for url in paths[month::12] if "/eng/" not in url])
    paper.index("/sitemap.xml", months)
    run(connections=connections)
    undisturbed = outcome(tmp_path / "crawl", site)
    paper.forget()
    chance = random.Random(connections)
    folder = tmp_path / "killed"
    command = [sys.executable, "-c", _CRAWL, paper.base, str(folder), str(connections)]
    kills = 0
    while True:
        process = subprocess.Popen(command, start_new_session=True)
        seen = len(paper.asked)
        patience = time.monotonic() + 20
        # Starting takes most of a second on a busy machine: count the time from the first request.
        while process.poll() is None and len(paper.asked) == seen and time.monotonic() < patience:
            time.sleep(0.002)
        if kills < times:
            time.sleep(chance.uniform(0.0, 0.04))
            os.killpg(process.pid, signal.SIGKILL)
            if process.wait() != 0:
                kills += 1
                continue
        assert process.wait() == 0
        break
    assert kills == times
    assert outcome(folder, site) == undisturbed
    warcio_check(folder)
    asked = Counter(path for path in paper.pages_asked())
    assert set(asked) == set(paths)
    repeated = sum(count - 1 for count in asked.values())
    assert repeated <= kills * connections, "only what was in flight is fetched again"
