"""Single records of WARC files far away: the bytes that an index names, over http(s) or s3, checked before use.

Archives pack each record as one gzip member (ISO 28500, annex D), so that a record is a range of bytes. What comes is
compared with what the index said: a range must be one whole member with one record, of the URL that was asked for.
"""

from __future__ import annotations

import asyncio
import errno
import re
import zlib
from urllib.parse import urlsplit

from corpus_builder.crawl.archive_client import ArchiveClient
from corpus_builder.crawl.captures import RECORD_BYTES, parse_record
from corpus_builder.crawl.cdx_query import IndexEntry
from corpus_builder.crawl.warcread import MEMBER_START, RECORD_START
from corpus_builder.errors import RetryLater, RunError, SkipPage, UsageError
from corpus_builder.remote import filesystem, store_errors
from corpus_builder.sites import Site
from corpus_builder.web.links import is_url
from corpus_builder.web.responses import whole_number

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(?:\d+|\*)", re.IGNORECASE)
_TYPES = frozenset({"response", "revisit"})
_PARTIAL = 206


async def fetch_member(client: ArchiveClient, base: str, entry: IndexEntry) -> bytes:
    """The bytes of a record, still packed, from the file under `base` that the index names.

    Raises SkipPage `wrong_range`, `truncated_record`, `record_unavailable` or `too_large`, and what ArchiveClient does.
    """
    url = record_url(base, entry.file)
    if entry.length > RECORD_BYTES:
        raise SkipPage("too_large", f"{url}: a record of {entry.length:,} bytes")
    last = entry.offset + entry.length - 1
    if urlsplit(url).scheme not in ("http", "https"):
        return await _from_store(client, url, entry)
    try:
        exchange = await client.get(
            url, {"Range": f"bytes={entry.offset}-{last}", "Accept-Encoding": "identity"}, entry.length
        )
    except SkipPage as error:
        if error.reason != "too_large":
            raise
        raise SkipPage("wrong_range", f"{url}: more than the {entry.length:,} bytes asked for") from error
    place = f"{url} at {entry.offset:,}"
    if exchange.status in (200, 416):
        raise SkipPage("wrong_range", f"{place}: HTTP {exchange.status}")
    if exchange.status != _PARTIAL:
        raise SkipPage("record_unavailable", f"{place}: HTTP {exchange.status}")
    said = _RANGE.fullmatch(exchange.fields.get("content-range", "").strip())
    if not said or int(said[1]) != entry.offset or int(said[2]) > last:
        raise SkipPage("wrong_range", f"{place}: Content-Range {exchange.fields.get('content-range', '')!r}")
    return _whole(exchange.body, entry, place)


def record_url(base: str, file: str) -> str:
    """The URL of a file of the index: its own, or under `base`."""
    return file if "://" in file else f"{base.rstrip('/')}/{file.lstrip('/')}"


def check_scheme(url: str) -> None:
    """Raise UsageError for the URL of a store that cannot be read, or whose extra is not installed."""
    if urlsplit(url).scheme not in ("http", "https"):
        filesystem(url)


async def _from_store(client: ArchiveClient, url: str, entry: IndexEntry) -> bytes:
    """The bytes from an object store through fsspec, read in a thread."""
    place = f"{url} at {entry.offset:,}"

    def read() -> bytes:
        store, path = filesystem(url)
        with store_errors(url):
            return bytes(store.cat_file(path, start=entry.offset, end=entry.offset + entry.length))

    async def once() -> bytes:
        try:
            return await asyncio.to_thread(read)
        except FileNotFoundError as error:
            raise SkipPage("record_unavailable", f"{place}: {error}") from error
        except UsageError as error:
            # Also what a store says of an object that is not there, to those who may not list the bucket.
            if isinstance(error.__cause__, PermissionError) and "Key" not in str(error.__cause__):
                raise SkipPage("record_unavailable", f"{place}: {error}") from error
            raise
        except RunError as error:
            if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EINVAL:
                raise SkipPage("wrong_range", f"{place}: {error.__cause__}") from error
            # another request may do
            raise RetryLater(str(error)) from error

    return _whole(await client.retried(url, once), entry, place)


def _whole(data: bytes, entry: IndexEntry, place: str) -> bytes:
    if len(data) < entry.length:
        raise SkipPage("truncated_record", f"{place}: {len(data):,} of {entry.length:,} bytes")
    if len(data) > entry.length:
        raise SkipPage("wrong_range", f"{place}: {len(data):,} bytes instead of {entry.length:,}")
    return data


def check_member(member: bytes, entry: IndexEntry, site: Site) -> None:
    """Raise SkipPage where the bytes are not one whole record of the capture that the index named.

    `wrong_range`: they do not begin or end where a record does. `truncated_record`: the record goes on behind them.
    `no_response`: it has no response. `other_url`, `other_record`: it is of another URL, or has another digest.
    """
    place = f"{entry.file} at {entry.offset:,}"
    record = _unpacked(member, place)
    head, _, rest = record.partition(b"\r\n\r\n")
    parsed = parse_record(record, place)
    length = whole_number(parsed.rec_headers.get_header("Content-Length"))
    if not head or length is None:
        raise SkipPage("damaged_record", f"{place}: no Content-Length")
    if len(rest) < length:
        raise SkipPage("truncated_record", f"{place}: {len(rest):,} of {length:,} bytes")
    if RECORD_START.match(rest[length:].lstrip(b"\r\n")):
        raise SkipPage("wrong_range", f"{place}: several records")
    if parsed.rec_type not in _TYPES:
        raise SkipPage("no_response", f"{place}: a record of type {parsed.rec_type}")
    url = (parsed.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    if not is_url(url) or not site.same_response(url, entry.url):
        raise SkipPage("other_url", f"{place}: {url[:200]} instead of {entry.url}")
    digest = parsed.rec_headers.get_header("WARC-Payload-Digest") or ""
    if digest and entry.digest and bare_digest(digest) != bare_digest(entry.digest):
        raise SkipPage("other_record", f"{place}: {digest} instead of {entry.digest}")


def bare_digest(digest: str) -> str:
    """A SHA-1 without the name of its algorithm, as indexes and records write it either way."""
    return digest.lower().removeprefix("sha1:")


def _unpacked(member: bytes, place: str) -> bytes:
    """The record in a gzip member, decompressed within the limit."""
    if not member.startswith(MEMBER_START):
        raise SkipPage("wrong_range", f"{place}: no record begins here")
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        record = stream.decompress(member, RECORD_BYTES + 1)
    except zlib.error as error:
        raise SkipPage("damaged_record", f"{place}: {error}") from error
    if len(record) > RECORD_BYTES:
        raise SkipPage("too_large", f"{place}: more than {RECORD_BYTES:,} bytes once decompressed")
    if not stream.eof:
        raise SkipPage("truncated_record", f"{place}: the record goes on behind its {len(member):,} bytes")
    if stream.unused_data:
        raise SkipPage("wrong_range", f"{place}: the record ends {len(stream.unused_data):,} bytes earlier")
    if not RECORD_START.match(record):
        raise SkipPage("wrong_range", f"{place}: not a WARC record")
    return record
