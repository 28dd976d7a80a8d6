"""A response's body -> HTML in UTF-8 -> a parsed tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from lxml import etree

from corpus_builder.errors import SkipPage
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.responses import PAGE_BYTES, check_content_type, check_size

Element: TypeAlias = etree._Element
"""A node of a parsed page. lxml has no public name for it."""

_TAG = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|main|section|div|h1|p|meta)\b", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:0{0,9}(\d{1,7})|[xX]0{0,9}([0-9a-fA-F]{1,6}));?(?![0-9a-fA-F])")
_TAG_WITHIN = 200_000
"""Bytes in which an HTML tag is searched. Chosen: far more than any comment or script before the first tag."""


def html_markup(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The markup of a decoded body, in UTF-8, without NUL characters and references to characters that XML lacks.

    Raises SkipPage: too_large, not_html, empty_body, undecodable.
    """
    check_size(len(body), PAGE_BYTES)
    check_content_type(headers)
    if not body.strip():
        raise SkipPage("empty_body", "the response has no bytes")
    markup = _REFERENCE.sub(_unless_control, to_utf8(body, headers).replace(b"\0", b""))
    if not _TAG.search(markup, 0, _TAG_WITHIN):
        raise SkipPage("not_html", "it has no HTML tag")
    return markup


def _unless_control(match: re.Match[bytes]) -> bytes:
    """A reference to a character; "" for one that no text has and XML cannot hold, as &#11; of word processors."""
    code = int(match[1]) if match[1] else int(match[2], 16)
    is_control = code < 0x20 and code not in (0x09, 0x0A, 0x0D)
    return b"" if is_control or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF) or code > 0x10FFFF else match[0]


def parse_html(markup: bytes) -> Element:
    """The root element of markup in UTF-8. Raises SkipPage `broken_markup`, and MemoryError."""
    # Pages with elements nested deeper than 256 exist; huge_tree raises libxml2's limit to 2,048.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(markup, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError(str(error)) from error
        raise SkipPage("broken_markup", str(error)) from error
    if root is None:
        raise SkipPage("broken_markup", "no element in the page")
    # Beyond its limits libxml2 stops and keeps what it has: half an article would pass for a whole one.
    for entry in parser.error_log.filter_from_fatals():
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            raise SkipPage("broken_markup", entry.message)
        if entry.type_name == "ERR_NO_MEMORY":
            raise MemoryError(entry.message)
    return root
