"""The newspaper as an archive on the net has it: an index by the CDX server's protocol, WARC files read in ranges,
and the replay of single pages. It stands in for Common Crawl and the Wayback Machine where there is no network.

`CRAWLS` are two crawls; the second found some pages again and some no more. As in real archives, there are captures of
redirects, of pages that are gone, and of robots.txt.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus_builder.newspaper.loopback import LoopbackServer
from corpus_builder.newspaper.server import Answer, answers
from corpus_builder.newspaper.stories import Newspaper, load_newspaper

HOME = "https://www.vilna-hazeta.example"
CRAWLS = ("CC-MAIN-2026-05", "CC-MAIN-2026-09")

_STARTED = {CRAWLS[0]: datetime(2026, 1, 26, tzinfo=UTC), CRAWLS[1]: datetime(2026, 2, 23, tzinfo=UTC)}
_AGAIN = 3
"""Of so many pages the second crawl finds one again, unchanged."""

_SLOW_DOWN = 20
"""Of so many requests the server on the command line answers one with 503."""


@dataclass
class Fault:
    """How a request is answered wrongly: another status, other bytes, or only a part of what was announced."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    shift: int = 0
    announce_shift: bool = False
    cut: int | None = None


@dataclass(frozen=True)
class _Capture:
    """A line of the index."""

    key: str
    stamp: str
    url: str
    answer: Answer
    digest: str
    file: str
    offset: int
    length: int


def _sort_key(url: str) -> str:
    """The URL as an index sorts it: the host's parts backwards and without www., then the path."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    host = ",".join(reversed((parts.hostname or "").removeprefix("www.").split(".")))
    return f"{host}){parts.path}" + (f"?{parts.query}" if parts.query else "")


class ArchiveServer(LoopbackServer):
    """Serves the archive on 127.0.0.1 and a free port (or `port`) while the context is open.

    `fault` may return how a request (its path, with the query, and its Range) is to be answered wrongly. `page_lines`
    are the lines of a page of the index; with `paged` false it knows of no pages, and they are those of an answer
    unless another `limit` is asked for, as with pywb. `requests` lists the requests so far.
    """

    def __init__(
        self, newspaper: Newspaper | None = None, *, port: int = 0, page_lines: int = 20, paged: bool = True
    ) -> None:
        self.files: dict[str, bytes] = {}
        self.index: dict[str, list[_Capture]] = {}
        self.requests: list[tuple[str, str]] = []
        self.fault: Callable[[str, str], Fault | None] = lambda *_: None
        self.page_lines = page_lines
        self.paged = paged
        self._lock = threading.Lock()
        self.newspaper = newspaper or load_newspaper()
        self._pack()
        super().__init__(ThreadingHTTPServer(("127.0.0.1", port), _handler(self)))

    def note(self, path: str, range_: str) -> None:
        """Record a request."""
        with self._lock:
            self.requests.append((path, range_))

    def found(self, crawl: str) -> dict[str, Answer]:
        """What a crawl found, by URL."""
        pages = {
            HOME + path: answer
            for path, answer in answers(self.newspaper, HOME).items()
            if "/sitemap" not in path and "rss" not in path
        }
        step = _AGAIN if crawl == CRAWLS[1] else 1
        return {url: answer for number, (url, answer) in enumerate(pages.items()) if not number % step}

    def _pack(self) -> None:
        for crawl in CRAWLS:
            file = f"crawl-data/{crawl}/segments/1/warc/{crawl}-00000.warc.gz"
            data, captures = BytesIO(), []
            writer = WARCWriter(data, gzip=True, warc_version="1.0")
            writer.write_record(writer.create_warcinfo_record(file.rsplit("/", 1)[-1], {"isPartOf": crawl}))
            for number, (url, answer) in enumerate(self.found(crawl).items()):
                moment = _STARTED[crawl] + timedelta(minutes=number)
                offset = data.tell()
                digest = _write(writer, url, answer, moment)
                stamp, length = moment.strftime("%Y%m%d%H%M%S"), data.tell() - offset
                captures.append(_Capture(_sort_key(url), stamp, url, answer, digest, file, offset, length))
            self.files[file] = data.getvalue()
            self.index[crawl] = sorted(captures, key=lambda one: (one.key, one.stamp))

    def reply(self, path: str, range_: str) -> tuple[int, dict[str, str], bytes]:
        """The status, headers and body for a request."""
        parts = urlsplit(path)
        if match := re.fullmatch(r"/([^/]+)-index", parts.path):
            return self._asked(self.index.get(match[1]), parse_qs(parts.query), self._line)
        if parts.path == "/cdx/search/cdx":
            captures = sorted(
                (one for found in self.index.values() for one in found), key=lambda one: (one.key, one.stamp)
            )
            return self._asked(captures, parse_qs(parts.query), None)
        if match := re.fullmatch(r"/web/(\d{14})id_/(.+)", path):
            return self._replay(match[1], match[2])
        file = self.files.get(parts.path.lstrip("/"))
        if file is None:
            return 404, {"Content-Type": "application/xml"}, b"<Error><Code>NoSuchKey</Code></Error>"
        return _ranged(file, range_)

    def _asked(
        self, captures: list[_Capture] | None, query: dict[str, list[str]], line: Callable[[_Capture], str] | None
    ) -> tuple[int, dict[str, str], bytes]:
        headers = {"Content-Type": "text/x-ndjson" if line else "application/json"}
        if captures is None:
            return 404, headers, b'{"message": "no such collection"}'
        key, match = _sort_key(query["url"][0]), query.get("matchType", ["exact"])[0]
        if match == "host":
            key = key.partition(")")[0] + ")"
        since = query.get("from", [""])[0]
        found = [
            one
            for one in captures
            if (one.key == key if match == "exact" else one.key.startswith(key)) and one.stamp >= since
        ]
        pages = -(-len(found) // self.page_lines)
        if self.paged and "showNumPages" in query:
            count = {"pages": pages, "pageSize": 1, "blocks": pages} if line else [["numpages"], [str(pages)]]
            return 200, headers, json.dumps(count).encode()
        if self.paged:
            page = int(query.get("page", ["0"])[0])
            found = found[page * self.page_lines : (page + 1) * self.page_lines]
        else:
            found = found[: int(query.get("limit", [str(self.page_lines)])[0])]
        if line and not found and self.paged:
            return 404, headers, b'{"message": "No Captures found for: ' + query["url"][0].encode() + b'"}'
        if line:
            return 200, headers, "".join(map(line, found)).encode()
        rows = [["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]] if found else []
        rows += [
            [one.key, one.stamp, one.url, _type(one.answer), str(one.answer.status), one.digest, str(one.length)]
            for one in found
        ]
        return 200, headers, json.dumps(rows).encode()

    def _line(self, one: _Capture) -> str:
        fields = {
            "urlkey": one.key,
            "timestamp": one.stamp,
            "url": one.url,
            "mime": _type(one.answer),
            "status": str(one.answer.status),
            "digest": one.digest,
            "length": str(one.length),
            "offset": str(one.offset),
            "filename": one.file,
        }
        return json.dumps(fields) + "\n"

    def _replay(self, stamp: str, url: str) -> tuple[int, dict[str, str], bytes]:
        captures = [one for found in self.index.values() for one in found if one.key == _sort_key(url)]
        if not captures:
            return 404, {"Content-Type": "text/html"}, b"<h1>The Wayback Machine has not archived that URL.</h1>"
        exact = next((one for one in captures if one.stamp == stamp), None)
        if exact is None:
            return 302, {"Location": f"{self.base_url}/web/{captures[0].stamp}id_/{url}"}, b""
        headers = {f"X-Archive-Orig-{name}": value for name, value in exact.answer.headers.items()}
        headers |= {"Content-Type": _type(exact.answer), "Memento-Datetime": stamp}
        headers |= {
            "X-Archive-Orig-Content-Length": str(len(exact.answer.body)),
            "Link": f'<{exact.url}>; rel="original"',
        }
        return exact.answer.status, headers, exact.answer.body


def _type(answer: Answer) -> str:
    return answer.headers.get("Content-Type", "unk").split(";")[0]


def _write(writer: WARCWriter, url: str, answer: Answer, moment: datetime) -> str:
    """Write a response. Returns the digest of its payload as an index has it."""
    phrase = {200: "OK", 301: "Moved Permanently", 404: "Not Found"}.get(answer.status, "")
    headers = [*answer.headers.items(), ("Content-Length", str(len(answer.body)))]
    record = writer.create_warc_record(
        url,
        "response",
        payload=BytesIO(answer.body),
        length=len(answer.body),
        http_headers=StatusAndHeaders(f"{answer.status} {phrase}", headers, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": moment.strftime("%Y-%m-%dT%H:%M:%SZ")},
    )
    writer.write_record(record)
    return str(record.rec_headers.get_header("WARC-Payload-Digest")).removeprefix("sha1:")


def _ranged(file: bytes, range_: str) -> tuple[int, dict[str, str], bytes]:
    headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
    match = re.fullmatch(r"bytes=(\d+)-(\d+)", range_)
    if not match:
        return 200, headers, file
    first, last = int(match[1]), min(int(match[2]), len(file) - 1)
    if first >= len(file):
        return 416, headers | {"Content-Range": f"bytes */{len(file)}"}, b""
    return 206, headers | {"Content-Range": f"bytes {first}-{last}/{len(file)}"}, file[first : last + 1]


def _handler(archive: ArchiveServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body leave in one packet
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Print nothing: ArchiveServer.requests has the requests."""

        def do_GET(self) -> None:
            range_ = self.headers.get("Range", "")
            archive.note(self.path, range_)
            fault = archive.fault(self.path, range_) or Fault()
            status, headers, body = archive.reply(self.path, _shifted(range_, fault.shift))
            if fault.shift and not fault.announce_shift:  # the headers are those of the range that was asked for
                headers |= {"Content-Range": archive.reply(self.path, range_)[1].get("Content-Range", "")}
            if fault.status:
                status, headers, body = fault.status, {}, b"<Error><Code>SlowDown</Code></Error>"
                if fault.status == 200:  # as servers that do not know of ranges
                    status, headers, body = archive.reply(self.path, "")
            headers |= fault.headers
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if fault.cut is None else body[: fault.cut])
            if fault.cut is not None:
                self.close_connection = True

    return Handler


def _shifted(range_: str, by: int) -> str:
    return re.sub(r"\d+", lambda number: str(int(number[0]) + by), range_) if by else range_


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m corpus_builder.newspaper.archive", description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    with ArchiveServer(port=parser.parse_args().port) as server:
        server.fault = lambda *_: Fault(503, {"Retry-After": "1"}) if not len(server.requests) % _SLOW_DOWN else None
        print(f"{server.base_url}/CRAWL-index for {', '.join(CRAWLS)}; Ctrl-C ends it", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    _main()
