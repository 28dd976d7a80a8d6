"""Speed of the crawler, from pages to WARC files, compared with a bare httpx loop over the same pages in the same run.

    python benchmarks/crawl.py [--pages 2000] [--page-kb 120] [--connections 4] [--plain]

Another process serves synthetic pages (like news, 120 KB, compressed with gzip unless --plain) on loopback; the crawl
has no delay. Printed are pages per second of the bare loop (consecutive requests on as many connections, bodies read
and discarded) and of the crawl (robots.txt, sitemap, opt-outs, hreflang, frontier, WARC), their ratio, the processor
time of a page in both, which other programs on the machine hardly change, and the peak memory of the crawl. Pages are
parsed in a process apart, whose share is printed, too.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import random
import resource
import tempfile
import time
from functools import partial
from pathlib import Path

import httpx
from bare_server import Answers, response, serving

from corpus_builder.crawl import CrawlOptions, crawl
from corpus_builder.sites import Site, load_site
from corpus_builder.web.page_process import close_processes

_WORDS = ("уряд", "ухвалив", "рішення", "про", "нову", "програму", "підтримки", "громад", "які", "постраждали")


def page(number: int, size: int) -> bytes:
    """A page of about `size` bytes with links to three editions, and text that compresses about as well as news."""
    chance = random.Random(number)
    paths = {"uk": "", "ru": "rus/", "en": "eng/"}
    links = "".join(
        f'<link rel="alternate" hreflang="{language}" href="https://www.pravda.com.ua/{prefix}news/2025/12/1/{number}/">'
        for language, prefix in paths.items()
    )
    out = [f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{number}</title>{links}</head><body>']
    length = 0
    while length < size:
        text = " ".join(f"{chance.choice(_WORDS)}{chance.randrange(100)}" for _ in range(60))
        block = (
            f'<div class="block_{chance.randrange(999)}"><p>{text}</p><a href="/tags/{chance.random()}/">x</a></div>\n'
        )
        out.append(block)
        length += len(block.encode())
    return "".join([*out, "</body></html>"]).encode()


def answers(count: int, size: int, plain: bool) -> Answers:
    """What a site of `count` pages and their sitemap answers."""
    variety = [page(number, size) for number in range(16)]
    bodies = variety if plain else [gzip.compress(body, 6) for body in variety]
    headers = ["Content-Type: text/html; charset=utf-8", *([] if plain else ["Content-Encoding: gzip"])]
    urls = (f"<url><loc>https://www.pravda.com.ua/news/2025/12/1/{number}/</loc></url>" for number in range(count))
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(urls)}</urlset>'.encode()

    def answer(path: str) -> bytes:
        if path == "/robots.txt":
            robots = b"User-agent: *\nSitemap: https://www.pravda.com.ua/sitemap.xml\n"
            return response(200, robots, "Content-Type: text/plain")
        if path == "/sitemap.xml":
            return response(200, sitemap)
        if not path.startswith("/news/"):
            return response(404, b"")
        return response(200, bodies[int(path.rstrip("/").rsplit("/", 1)[-1]) % len(bodies)], *headers)

    return answer


def spent(who: int) -> float:
    """Seconds of the processor so far."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


async def bare(base: str, count: int, connections: int) -> float:
    """Seconds for a plain httpx loop to read all the pages."""
    numbers = iter(range(count))
    async with httpx.AsyncClient(trust_env=False) as client:

        async def work() -> None:
            for number in numbers:
                async with client.stream("GET", f"{base}/news/2025/12/1/{number}/") as response:
                    async for _ in response.aiter_raw():
                        pass

        start = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(connections)))
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--page-kb", type=int, default=120)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--plain", action="store_true", help="pages without Content-Encoding")
    arguments = parser.parse_args()
    with serving(partial(answers, arguments.pages, arguments.page_kb * 1024, arguments.plain)) as base:
        measure(base, arguments.pages, arguments.connections)


def measure(base: str, pages: int, connections: int) -> None:
    """Fetch the site at a base URL both ways, and print what it took."""
    site = Site(load_site("pravda").rules, base)
    options = CrawlOptions(languages=("uk",), connections=connections, sources=("sitemaps", "hreflang"))
    begun = spent(resource.RUSAGE_SELF)
    seconds = asyncio.run(bare(base, pages, connections))
    bare_rate = pages / seconds
    bare_spent = spent(resource.RUSAGE_SELF) - begun
    with tempfile.TemporaryDirectory() as folder:
        start, begun = time.perf_counter(), spent(resource.RUSAGE_SELF)
        summary = crawl(site, options, Path(folder))
        rate = summary.counts["pages_fetched"] / (time.perf_counter() - start)
        close_processes()
        own, apart = spent(resource.RUSAGE_SELF) - begun, spent(resource.RUSAGE_CHILDREN)  # the server is not yet ended
        written = sum(path.stat().st_size for path in Path(folder).rglob("*.warc.gz"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"bare httpx   {bare_rate:7.0f} pages/s")
    print(
        f"crawl        {rate:7.0f} pages/s   {summary.counts['pages_fetched']} pages, {written / 2**20:.0f} MiB of WARC"
    )
    print(f"ratio        {rate / bare_rate:7.2f}")
    a_page = 1000 / pages
    print(f"bare httpx   {bare_spent * a_page:7.2f} ms of the processor a page")
    print(f"crawl        {(own + apart) * a_page:7.2f} ms of the processor a page, {apart * a_page:.2f} of them apart")
    print(f"peak memory  {peak:7.0f} MiB")


if __name__ == "__main__":
    main()
