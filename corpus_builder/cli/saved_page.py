"""A page that a user names, by file or by URL, as a Capture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus_builder.errors import NothingProduced, RetryLater, RunError, SkipPage, UsageError
from corpus_builder.extract.whole import FurtherCapture, not_at_hand
from corpus_builder.files import require_file
from corpus_builder.model import Capture
from corpus_builder.sites import Site
from corpus_builder.sites.further import Further
from corpus_builder.web.content_encoding import decoded
from corpus_builder.web.page import parse_page
from corpus_builder.web.responses import PAGE_BYTES
from corpus_builder.web.saved_files import MHTML_BYTES, read_saved_file


def is_address(page: str) -> bool:
    """Whether a page is given by its URL."""
    return page.startswith(("http://", "https://"))


def file_capture(path: Path, url: str | None) -> Capture:
    """A saved page. Raises UsageError if there is no such file, or no URL is given and none is in the page."""
    body = _bytes(path, "give the file of a saved page, or a URL")
    try:
        saved = read_saved_file(body)
        if url is None:
            head = parse_page(saved.headers, saved.body, "").head
            url = saved.url or head.saved_from or head.canonical
    except SkipPage as skipped:
        raise NothingProduced(f"{path} is not a page: {skipped}") from skipped
    if url is None:
        raise UsageError(f"{path} has no canonical URL", next_step="give the URL of the page with --url")
    return Capture(url, 200, saved.headers, saved.body, None, str(path))


def _bytes(path: Path, next_step: str) -> bytes:
    """The bytes of a file that is no larger than a page may be."""
    require_file(path)
    try:
        size = path.stat().st_size
        if size > MHTML_BYTES:
            raise NothingProduced(f"{path} is not a page: it has {size:,} bytes")
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"file not found: {path}", next_step=next_step) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", next_step="check its permissions") from error


def fetched(url: str, place: str) -> Capture:
    """A page of this URL, requested at `place`. Raises RunError, or NothingProduced where it cannot be read."""
    import asyncio

    from corpus_builder.crawl import CrawlOptions
    from corpus_builder.crawl.fetch import Exchange, Fetcher
    from corpus_builder.version import VERSION

    async def get() -> Exchange:
        agent = f"corpus-builder/{VERSION} (single page requested by a person)"
        async with Fetcher(agent, timeout=CrawlOptions.timeout, max_bytes=PAGE_BYTES) as fetcher:
            return await fetcher.get(place)

    try:
        exchange = asyncio.run(get())
        body = decoded(exchange.body, exchange.fields.get("content-encoding"), PAGE_BYTES)
    except RetryLater as error:
        limit = f" after {CrawlOptions.timeout:g} seconds" if error.reason == "timeout" else ""
        raise RunError(
            f"cannot fetch {url}: {error.reason}{limit}", next_step="save the page and give the file"
        ) from error
    except SkipPage as skipped:
        if skipped.reason == "bad_url":
            raise UsageError(f"{url} is not a URL: {skipped.detail}", next_step="check the address") from skipped
        raise NothingProduced(f"cannot read {url}: {skipped}") from skipped
    return Capture(url, exchange.status, exchange.fields, body, None, url)


def further_captures(page: str, parts: Sequence[Path], site: Site) -> FurtherCapture:
    """What gives the further responses of an article (its later pages, an API's answer): files, else requests.

    Files are of the pages that they name; those that name none follow one another. Requests are made only where the
    page itself was given by its URL. Raises what file_capture() does.
    """
    answers, named, unnamed = [], dict[int, Capture](), list[Capture]()
    for path in parts:
        capture = _part(path)
        address = site.address(capture.url) if capture.url else None
        if capture.body.lstrip()[:1] in (b"{", b"["):
            answers.append(capture)
        elif address and address.page:
            named[address.page] = capture
        else:
            unnamed.append(capture)

    def capture_of(wanted: Further) -> Capture:
        files = answers if not wanted.page else [named[wanted.page]] if wanted.page in named else unnamed
        if files:
            return replace(files.pop(0), url=wanted.url)
        if is_address(page):
            return fetched(wanted.url, site.fetch_url(wanted.url))
        return not_at_hand(wanted)

    return capture_of


def _part(path: Path) -> Capture:
    """A saved page or answer, with its URL where it names it."""
    body = _bytes(path, "give the file of a saved page or answer")
    try:
        saved = read_saved_file(body)
        url = saved.url or ""
        if not saved.body.lstrip().startswith((b"{", b"[")):
            head = parse_page(saved.headers, saved.body, "").head
            url = url or head.saved_from or head.canonical or ""
    except SkipPage as skipped:
        raise NothingProduced(f"{path} is no page or answer: {skipped}") from skipped
    return Capture(url, 200, saved.headers, saved.body, None, str(path))
