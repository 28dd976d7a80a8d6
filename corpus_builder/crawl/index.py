"""Index of captures: the usable captures of each article page, the preferred first, in a stable order.

The order is that of month, article id and language, and does not depend on when or in which order pages were fetched.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from corpus_builder.crawl.choice import Candidate
from corpus_builder.crawl.drops import UNUSABLE, USABLE
from corpus_builder.crawl.further_captures import paths_in_captures
from corpus_builder.crawl.links import open_for_reading
from corpus_builder.crawl.options import CaptureRef, CrawlOptions
from corpus_builder.crawl.rows import Part, part_of, wanted
from corpus_builder.crawl.rows import Place as PlaceInCrawl
from corpus_builder.crawl.state_file import NEXT
from corpus_builder.files import reading
from corpus_builder.sites import PageKey, Site
from corpus_builder.web.links import is_url

logger = logging.getLogger(__name__)


def index_crawl(
    folder: Path, site: Site, options: CrawlOptions | None, earlier: Sequence[CaptureRef] = ()
) -> list[CaptureRef]:
    """The captures of a crawl's folder within the options' languages, dates and limit, and those of `earlier` pages.

    Without options, of `earlier` pages alone. Their captures from elsewhere (other WARC files, saved pages) stay,
    unless the crawl found that the page is gone or may not be used; of several captures, the newest comes first.
    """
    condition, values = wanted(options) if options else ("0", {})
    keys = json.dumps(sorted({_key(ref) for ref in earlier}))
    known = "kind = 'article' AND key IN (SELECT value FROM json_each(:earlier))"
    db = open_for_reading(folder)
    try:
        rows = db.execute(
            f"SELECT * FROM pages WHERE (({condition}) OR ({known})) AND {USABLE} ORDER BY key",
            {**values, "earlier": keys},
        ).fetchall()
        parts: dict[str, list[Part]] = {}
        for row in db.execute("SELECT * FROM parts ORDER BY page, rowid"):
            parts.setdefault(row["page"], []).append(part_of(row))
        unusable = {
            row["key"] for row in db.execute(f"SELECT key FROM pages WHERE {known} AND {UNUSABLE}", {"earlier": keys})
        }
    finally:
        db.close()
    own = folder / "warc"
    elsewhere = [
        (_day(site, ref), ref)
        for ref in earlier
        if not Path(ref.path).is_relative_to(own) and _key(ref) not in unusable
    ]
    dated: list[tuple[date | None, CaptureRef]] = []
    with reading(folder / "state.sqlite", NEXT):
        for row in rows:
            if site.identify(row["url"]):
                dated += _dated(own, row, parts.get(row["key"], ()))
    return in_order(sorted([*dated, *elsewhere], key=lambda each: each[1].fetched, reverse=True))


def _dated(folder: Path, row: sqlite3.Row, parts: Iterable[Part]) -> Iterator[tuple[date | None, CaptureRef]]:
    """The newest captures of a page of the frontier and of its parts, with the page's day. Raises ValueError."""
    day = date.fromisoformat(row["date"]) if row["date"] else None
    place = PlaceInCrawl(row["file"], row["offset"], row["length"])
    names = (row["url"], row["language"], row["article_id"], "")
    for part in (Part("", row["url"], place, row["captured"], row["digest"]), *parts):
        at = part.place
        if None in (*names, at.file, at.offset, at.length, part.captured, part.digest):
            raise ValueError(f"the capture of {row['url']} is not whole")
        where = (str(folder / at.file), at.offset, at.length)
        yield day, CaptureRef(*names, *where, part.captured, part.digest, part.part)


def _key(ref: CaptureRef) -> str:
    """The key of a capture's page in the frontier."""
    return f"{ref.language}/{ref.article_id}"


def _day(site: Site, ref: CaptureRef) -> date | None:
    """The day of a capture's page, by its URL; the first of its month where the rules no longer know the URL."""
    if address := site.address(ref.url):
        return address.date
    return None if ref.month == "undated" else date.fromisoformat(f"{ref.month}-01")


def seeded(site: Site, earlier: Iterable[CaptureRef], rank: int = 0) -> dict[PageKey, list[Candidate]]:
    """The captures of pages that a workspace has already, as candidates."""
    candidates: dict[PageKey, list[Candidate]] = {}
    for ref in earlier:
        if not ref.part:
            candidate = Candidate(_day(site, ref), ref, rank)
            candidates.setdefault(PageKey(ref.language, ref.article_id), []).append(candidate)
    return candidates


def forget_files(candidates: dict[PageKey, list[Candidate]], paths: Iterable[Path | str]) -> None:
    """Remove the captures in files that are about to be read again."""
    files = paths_in_captures(paths)
    for key, captures in candidates.items():
        candidates[key] = [capture for capture in captures if capture.ref.path not in files]


def in_order(
    captures: Iterable[tuple[date | None, CaptureRef]], limit: int | None = None, keep: Collection[str] = ()
) -> list[CaptureRef]:
    """Sort captures, with their story's month: that of its editions' first date.

    A limit keeps the newest stories, and those whose article ids are in `keep`. The captures of one page keep their
    order; behind them come the further responses of the article.
    """
    dated = list(captures)
    first: dict[str, date] = {}
    last: dict[str, date] = {}
    for day, ref in dated:
        if day:
            first[ref.article_id] = min(day, first.get(ref.article_id, day))
            last[ref.article_id] = max(day, last.get(ref.article_id, day))
    stories = {ref.article_id for _, ref in dated}
    if limit is not None:
        newest = sorted(stories, key=lambda story: (last.get(story, date.min), story), reverse=True)
        stories = {*newest[:limit], *(story for story in newest if story in keep)}
    refs = [
        ref._replace(month=first[ref.article_id].strftime("%Y-%m") if ref.article_id in first else "undated")
        for _, ref in dated
        if ref.article_id in stories
    ]
    return sorted(refs, key=lambda ref: (ref.month, ref.article_id, ref.language, bool(ref.part)))


def unwanted(site: Site, options: CrawlOptions, url: str) -> str:
    """Why a URL is none of the wanted articles."""
    if not is_url(url) or not site.owns(url):
        return "off_site"
    address = site.address(url)
    if address is None:
        return "not_an_article"
    return "outside_dates" if address.key.language in options.languages else "other_language"
