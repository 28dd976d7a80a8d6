"""A page that a user names, by file or by URL, as a Capture."""

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
    """A page fetched from its URL, or read from a file. Without `url` a file's URL is the canonical one in it."""
    if page.startswith(("http://", "https://")):
        return _fetched(page, site)
    return file_capture(Path(page), url)


def file_capture(path: Path, url: str | None) -> Capture:
    """A saved page. Raises UsageError if there is no such file, or no URL is given and none is in the page."""
    try:
        body = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"file not found: {path}", next_step="give the file of a saved page, or a URL") from error
    if url is None:
        link = _CANONICAL.search(body)
        url = next((group.decode("utf-8", "replace") for group in link.groups() if group), None) if link else None
    if url is None:
        raise UsageError(f"{path} has no canonical URL", next_step="give the URL of the page with --url")
    return Capture(url, 200, {}, body, None, str(path))


def _fetched(url: str, site: Site) -> Capture:
    import httpx

    import corpus_builder

    agent = f"corpus-builder/{corpus_builder.__version__} (single page requested by a person)"
    try:
        response = httpx.get(site.fetch_url(url), headers={"User-Agent": agent}, follow_redirects=False, timeout=30)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RunError(f"cannot fetch {url}: {error}", next_step="save the page and give the file") from error
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Capture(url, response.status_code, headers, response.content, None, url)
