"""Reading listings of pages: sitemaps and indexes (sitemaps.org), RSS 0.9 to 2.0, Atom, JSON feeds, answers of APIs.

One pass reads the entries of all of them: <url>, <sitemap>, <item> and <entry>. The XML is not trusted: no entities,
no DTD, no network. Where it is not well-formed (a raw &, &nbsp;, a tag that is not closed, text before the
declaration), each entry is read by itself, so that a fault costs at most its entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from html import unescape
from html.entities import html5
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

from lxml import etree

from corpus_builder.errors import SkipPage
from corpus_builder.files import json_of
from corpus_builder.sites.answer_parts import Told, told_by
from corpus_builder.sites.answer_rules import found
from corpus_builder.sites.listing_rules import ListingRules, listed_items
from corpus_builder.web.answers import read_answer
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.guard import guarded
from corpus_builder.web.html import Element
from corpus_builder.web.links import LONGEST_URL, is_url

_ENTRIES = {"urlset": "url", "sitemapindex": "sitemap", "rss": "item", "feed": "entry", "RDF": "item"}
"""The element of one entry, by the root of the listing."""

_PREFACE = 64 * 1024
"""Bytes in which a listing must begin. Chosen: what servers print in front of it (warnings, blank lines) is short."""

_ROOT = re.compile(rf"<(?:[\w-]{{1,40}}:)?({'|'.join(_ENTRIES)})(?=[\s/>])".encode())
_START = re.compile(rb"<\?xml\s|" + _ROOT.pattern)
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_CONTROL = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
_REFERENCE = re.compile(rb"&#(?:(\d{1,20})|x([0-9a-fA-F]{1,20}));?")
_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)(?:(\w{1,32});)?")


@dataclass(frozen=True)
class Listed:
    """One page in a listing. `lastmod` is as written, `alternates` are its hreflang links as (language, URL).

    `published` is the day of publication as an API writes it.
    """

    url: str
    lastmod: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()
    published: str | None = None


class Answered(NamedTuple):
    """An answer of an API without its content encoding: its address by the rules, and that which served it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    served: str


@dataclass(frozen=True)
class Listing:
    """The pages and further sitemaps of a listing.

    `fault` says why the XML is broken and how many entries could not be read, "" where nothing is lost. `next` is the
    address of the part of a feed with earlier entries, as written; "" where there is none. `told` is what an answer
    of an API says of the next.
    """

    pages: tuple[Listed, ...] = ()
    sitemaps: tuple[Listed, ...] = ()
    fault: str = ""
    next: str = ""
    told: Told | None = None


def list_in_answer(rules: ListingRules, names: Mapping[str, str], answer: Answered) -> Listing:
    """The articles in an answer of an API; `names` is what rules.names() gives. Raises SkipPage as read_answer does."""
    with guarded("an answer"):
        value = read_answer(answer.status, answer.headers, answer.body)
        told = told_by(rules, value, answer.headers, answer.served, answer.url)
        if not isinstance(found(rules.items, value), list):
            raise SkipPage("not_a_listing", f"{rules.items} is no list: {str(found(rules.items, value))[:80]!r}")
        items = list(listed_items(rules, value, names))
        pages = (Listed(url, item.modified or None, (), item.published or None) for item in items for url in item.urls)
        return Listing(tuple(pages), (), _lost(len(items), sum(bool(item.urls) for item in items)), told=told)


def parse_listing(body: bytes, headers: Mapping[str, str]) -> Listing:
    """The entries of a sitemap or feed, given without compression.

    Raises SkipPage `not_a_listing`, `undecodable`, or what web/guard.py does.
    """
    with guarded("a listing"):
        return _parsed(body, headers)


def _parsed(body: bytes, headers: Mapping[str, str]) -> Listing:
    text = to_utf8(body, headers).translate(None, _CONTROL).lstrip()
    if text.startswith(b"{"):
        return _json_feed(text)
    first = text[:LONGEST_URL].split(maxsplit=1)[:1]
    if first and is_url(first[0].decode(errors="replace")):  # it may be cut within a character
        return _text(text.decode())
    if start := _START.search(text, 0, _PREFACE):
        text = text[start.start() :]
    try:
        return _whole(text)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        return _entry_by_entry(text, error)


def _text(text: str) -> Listing:
    """The addresses in a sitemap of plain text, one a line (https://www.sitemaps.org/protocol.html#otherformats)."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    pages = tuple(Listed(line) for line in lines if is_url(line))
    return Listing(pages, (), _lost(len(lines), len(pages)))


def _json_feed(text: bytes) -> Listing:
    """The items of a JSON feed (https://www.jsonfeed.org/version/1.1/). Raises SkipPage `not_a_listing`."""
    try:
        feed = json_of(text)
    except ValueError as error:
        raise SkipPage("not_a_listing", f"not a JSON feed: {error}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise SkipPage("not_a_listing", "not a JSON feed: it has no items")
    named = [item for item in items if isinstance(item, dict) and isinstance(item.get("url"), str)]
    pages = tuple(Listed(item["url"].strip(), str(item.get("date_modified") or "") or None) for item in named)
    following = feed.get("next_url")
    return Listing(pages, (), _lost(len(items), len(pages)), following if isinstance(following, str) else "")


def _lost(entries: int, listed: int) -> str:
    return f"{entries - listed} of {entries} entries have no address" if listed < entries else ""


def _whole(text: bytes) -> Listing:
    """The entries of a well-formed listing."""
    pages, sitemaps, root, entries, following = [], [], None, 0, ""
    events = etree.iterparse(
        BytesIO(text), events=("start", "end"), encoding="utf-8", resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=True, remove_comments=True,
    )  # fmt: skip
    for event, element in events:
        if root is None:
            root = element
            if _name(root) not in _ENTRIES:
                raise SkipPage("not_a_listing", f"its root is <{_name(root)}>")
        if event == "start":
            continue
        name = _name(element)
        if name == "link" and element.get("rel") == "next" and _name(element.getparent()) in ("feed", "channel"):
            following = element.get("href") or ""  # RFC 5005, 3
        entries += name == _ENTRIES[_name(root)]
        if name in ("url", "item", "entry") and (listed := _listed(element)):
            pages.append(listed)
        elif name == "sitemap" and (listed := _listed(element)):
            sitemaps.append(listed)
        if name in ("url", "sitemap", "item", "entry"):
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return Listing(tuple(pages), tuple(sitemaps), _lost(entries, len(pages) + len(sitemaps)), following)


def _entry_by_entry(text: bytes, error: Exception) -> Listing:
    """The entries of a listing that is not well-formed. An entry that is damaged itself is lost."""
    root = _ROOT.search(text, 0, _PREFACE)
    if root is None:
        raise SkipPage("not_a_listing", str(error)) from error
    text = b"".join(part for part, is_comment in _sections(text, b"<!--", b"-->") if not is_comment)
    name = _ENTRIES[root[1].decode()]
    starts = [start.start() for start in re.finditer(rf"<(?:[\w-]{{1,40}}:)?{name}(?=[\s>])".encode(), text)]
    end = re.compile(rf"</(?:[\w-]{{1,40}}:)?{name}\s{{0,9}}>".encode())
    listed = []
    for start, following in pairwise([*starts, len(text)]):
        if (close := end.search(text, start, following)) and (entry := _damaged_entry(text[start : close.end()])):
            listed.append(entry)
    lost = len(starts) - len(listed)
    is_cut = not re.search(rb"</(?:[\w-]{1,40}:)?" + root[1] + rb"\s{0,9}>", text[-_PREFACE:])
    fault = f"{error}; {lost} of {len(starts)} entries could not be read" if lost or is_cut else ""
    return Listing((), tuple(listed), fault) if name == "sitemap" else Listing(tuple(listed), (), fault)


def _damaged_entry(text: bytes) -> Listed | None:
    """An entry read by itself, with repairs; None where it has no URL, or one that is not written in it like that."""
    text = b"".join(
        part if is_cdata else _AMPERSAND.sub(_escaped, _REFERENCE.sub(_allowed, part))
        for part, is_cdata in _sections(text, b"<![CDATA[", b"]]>")
    )
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    element = etree.fromstring(text, parser)
    listed = None if element is None else _listed(element)
    if listed and re.search(
        re.escape(listed.url) + r"""\s*(?:</|\]\]>|["'])""", unescape(text.decode("utf-8", "replace"))
    ):
        return listed
    return None


def _allowed(reference: re.Match[bytes]) -> bytes:
    """A reference to a character, or U+FFFD where XML has no such character: half an emoji (&#55357;), a control."""
    code = int(reference[1]) if reference[1] else int(reference[2], 16)
    is_character = (
        code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 2**16 <= code < 0x110000
    )
    return f"&#{code if is_character else 0xFFFD};".encode()


def _escaped(ampersand: re.Match[bytes]) -> bytes:
    """A raw & or an entity of HTML (&nbsp;) as XML has it."""
    name = (ampersand[1] or b"").decode("utf-8", "replace") + ";"
    if name in html5:
        return "".join(f"&#{ord(character)};" for character in html5[name]).encode()
    return b"&amp;" + ampersand[0][1:]


def _sections(text: bytes, opening: bytes, closing: bytes) -> Iterator[tuple[bytes, bool]]:
    """The text in parts, with whether a part is a section from `opening` to `closing`."""
    position = 0
    while (start := text.find(opening, position)) >= 0 and (end := text.find(closing, start)) >= 0:
        yield text[position:start], False
        position = end + len(closing)
        yield text[start:position], True
    yield text[position:], False


def _listed(entry: Element) -> Listed | None:
    url = lastmod = None
    permalink = entry.get(_RDF_ABOUT)
    alternates = []
    for child in entry:
        name, text = _name(child).lower(), (child.text or "").strip()
        if name == "loc" and _prefix(child) == _prefix(entry):
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
    """An element's name without its namespace, or without a prefix that is not declared."""
    return re.split("[}:]", element.tag)[-1] if isinstance(element.tag, str) else ""


def _prefix(element: Element) -> str:
    """An element's namespace, or a prefix that is not declared."""
    return str(element.tag).removesuffix(_name(element))


def outside(month: str | None, lastmod: datetime | None, since: date | None, until: date | None) -> str:
    """Why a sitemap cannot contain these dates: its month, or unchanged since before them; "" where it may."""
    if month:
        is_outside = (since and month < since.strftime("%Y-%m")) or (until and month > until.strftime("%Y-%m"))
        return f"its name says {month}" if is_outside else ""
    if since and lastmod and lastmod.date() < since:
        return f"unchanged since {lastmod.date()}, by its index"
    return ""


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
