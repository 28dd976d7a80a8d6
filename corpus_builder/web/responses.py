"""Which responses are pages: accepted statuses and content types, size limits, and how header fields are read.

Everything that reads a response (crawler, WARC files, saved pages, extraction) takes these from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from corpus_builder.errors import SkipPage

PAGE_STATUSES = frozenset({200, 203})
"""Statuses whose body is the page. 203 is a 200 that a proxy on the way transformed (RFC 9110, 15.3.4)."""

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
"""Statuses whose Location header names the page's address (RFC 9110, 15.4)."""

NOT_MODIFIED = 304

HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream"})
"""Content types of pages. The last two, and none at all (""), are what servers send that have not been configured;
html.py then looks for HTML tags.
"""

PAGE_BYTES = 20_000_000
"""Most bytes of a page, once decoded. Chosen: the longest page in our samples has about 1 MB."""

LISTING_BYTES = 64 * 2**20
"""Most bytes of a sitemap or feed, once decoded: sitemaps.org allows 50 MB, and some sites exceed it a little."""

ROBOTS_BYTES = 500 * 1024
"""Bytes of a robots.txt (or tdmrep.json) that are read: RFC 9309, 2.5, requires at least 500 KiB."""

# A parameter of a media type: name=token or name="quoted string" (RFC 9110, 5.6.6).
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
_ESSENCE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+")


class MediaType(NamedTuple):
    """A content type: `essence` is "type/subtype" in lower case, "" where there is none; `charset` as declared."""

    essence: str
    charset: str | None


def header_fields(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name; repeated ones are joined, by commas or (X-Robots-Tag) by line ends.

    The robot that an X-Robots-Tag names applies up to the end of its header, not to the next one.
    """
    fields: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        separator = "\n" if key == "x-robots-tag" else ", "
        fields[key] = f"{fields[key]}{separator}{value}" if key in fields else value
    return fields


def media_type(headers: Mapping[str, str]) -> MediaType:
    """The content type of a response. Of several, the last valid one counts (WHATWG Fetch, "extract a MIME type").

    >>> media_type({"content-type": "text/html; charset=windows-1251, text/html"})
    MediaType(essence='text/html', charset='windows-1251')
    """
    essence, charset = "", None
    for value in headers.get("content-type", "").split(","):
        kind = value.split(";")[0].strip().lower()
        declared = _CHARSET.search(value)
        if not _ESSENCE.fullmatch(kind):
            # A header of a charset alone is not valid, but says what it says.
            charset = declared[1] if declared and charset is None else charset
            continue
        if kind != essence:
            essence, charset = kind, None
        charset = declared[1] if declared else charset
    return MediaType(essence, charset)


def whole_number(text: str | None) -> int | None:
    """A number of a header or status line; None where it is not one to eighteen ASCII digits ("²" is a digit, too)."""
    text = (text or "").strip()
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def check_status(status: int, detail: str = "") -> None:
    """Raise SkipPage `http_STATUS` where a status is not that of a page."""
    if status not in PAGE_STATUSES:
        raise SkipPage(f"http_{status}", detail)


def check_content_type(headers: Mapping[str, str]) -> None:
    """Raise SkipPage `not_html` where a response declares that it is something else than HTML."""
    essence = media_type(headers).essence
    if essence not in HTML_TYPES:
        raise SkipPage("not_html", f"Content-Type {essence}")


def check_size(size: int, limit: int = PAGE_BYTES) -> None:
    """Raise SkipPage `too_large` where a body of `size` bytes exceeds the limit."""
    if size > limit:
        raise SkipPage("too_large", f"{size:,} bytes; the limit is {limit:,}")
