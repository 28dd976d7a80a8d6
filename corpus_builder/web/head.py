"""What the head of a page says about the page: its other editions, its own address, and what robots may do with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree

_MOST_BYTES = 512 * 1024
"""A page without a body tag is read this far; heads of news pages are 5 to 40 KiB (measured on ../shared/data)."""

_BODY = re.compile(rb"<body[\s>]", re.IGNORECASE)
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """The links and metas of a page; names are lower case, URLs absolute.

    `alternates` are hreflang links as (language, URL), `metas` (name, content).
    """

    alternates: tuple[tuple[str, str], ...] = ()
    metas: tuple[tuple[str, str], ...] = ()
    canonical: str | None = None
    saved_from: str | None = None


def read_head(body: bytes, url: str) -> Head:
    """The head of an HTML page; of anything else, an empty one.

    Everything before the last body tag is read, as scripts may name the tag: to read too much is harmless here, to
    miss an opt-out is not.
    """
    start = body[:_MOST_BYTES]
    ends = [found.start() for found in _BODY.finditer(start)]
    saved = _SAVED_FROM.search(start[:4096])
    saved_from = _join("", saved[1].decode("utf-8", errors="replace")) or None if saved else None
    # Attribute values matter here and are ASCII or UTF-8; a page in another charset keeps its tags under UTF-8.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, huge_tree=False)
    try:
        tree = etree.fromstring(start[: ends[-1]] if ends else start, parser)
    except (etree.XMLSyntaxError, ValueError):
        tree = None
    if tree is None:
        return Head(saved_from=saved_from)
    base = next((href for element in tree.iter("base") if (href := element.get("href"))), "")
    base = _join(url, base) or url
    alternates, canonical = [], None
    for element in tree.iter("link"):
        kinds, href = (element.get("rel") or "").lower().split(), _join(base, element.get("href") or "")
        if not href:
            continue
        if "alternate" in kinds and (language := element.get("hreflang")):
            alternates.append((language.strip().lower(), href))
        elif "canonical" in kinds and canonical is None:
            canonical = href
    metas = tuple(_metas(tree))
    if canonical is None:
        canonical = next((_join(base, content) for name, content in metas if name == "og:url"), None) or None
    return Head(tuple(alternates), metas, canonical, saved_from)


def _metas(tree: etree._Element) -> Iterator[tuple[str, str]]:
    for element in tree.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("http-equiv")
        if name:
            yield name.strip().lower(), (element.get("content") or "").strip()


def page_links(body: bytes, url: str) -> list[str]:
    """Every link of an HTML page, absolute, in order, once each."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if tree is None:
        return []
    links = (_join(url, element.get("href") or "") for element in tree.iter("a"))
    return list(dict.fromkeys(link for link in links if link))


def is_url(text: str) -> bool:
    """Whether a text is an absolute URL that HTTP can ask for."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _join(base: str, href: str) -> str:
    """The absolute URL of a link, "" where it is none that HTTP can ask for."""
    try:
        url = urljoin(base, href.strip())
    except ValueError:
        return ""
    return url if href.strip() and is_url(url) else ""
