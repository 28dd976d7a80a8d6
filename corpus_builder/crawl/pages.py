"""A folder of saved pages as captures: .html, .htm, .xhtml, each also as .gz, at any depth.

The URL of a page is, in this order: the one that the browser wrote into it ("saved from url=…"), its canonical link or
og:url, or that of its path where it mirrors the URL (HOST/path/index.html), as with wget -r.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from corpus_builder.crawl.drops import STAGE
from corpus_builder.crawl.index import in_order
from corpus_builder.crawl.options import CaptureRef, CrawlOptions
from corpus_builder.crawl.warc import payload_digest
from corpus_builder.errors import SkipPage, UsageError
from corpus_builder.model import Drop
from corpus_builder.sites import PageKey, Site
from corpus_builder.sites.site import PageAddress
from corpus_builder.web.content_encoding import gunzipped
from corpus_builder.web.head import Head
from corpus_builder.web.opt_out import opt_out
from corpus_builder.web.page import parse_page
from corpus_builder.web.responses import PAGE_BYTES, check_size

logger = logging.getLogger(__name__)

_ENDINGS = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz", ".xhtml.gz")


def index_pages(folder: Path, site: Site, options: CrawlOptions) -> tuple[list[CaptureRef], list[Drop]]:
    """The article pages of a site among the saved pages of a folder.

    Of two files of one page the later by name is used, and the other dropped as `earlier_capture`. Raises UsageError
    where the folder does not exist or contains no page.
    """
    if not folder.is_dir():
        raise UsageError(f"folder not found: {folder}", next_step="give the folder of the saved pages")
    files = sorted(path for path in folder.rglob("*") if path.name.lower().endswith(_ENDINGS) and path.is_file())
    if not files:
        raise UsageError(f"no saved page in {folder}", next_step=f"names of pages end in {', '.join(_ENDINGS)}")
    captures: dict[PageKey, tuple[date | None, CaptureRef]] = {}
    drops: list[Drop] = []
    for path in files:
        try:
            check_size(path.stat().st_size)
            data = path.read_bytes()
            head = parse_page({}, gunzipped(data, PAGE_BYTES), "").head
            address, url = _address(site, head, path.relative_to(folder))
            if not options.covers(address.key.language, address.date):
                continue
            if reason := opt_out({}, head):
                raise SkipPage(reason)
        except SkipPage as error:
            logger.info("dropped %s: %s", path, error)
            drops.append(Drop(STAGE, str(path), error.reason, error.detail))
            continue
        except OSError as error:
            drops.append(Drop(STAGE, str(path), "unreadable_file", str(error)))
            continue
        ref = CaptureRef(url, *address.key, "", str(path), 0, len(data), "", payload_digest(data))
        if earlier := captures.get(address.key):
            drops.append(Drop(STAGE, earlier[1].path, "earlier_capture", url, *address.key))
        captures[address.key] = (address.date, ref)
    return in_order(captures.values(), options.limit), drops


def _address(site: Site, head: Head, path: Path) -> tuple[PageAddress, str]:
    in_page = [url for url in (head.saved_from, head.canonical) if url]
    for url in (*in_page, *_mirrored(site, path)):
        if address := site.address(url):
            return address, site.clean(url)
    if in_page:
        raise SkipPage("not_an_article" if site.owns(in_page[0]) else "off_site", in_page[0])
    raise SkipPage("unknown_url", "the page has no canonical link, and its path mirrors no URL of the site")


def _mirrored(site: Site, path: Path) -> Iterator[str]:
    """The URLs that a path may mirror, from the folder of a host of the site on, with and without the file name."""
    parts = path.parts
    for start, part in enumerate(parts[:-1]):
        if part.lower() in site.rules.domains:
            folders = "/".join(parts[start:-1])
            yield f"https://{folders}/"
            name = parts[-1].removesuffix(".gz")
            yield f"https://{folders}/{name}"
            yield f"https://{folders}/{name.rsplit('.', 1)[0]}/"
