"""The rows of the frontier's table of pages, and the SQL condition for those that a run wants."""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Row
from typing import Literal

from corpus_builder.crawl.options import CrawlOptions

SqlValue = str | int | float | None
Kind = Literal["sitemap", "feed", "archive", "api", "article"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page to request, with what its last response said."""

    id: int
    kind: Kind
    key: str
    url: str
    language: str | None
    article_id: str | None
    attempts: int
    etag: str | None
    last_modified: str | None
    digest: str | None
    capture_url: str | None
    captured: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record was written: file name, byte offset and length of its gzip member."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Part:
    """A further response of an article and where it was written; `captured` is when it first had this content."""

    part: str
    url: str
    place: Place
    captured: str
    digest: str


def part_of(row: Row) -> Part:
    """A row of the table of parts."""
    place = Place(row["file"], row["offset"], row["length"])
    return Part(row["part"], row["url"], place, row["captured"], row["digest"])


@dataclass(frozen=True, slots=True)
class Article:
    """An article page in a listing or a link. Of several URLs for a page, that of the lowest `rank` is kept."""

    url: str
    language: str
    article_id: str
    date: str | None
    lastmod: str | None = None
    rank: int = 0

    @property
    def key(self) -> str:
        """The page's identity: URL variants share it."""
        return f"{self.language}/{self.article_id}"


def article_row(a: Article, state: str) -> tuple[str | int | None, ...]:
    """The values of schema.INSERT_ARTICLE."""
    return a.key, a.url, a.rank, a.language, a.article_id, a.date, a.lastmod, state


def wanted(options: CrawlOptions) -> tuple[str, dict[str, SqlValue]]:
    """The SQL condition (with its values) for the articles that the options ask for.

    An article without a date in its URL is wanted unless its listing gives a `lastmod` before `since`. A limit keeps
    the newest stories.
    """
    languages = {f"language{i}": language for i, language in enumerate(options.languages)}
    condition = f"kind = 'article' AND language IN ({', '.join(':' + name for name in languages)})"
    values: dict[str, SqlValue] = dict(languages)
    if options.since:
        condition += " AND COALESCE(date, lastmod, '9999') >= :since"
        values["since"] = options.since.isoformat()
    if options.until:
        condition += " AND (date IS NULL OR date <= :until)"
        values["until"] = options.until.isoformat()
    if options.limit is not None:
        condition += (
            f" AND article_id IN (SELECT article_id FROM pages WHERE {condition} GROUP BY article_id"
            " ORDER BY MAX(date) DESC, article_id DESC LIMIT :limit)"
        )
        values["limit"] = options.limit
    return condition, values
