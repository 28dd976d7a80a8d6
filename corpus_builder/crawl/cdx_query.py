"""What is asked of the index of an archive, and what its lines say: the CDX server's protocol without the network.

The index of Common Crawl and of other archives by pywb answers JSON lines (pywb.readthedocs.io, "CDXJ Server API"),
the Internet Archive's a JSON array whose first row names the fields (github.com/internetarchive/wayback, in
wayback-cdx-server).
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from corpus_builder.crawl.choice import GONE
from corpus_builder.errors import SkipPage
from corpus_builder.files import json_of
from corpus_builder.sites import Site
from corpus_builder.sites.site import URL_CHARACTERS
from corpus_builder.text.surrogates import without_surrogates
from corpus_builder.web.responses import PAGE_STATUSES, whole_number

MOST_PREFIXES = 64
"""URL prefixes by which a host's articles are asked for; beyond that the whole host is. Chosen: each is a request of
its own, at a second's distance.
"""

_READ = frozenset({*map(str, PAGE_STATUSES), *(reason.removeprefix("http_") for reason in GONE)})
"""Statuses of captures that are fetched: pages, and what says that a page is no more."""
_REVISIT = "warc/revisit"


class Query(NamedTuple):
    """A question to an index: the captures of all URLs that begin with `url`, or of that one URL alone."""

    url: str
    match: str

    def address(self, index: str, since: date | None, **more: str | int) -> str:
        """The URL of the question to the index at a URL.

        No capture was made before the first wanted day, of which the time zone may take one.
        """
        values: dict[str, str | int] = {"url": self.url, "matchType": self.match, "output": "json"}
        if since:
            values["from"] = (since - timedelta(days=1)).strftime("%Y%m%d")
        return f"{index}{'&' if '?' in index else '?'}{urlencode(values | more)}"


@dataclass(frozen=True)
class IndexEntry:
    """A capture by an index: `fetched` is ISO 8601 in UTC. `file`, `offset` and `length` are its WARC record's place.

    Of an archive that hands out pages instead of records, `file` is "" and both numbers are 0.
    """

    url: str
    fetched: str
    status: str
    mime: str
    digest: str
    file: str = ""
    offset: int = 0
    length: int = 0

    @property
    def timestamp(self) -> str:
        """The time as indexes write it, with 14 digits."""
        return datetime.fromisoformat(self.fetched).strftime("%Y%m%d%H%M%S")

    @property
    def unread(self) -> str:
        """The reason for which the capture is no page and is not fetched, "" where it is."""
        if self.mime == _REVISIT or self.status in _READ or self.status in ("", "-"):
            return ""
        return f"http_{self.status}"


def queries(site: Site, languages: Sequence[str]) -> list[Query]:
    """The questions for a site's articles in some languages, for the answers of its APIs, and for its robots.txt files,
    in a fixed order.

    Indexes sort by hosts without `www.`, so that a host with and without it is asked for once.
    """
    domains = {domain.lower() for domain in site.rules.domains}
    hosts = sorted(domain for domain in domains if domain == f"www.{domain[4:]}" or f"www.{domain}" not in domains)
    asked: list[Query] = []
    for host in hosts:
        prefixes = _prefixes(site, languages, host)
        asked += [Query(prefix, "prefix") for prefix in prefixes] or [Query(host, "host")]
        asked.append(Query(f"{host}/robots.txt", "exact"))
    whole = {query.url for query in asked if query.match == "host"}
    return asked + [query for query in _of_answers(site, languages) if query.url.partition("/")[0] not in whole]


def _of_answers(site: Site, languages: Sequence[str]) -> list[Query]:
    """The questions for the answers of a site's APIs: what their addresses begin with."""
    starts: set[str] = set()
    for rules in site.rules.from_json:
        for template in filter(None, (rules.url, rules.next_url)):
            for language in languages:
                spelled = template.replace("{language}", rules.languages.get(language, language))
                start = spelled.partition("://")[2].partition("{")[0]
                starts.add(quote(start, safe=URL_CHARACTERS))
    ends = tuple(starts)
    kept = sorted(start for start in ends if not any(start != other and start.startswith(other) for other in ends))
    return [
        Query(start.rstrip("/"), "host") if start.endswith("/") and start.count("/") == 1 else Query(start, "prefix")
        for start in kept
    ]


def _prefixes(site: Site, languages: Sequence[str], host: str) -> list[str]:
    """The beginnings of a host's article URLs by the rules; none where the whole host has to be asked for."""
    starts: set[str] = set()
    for language in languages:
        edition = site.rules.editions[language]
        for pattern in edition.paths:
            starts |= {start if edition.with_host else host + start for start in literal_starts(pattern, MOST_PREFIXES)}
    # With `with_host` a pattern may be another host's, or not begin with a whole host.
    if any("/" not in start.removeprefix(host) for start in starts if start.startswith(host)):
        return []
    starts = {start for start in starts if start.startswith(f"{host}/")}
    if f"{host}/" in starts or len(starts) > MOST_PREFIXES or not starts:
        return []
    return sorted(start for start in starts if not any(start != other and start.startswith(other) for other in starts))


def literal_starts(pattern: str, most: int) -> set[str]:
    """The literal texts of which every match of a pattern begins with one; {""} where that cannot be said."""
    parser = importlib.import_module("re._parser")  # the parser of `re`: typed nowhere, but its trees are stable
    starts, _ = _starts(parser.parse(pattern), most)
    return starts


def _starts(tree: Any, most: int) -> tuple[set[str], bool]:
    """The beginnings of what a tree matches, and whether they are all of it."""
    starts = {""}
    for operation, argument in tree:
        match str(operation):
            case "LITERAL":
                ways, whole = {chr(argument)}, True
            case "SUBPATTERN" if not argument[1]:
                ways, whole = _starts(argument[3], most)
            case "BRANCH":
                branches = [_starts(branch, most) for branch in argument[1]]
                ways = {way for found, _ in branches for way in found}
                whole = all(complete for _, complete in branches)
            case "AT":
                continue
            case _:
                return starts, False
        if len(starts) * len(ways) > most:
            return starts, False
        starts = {start + way for start in starts for way in ways}
        if not whole:
            return starts, False
    return starts, True


WHOLE = -1
"""The number of pages of an answer that an index gives at once, whatever page is asked for."""


def page_count(body: bytes) -> int | None:
    """The number of pages in an answer to `showNumPages`: a number, {"pages": 3}, or [["numpages"], ["3"]].

    Not every index knows that question (pywb does of compressed indexes alone): one that answers it as if it had not
    been asked, with lines, gives its answers `WHOLE`, and one without a line has no capture. None for anything else.
    """
    try:
        value = json_of(body)
    except ValueError:
        value = body.decode("utf-8", errors="replace").strip()
    if isinstance(value, dict) and "pages" in value:
        value = value["pages"]
    if isinstance(value, list) and all(isinstance(row, list) and len(row) == 1 for row in value) and len(value) == 2:
        value = value[1][0]
    if isinstance(value, int | str) and (number := whole_number(str(value))) is not None:
        return number
    if value in ("", []):
        return 0
    found = next(entries(body, records=False), None)
    return WHOLE if isinstance(found, IndexEntry) else None


def entries(body: bytes, *, records: bool) -> Iterator[IndexEntry | SkipPage]:
    """The captures in a page of an index, in its order; a line that cannot be read is `bad_index_line`.

    `records`: each capture must say where its WARC record is.
    """
    for number, fields in enumerate(_rows(body), 1):
        try:
            if isinstance(fields, SkipPage):
                yield fields
            else:
                yield _entry(fields, records)
        except (ValueError, OverflowError) as error:
            yield SkipPage("bad_index_line", f"line {number}: {error}")


def _rows(body: bytes) -> Iterator[dict[str, Any] | SkipPage]:
    text = body.decode("utf-8", errors="replace")
    if text.lstrip().startswith("["):
        yield from _array(text)
        return
    for line in text.splitlines():
        start = line.find("{")
        if not line.strip():
            continue
        try:
            fields = json_of(line[start:]) if start >= 0 else None
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            yield SkipPage("bad_index_line", line[:200])
            continue
        before = line[:start].split()  # a CDXJ line: key, time, JSON
        if len(before) >= 2:
            fields.setdefault("timestamp", before[1])
        yield fields


def _array(text: str) -> Iterator[dict[str, Any] | SkipPage]:
    try:
        rows: Iterable[Any] = json_of(text)
    except ValueError as error:
        yield SkipPage("bad_index_line", str(error))
        return
    header: list[str] | None = None
    for row in rows:
        if not isinstance(row, list):
            yield SkipPage("bad_index_line", str(row)[:200])
        elif header is None:
            header = [str(name) for name in row]
        elif len(row) != len(header):
            yield SkipPage("bad_index_line", str(row)[:200])
        else:
            yield dict(zip(header, row, strict=True))


def _entry(fields: dict[str, Any], records: bool) -> IndexEntry:
    def text(*names: str) -> str:
        said = next((str(fields[name]) for name in names if fields.get(name) not in (None, "")), "")
        return without_surrogates(said)

    url, stamp = text("url", "original"), text("timestamp")
    if not url or len(stamp) != 14:
        raise ValueError("no URL or time")
    fetched = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC).isoformat(timespec="microseconds")
    status, mime = text("status", "statuscode"), text("mime", "mimetype")
    if not records:
        return IndexEntry(url, fetched, status, mime, text("digest"))
    file, offset, length = text("filename"), whole_number(text("offset")), whole_number(text("length"))
    if not file or offset is None or not length:
        raise ValueError(f"no filename, offset or length for {url}")
    return IndexEntry(url, fetched, status, mime, text("digest"), file, offset, length)
