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
import multiprocessing
import random
import resource
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

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


def serve(count: int, size: int, plain: bool, port_to: Connection) -> None:
    """Serve `count` pages and their sitemap until killed; send the port first."""
    variety = [page(number, size) for number in range(16)]
    bodies = variety if plain else [gzip.compress(body, 6) for body in variety]
    encoding = b"" if plain else b"Content-Encoding: gzip\r\n"

    class Server(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport, self.pending = transport, b""

        def data_received(self, data: bytes) -> None:
            self.pending += data
            while b"\r\n\r\n" in self.pending:
                request, self.pending = self.pending.split(b"\r\n\r\n", 1)
                path = request.split(b" ", 2)[1]
                self.transport.write(self.answer(path))

        def answer(self, path: bytes) -> bytes:
            if path == b"/robots.txt":
                body = b"User-agent: *\nSitemap: https://www.pravda.com.ua/sitemap.xml\n"
                return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (
                    len(body),
                    body,
                )
            if path == b"/sitemap.xml":
                urls = "".join(
                    f"<url><loc>https://www.pravda.com.ua/news/2025/12/1/{number}/</loc></url>"
                    for number in range(count)
                )
                body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
                return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            if not path.startswith(b"/news/"):
                return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            body = bodies[int(path.rstrip(b"/").rsplit(b"/", 1)[-1]) % len(bodies)]
            return b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n%bContent-Length: %d\r\n\r\n%b" % (
                encoding,
                len(body),
                body,
            )

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        port_to.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


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
    receiver, sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(
        target=serve, args=(arguments.pages, arguments.page_kb * 1024, arguments.plain, sender), daemon=True
    )
    server.start()
    base = f"http://127.0.0.1:{receiver.recv()}"
    site = Site(load_site("pravda").rules, base)
    options = CrawlOptions(languages=("uk",), connections=arguments.connections, sources=("sitemaps", "hreflang"))
    begun = spent(resource.RUSAGE_SELF)
    seconds = asyncio.run(bare(base, arguments.pages, arguments.connections))
    bare_rate = arguments.pages / seconds
    bare_spent = spent(resource.RUSAGE_SELF) - begun
    with tempfile.TemporaryDirectory() as folder:
        start, begun = time.perf_counter(), spent(resource.RUSAGE_SELF)
        summary = crawl(site, options, Path(folder))
        rate = summary.counts["pages_fetched"] / (time.perf_counter() - start)
        close_processes()
        own, apart = spent(resource.RUSAGE_SELF) - begun, spent(resource.RUSAGE_CHILDREN)  # the server is not yet ended
        written = sum(path.stat().st_size for path in Path(folder).rglob("*.warc.gz"))
    server.terminate()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"bare httpx   {bare_rate:7.0f} pages/s")
    print(
        f"crawl        {rate:7.0f} pages/s   {summary.counts['pages_fetched']} pages, {written / 2**20:.0f} MiB of WARC"
    )
    print(f"ratio        {rate / bare_rate:7.2f}")
    a_page = 1000 / arguments.pages
    print(f"bare httpx   {bare_spent * a_page:7.2f} ms of the processor a page")
    print(f"crawl        {(own + apart) * a_page:7.2f} ms of the processor a page, {apart * a_page:.2f} of them apart")
    print(f"peak memory  {peak:7.0f} MiB")


if __name__ == "__main__":
    main()
