"""Reading captures: from the WARC files of the crawl, from other WARC files, from saved pages.

A CaptureRef says where a response is; read_captures opens the files and decodes the bodies. A response that cannot be
read is a SkipPage in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.errors import SkipPage
from corpus_builder.model import Capture
from corpus_builder.web.content_encoding import decoded, gunzipped
from corpus_builder.web.responses import PAGE_BYTES, header_fields, whole_number

RECORD_BYTES = PAGE_BYTES + 2**20
"""Most bytes of a WARC record: a page with its headers, which have a few KB."""


def read_captures(refs: Iterable[CaptureRef]) -> Iterator[tuple[CaptureRef, Capture | SkipPage]]:
    """The capture of each reference, in the given order, or the reason why it cannot be read."""
    for path, together in groupby(refs, key=lambda ref: ref.path):
        try:
            file = Path(path).open("rb")  # noqa: SIM115 (closed below; only a failure to open is caught here)
        except OSError as error:
            yield from ((ref, SkipPage("unreadable_file", str(error))) for ref in together)
            continue
        with file:
            for ref in together:
                try:
                    yield ref, _read(ref, file)
                except SkipPage as error:
                    yield ref, error
                except OSError as error:
                    yield ref, SkipPage("unreadable_file", str(error))


def _read(ref: CaptureRef, file: BinaryIO) -> Capture:
    file.seek(ref.offset)
    data = file.read(ref.length)
    fetched = datetime.fromisoformat(ref.fetched) if ref.fetched else None
    origin = f"{ref.path}:{ref.offset}"
    if not is_warc(ref.path):
        return Capture(ref.url, 200, {}, gunzipped(data, PAGE_BYTES), fetched, ref.path)
    try:
        data = gunzipped(data, RECORD_BYTES)
    except SkipPage as error:
        reason = "damaged_record" if error.reason == "bad_encoding" else error.reason
        raise SkipPage(reason, f"{origin}: {error.detail}") from error
    record = parse_record(data, origin)
    status, headers, body = http_response(record, origin)
    return Capture(ref.url, status, headers, body, fetched, origin)


def is_warc(path: str) -> bool:
    """Whether a file's name is that of a WARC file."""
    return path.endswith((".warc", ".warc.gz"))


def parse_record(data: bytes, origin: str) -> ArcWarcRecord:
    """One WARC record from its uncompressed bytes. Raises SkipPage `damaged_record`."""
    try:
        return ArcWarcRecordLoader(verify_http=False, arc2warc=False).parse_record_stream(BytesIO(data), None, "warc")
    except (ArchiveLoadFailed, EOFError, ValueError, IndexError, AttributeError) as error:
        raise SkipPage("damaged_record", f"{origin}: {error}") from error


def http_response(record: ArcWarcRecord, origin: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (lower-case names) and decoded body of a response record.

    Raises SkipPage `damaged_record`, or what `decoded` raises.
    """
    if record.http_headers is None:
        raise SkipPage("damaged_record", f"{origin}: no HTTP headers")
    status = whole_number(record.http_headers.get_statuscode())
    if status is None:
        raise SkipPage("damaged_record", f"{origin}: no HTTP status")
    headers = header_fields(record.http_headers.headers)
    body = record.raw_stream.read()
    declared = whole_number(record.rec_headers.get_header("Content-Length"))
    if declared is not None and record.payload_length > len(body):
        raise SkipPage("damaged_record", f"{origin}: the record is cut short")
    *transfer_codings, last = [coding.strip().lower() for coding in headers.get("transfer-encoding", "").split(",")]
    if last == "chunked":
        try:
            body = ChunkedDataReader(BytesIO(body), raise_exceptions=False).read()
        except ChunkedDataException as error:
            raise SkipPage("damaged_record", f"{origin}: {error}") from error
        # "chunked, chunked" is sent by mistake for bodies that are chunked once.
        others = ",".join(coding for coding in transfer_codings if coding != "chunked")
        body = decoded(body, others, PAGE_BYTES)
    return status, headers, decoded(body, headers.get("content-encoding"), PAGE_BYTES)
