"""Fetching a site politely, and reading what was fetched: the crawler, its frontier, its WARC files."""
