"""A folder of saved pages as captures: .html, .htm, .xhtml, each also as .gz, at any depth.

The URL of a page is, in this order: what its browser wrote into it ("saved from url=…"), its canonical link or og:url,
or its path where that mirrors the URL, as wget -r and similar tools lay pages out (HOST/path/index.html).
"""

from __future__ import annotations

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

_ENDINGS = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz", ".xhtml.gz")


def index_pages(folder: Path, site: Site, options: CrawlOptions) -> tuple[list[CaptureRef], list[Drop]]:
    """The article pages of a site among the saved pages of a folder.

    Two files of one page: the later by name wins, the other is dropped as `earlier_capture`. Raises UsageError where
    the folder does not exist or holds no page at all.
    """
    if not folder.is_dir():
        raise UsageError(f"no folder {folder}", next_step="give the folder that holds the saved pages")
    files = sorted(path for path in folder.rglob("*") if path.name.lower().endswith(_ENDINGS) and path.is_file())
    if not files:
        raise UsageError(f"no saved page in {folder}", next_step=f"pages end in {', '.join(_ENDINGS)}")
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
    named = [url for url in (head.saved_from, head.canonical) if url]
    for url in (*named, *_mirrored(site, path)):
        if address := site.address(url):
            return address, site.clean(url)
    if named:
        raise SkipPage("not_an_article" if site.owns(named[0]) else "off_site", named[0])
    raise SkipPage("unknown_url", "no canonical link, and its path mirrors no URL of the site")


def _mirrored(site: Site, path: Path) -> Iterator[str]:
    """The URLs that a path may mirror: from a folder named after a host of the site on, with and without its file."""
    parts = path.parts
    for start, part in enumerate(parts[:-1]):
        if part.lower() in site.rules.domains:
            folders = "/".join(parts[start:-1])
            yield f"https://{folders}/"
            name = parts[-1].removesuffix(".gz")
            yield f"https://{folders}/{name}"
            yield f"https://{folders}/{name.rsplit('.', 1)[0]}/"
