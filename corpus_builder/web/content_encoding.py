"""Undoing what HTTP did to a body: Content-Encoding, within a limit, so that a small bomb stays small."""

from __future__ import annotations

import zlib
from importlib import import_module

from corpus_builder.errors import SkipPage

GZIP_MAGIC = b"\x1f\x8b"


def decoded(body: bytes, content_encoding: str | None, limit: int) -> bytes:
    """The body with its Content-Encodings undone, at most `limit` bytes.

    Archives and servers name encodings that are not there: a "gzip" body without gzip's first bytes is taken as it
    is. Raises SkipPage `too_large`, `bad_encoding` or `unknown_encoding`.
    """
    for coding in reversed([name.strip().lower() for name in (content_encoding or "").split(",")]):
        if coding in ("", "identity") or not body:
            continue
        if coding in ("gzip", "x-gzip"):
            body = gunzipped(body, limit)
        elif coding == "deflate":
            body = _inflated(body, limit)
        elif coding == "br":
            body = _unbrotlied(body)
        else:
            raise SkipPage("unknown_encoding", coding)
    if len(body) > limit:
        raise SkipPage("too_large", f"more than {limit} bytes once decoded")
    return body


def gunzipped(body: bytes, limit: int) -> bytes:
    """A gzip body (of several members, too) undone; a body without gzip's first bytes as it is."""
    if not body.startswith(GZIP_MAGIC):
        return body
    parts, size = [], 0
    while body.startswith(GZIP_MAGIC):
        part, body = _inflate(body, zlib.MAX_WBITS | 16, limit - size)
        size += len(part)
        parts.append(part)
    return b"".join(parts)


def _inflated(body: bytes, limit: int) -> bytes:
    """`deflate` is zlib's format by RFC 9110, but bare deflate by many servers."""
    try:
        return _inflate(body, zlib.MAX_WBITS, limit)[0]
    except SkipPage as error:
        if error.reason != "bad_encoding":
            raise
        return _inflate(body, -zlib.MAX_WBITS, limit)[0]


def _inflate(body: bytes, window: int, limit: int) -> tuple[bytes, bytes]:
    stream = zlib.decompressobj(window)
    try:
        data = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise SkipPage("bad_encoding", str(error)) from error
    if len(data) > limit:
        raise SkipPage("too_large", f"more than {limit} bytes once decoded")
    if not stream.eof:
        raise SkipPage("bad_encoding", "the compressed body is cut short")
    return data, stream.unused_data


def _unbrotlied(body: bytes) -> bytes:
    """Brotli, where it is installed: the crawler never asks for it, but other people's WARC files hold it."""
    try:
        brotli = import_module("brotli")
    except ImportError as error:
        raise SkipPage("unknown_encoding", "br: install brotli to read this record") from error
    try:
        return bytes(brotli.decompress(body))
    except brotli.error as error:
        raise SkipPage("bad_encoding", str(error)) from error
