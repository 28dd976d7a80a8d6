"""What a file of a saved page holds: HTML, perhaps packed with gzip, or MHTML ("Save as: web page, single file").

MHTML (RFC 2557) is a message of several parts: the page, its pictures, its frames. The page is the part that the
message names as its root or whose address is that of the message, else the first of HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

from corpus_builder.errors import SkipPage
from corpus_builder.web.content_encoding import gunzipped
from corpus_builder.web.guard import guarded
from corpus_builder.web.links import is_url
from corpus_builder.web.responses import PAGE_BYTES, check_size

MHTML_BYTES = 5 * PAGE_BYTES
"""Most bytes of a file of MHTML, which has the pictures of a page, too. Chosen: pages of news have up to some 20 MB."""

_MULTIPART = re.compile(rb"content-type[ \t]*:[ \t\r\n]*multipart/related", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]{1,80}:")
_HEADERS_WITHIN = 8192
"""Bytes in which the headers of a message of MHTML end. Chosen: browsers write some 500."""


@dataclass(frozen=True, slots=True)
class SavedFile:
    """The page in a file: its bytes, what headers say of them, and its URL where the format has a place for it."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    url: str | None = None


def read_saved_file(data: bytes) -> SavedFile:
    """The page in the bytes of a file.

    Raises SkipPage too_large, bad_encoding (damaged gzip) or no_page_in_mhtml.
    """
    data = gunzipped(data, MHTML_BYTES)
    if not is_mhtml(data):
        check_size(len(data))
        return SavedFile(data)
    check_size(len(data), MHTML_BYTES)
    with guarded("a file of MHTML"):
        return _page_of(message_from_bytes(data.lstrip()))


def is_mhtml(data: bytes) -> bool:
    """Whether a file, or its beginning, is MHTML."""
    start = data[:_HEADERS_WITHIN].lstrip()
    headers = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    return _HEADER.match(headers) is not None and _MULTIPART.search(headers) is not None


def _page_of(message: Message) -> SavedFile:
    url = _address(message, "Snapshot-Content-Location") or _address(message, "Content-Location")
    pages = list(_pages(message))
    if not pages:
        raise SkipPage("no_page_in_mhtml", "no part is HTML")
    root = message.get_param("start")
    named = [page for page in pages if isinstance(root, str) and root and page.get("Content-ID") == root]
    here = [page for page in pages if url and _address(page, "Content-Location") == url]
    page = (named or here or pages)[0]
    body = page.get_payload(decode=True)
    assert isinstance(body, bytes)
    check_size(len(body))
    location = _address(page, "Content-Location")
    return SavedFile(body, {"content-type": str(page.get("Content-Type", ""))}, url or location)


def _pages(message: Message) -> Iterator[Message]:
    """The parts of HTML, also those in parts of several parts."""
    return (
        part
        for part in message.walk()
        if part.get_content_type() in ("text/html", "application/xhtml+xml") and not part.is_multipart()
    )


def _address(message: Message, header: str) -> str | None:
    """A URL in a header, which may be folded; None where there is none, as for the addresses cid:…"""
    value = "".join(str(message.get(header, "")).split())
    return value if is_url(value) else None
