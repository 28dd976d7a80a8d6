"""Reading captures: from the WARC files of the crawl, from other WARC files, from saved pages.

A CaptureRef says where a response is; read_captures opens the files and decodes the bodies. A response that cannot be
read is a SkipPage in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from itertools import groupby
from typing import BinaryIO, NamedTuple

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.crawl.packing import is_zstd, unzstd
from corpus_builder.crawl.warcread import RECORD_START
from corpus_builder.errors import SkipPage
from corpus_builder.model import Capture
from corpus_builder.remote import open_place
from corpus_builder.web.content_encoding import decoded, gunzipped
from corpus_builder.web.guard import guarded
from corpus_builder.web.head import Head
from corpus_builder.web.opt_out import opt_out
from corpus_builder.web.responses import PAGE_BYTES, check_size, header_fields, whole_number
from corpus_builder.web.saved_files import MHTML_BYTES, read_saved_file
from corpus_builder.web.transfer import transferred

RECORD_BYTES = PAGE_BYTES + 2**20
"""Most bytes of a WARC record: a page with its headers, which have a few KB."""


def read_captures(refs: Iterable[CaptureRef]) -> Iterator[tuple[CaptureRef, Capture | SkipPage]]:
    """The capture of each reference, in the given order, or the reason why it cannot be read."""
    for path, together in groupby(refs, key=lambda ref: ref.path):
        try:
            file = open_place(path, buffer=0)  # closed below; only a failure to open is caught here
        except OSError as error:
            yield from ((ref, SkipPage("unreadable_file", str(error))) for ref in together)
            continue
        with file:
            for ref in together:
                yield ref, _read_or_skip(ref, file)


def _read_or_skip(ref: CaptureRef, file: BinaryIO) -> Capture | SkipPage:
    try:
        with guarded(ref.url):
            return _read(ref, file)
    except SkipPage as error:
        return error
    except OSError as error:
        return SkipPage("unreadable_file", str(error))


def _read(ref: CaptureRef, file: BinaryIO) -> Capture:
    file.seek(ref.offset)
    data = file.read(ref.length)
    fetched = datetime.fromisoformat(ref.fetched) if ref.fetched else None
    origin = f"{ref.path}:{ref.offset}"
    try:
        data = unzstd(file, data, RECORD_BYTES) if is_zstd(data) else gunzipped(data, MHTML_BYTES)
    except SkipPage as error:
        reason = "damaged_record" if error.reason == "bad_encoding" else error.reason
        raise SkipPage(reason, f"{origin}: {error.detail}") from error
    if not RECORD_START.match(data):
        if ref.offset:
            raise SkipPage("damaged_record", f"{origin}: not a WARC record")
        saved = read_saved_file(data)
        return Capture(ref.url, 200, saved.headers, saved.body, fetched, ref.path)
    check_size(len(data), RECORD_BYTES)
    record = parse_record(data, origin)
    response = http_response(record, origin)
    response.check_whole()
    target = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    return Capture(ref.url, response.status, response.headers, response.body, fetched, origin, target)


def parse_record(data: bytes, origin: str) -> ArcWarcRecord:
    """One WARC record from its uncompressed bytes. Raises SkipPage `damaged_record`."""
    try:
        return ArcWarcRecordLoader(verify_http=False, arc2warc=False).parse_record_stream(BytesIO(data), None, "warc")
    except (ArchiveLoadFailed, EOFError, ValueError, IndexError, AttributeError) as error:
        raise SkipPage("damaged_record", f"{origin}: {error}") from error


class Response(NamedTuple):
    """A stored response: lower-case header names, decoded body. `cut` says why the body is not whole, "" if it is."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut: str

    def check_whole(self) -> None:
        """Raise SkipPage `truncated` where the body is not whole."""
        if self.cut:
            raise SkipPage("truncated", self.cut)


def http_response(record: ArcWarcRecord, origin: str) -> Response:
    """The response in a record.

    Raises SkipPage `damaged_record`, an opt-out of its headers where the body cannot be decoded, or what `decoded`
    raises.
    """
    if record.http_headers is None:
        raise SkipPage("damaged_record", f"{origin}: no HTTP headers")
    status = whole_number(record.http_headers.get_statuscode())
    if status is None:
        raise SkipPage("damaged_record", f"{origin}: no HTTP status")
    headers = header_fields(record.http_headers.headers)
    stored = record.raw_stream.read()
    declared = whole_number(record.rec_headers.get_header("Content-Length"))
    if declared is not None and record.payload_length > len(stored):
        raise SkipPage("damaged_record", f"{origin}: the record is cut short")
    body, cut = transferred(stored, headers)
    if marked := record.rec_headers.get_header("WARC-Truncated"):
        cut = f"WARC-Truncated: {marked}"
    try:
        body = decoded(body, headers.get("content-encoding"), PAGE_BYTES)
    except SkipPage as error:
        if not cut:
            raise
        # What is left of a compressed body cannot be read, but an opt-out in the headers can.
        raise SkipPage(opt_out(headers, Head()) or "truncated", f"{cut}; {error}") from error
    return Response(status, headers, body, cut)
