"""The frontier, in SQLite: every listing and article page, what is to be requested, and the outcome.

States of a page:

    known ──plan──▶ queued ──claim──▶ in_flight ──▶ done | failed
                      ▲                   │
                      └────postpone───────┘        (opening the frontier puts what was in flight back in the queue)

`known` was listed but is not wanted now. Every change of a page is one transaction, together with the size of its WARC
file, so a process that dies loses nothing that is queued: at most the request in flight is repeated. Each run settles a
page at most once; `run` is the number of the run that did. schema.py has the tables, rows.py their rows.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from corpus_builder.crawl.options import CrawlOptions
from corpus_builder.crawl.rows import Article, Kind, Page, Part, Place, SqlValue, article_row, part_of, wanted
from corpus_builder.crawl.schema import INSERT_ARTICLE, SCHEMA, VERSION
from corpus_builder.crawl.state_file import NEXT, check, connect
from corpus_builder.errors import RunError

RUN_LIFETIME = 24 * 3600.0
"""Seconds after which an interrupted run is not continued: listings are read again. Chosen: news sites change daily."""

_MOST_ANCESTORS = 2000
"""Listings that may lead to one. Chosen: twice the parts of a feed that are followed, so that a circle ends."""

_BATCH = 1000
"""Pages that are read at a time where all are gone through. Chosen: a megabyte, and hardly slower than all at once."""


class Frontier:
    """The state of a site's crawl, in one SQLite file that one process at a time may write."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = connect(path)
            # Exclusive: a second crawl of the same folder fails at once, instead of writing into the same WARC file.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            # NORMAL keeps every commit if the process is killed; a power cut may undo the last ones completely.
            self._db.execute("PRAGMA synchronous = NORMAL")
            with self.transaction():
                if (version := self._db.execute("PRAGMA user_version").fetchone()[0]) not in (0, VERSION):
                    raise RunError(
                        f"{path} was written by another version of corpus-builder (format {version}, here {VERSION})",
                        next_step=NEXT,
                    )
                check(self._db, path)
                for statement in SCHEMA:
                    self._db.execute(statement)
                self._db.execute("UPDATE pages SET state = 'queued' WHERE state = 'in_flight'")
                self._check_states(path)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise RunError(f"{path}: {error}", next_step="check the folder and its disk") from error
            raise RunError(
                f"{path}: another crawl is using this folder",
                next_step="wait until it ends, or give another workspace",
            ) from error
        except (sqlite3.DatabaseError, OSError) as error:
            raise RunError(f"{path} is damaged or cannot be opened: {error}", next_step=NEXT) from error
        self.run = 0

    def _check_states(self, path: Path) -> None:
        """Raise RunError for pages in no state of ours: they would never be requested, and nobody would be told."""
        states = "'known', 'queued', 'done', 'failed', 'pruned'"
        kinds = "'sitemap', 'feed', 'archive', 'api', 'article'"
        if odd := self.count(f"state NOT IN ({states}) OR kind NOT IN ({kinds})"):
            raise RunError(f"{path} is damaged: {odd} of its pages are in an unknown state", next_step=NEXT)

    def close(self) -> None:
        """Close the file; what was committed is safe without it, too."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction: commits at the end of the block, rolls back on any exception."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # ------------------------------------------------------------------------------------------------------ runs
    def begin(self, signature: str, now: float) -> bool:
        """Continue the last run (True), or start a new one (False).

        A run is continued if it did not end, has the same signature, and is not older than RUN_LIFETIME.
        """
        last = self._row("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
        if last and not last["finished"] and last["signature"] == signature and now - last["started"] < RUN_LIFETIME:
            self.run = int(last["id"])
            return True
        with self.transaction():
            cursor = self._db.execute("INSERT INTO runs (signature, started) VALUES (?, ?)", (signature, now))
            self.run = int(cursor.lastrowid or 0)
            self._db.execute("UPDATE pages SET state = 'known' WHERE kind != 'article'")
        return False

    def finish(self, now: float) -> None:
        """Mark the run as complete: the next one does not continue it."""
        self._db.execute("UPDATE runs SET finished = ? WHERE id = ?", (now, self.run))

    # -------------------------------------------------------------------------------------------------- WARC files
    def files(self) -> dict[str, int]:
        """The WARC files and their sizes as of the last settled page."""
        return {row["name"]: row["size"] for row in self._db.execute("SELECT name, size FROM files ORDER BY name")}

    def forget_beyond(self, name: str, size: int) -> int:
        """Queue the pages whose records a WARC file has lost (a power cut) again. Returns how many."""
        with self.transaction():
            cursor = self._db.execute(
                "UPDATE pages SET state = 'queued', file = NULL, digest = NULL, etag = NULL, last_modified = NULL,"
                " attempts = 0, next_try = 0, run = NULL WHERE file = :name AND offset + length > :size"
                " OR key IN (SELECT page FROM parts WHERE file = :name AND offset + length > :size)",
                {"name": name, "size": size},
            )
            self._db.execute("DELETE FROM parts WHERE file = ? AND offset + length > ?", (name, size))
            self._db.execute("UPDATE files SET size = ? WHERE name = ?", (size, name))
        return cursor.rowcount

    def moved(self, old: str, new: str, places: Mapping[int, int], size: int) -> None:
        """A WARC file was rewritten under another name; `places` maps old to new offsets of its records."""
        with self.transaction():
            for table in ("pages", "parts"):
                rows = self._db.execute(f"SELECT rowid, offset FROM {table} WHERE file = ?", (old,)).fetchall()
                self._db.executemany(
                    f"UPDATE {table} SET file = ?, offset = ? WHERE rowid = ?",
                    [(new, places[row["offset"]], row[0]) for row in rows if row["offset"] in places],
                )
            if self._db.execute("DELETE FROM files WHERE name = ?", (old,)).rowcount:
                self.grew(new, size)

    # ----------------------------------------------------------------------------------------------- what is listed
    def add_listing(
        self, kind: Kind, url: str, *, parent: str | None = None, language: str | None = None,
        month: str | None = None, lastmod: str | None = None, outside: str = "",
    ) -> None:  # fmt: skip
        """Queue a listing, unless it was read in this run, or is unchanged since it was last read.

        `month` is the month or day that it has, or (of a part of a feed) the day of the newest entry before it.

        `outside` says why it cannot contain anything of the wanted dates: it is then recorded and not queued.
        """
        fresh = "run IS NULL OR run != :run AND (:lastmod IS NULL OR fetched IS NULL OR :lastmod > fetched)"
        self._db.execute(
            "INSERT INTO pages (kind, key, url, parent, language, date, lastmod, state, reason, detail)"
            " VALUES (:kind, :url, :url, :parent, :language, :month, :lastmod, :state, :reason, :outside)"
            " ON CONFLICT (key) DO UPDATE SET lastmod = excluded.lastmod, date = excluded.date, attempts = 0,"
            " next_try = 0,"
            " detail = CASE WHEN :reason IS NULL AND reason IS NOT 'outside_dates' THEN detail ELSE :outside END,"
            " reason = CASE WHEN :reason IS NULL AND reason IS NOT 'outside_dates' THEN reason ELSE :reason END,"
            f" state = CASE WHEN state = 'queued' THEN state WHEN {fresh} OR :state = 'pruned' THEN :state"
            "  WHEN state = 'known' THEN 'done' ELSE state END",
            {
                "kind": kind, "url": url, "parent": parent, "language": language, "month": month, "lastmod": lastmod,
                "state": "pruned" if outside else "queued", "run": self.run,
                "reason": "outside_dates" if outside else None, "outside": outside or None,
            },
        )  # fmt: skip

    def ancestors(self, url: str) -> list[str]:
        """The listings that lead to a listing: the one that named it, the one that named that, …"""
        rows = self._db.execute(
            "WITH RECURSIVE chain (url, place) AS (SELECT parent, 1 FROM pages WHERE key = ?"
            " UNION SELECT pages.parent, place + 1 FROM pages JOIN chain ON pages.key = chain.url WHERE place < ?)"
            " SELECT url FROM chain WHERE url IS NOT NULL ORDER BY place",
            (url, _MOST_ANCESTORS),
        )
        return [row["url"] for row in rows]

    def skip_same(self, page: Page, digest: str, most: int) -> int:
        """Drop the queued sitemaps of a sitemap's index if more than `most` others of it have the same content.

        Returns how many are dropped, as `same_content`.
        """
        siblings = "kind = 'sitemap' AND parent = (SELECT parent FROM pages WHERE id = :id)"
        values: dict[str, SqlValue] = {"id": page.id, "digest": digest, "run": self.run}
        if self.count(f"{siblings} AND id != :id AND digest = :digest", values) < most:
            return 0
        return self._db.execute(
            "UPDATE pages SET state = 'failed', outcome = 'failed', run = :run, reason = 'same_content',"
            f" detail = 'the index lists one sitemap under many addresses' WHERE {siblings} AND state = 'queued'",
            values,
        ).rowcount

    def children(self, parent: str) -> list[tuple[str, str | None, str | None]]:
        """The sitemaps (URL, month, lastmod) that an index listed when it was last read."""
        rows = self._db.execute("SELECT url, date, lastmod FROM pages WHERE parent = ? ORDER BY id", (parent,))
        return [(row["url"], row["date"], row["lastmod"]) for row in rows]

    def add_articles(self, articles: Iterable[Article]) -> None:
        """Add article pages of a listing. Of several URLs for a page, that of the lowest rank is kept."""
        self._db.executemany(
            f"{INSERT_ARTICLE} DO UPDATE SET"
            " lastmod = MAX(COALESCE(lastmod, excluded.lastmod), COALESCE(excluded.lastmod, lastmod)),"
            " date = COALESCE(date, excluded.date),"
            " url = CASE WHEN (excluded.rank, excluded.url) < (rank, url) THEN excluded.url ELSE url END,"
            " rank = MIN(rank, excluded.rank)",
            [article_row(article, "known") for article in articles],
        )

    def add_linked(self, article: Article, queue: bool) -> bool:
        """Add an article page that another page links to, queued if `queue`. Returns whether it is new."""
        row = article_row(article, "queued" if queue else "known")
        return self._db.execute(f"{INSERT_ARTICLE} DO NOTHING", row).rowcount > 0

    def add_links(self, links: Iterable[tuple[str, str, str, str]]) -> None:
        """Record links to other editions: (page key, language, URL, origin)."""
        self._db.executemany("INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?)", links)

    def add_strays(self, strays: Iterable[tuple[str, str, str]]) -> None:
        """Record what was listed and is no article of the site, or could not be fetched: (URL, reason, detail)."""
        self._db.executemany("INSERT OR REPLACE INTO strays VALUES (?, ?, ?)", strays)

    def strays(self, *reasons: str) -> list[str]:
        """The URLs of the strays with these reasons."""
        marks = ", ".join("?" * len(reasons))
        return [row["url"] for row in self._db.execute(f"SELECT url FROM strays WHERE reason IN ({marks})", reasons)]

    def remove_strays(self, urls: Iterable[str]) -> None:
        """Forget strays: they are pages of the site by its present rules, or could be fetched."""
        self._db.executemany("DELETE FROM strays WHERE url = ?", [(url,) for url in urls])

    # ---------------------------------------------------------------------------------------------- what to request
    def plan(self, options: CrawlOptions, now: float) -> None:
        """Queue the wanted articles that are new or may have changed; nothing else stays queued.

        An article is requested again where its listing's lastmod is later than its last response, or where no listing
        gives one; a failed one, where its `next_try` has passed.
        """
        with self.transaction():
            condition, values = wanted(options)
            values |= {"run": self.run, "now": now}
            self._db.execute(
                f"UPDATE pages SET state = CASE WHEN file IS NULL THEN 'known' ELSE 'done' END"
                f" WHERE kind = 'article' AND state = 'queued' AND NOT ({condition})",
                values,
            )
            self._db.execute(
                f"UPDATE pages SET state = 'queued', attempts = 0, next_try = 0 WHERE ({condition})"
                " AND (run IS NULL OR run != :run) AND (state = 'known'"
                "  OR state = 'done' AND (lastmod IS NULL OR lastmod > fetched)"
                "  OR state = 'failed' AND next_try <= :now)",
                values,
            )
            self._db.execute("UPDATE runs SET planned = 1 WHERE id = ?", (self.run,))

    def captured_before(self) -> Iterator[list[Page]]:
        """The articles with a capture of an earlier run that this run has not requested, some at a time.

        Those that were handed out may be changed before the next ones are asked for.
        """
        columns, last = ", ".join(Page.__slots__), 0
        while True:
            rows = self._db.execute(  # by their ids: any index of the table would sort all of them for each batch
                f"SELECT {columns} FROM pages NOT INDEXED WHERE id > ? AND kind = 'article' AND file IS NOT NULL"
                " AND state IN ('done', 'known') AND run != ? ORDER BY id LIMIT ?",
                (last, self.run, _BATCH),
            )
            if not (pages := [Page(*row) for row in rows]):
                return
            yield pages
            last = pages[-1].id

    @property
    def planned(self) -> bool:
        """Whether discovery of this run is over and its articles are queued."""
        row = self._row("SELECT planned FROM runs WHERE id = ?", (self.run,))
        return bool(row and row["planned"])

    def story_count(self, options: CrawlOptions) -> int:
        """The number of wanted stories."""
        condition, values = wanted(options)
        row = self._row(f"SELECT COUNT(DISTINCT article_id) AS n FROM pages WHERE {condition}", values)
        return int(row["n"]) if row else 0

    def claim_listing(self, now: float) -> Page | None:
        """The next listing to read: indexes and undated sitemaps, then the newest month first, feeds, all others."""
        return self._claim(
            "kind != 'article' AND state = 'queued' AND next_try <= ? ORDER BY CASE kind WHEN 'sitemap' THEN 0"
            " WHEN 'feed' THEN 1 ELSE 2 END, date IS NOT NULL, date DESC, id",
            (now,),
        )

    def claim_article(self, now: float) -> Page | None:
        """The next article page to request: the newest story first, its editions together."""
        return self._claim(
            "kind = 'article' AND state = 'queued' AND next_try <= ? ORDER BY date DESC, article_id DESC, language",
            (now,),
        )

    def _claim(self, condition: str, values: tuple[SqlValue, ...]) -> Page | None:
        columns = ", ".join(Page.__slots__)
        row = self._row(
            f"UPDATE pages SET state = 'in_flight' WHERE id = (SELECT id FROM pages WHERE {condition} LIMIT 1)"
            f" RETURNING {columns}",
            values,
        )
        return Page(*row) if row else None

    def next_try(self, listings: bool) -> float | None:
        """When the earliest queued page may be requested (a time in seconds); None where none is queued."""
        row = self._row(
            f"SELECT MIN(next_try) AS at FROM pages WHERE kind {'!=' if listings else '='} 'article'"
            " AND state = 'queued'"
        )
        return None if row is None or row["at"] is None else float(row["at"])

    def bring_forward(self, latest: float) -> int:
        """Make what is queued for after `latest` (the clock was wrong) due at once. Returns how many pages."""
        return self._db.execute(
            "UPDATE pages SET next_try = 0 WHERE state = 'queued' AND next_try > ?", (latest,)
        ).rowcount

    def skip_dated_listings(self) -> None:
        """Skip the queued listings of a month or day in this run: enough newer stories are listed."""
        self._db.execute(
            "UPDATE pages SET state = 'known' WHERE kind != 'article' AND state = 'queued' AND date IS NOT NULL"
        )

    # ------------------------------------------------------------------------------------------------------ outcomes
    def release(self, page: Page) -> None:
        """Put a page back into the queue, as if it had not been claimed."""
        self._db.execute("UPDATE pages SET state = 'queued' WHERE id = ?", (page.id,))

    def postpone(self, page: Page, until: float) -> None:
        """Request a page again, not before `until`."""
        self._db.execute(
            "UPDATE pages SET state = 'queued', attempts = attempts + 1, next_try = ? WHERE id = ?", (until, page.id)
        )

    def stored(
        self, page: Page, place: Place, *, capture_url: str, fetched: str, digest: str, etag: str | None,
        last_modified: str | None,
    ) -> None:  # fmt: skip
        """New content was written; it is now the page's newest capture."""
        self._db.execute(
            "UPDATE pages SET state = 'done', outcome = 'stored', run = ?, reason = NULL, detail = NULL, file = ?,"
            " offset = ?, length = ?, capture_url = ?, captured = ?, fetched = ?, digest = ?, etag = ?,"
            " last_modified = ? WHERE id = ?",
            (
                self.run, place.file, place.offset, place.length, capture_url, fetched, fetched, digest, etag,
                last_modified, page.id,
            ),
        )  # fmt: skip

    def unchanged(self, page: Page, outcome: str, fetched: str) -> None:
        """The page has not changed: `outcome` is "not_modified" (304) or "same" (200 with the same payload)."""
        self._db.execute(
            "UPDATE pages SET state = 'done', outcome = ?, run = ?, fetched = ?,"
            " detail = CASE reason WHEN 'broken_xml' THEN detail END,"
            " reason = CASE reason WHEN 'broken_xml' THEN reason END WHERE id = ?",
            (outcome, self.run, fetched, page.id),
        )

    def failed(self, page: Page, reason: str, detail: str, next_try: float) -> None:
        """The page is dropped, and not requested again before `next_try`."""
        self._db.execute(
            "UPDATE pages SET state = 'failed', outcome = 'failed', run = ?, reason = ?, detail = ?, next_try = ?"
            " WHERE id = ?",
            (self.run, reason, detail, next_try, page.id),
        )

    def withdraw(self, key: str, url: str, language: str, article_id: str, reason: str) -> None:
        """Never request a page, whether it is listed or not."""
        self._db.execute(f"{INSERT_ARTICLE} DO NOTHING", (key, url, 0, language, article_id, None, None, "known"))
        self.withdraw_story(article_id, reason)

    def withdraw_story(self, article_id: str, reason: str) -> None:
        """Forget the captures of all pages of an article, and never request them again."""
        self._db.execute(
            "DELETE FROM links WHERE page IN (SELECT key FROM pages WHERE kind = 'article' AND article_id = ?)",
            (article_id,),
        )
        self._db.execute(
            "UPDATE pages SET state = 'failed', outcome = 'failed', reason = ?, detail = NULL, next_try = 9e15,"
            " file = NULL, offset = NULL, length = NULL, digest = NULL, etag = NULL, last_modified = NULL,"
            " capture_url = NULL, captured = NULL WHERE kind = 'article' AND article_id = ?",
            (reason, article_id),
        )

    def parts(self, key: str) -> dict[str, Part]:
        """The further responses of a page's newest capture, by what identifies them."""
        rows = self._db.execute("SELECT * FROM parts WHERE page = ? ORDER BY rowid", (key,))
        return {row["part"]: part_of(row) for row in rows}

    def part_urls(self, article_id: str) -> list[str]:
        """The URLs of the further responses of an article's pages."""
        rows = self._db.execute(
            "SELECT parts.url FROM parts JOIN pages ON pages.key = parts.page WHERE article_id = ?", (article_id,)
        )
        return [row["url"] for row in rows]

    def part_count(self) -> int:
        """The number of further responses of all pages."""
        row = self._row("SELECT COUNT(*) AS n FROM parts")
        return int(row["n"]) if row else 0

    def set_parts(self, key: str, parts: Iterable[Part]) -> None:
        """Replace the further responses of a page."""
        self._db.execute("DELETE FROM parts WHERE page = ?", (key,))
        self._db.executemany(
            "INSERT INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(key, each.part, each.url, *astuple(each.place), each.captured, each.digest) for each in parts],
        )

    def note(self, page: Page, detail: str) -> None:
        """Note a problem of a page that is not dropped: a listing whose XML breaks off."""
        self._db.execute("UPDATE pages SET reason = 'broken_xml', detail = ? WHERE id = ?", (detail, page.id))

    def grew(self, name: str, size: int) -> None:
        """Record the size of a WARC file."""
        self._db.execute(
            "INSERT INTO files VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET size = excluded.size", (name, size)
        )

    def count(self, condition: str, values: dict[str, SqlValue] | None = None) -> int:
        """The number of pages that fulfil an SQL condition."""
        row = self._row(f"SELECT COUNT(*) AS n FROM pages WHERE {condition}", values or {})
        return int(row["n"]) if row else 0

    def reasons(self, condition: str, values: dict[str, SqlValue]) -> Counter[str]:
        """The number of pages by reason, among those that fulfil an SQL condition."""
        rows = self._db.execute(f"SELECT reason, COUNT(*) AS n FROM pages WHERE {condition} GROUP BY reason", values)
        return Counter({row["reason"]: row["n"] for row in rows})

    def stray_reasons(self) -> Counter[str]:
        """The number of strays by reason."""
        rows = self._db.execute("SELECT reason, COUNT(*) AS n FROM strays GROUP BY reason")
        return Counter({row["reason"]: row["n"] for row in rows})

    def _row(self, sql: str, values: Sequence[SqlValue] | Mapping[str, SqlValue] = ()) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row
