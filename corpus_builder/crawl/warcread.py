"""Reading any WARC file record by record, in spite of damage.

warcio stops at the first damaged gzip member and loses everything behind it. Here damage is reported as a record, and
reading continues at the next member (or, in an uncompressed file, at the next record).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from corpus_builder.crawl.packing import Packing, is_zstd, zstd_packing
from corpus_builder.remote import name_of, open_place

_BLOCK = 2**16
"""Bytes read at a time: gzip decompresses them to at most 64 MB (a ratio of 1,032, by its format)."""

_MAX_HEADER_LINES = 1000
"""Lines of a WARC record's header. Chosen: ISO 28500 defines some twenty fields."""

_MAX_RECORD = 2**30
"""Uncompressed bytes after which a record is given up: a whole WARC file has 1 GB (ISO 28500)."""

_EXPANDED = 2**27
_MAX_RATIO = 50
"""A record is also given up after 128 MB of more than 50 times the bytes that they are packed in. Chosen: pages and
sitemaps, at most 64 MB, are packed to a fifth or a twentieth; films have nothing to pack; what has gzip's 1,000 is made
to cost time.
"""

MEMBER_START = b"\x1f\x8b\x08"
RECORD_START = re.compile(rb"WARC/(?:0\.1[78]|1\.[01])\r?\n")
"""The first line of a record: of WARC 1.0, 1.1 and the drafts 0.17 and 0.18 that archives hold."""

_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
"""More digits are no size of a file (2^63 has 19), and too many for Python to read."""


_GZIP = Packing(MEMBER_START, _BLOCK, zlib.error, lambda: zlib.decompressobj(zlib.MAX_WBITS | 16))


@dataclass(frozen=True)
class RawRecord:
    """One record: its place in the file, and its uncompressed bytes up to the limit.

    `damage` says what is wrong; `too_large` that it was given up because it unpacks to more than records may.
    """

    offset: int
    length: int
    data: bytes = b""
    damage: str = ""
    too_large: bool = False


def walk(path: Path | str, limit: int) -> Iterator[RawRecord]:
    """The records of a WARC file in order, damaged places included; `path` may be a URL of an object store.

    Raises OSError, and for a URL what `store_errors` does.
    """
    with open_place(path) as file:
        start = file.read(5)
        file.seek(0)
        if is_zstd(start):
            yield from _members(file, limit, zstd_packing(file))
        # Where the first bytes are damaged, the name decides.
        elif start.startswith(MEMBER_START[:2]) or (start != b"WARC/" and name_of(path).name.endswith(".gz")):
            yield from _members(file, limit, _GZIP)
        else:
            yield from _plain(file, limit)


def _members(file: BinaryIO, limit: int, packing: Packing) -> Iterator[RawRecord]:
    """The records of a compressed file, one per member; one member is in memory, up to the limit."""
    offset, pending = file.tell(), file.read(packing.block)
    while pending:
        stream = packing.new()
        parts, size, used, damage, too_large = [], 0, 0, "", False  # size: of all data; `parts` keeps the limit
        block = pending
        while True:
            try:
                data = stream.decompress(block)
            except packing.error as error:
                damage = str(error)
                break
            used += len(block) - len(stream.unused_data)
            if size < limit:
                parts.append(data)
            size += len(data)
            if stream.eof:
                break
            if too_large := size > _MAX_RECORD or (size > _EXPANDED and size > _MAX_RATIO * used):
                damage = f"more than {size:,} bytes once decompressed, of {used:,}"
                break
            block = file.read(packing.block)
            if not block:
                damage = "the file ends within a record"
                break
        if damage:
            skipped, pending = _resync(file, offset + 1, packing)
            yield RawRecord(offset, skipped + 1, damage=damage, too_large=too_large)
            offset += skipped + 1
            continue
        record = b"".join(parts)
        yield RawRecord(offset, used, record, _fault(record))
        offset += used
        pending = stream.unused_data or file.read(packing.block)


def _fault(record: bytes) -> str:
    """The damage of a complete member: not a record, or several records."""
    if not RECORD_START.match(record):
        return "not a WARC record"
    head, _, rest = record.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if not length:
        return "no Content-Length"
    if RECORD_START.match(rest[int(length[1]) :].lstrip(b"\r\n")):
        return "several records in one gzip member; 'warcio recompress IN OUT' repairs the file"
    return ""


def _resync(file: BinaryIO, start: int, packing: Packing) -> tuple[int, bytes]:
    """Find the next member at or after `start`. Returns the bytes skipped, and the first block from there."""
    file.seek(start)
    skipped, kept = 0, b""
    while block := file.read(_BLOCK):
        window = kept + block
        at = window.find(packing.start)
        if at >= 0:
            file.seek(start + skipped + at)
            return skipped + at, file.read(packing.block)
        kept = window[1 - len(packing.start) :]
        skipped += len(window) - len(kept)
    return skipped + len(kept), b""


def _plain(file: BinaryIO, limit: int) -> Iterator[RawRecord]:
    """The records of an uncompressed file: header lines, an empty line, Content-Length bytes, two empty lines."""
    while True:
        offset = file.tell()
        line = file.readline(_BLOCK)
        if not line:
            return
        if not line.strip():
            continue
        if not RECORD_START.fullmatch(line):
            yield RawRecord(offset, _next_record(file) - offset, damage="not a WARC record")
            continue
        head = [line]
        while (line := file.readline(_BLOCK)).strip() and len(head) < _MAX_HEADER_LINES:
            head.append(line)
        head.append(line)
        length = _LENGTH.search(b"".join(head))
        if not length:
            yield RawRecord(offset, _next_record(file) - offset, damage="no Content-Length")
            continue
        size = int(length[1])
        body_at = file.tell()
        body = file.read(min(size, limit))
        if len(body) < min(size, limit):
            yield RawRecord(offset, file.tell() - offset, damage="the file ends within a record")
            return
        file.seek(body_at + size)
        yield RawRecord(offset, body_at + size - offset, b"".join(head) + body)


def _next_record(file: BinaryIO) -> int:
    """Move to the next line that starts a record, or to the end. Returns the offset there."""
    while line := file.readline(_BLOCK):
        if RECORD_START.fullmatch(line):
            file.seek(-len(line), 1)
            break
    return file.tell()
