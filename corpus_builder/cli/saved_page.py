"""A page that a user points at, by file or by URL, as a capture."""

from __future__ import annotations

import re
from pathlib import Path

from corpus_builder.errors import RunError, UsageError
from corpus_builder.model import Capture
from corpus_builder.sites import Site

_CANONICAL = re.compile(
    rb"""<link\s[^>]*?rel=["']?canonical["']?[^>]*?href=["']([^"']+)|"""
    rb"""<link\s[^>]*?href=["']([^"']+)["'][^>]*?rel=["']?canonical|"""
    rb"""<meta\s[^>]*?property=["']og:url["'][^>]*?content=["']([^"']+)""",
    re.IGNORECASE,
)


def page_capture(page: str, url: str | None, site: Site) -> Capture:
    """The page of a URL, fetched once, or of a file; a file without `url` is the page that it says it is."""
    if page.startswith(("http://", "https://")):
        return _fetched(page, site)
    return file_capture(Path(page), url)


def file_capture(path: Path, url: str | None) -> Capture:
    """A saved page. Raises UsageError where the file cannot be read, or nothing tells its address."""
    try:
        body = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"no page at {path}", next_step="give the file of a saved page, or a URL") from error
    if url is None:
        found = _CANONICAL.search(body)
        url = next((group.decode("utf-8", "replace") for group in found.groups() if group), None) if found else None
    if url is None:
        raise UsageError(f"{path} does not tell its address", next_step="give it with --url")
    return Capture(url, 200, {}, body, None, str(path))


def _fetched(url: str, site: Site) -> Capture:
    import httpx

    import corpus_builder

    agent = f"corpus-builder/{corpus_builder.__version__} (one page, asked for by hand)"
    try:
        answer = httpx.get(site.fetch_url(url), headers={"User-Agent": agent}, follow_redirects=False, timeout=30)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RunError(f"{url} could not be fetched: {error}", next_step="save the page and give the file") from error
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Capture(url, answer.status_code, headers, answer.content, None, url)
