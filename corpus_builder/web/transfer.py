"""Removing the Transfer-Encoding of a stored response (RFC 9112, 6 and 7), and telling whether its body is whole.

The bytes decide over the label here too: archives keep "chunked" on bodies whose chunks are already joined, and servers
name it twice for bodies that are chunked once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus_builder.errors import SkipPage
from corpus_builder.web.content_encoding import decoded
from corpus_builder.web.responses import PAGE_BYTES, whole_number

_SIZE_LINE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
"""The line before a chunk: its size in hexadecimal, and extensions (RFC 9112, 7.1)."""


def transferred(body: bytes, headers: Mapping[str, str]) -> tuple[bytes, str]:
    """The body without its transfer codings, and why it is not whole ("" where it is). Header names are lower case.

    Raises SkipPage `damaged_record` for chunks without a size, and what `decoded` raises.
    """
    codings = [
        coding.split(";")[0].strip(" \t\"'").lower() for coding in headers.get("transfer-encoding", "").split(",")
    ]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if not codings:
        return body, _missing(body, headers)
    cut = ""
    for coding in reversed(codings):
        if coding != "chunked":
            body = decoded(body, coding, PAGE_BYTES)
        elif not cut and _SIZE_LINE.match(body):
            body, cut = _joined(body)
    return body, cut


def _missing(body: bytes, headers: Mapping[str, str]) -> str:
    """Where a body is shorter than its Content-Length. A longer one was decoded by the archive."""
    lengths = {whole_number(value) for value in headers.get("content-length", "").split(",")}
    declared = lengths.pop() if len(lengths) == 1 else None
    return f"{len(body):,} of {declared:,} bytes" if declared is not None and len(body) < declared else ""


def _joined(body: bytes) -> tuple[bytes, str]:
    parts: list[bytes] = []
    at = 0
    while line := _SIZE_LINE.match(body, at):
        size, at = int(line[1], 16), line.end()
        if not size:
            return b"".join(parts), ""
        parts.append(body[at : at + size])
        at += size
        if at > len(body):
            return b"".join(parts), "the last chunk is cut short"
        at += 2 if body.startswith(b"\r\n", at) else 1 if body.startswith(b"\n", at) else 0
    if re.fullmatch(rb"[0-9a-fA-F]*[^\n]{0,1000}", body[at:]) and len(body) - at < 1000:
        return b"".join(parts), "the last chunk is missing"
    raise SkipPage("damaged_record", f"no size of a chunk at byte {at:,} of the body")
