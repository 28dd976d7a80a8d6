"""Bytes of a response -> HTML in a known charset, or the reason why they are none.

Charset: a byte order mark, else UTF-8 wherever the bytes are valid UTF-8, else what the HTTP header or the page itself
declares, else windows-1251, the old charset of Cyrillic pages. Bytes decide over declarations, because servers declare
one charset for pages of all times: text that is valid UTF-8 by chance does not happen in Cyrillic.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from corpus_builder.errors import SkipPage

MAX_PAGE_BYTES = 20_000_000  # the longest page of a newspaper is about 1 MB; this is a download by mistake

_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|main|section|div|h1|p|meta)\b", re.IGNORECASE)
_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream"})
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Western charsets are what servers declare when nobody has set them up; Cyrillic in them is letters with accents.
_WESTERN = frozenset({"iso8859-1", "iso8859-15", "cp1252", "ascii"})
# A page cut in the middle of a character, or with a stray byte in an ad, is UTF-8 all the same.
_BAD_UTF8 = 0.001
_PIECE = 16_384


def html_text(body: bytes, headers: Mapping[str, str]) -> tuple[bytes, str]:
    """The page's markup in a charset that lxml reads, and the charset's name.

    Raises SkipPage: too_large, not_html, undecodable, empty_body.
    """
    if len(body) > MAX_PAGE_BYTES:
        raise SkipPage("too_large", f"{len(body):,} bytes; at most {MAX_PAGE_BYTES:,}")
    if not body.strip():
        raise SkipPage("empty_body", "the response has no bytes")
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _HTML_TYPES:
        raise SkipPage("not_html", f"Content-Type {kind}")
    text, charset = decode(body, headers)
    if not _MARKUP.search(text[:200_000]):
        raise SkipPage("not_html", "no HTML tag in it")
    return text.replace(b"\0", b"") if b"\0" in text else text, charset


def decode(body: bytes, headers: Mapping[str, str]) -> tuple[bytes, str]:
    """The body in a charset that lxml reads, and the charset's name. Raises SkipPage("undecodable")."""
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return _reencoded(body[len(bom) :], charset)
    if _is_utf8(body):
        return body, "utf-8"
    return _reencoded(body, _not_utf8(body, headers))


def _is_utf8(body: bytes) -> bool:
    """Whether it decodes; by pieces, because the text is not wanted and a large one is slow to allocate."""
    view, place = memoryview(body), 0
    try:
        while place < len(body):
            _, read = codecs.utf_8_decode(view[place : place + _PIECE], "strict", place + _PIECE >= len(body))
            place += read
    except UnicodeDecodeError:
        return False
    return True


def _not_utf8(body: bytes, headers: Mapping[str, str]) -> str:
    loose = body.decode("utf-8", "replace")
    if loose.count("\ufffd") <= _BAD_UTF8 * len(loose):
        return "utf-8"
    declared = _declared(body, headers)
    for charset in (declared, "windows-1251"):
        if charset and _holds(body, charset):
            return charset
    raise SkipPage("undecodable", f"neither UTF-8 nor {declared or 'windows-1251'}")


def _holds(body: bytes, charset: str) -> bool:
    if charset in _WESTERN and _looks_cyrillic(body):
        return False
    try:
        text = body.decode(charset)
    except UnicodeDecodeError:
        # windows-1251 leaves one byte undefined, and old pages have it now and then
        text = body.decode(charset, "replace")
        return text.count("\ufffd") <= _BAD_UTF8 * len(text)
    return True


def _looks_cyrillic(body: bytes) -> bool:
    """Whether most bytes above 0x7F are windows-1251 letters (0xC0 to 0xFF), in long runs as no Western text has."""
    high = sum(1 for byte in body if byte > 0x7F)
    runs = sum(map(len, re.findall(rb"[\xa5\xa8\xaa\xaf\xb2-\xb4\xb8\xba\xbf-\xff]{3,}", body)))
    return high > 0 and runs > high / 2


def _declared(body: bytes, headers: Mapping[str, str]) -> str | None:
    """The charset that the header, else the page itself declares, by Python's name; None where it is none or UTF-8."""
    names = [found[1] for found in [_HEADER_CHARSET.search(headers.get("content-type", ""))] if found]
    names += [found[1].decode("ascii") for found in [_META_CHARSET.search(body[:4096])] if found]
    for name in names:
        try:
            charset = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        if charset != "utf-8":
            return charset
    return None


def _reencoded(body: bytes, charset: str) -> tuple[bytes, str]:
    return body.decode(charset, "replace").encode("utf-8"), "utf-8"
