"""Reading the frontier of a finished crawl, and the links between editions in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from corpus_builder.crawl.options import SeenLink
from corpus_builder.crawl.state_file import check, connect
from corpus_builder.errors import RunError


def open_for_reading(folder: Path) -> sqlite3.Connection:
    """The frontier of a crawl folder. Raises RunError where there is none."""
    path = folder / "state.sqlite"
    if not path.exists():
        raise RunError(f"no crawl in {folder}", next_step="run corpus-builder crawl first")
    try:
        db = connect(path)
        db.execute("SELECT 1 FROM pages LIMIT 1")
        check(db, path)
    except sqlite3.DatabaseError as error:
        raise RunError(
            f"{path} cannot be read: {error}",
            next_step="if a crawl is running there, wait until it ends; else read its WARC files with --warc",
        ) from error
    return db


REDIRECTED = "redirect_to_another_page"
"""The reason for which a page is dropped whose address leads to another article; its detail is the address of that."""


def crawl_redirects(folder: Path) -> Iterator[tuple[str, str]]:
    """The addresses of articles that lead to another one, and where they lead, in a stable order."""
    db = open_for_reading(folder)
    try:
        for row in db.execute("SELECT url, detail FROM pages WHERE reason = ? ORDER BY url", (REDIRECTED,)):
            if row["detail"]:
                yield row["url"], row["detail"]
    finally:
        db.close()


def crawl_links(folder: Path) -> Iterator[SeenLink]:
    """The links to other editions on pages and in sitemaps, in a stable order."""
    db = open_for_reading(folder)
    try:
        for row in db.execute("SELECT page, language, url, origin FROM links ORDER BY page, language, url, origin"):
            language, _, article_id = row["page"].partition("/")
            yield SeenLink(language, article_id, row["language"], row["url"], row["origin"])
    finally:
        db.close()
