"""Answers of APIs: the JSON in a response."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from corpus_builder.errors import SkipPage
from corpus_builder.files import json_of, whole_characters
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.head import Head
from corpus_builder.web.opt_out import opt_out
from corpus_builder.web.responses import PAGE_BYTES, check_size, check_status

NOT_JSON = "not_json"

_OPENING = re.compile(r"[{\[]")
_SCANNED = 4
"""How many times its length is read of a script at most. Chosen: JSON is read once, and what only begins like it ends
soon; scripts made to be slow begin it everywhere.
"""
_COUNTED = 64
"""How many times faster than JSON is read the lines before a fault are counted, which its error does. Chosen: roughly
what it is.
"""

_SNIFF = 64
"""Bytes that tell whether a body is JSON. Chosen: a byte order mark and blank lines before it are short."""


def looks_like_json(body: bytes) -> bool:
    """Whether a body begins like an object or a list."""
    return body[:_SNIFF].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_answer(status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """The value in an answer. Header names are lower case; the body's Content-Encoding is already removed.

    Raises SkipPage: http_STATUS, too_large, undecodable, not_json, and the opt-outs of its headers.
    """
    check_status(status)
    if reason := opt_out(headers, Head()):
        raise SkipPage(reason)
    check_size(len(body), PAGE_BYTES)
    try:
        return json_of(to_utf8(body, headers), strict=False)
    except ValueError as error:
        raise SkipPage(NOT_JSON, str(error)) from error


def json_in_script(text: str) -> Any:
    """The value that a script consists of or assigns: `{…}`, `window["state"] = {…};`; the longest of several.

    Raises SkipPage `not_json`.
    """
    from json import JSONDecoder

    decoder, value, longest, fault = JSONDecoder(strict=False), None, 0, "no { or ["
    place, left = 0, _SCANNED * len(text)
    while left > 0 and (opening := _OPENING.search(text, place)):
        start = opening.start()
        try:
            found, place = decoder.raw_decode(text, start)
            left -= place - start
            if place - start > longest:
                value, longest = whole_characters(found), place - start
        except (ValueError, RecursionError) as error:  # no JSON begins here
            fault, place = str(error), opening.end()
            end = getattr(error, "pos", len(text))
            left -= 1 + end - start + end // _COUNTED
    if not longest:
        raise SkipPage(NOT_JSON, f"the script has no JSON: {fault}")
    return value
