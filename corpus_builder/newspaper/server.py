"""The newspaper on loopback: its pages, listings and archives, with the faults of a real site.

Faults: an edition that the sitemap lists is 404, one article redirects to another site, one page first answers 503 with
Retry-After, one opts out of text mining, one Ukrainian URL has Russian text. Every second monthly sitemap named .gz is
plain XML. URL variants (no slash at the end, /index.amp, a day without its zero) lead to the page.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from corpus_builder.newspaper.feeds import feed, robots, sitemaps
from corpus_builder.newspaper.loopback import LoopbackServer
from corpus_builder.newspaper.markup import Renderer
from corpus_builder.newspaper.stories import LANGUAGES, Newspaper, Story, load_newspaper

_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """A prepared response."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: datetime | None = None

    @property
    def etag(self) -> str:
        """A strong entity tag: a hash of the body (RFC 9110, 8.8.3)."""
        return f'"{hashlib.sha1(self.body).hexdigest()}"'


class Request(NamedTuple):
    """A request that was answered, for tests to inspect."""

    method: str
    path: str
    status: int
    user_agent: str


class NewspaperServer(LoopbackServer):
    """Serves the newspaper on 127.0.0.1 and a free port (or `port`) while the context is open.

    >>> with NewspaperServer() as server:
    ...     server.base_url.startswith("http://127.0.0.1:")
    True

    `requests` lists the requests answered so far.
    """

    def __init__(self, newspaper: Newspaper | None = None, *, port: int = 0) -> None:
        self.newspaper = newspaper or load_newspaper()
        self.requests: list[Request] = []
        self._busy = set(self.newspaper.busy_once)
        self._lock = threading.Lock()
        super().__init__(_HTTPServer(("127.0.0.1", port), _handler(self)))
        self._answers = answers(self.newspaper, self.base_url)

    def answer(self, path: str) -> Answer:
        """The response to a path, which may be a variant of a page's path."""
        path = path.split("?")[0]
        with self._lock:
            if path in self._busy:
                self._busy.remove(path)
                return Answer(503, b"busy", {"Retry-After": "1", "Content-Type": "text/plain"})
        if answer := self._answers.get(path):
            return answer
        canonical = re.sub(r"/(\d)/(?=\d+/?$)", r"/0\1/", path.removesuffix("index.amp").rstrip("/")) + "/"
        if canonical in self._answers:
            if path.endswith("/index.amp"):
                return self._answers[canonical]
            return Answer(301, headers={"Location": self.base_url + canonical})
        return Answer(404, b"<html><body><h1>404</h1></body></html>", {"Content-Type": _HTML})

    def note(self, request: Request) -> None:
        """Record an answered request."""
        with self._lock:
            self.requests.append(request)


def answers(newspaper: Newspaper, base: str) -> dict[str, Answer]:
    """The response to every path of the newspaper."""
    renderer = Renderer(newspaper, base)
    ready: dict[str, Answer] = {"/robots.txt": Answer(200, robots(base).encode(), {"Content-Type": "text/plain"})}
    days: dict[tuple[date, str], list[Story]] = defaultdict(list)
    for story in newspaper.stories:
        for language in story.editions:
            page = renderer.page(story, language).encode()
            headers = {"Content-Type": _HTML, "Content-Language": language}
            ready[newspaper.path(story, language)] = Answer(200, page, headers, story.published)
            days[story.published.date(), language].append(story)
    for (day, language), stories in days.items():
        listing = renderer.index(language, f"{newspaper.words['archive'][language]}: {day:%d.%m.%Y}", stories)
        ready[renderer.day_url(day, language).removeprefix(base)] = Answer(
            200, listing.encode(), {"Content-Type": _HTML}
        )
    for language in LANGUAGES:
        home = f"/{newspaper.prefixes[language]}"
        listing = renderer.index(language, newspaper.names[language], reversed(newspaper.stories))
        ready[home] = Answer(200, listing.encode(), {"Content-Type": _HTML})
        ready[f"{home}rss/"] = Answer(200, feed(renderer, language), {"Content-Type": "application/rss+xml"})
    for number, (name, text) in enumerate(sitemaps(renderer).items()):
        plain = Answer(200, text.encode(), {"Content-Type": "application/xml"})
        if number == 0:
            ready[f"/sitemap/{name}"] = plain
        elif number % 2:
            packed = gzip.compress(plain.body, mtime=0)
            ready[f"/sitemap/{name}.gz"] = Answer(200, packed, {"Content-Type": "application/gzip"})
        else:
            ready[f"/sitemap/{name}.gz"] = plain
    for path, target in newspaper.offsite.items():
        ready[path] = Answer(301, headers={"Location": target})
    return ready


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    # Chosen: the standard library's 5 pending connections are fewer than a fast crawl opens at once.
    request_queue_size = 128


def _handler(newspaper: NewspaperServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body leave in one packet
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Print nothing: NewspaperServer.requests has the requests."""

        def do_GET(self) -> None:
            answer = newspaper.answer(self.path)
            if answer.status == 200 and self._unchanged(answer):
                answer = Answer(304, headers={"ETag": answer.etag})
            newspaper.note(Request(self.command, self.path, answer.status, self.headers.get("User-Agent", "")))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status == 200:
                self.send_header("ETag", answer.etag)
            if answer.modified:
                self.send_header("Last-Modified", _http_date(answer.modified))
            if answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def _unchanged(self, answer: Answer) -> bool:
            if tags := self.headers.get("If-None-Match"):
                return answer.etag in tags
            since = self.headers.get("If-Modified-Since")
            if not since or not answer.modified:
                return False
            try:
                return answer.modified <= parsedate_to_datetime(since)
            except ValueError:
                return False

    return Handler


def _http_date(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC), usegmt=True)
