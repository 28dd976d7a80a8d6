"""The one way from a response to a page that may be used.

The crawler, the index of WARC files, the index of saved pages and extraction all call `read_page`, so that they agree
on what is a page and on who has opted out:

    status -> opt-outs by header -> content type, size, emptiness -> charset -> tree -> head -> opt-outs by page
    -> challenges and error pages
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpus_builder.errors import SkipPage
from corpus_builder.web.error_pages import check_error_page
from corpus_builder.web.guard import guarded
from corpus_builder.web.head import Head, read_head
from corpus_builder.web.html import Element, html_markup, parse_html
from corpus_builder.web.opt_out import opt_out
from corpus_builder.web.responses import check_status


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page that may be used: its markup in UTF-8, its parsed tree (lxml), its head."""

    markup: bytes
    root: Element
    head: Head


def read_page(status: int, headers: Mapping[str, str], body: bytes, url: str) -> WebPage:
    """The page in a response. Header names are lower case; the body's Content-Encoding is already removed.

    Raises SkipPage: http_STATUS, too_large, not_html, empty_body, undecodable, broken_markup, extractor_error,
    opt_out_noai, opt_out_noindex, opt_out_tdm, opt_out_content_signal, challenge_page, error_page.
    """
    check_status(status)
    _check_opt_out(headers, Head())  # also where the body cannot be read
    page = parse_page(headers, body, url)
    _check_opt_out(headers, page.head)
    check_error_page(headers, page.markup, page.root)
    return page


def _check_opt_out(headers: Mapping[str, str], head: Head) -> None:
    if reason := opt_out(headers, head):
        raise SkipPage(reason)


def parse_page(headers: Mapping[str, str], body: bytes, url: str) -> WebPage:
    """The page in a response, whatever its status and opt-outs. Raises SkipPage as read_page does."""
    with guarded(url):
        markup = html_markup(body, headers)
        root = parse_html(markup)
        return WebPage(markup, root, read_head(root, markup, url, headers.get("link", "")))
