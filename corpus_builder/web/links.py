"""Addresses that pages name, made absolute; and all links of a page that lists others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from corpus_builder.errors import SkipPage
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.html import Element, parse_html

_WAYBACK = re.compile(r"https?://(?:web\.|wayback\.)?archive\.org/web/\d{1,14}(?:[a-z]{2}_)?/(?=https?://)")

LONGEST_URL = 8_000
"""Most characters of a URL: what everyone should accept (RFC 9110, 4.1). A page may name a million relative links."""


def is_url(text: str) -> bool:
    """Whether a text is an absolute URL that HTTP can request."""
    if len(text) > LONGEST_URL:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def absolute(base: str, href: str) -> str:
    """The absolute URL of a link, "" where HTTP cannot request it (mailto:, javascript:, damaged)."""
    href = href.strip()
    if len(href) > LONGEST_URL:
        return ""
    try:
        url = urljoin(base, href)
    except ValueError:
        return ""
    return url if href and is_url(url) else ""


def original(url: str) -> str:
    """The address of which a URL of the Wayback Machine has a copy; any other URL as it is.

    >>> original("https://web.archive.org/web/20250103000000im_/https://n.example/7")
    'https://n.example/7'
    """
    return _WAYBACK.sub("", url, count=1)


def base_url(root: Element, url: str) -> str:
    """What the relative links of a parsed page are relative to: its <base>, else its URL."""
    hrefs = (href for element in root.iter("base") if (href := element.get("href")))
    return absolute(url, next(hrefs, "")) or url


def page_links(body: bytes, headers: Mapping[str, str], url: str) -> list[str]:
    """Every link of an HTML page, absolute, in order, each once; none where it is not HTML."""
    try:
        root = parse_html(to_utf8(body, headers))
    except SkipPage:
        return []
    base = base_url(root, url)
    links = (absolute(base, element.get("href") or "") for element in root.iter("a"))
    return list(dict.fromkeys(link for link in links if link))


_LINK = re.compile(r"\s{0,9}<([^<>]{0,4000})>([^<]{0,1000})")
_PARAMETER = re.compile(r";\s{0,9}(\w{1,20})\s{0,9}=\s{0,9}(?:\"([^\"]{0,200})\"|([^\s;,\"]{1,200}))")


def header_links(value: str, url: str) -> list[tuple[str, str, str]]:
    """The links in a Link header (RFC 8288) of the response from `url`, as (rel, hreflang, absolute URL), lower case.

    >>> header_links('</ru/7>; rel="alternate"; hreflang=ru, <https://n.example/7>; rel=canonical', "https://n.example/7")
    [('alternate', 'ru', 'https://n.example/ru/7'), ('canonical', '', 'https://n.example/7')]
    """
    links = []
    for target, given in _LINK.findall(value):
        named = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(given)}
        if href := absolute(url, target):
            links.append((named.get("rel", "").lower(), named.get("hreflang", "").lower(), href))
    return links
