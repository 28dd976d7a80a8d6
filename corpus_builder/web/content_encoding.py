"""Decoding a body's Content-Encoding within a limit, so that a decompression bomb costs no more memory than a page.

The bytes decide over the label. Servers and archives name encodings that the body does not have: "gzip" on plain text,
"UTF-8" or "none" instead of an encoding. A body that is plainly text or HTML is then taken as it is. Others have gzip
that no header names, or twice what is named once.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from io import BytesIO

from corpus_builder.errors import SkipPage
from corpus_builder.web.responses import check_size

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OF_DEFLATE = GZIP_MAGIC + b"\x08"  # RFC 1952 has no other method
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"  # RFC 8878, 3.1.1
_ZSTD_WINDOW = 8 * 2**20
"""Bytes of window that a zstd decoder may allocate: what RFC 9659 allows for Content-Encoding."""

_PROBE = 16 * 1024
"""Bytes that are examined for text. Chosen: compressed data has control characters in its first hundred bytes."""

_FIRST_STEP = 2**9
"""Bytes of a gzip member that are decompressed at first; then twice as many. Chosen: an empty member has 20."""

_UNNAMED = 2
"""How often gzip that is not named is removed. Chosen: a server and its cache compress once each."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_TAG = re.compile(rb"<(?:!doctype|html|head|body|meta|\?xml)", re.IGNORECASE)


def decoded(body: bytes, content_encoding: str | None, limit: int) -> bytes:
    """The body with its Content-Encodings removed, at most `limit` bytes.

    Raises SkipPage `too_large`, `bad_encoding` (damaged) or `unknown_encoding`.
    """
    for coding in reversed([name.strip().lower() for name in (content_encoding or "").split(",")]):
        if coding in ("", "identity", "none") or not body:
            continue
        decoder = _DECODERS.get(coding)
        try:
            if decoder is None:
                raise SkipPage("unknown_encoding", coding)
            body = decoder(body, limit)
        except SkipPage as error:
            if error.reason == "too_large" or not (_is_text(body) or body.startswith(_GZIP_OF_DEFLATE)):
                raise
    for _ in range(_UNNAMED):
        if body.startswith(_GZIP_OF_DEFLATE):
            body = gunzipped(body, limit)
    check_size(len(body), limit)
    return body


def gunzipped(body: bytes, limit: int) -> bytes:
    """A gzip body (also of several members) decompressed; a body without gzip's first bytes as it is."""
    if not body.startswith(GZIP_MAGIC):
        return body
    whole, parts, size, place = memoryview(body), [], 0, 0
    while whole[place : place + len(GZIP_MAGIC)] == GZIP_MAGIC:
        stream, step = zlib.decompressobj(zlib.MAX_WBITS | 16), _FIRST_STEP
        # Step by step: zlib copies what follows a member, so that with all at once many small ones cost the square.
        while not stream.eof and place < len(whole):
            piece = whole[place : place + step]
            part = _piece_inflated(stream, piece, limit - size)
            size += len(part)
            parts.append(part)
            place += len(piece) - len(stream.unused_data)
            step *= 2
        _check_whole(size, stream.eof, limit)
    return b"".join(parts)


def _deflated(body: bytes, limit: int) -> bytes:
    """`deflate` is zlib's format by RFC 9110, but bare deflate by many servers."""
    try:
        return _inflated(body, zlib.MAX_WBITS, limit)
    except SkipPage as error:
        if error.reason != "bad_encoding":
            raise
        return _inflated(body, -zlib.MAX_WBITS, limit)


def _inflated(body: bytes, window: int, limit: int) -> bytes:
    stream = zlib.decompressobj(window)
    data = _piece_inflated(stream, body, limit)
    _check_whole(len(data), stream.eof, limit)
    return data


def _piece_inflated(stream: zlib._Decompress, piece: bytes | memoryview, limit: int) -> bytes:
    try:
        data = stream.decompress(piece, limit + 1)
    except zlib.error as error:
        raise SkipPage("bad_encoding", str(error)) from error
    _check_whole(len(data), True, limit)
    return data


def _unbrotlied(body: bytes, limit: int) -> bytes:
    """The crawler never accepts brotli, but WARC files from elsewhere contain it."""
    import brotli

    stream, parts, size = brotli.Decompressor(), [], 0
    try:
        # Without a limit a single call returns everything: 4.7 KB can expand to 6 GB.
        parts.append(stream.process(body, output_buffer_limit=limit + 1))
        size = len(parts[0])
        while size <= limit and not stream.is_finished() and not stream.can_accept_more_data():
            parts.append(stream.process(b"", output_buffer_limit=limit + 1 - size))
            size += len(parts[-1])
    except brotli.error as error:
        raise SkipPage("bad_encoding", str(error)) from error
    _check_whole(size, stream.is_finished(), limit)
    return b"".join(parts)


def _unzstandarded(body: bytes, limit: int) -> bytes:
    """Browsers accept zstd, so WARC files of browser crawls contain it."""
    import zstandard

    if not body.startswith(_ZSTD_MAGIC):
        return body
    try:
        decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        data = decompressor.stream_reader(BytesIO(body), read_across_frames=True).read(limit + 1)
    except zstandard.ZstdError as error:
        raise SkipPage("bad_encoding", str(error)) from error
    _check_whole(len(data), True, limit)
    return bytes(data)


def _check_whole(size: int, is_finished: bool, limit: int) -> None:
    if size > limit:
        raise SkipPage("too_large", f"more than {limit:,} bytes once decoded")
    if not is_finished:
        raise SkipPage("bad_encoding", "the compressed body is cut short")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": gunzipped,
    "x-gzip": gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
    "zstd": _unzstandarded,
}


def _is_text(body: bytes) -> bool:
    """Whether a body is text without decoding: HTML or XML in any charset, or UTF-8 without control characters."""
    start = body[:_PROBE]
    if _CONTROL.search(start):
        return False
    if _TAG.search(start):
        return True
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(body) > _PROBE and error.start > len(start) - 4  # the probe may cut a character
    return True
