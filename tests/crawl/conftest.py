"""A newspaper on loopback whose every answer a test can script, and helpers to crawl it."""

from __future__ import annotations

import contextlib
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from warcio.cli import main

from corpus_builder.crawl import CrawlOptions, CrawlSummary, crawl
from corpus_builder.sites import Site, load_site

HOME = "https://www.pravda.com.ua"
PREFIX = {"uk": "", "ru": "rus/", "en": "eng/"}


@dataclass
class Answer:
    """One response: `cut` sends only so many bytes of the body, `chunked` in chunks, `drip` waits before the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    chunked: bool = False
    drip: float = 0.0


@dataclass
class Asked:
    """One request as the server saw it."""

    path: str
    headers: dict[str, str]
    at: float


class Newspaper:
    """What the server answers by path: a list is answered one by one, its last for ever; unknown paths are 404."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {"/robots.txt": [Answer(b"User-agent: *\nDisallow: /search/\n")]}
        self.asked: list[Asked] = []
        self.etags = True
        self.base = ""
        self.lock = threading.Lock()

    def put(self, path: str, *answers: Answer | bytes | str) -> None:
        """Script the answers of a path."""
        self.answers[path] = [
            answer if isinstance(answer, Answer) else Answer(answer.encode() if isinstance(answer, str) else answer)
            for answer in answers
        ]

    def story(self, number: int, languages: str = "uk ru en", day: str = "2025/12/01", text: str = "") -> list[str]:
        """Put a story's editions, linked by hreflang; returns their paths."""
        paths = {language: f"/{PREFIX[language]}news/{day}/{number}/" for language in languages.split()}
        links = "".join(
            f'<link rel="alternate" hreflang="{language}" href="{self.base}{path}">' for language, path in paths.items()
        )
        for language, path in paths.items():
            self.put(
                path,
                f'<html lang="{language}"><head>{links}</head><body><h1>{number} {language}</h1>'
                f"<p>{text or 'Текст новини. ' * 20}</p></body></html>",
            )
        return list(paths.values())

    def sitemap(self, path: str, urls: list[str], lastmod: str | None = None) -> None:
        """Put a sitemap of paths (or URLs) and name it in robots.txt."""
        stamp = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        entries = "".join(f"<url><loc>{self.absolute(url)}</loc>{stamp}</url>" for url in urls)
        self.put(
            path, f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
        )
        self.name_in_robots(path)

    def index(self, path: str, children: list[str]) -> None:
        """Put a sitemap index and name it in robots.txt."""
        entries = "".join(f"<sitemap><loc>{self.absolute(child)}</loc></sitemap>" for child in children)
        self.put(path, f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>')
        self.name_in_robots(path)

    def name_in_robots(self, path: str) -> None:
        robots = self.answers["/robots.txt"][0]
        line = f"Sitemap: {self.base}{path}\n".encode()
        if line not in robots.body:
            robots.body += line

    def absolute(self, url: str) -> str:
        return url if url.startswith("http") else self.base + url

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked.path == path for asked in self.asked)

    def pages_asked(self) -> list[str]:
        """The article paths asked for, in order."""
        return [asked.path for asked in self.asked if "/news/" in asked.path]

    def forget(self) -> None:
        """Empty the log."""
        self.asked.clear()

    def next_answer(self, path: str) -> Answer:
        with self.lock:
            answers = self.answers.get(path)
            if not answers:
                return Answer(b"<h1>404</h1>", 404)
            return answers.pop(0) if len(answers) > 1 else answers[0]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one packet: else Nagle and delayed ACKs cost 40 ms a request
    paper: Newspaper

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.paper.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic()))
        answer = self.paper.next_answer(self.path)
        headers = {"Content-Type": "text/html; charset=utf-8", **answer.headers}
        if self.paper.etags and answer.status == 200 and not answer.chunked and answer.cut is None:
            tag = f'"{hash(answer.body)}"'
            headers.setdefault("ETag", tag)
            if self.headers.get("If-None-Match") == headers["ETag"]:
                answer = Answer(status=304)
        self.send_response(answer.status)
        for name, value in headers.items():
            for one in value.split("\n"):
                self.send_header(name, one)
        if answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.drip:
            self.wfile.flush()
            time.sleep(answer.drip)
        body = answer.body if answer.cut is None else answer.body[: answer.cut]
        if answer.chunked:
            half = len(body) // 2
            for chunk in (body[:half], body[half:]):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            if answer.cut is None:
                self.wfile.write(b"0\r\n\r\n")
        elif answer.status != 304:
            self.wfile.write(body)
        if answer.cut is not None:
            self.close_connection = True

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    """A running newspaper."""
    newspaper = Newspaper()
    handler = type("Handler", (_Handler,), {"paper": newspaper})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    newspaper.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield newspaper
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(paper: Newspaper) -> Site:
    """Ukrainska Pravda's rules, served by the newspaper."""
    return load_site("pravda", mirror=paper.base)


OPTIONS = CrawlOptions(
    languages=("uk", "ru", "en"), sources=("sitemaps", "hreflang"), retries=3, backoff=0.01, timeout=5.0
)


@pytest.fixture
def run(site: Site, tmp_path: Path) -> Callable[..., CrawlSummary]:
    """Crawl the newspaper into tmp_path/crawl: run(limit=3, …) with the options' names."""
    from dataclasses import replace

    def crawl_it(**changes: object) -> CrawlSummary:
        return crawl(site, replace(OPTIONS, **changes), tmp_path / "crawl")

    return crawl_it


def warcio_check(folder: Path) -> None:
    """Fail where `warcio check` does on any WARC file of a folder."""
    files = sorted(folder.rglob("*.warc.gz"))
    assert files
    with pytest.raises(SystemExit) as ended:  # what the command `warcio` calls
        main(["check", *map(str, files)])
    assert not ended.value.code
