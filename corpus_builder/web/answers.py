"""Answers of APIs: the JSON in a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_builder.errors import SkipPage
from corpus_builder.files import json_of
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.head import Head
from corpus_builder.web.opt_out import opt_out
from corpus_builder.web.responses import PAGE_BYTES, check_size, check_status

NOT_JSON = "not_json"


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
    """The value that a script consists of or assigns: `{…}`, `window.__STATE__ = {…};`. Raises SkipPage `not_json`."""
    from json import JSONDecoder

    starts = [place for place in (text.find("{"), text.find("[")) if place >= 0]
    try:
        return JSONDecoder(strict=False).raw_decode(text, min(starts, default=0))[0]
    except (ValueError, RecursionError) as error:
        raise SkipPage(NOT_JSON, f"the script has no JSON: {error}") from error
