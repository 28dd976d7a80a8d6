"""How the crawler reads a site of a thousand sitemaps: time, memory, and what a window of dates leaves out.

    python benchmarks/sitemaps.py [--sitemaps 1000] [--urls 1000] [--since 2025-12-01]

Another process serves robots.txt and an index on loopback that leads to four indexes with compressed sitemaps, one a
day by its `lastmod`, of 1,000 URLs of one day (334 stories in up to three languages). Beside them the index names
itself, an index that lists itself, a sitemap that is not there, one that answers 500, and one that is no XML. Printed
are what `corpus-builder plan` finds; the processor seconds of each quarter of the listings, which are alike where none
of the work grows with what was read before; and the peak memory of the process and of the one apart.

Found (2026-11, two busy cores): 14.5, 15.0, 15.6 and 16.2 s a quarter; 66 s in all and 23 s apart; 117 and 109 MiB.
With --since 2025-12-25, seven sitemaps in 2 s. Before listings had an index of their own in the frontier, the last
quarter of 200 sitemaps took 1.7 times the first.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import time
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

from bare_server import Answers, response, serving

from corpus_builder.crawl import CrawlOptions, plan
from corpus_builder.sites import load_site
from corpus_builder.web.page_process import close_processes

HOME = "https://www.pravda.com.ua"
INDEXES = 4
LAST = date(2025, 12, 31)
PREFIXES = ("", "rus/", "eng/")


def listing(root: str, entry: str, urls: Iterable[tuple[str, date | None]]) -> bytes:
    """A sitemap or an index of addresses with their days of change."""
    entries = "".join(
        f"<{entry}><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{entry}>" for url, day in urls
    )
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'.encode()


def answers(sitemaps: int, urls: int) -> Answers:
    """What the site answers."""
    return lambda path: response(*answer(path, sitemaps, urls))


def answer(path: str, sitemaps: int, urls: int) -> tuple[int, bytes]:
    """The status and the body at a path."""
    name = path.strip("/").partition(".")[0]
    if path == "/robots.txt":
        return 200, f"User-agent: *\nSitemap: {HOME}/index.xml\n".encode()
    if name == "index":
        known = [f"part-{number}.xml" for number in range(INDEXES)]
        names = [*known, "index.xml", "circle.xml", "gone.xml", "broken.xml", "words.xml"]
        return 200, listing("sitemapindex", "sitemap", ((f"{HOME}/{each}", None) for each in names))
    if name == "circle":
        return 200, listing("sitemapindex", "sitemap", [(f"{HOME}/circle.xml", None), (f"{HOME}/index.xml", None)])
    if name == "broken":
        return 500, b""
    if name == "words":
        return 200, b"<html><body>no sitemap</body></html>"
    kind, _, number = name.partition("-")
    if kind == "part":
        days = range(int(number), sitemaps, INDEXES)
        each = ((f"{HOME}/map-{day}.xml.gz", LAST - timedelta(days=day)) for day in days)
        return 200, listing("sitemapindex", "sitemap", each)
    if kind == "map":
        day = LAST - timedelta(days=int(number))
        first = int(number) * urls
        pages = (
            (f"{HOME}/{PREFIXES[at % 3]}news/{day:%Y/%m/%d}/{1_000_000 + (first + at) // 3}/", day)
            for at in range(urls)
        )
        return 200, gzip.compress(listing("urlset", "url", pages), 1)
    return 404, b""


def main() -> None:
    """Plan, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sitemaps", type=int, default=1000)
    parser.add_argument("--urls", type=int, default=1000)
    parser.add_argument("--since", type=date.fromisoformat)
    arguments = parser.parse_args()
    with serving(partial(answers, arguments.sitemaps, arguments.urls)) as base:
        measure(base, arguments.sitemaps, arguments.since)


def measure(base: str, sitemaps: int, since: date | None) -> None:
    """Plan the site at a base URL, and print what it took."""
    site = load_site("pravda", base)
    options = CrawlOptions(site.languages, since=since, retries=1, backoff=0.1)
    spent = [time.process_time()]

    def progress(_: str, done: int, __: int | None) -> None:
        if done and not done % max(1, sitemaps // 4):
            spent.append(time.process_time())

    begun = time.perf_counter()
    found = plan(site, options, progress)
    elapsed = time.perf_counter() - begun
    close_processes()
    own, apart = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{found.listings:,} listings read, {found.stories:,} stories, {found.pages:,} pages, {len(found.days):,} days"
    )
    print(f"listings that failed: {dict(found.listings_failed)}")
    print("seconds a quarter:   ", *(f"{after - before:.1f}" for before, after in pairwise(spent)))
    spent_apart = apart.ru_utime + apart.ru_stime  # the server is not yet ended
    total = own.ru_utime + own.ru_stime
    print(f"seconds in all:       {total:.1f} of the processor and {spent_apart:.1f} apart, {elapsed:.1f} elapsed")
    print(f"peak memory:          {own.ru_maxrss / 1024:.0f} MiB, {apart.ru_maxrss / 1024:.0f} MiB apart")


if __name__ == "__main__":
    main()
