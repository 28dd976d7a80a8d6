"""Reading listings of pages: sitemaps and sitemap indexes (sitemaps.org), RSS 0.9 to 2.0 and Atom feeds.

One pass reads the entries of all of them: <url>, <sitemap>, <item> and <entry>. The XML is not trusted: no entities,
no DTD, no network. Where it breaks off, the entries before that are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from io import BytesIO

from lxml import etree

from corpus_builder.errors import SkipPage
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.html import Element

_ROOTS = {"urlset", "sitemapindex", "rss", "feed", "RDF"}
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)")


@dataclass(frozen=True)
class Listed:
    """One page in a listing. `lastmod` is as written, `alternates` are its hreflang links as (language, URL)."""

    url: str
    lastmod: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Listing:
    """The pages and further sitemaps of a listing. `fault` says where its XML breaks off, "" where it is whole."""

    pages: tuple[Listed, ...] = ()
    sitemaps: tuple[Listed, ...] = ()
    fault: str = ""


def parse_listing(body: bytes, headers: Mapping[str, str]) -> Listing:
    """The entries of a sitemap or feed, given without compression.

    Raises SkipPage `not_a_listing`, or `undecodable`.
    """
    pages, sitemaps, root = [], [], None
    try:
        events = etree.iterparse(
            BytesIO(to_utf8(body, headers).lstrip()), events=("start", "end"), encoding="utf-8",
            resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=True, remove_comments=True,
        )  # fmt: skip
        for event, element in events:
            if root is None:
                root = element
                if _name(root) not in _ROOTS:
                    raise SkipPage("not_a_listing", f"its root is <{_name(root)}>")
            if event == "start":
                continue
            name = _name(element)
            if name in ("url", "item", "entry") and (listed := _listed(element)):
                pages.append(listed)
            elif name == "sitemap" and (listed := _listed(element)):
                sitemaps.append(listed)
            if name in ("url", "sitemap", "item", "entry"):
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        if root is None:
            raise SkipPage("not_a_listing", str(error)) from error
        return Listing(tuple(pages), tuple(sitemaps), str(error))
    return Listing(tuple(pages), tuple(sitemaps))


def _listed(entry: Element) -> Listed | None:
    url = lastmod = permalink = None
    alternates = []
    for child in entry:
        name, text = _name(child), (child.text or "").strip()
        if name == "loc" and etree.QName(child).namespace == etree.QName(entry).namespace:
            url = text
        elif name in ("lastmod", "updated"):
            lastmod = text or None
        elif name == "link" and child.get("href"):
            rel = child.get("rel") or "alternate"
            if rel == "alternate" and child.get("hreflang") and _name(entry) == "url":
                alternates.append((child.get("hreflang").strip().lower(), child.get("href").strip()))
            elif rel == "alternate" and _name(entry) == "entry":
                url = url or child.get("href").strip()
        elif name == "link" and text:
            url = text
        elif name == "guid" and child.get("isPermaLink", "true") != "false":
            permalink = text
    url = url or permalink
    return Listed(url, lastmod, tuple(alternates)) if url else None


def _name(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def month_of(url: str) -> str | None:
    """The month that a sitemap is named after: "…/sitemap-2025-12.xml.gz" gives "2025-12"."""
    month = _MONTH.search(url.rstrip("/").rsplit("/", 1)[-1])
    return f"{month[1]}-{month[2]}" if month else None


def outside(month: str | None, lastmod: datetime | None, since: date | None, until: date | None) -> bool:
    """Whether a sitemap cannot contain these dates: by the month in its name, or unchanged since before them."""
    if month:
        return bool((since and month < since.strftime("%Y-%m")) or (until and month > until.strftime("%Y-%m")))
    return bool(since and lastmod and lastmod.date() < since)


def moment(text: str | None, zone: tzinfo) -> datetime | None:
    """A W3C date of a listing in UTC; a day without a time means its end. None where it is not a date."""
    if not text:
        return None
    try:
        if len(text) <= 10:
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), zone).astimezone(UTC)
        date_time = datetime.fromisoformat(text)
        return (date_time if date_time.tzinfo else date_time.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def archive_days(since: date, until: date) -> Iterator[date]:
    """The days of a range, the newest first."""
    for ordinal in range(until.toordinal(), since.toordinal() - 1, -1):
        yield date.fromordinal(ordinal)
