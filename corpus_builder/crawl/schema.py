"""The tables of a frontier.

pages   every listing and article page; `key` is its identity (an article's language and id, a listing's URL), `date`
        an article's day or a sitemap's month, `lastmod` and `fetched` times in UTC (ISO 8601), `next_try` a time in
        seconds; from `file` on: its newest capture
parts   the further responses of an article (sites/further.py), with its page's key: where they are, as in `pages`
links   links to other editions, on pages or in sitemaps
strays  listed URLs that are no pages of the site, and robots.txt files that could not be read
files   the WARC files and their sizes as of the last settled page
runs    one row per crawl, with its options
"""

VERSION = 2
"""To be increased with every change of the tables below."""

SCHEMA = (
    f"PRAGMA user_version = {VERSION}",
    """CREATE TABLE IF NOT EXISTS pages (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        key TEXT NOT NULL UNIQUE,
        url TEXT NOT NULL,
        rank INTEGER NOT NULL DEFAULT 0,
        parent TEXT,
        language TEXT,
        article_id TEXT,
        date TEXT,
        lastmod TEXT,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try REAL NOT NULL DEFAULT 0,
        run INTEGER,
        outcome TEXT,
        reason TEXT,
        detail TEXT,
        fetched TEXT,
        etag TEXT,
        last_modified TEXT,
        file TEXT,
        offset INTEGER,
        length INTEGER,
        digest TEXT,
        capture_url TEXT,
        captured TEXT
    )""",
    "CREATE INDEX IF NOT EXISTS queue ON pages (kind, state, date DESC, article_id DESC, language)",
    "CREATE INDEX IF NOT EXISTS stories ON pages (article_id)",
    "CREATE INDEX IF NOT EXISTS listings ON pages (state, next_try) WHERE kind != 'article'",
    "CREATE INDEX IF NOT EXISTS siblings ON pages (parent, digest) WHERE parent IS NOT NULL",
    """CREATE TABLE IF NOT EXISTS parts (
        page TEXT NOT NULL,
        part TEXT NOT NULL,
        url TEXT NOT NULL,
        file TEXT NOT NULL,
        offset INTEGER NOT NULL,
        length INTEGER NOT NULL,
        captured TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (page, part)
    )""",
    """CREATE TABLE IF NOT EXISTS links (
        page TEXT NOT NULL,
        language TEXT NOT NULL,
        url TEXT NOT NULL,
        origin TEXT NOT NULL,
        PRIMARY KEY (page, language, url, origin)
    ) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS strays (url TEXT PRIMARY KEY, reason TEXT NOT NULL, detail TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, size INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, signature TEXT NOT NULL, started REAL NOT NULL,"
    " planned INTEGER NOT NULL DEFAULT 0, finished REAL)",
)

INSERT_ARTICLE = (
    "INSERT INTO pages (kind, key, url, rank, language, article_id, date, lastmod, state)"
    " VALUES ('article', ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key)"
)
"""Adds an article page; what is done where it is there already has to follow."""
