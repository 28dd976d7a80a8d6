"""Writing WARC 1.1 files: request, response and revisit records, one gzip member each, with digests.

Records count once the frontier has recorded the file's size behind them. Anything beyond that size (half a member, a
record whose page was not settled) is cut off when the store is opened again.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import quote, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus_builder.crawl.fetch import Exchange
from corpus_builder.crawl.rows import Place
from corpus_builder.sites.site import URL_CHARACTERS
from corpus_builder.version import VERSION
from corpus_builder.web.responses import NOT_MODIFIED

logger = logging.getLogger(__name__)

MIRROR = "mirror"
"""The field of a warcinfo record with the base URL that served the site (`--base-url`)."""

_LEVEL = 2
"""zlib's level. A 116 KB news page takes 1.6 ms and 40 KB at level 2, 4.6 ms and 36 KB at level 6, the default. A
compressed body is stored as it is: compressing it again takes 0.4 ms a page and saves less than 3 %.
"""

_FILE_SIZE = 2**30
"""Bytes after which a new file is started: ISO 28500 recommends 1 GB."""

_NOT_MODIFIED_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def payload_digest(body: bytes) -> str:
    """The digest of a payload as WARC files write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


def wire_url(url: str) -> str:
    """A URL as it is sent: characters beyond ASCII are percent-encoded."""
    return quote(url, safe=URL_CHARACTERS)


def warc_date(moment: datetime) -> str:
    """A time in UTC as WARC 1.1 writes it, with microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class StoreState(Protocol):
    """What knows the WARC files of a store: the frontier of a crawl, or the state of an archive's records."""

    def files(self) -> Mapping[str, int]:
        """The files and their sizes as of the last settled record."""

    def forget_beyond(self, name: str, size: int) -> int:
        """Ask again for the records that a file has lost. Returns how many."""

    def grew(self, name: str, size: int) -> None:
        """Record the size of a file."""


def open_store(folder: Path, state: StoreState, info: Mapping[str, str]) -> WarcStore:
    """The store of a folder as an earlier run left it; what its files have lost meanwhile is fetched again.

    `info` has the fields of the warcinfo record, next to the software and format.
    """
    for name, size in state.files().items():
        real_size = (folder / name).stat().st_size if (folder / name).exists() else 0
        if real_size < size:
            lost = state.forget_beyond(name, real_size)
            logger.warning("%s is shorter than recorded: %d records are fetched again", name, lost)
    fields = {"software": f"corpus-builder/{VERSION}", "format": "WARC File Format 1.1", **info}
    return WarcStore(folder, state.files(), fields, begin=lambda name: state.grew(name, 0))


class WarcStore:
    """The growing WARC files of a crawl, in one folder.

    `sizes` are the files that the frontier has recorded; `begin` is called with the name of a new file before it is
    created, so that the frontier has every file.
    """

    def __init__(
        self,
        folder: Path,
        sizes: Mapping[str, int],
        info: Mapping[str, str],
        begin: Callable[[str], None],
        file_size: int = _FILE_SIZE,
    ) -> None:
        self._folder = folder
        self._info = dict(info)
        self._begin = begin
        self._file_size = file_size
        self._out: BinaryIO | None = None
        self._buffer = BytesIO()
        self._writer = WARCWriter(self._buffer, gzip=False, warc_version="1.1")
        folder.mkdir(parents=True, exist_ok=True)
        self._names = {path.name for path in folder.iterdir()} | set(sizes)
        self.name = max(sizes, default="")
        if self.name and sizes[self.name] < file_size:
            self._out = (folder / self.name).open("r+b" if (folder / self.name).exists() else "wb")
            self._out.truncate(sizes[self.name])
            self._out.seek(sizes[self.name])
            if not sizes[self.name]:
                self._write_info()

    @property
    def size(self) -> int:
        """The size of the file that is being written."""
        return self._out.tell() if self._out else 0

    def copy(self, member: bytes) -> Place:
        """Write a record of another archive as it is packed there. The place is valid after flush()."""
        self._roll()
        return self._append(member)

    def response(self, exchange: Exchange, source: str = "") -> Place:
        """Write a response and its request. Returns the place of the response, which is valid after flush().

        `source` is the URL of an archive that the response comes from; the site was sent no request then.
        """
        self._roll()
        headers = _kept_headers(exchange)
        record = self._writer.create_warc_record(
            wire_url(exchange.url),
            "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=StatusAndHeaders(
                f"{exchange.status} {exchange.phrase}".strip(), headers, protocol=exchange.protocol
            ),
            warc_headers_dict={
                "WARC-Date": warc_date(exchange.fetched),
                "WARC-Payload-Digest": payload_digest(exchange.body),
                **({"WARC-Source-URI": source} if source else {}),
            },
        )
        encoded = exchange.fields.get("content-encoding", "identity") != "identity"
        place = self._write(record, level=0 if encoded else _LEVEL)
        if not source:
            self._request(exchange, record.rec_headers.get_header("WARC-Record-ID"))
        return place

    def revisit(self, exchange: Exchange, *, digest: str, refers_to: str, captured: str) -> Place:
        """Write that a page has not changed since its capture at `captured` (ISO 8601) from the URL `refers_to`."""
        self._roll()
        record = self._writer.create_revisit_record(
            wire_url(exchange.url),
            digest,
            wire_url(refers_to),
            warc_date(datetime.fromisoformat(captured)),
            http_headers=StatusAndHeaders(
                f"{exchange.status} {exchange.phrase}".strip(), _kept_headers(exchange), protocol=exchange.protocol
            ),
            warc_headers_dict={"WARC-Date": warc_date(exchange.fetched)},
        )
        if exchange.status == NOT_MODIFIED:
            record.rec_headers.replace_header("WARC-Profile", _NOT_MODIFIED_PROFILE)
        place = self._write(record)
        self._request(exchange, record.rec_headers.get_header("WARC-Record-ID"))
        return place

    def flush(self) -> None:
        """Pass everything written to the operating system, so that it survives the end of the process."""
        if self._out:
            self._out.flush()

    def close(self) -> None:
        """Write everything to the disk and close the file."""
        if self._out:
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()
            self._out = None

    def _request(self, exchange: Exchange, concurrent_to: str) -> None:
        parts = urlsplit(wire_url(exchange.url))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        record = self._writer.create_warc_record(
            wire_url(exchange.url),
            "request",
            http_headers=StatusAndHeaders(
                f"{target} {exchange.protocol}", list(exchange.request_headers), protocol="GET"
            ),
            warc_headers_dict={"WARC-Date": warc_date(exchange.fetched), "WARC-Concurrent-To": concurrent_to},
        )
        self._write(record)

    def _write(self, record: object, level: int = _LEVEL) -> Place:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.write_record(record)
        return self._append(zlib.compress(self._buffer.getbuffer(), level, zlib.MAX_WBITS | 16))

    def _append(self, member: bytes) -> Place:
        assert self._out is not None
        offset = self._out.tell()
        self._out.write(member)
        return Place(self.name, offset, len(member))

    def _roll(self) -> None:
        """Start a new file where there is none yet, or the last is full."""
        if self._out and self._out.tell() < self._file_size:
            return
        self.close()
        number = len(self._names) + 1
        while (name := f"crawl-{number:05d}.warc.gz") in self._names:
            number += 1
        self._names.add(name)
        self._begin(name)
        self.name = name
        logger.info("new file %s", name)
        self._out = (self._folder / name).open("wb")
        self._write_info()

    def _write_info(self) -> None:
        self._write(self._writer.create_warcinfo_record(self.name, self._info))


def _kept_headers(exchange: Exchange) -> list[tuple[str, str]]:
    """The response headers, with Transfer-Encoding renamed: the chunks of the body are already joined."""
    headers = [
        (f"X-Crawler-{name}" if name.lower() == "transfer-encoding" else name, value)
        for name, value in exchange.headers
    ]
    if not any(name.lower() == "content-length" for name, _ in headers) and exchange.status != NOT_MODIFIED:
        headers.append(("Content-Length", str(len(exchange.body))))
    return headers
