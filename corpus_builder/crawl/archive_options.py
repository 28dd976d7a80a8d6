"""Which archive on the net a site's pages come from: its indexes, and where its records or pages are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from corpus_builder.crawl.byte_ranges import check_scheme
from corpus_builder.crawl.options import CrawlOptions, on_loopback
from corpus_builder.errors import UsageError
from corpus_builder.remote import is_remote
from corpus_builder.web.links import is_url

_CRAWL_NAME = re.compile(r"CC-MAIN-\d{4}(?:-\d{2,4})?")
_COMMON_CRAWL_INDEX = "https://index.commoncrawl.org/{name}-index"
_COMMON_CRAWL_RECORDS = "https://data.commoncrawl.org/"
_WAYBACK_INDEX = "https://web.archive.org/cdx/search/cdx"


@dataclass(frozen=True)
class Archive:
    """An archive: the URLs of its `indexes`, the places of indexes as Parquet `tables`, and where its WARC files are.

    With `replays`, it hands out single pages under `records` instead, as the Internet Archive does.
    """

    indexes: tuple[str, ...]
    records: str
    replays: bool = False
    tables: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return self.records or (*self.indexes, *self.tables)[0]

    @property
    def local(self) -> bool:
        """Whether everything is on this machine."""
        asked = [*self.indexes, self.records, *(table for table in self.tables if is_remote(table))]
        return all(on_loopback(url) for url in asked if url)


def archive_of(
    common_crawl: str | None = None,
    cdx: Sequence[str] = (),
    records: str | None = None,
    *,
    wayback: bool = False,
    tables: Sequence[str] = (),
) -> Archive | None:
    """The archive that the options of a command ask for; None where they ask for none.

    `common_crawl` are the names of crawls, separated by commas, `cdx` the URLs of indexes by the CDX server's protocol,
    `tables` the files, folders or URLs of indexes in Parquet.
    Raises UsageError for options that are wrong or contradict each other.
    """
    if common_crawl and (cdx or wayback):
        raise UsageError("--common-crawl excludes --cdx and --wayback", next_step="give one of them")
    if tables and (common_crawl or wayback):
        raise UsageError("--index-table excludes --common-crawl and --wayback", next_step="give one of them")
    if not (common_crawl or cdx or wayback or tables):
        if records:
            raise UsageError(
                "--records needs --cdx, --index-table or --common-crawl", next_step="add one of them, or remove it"
            )
        return None
    for url in cdx:
        if not is_url(url):
            raise UsageError(f"--cdx {url!r} is not the URL of an index", next_step="begin it with https:// or http://")
    if wayback:
        indexes = tuple(cdx) or (_WAYBACK_INDEX,)
        return Archive(indexes, records or urljoin(indexes[0], "/web/"), replays=True)
    if common_crawl:
        names = [name.strip() for name in common_crawl.split(",") if name.strip()]
        if not names or (wrong := [name for name in names if not _CRAWL_NAME.fullmatch(name)]):
            raise UsageError(
                f"--common-crawl {(wrong if names else [common_crawl])[0]!r} is not the name of a crawl",
                next_step="give names as CC-MAIN-2025-05, separated by commas; index.commoncrawl.org lists them",
            )
        indexes = tuple(_COMMON_CRAWL_INDEX.format(name=name) for name in dict.fromkeys(names))
        records = records or _COMMON_CRAWL_RECORDS
    else:
        indexes = tuple(dict.fromkeys(cdx))
    if tables and not records:
        raise UsageError(
            "--index-table needs --records, where its WARC files are",
            next_step=f"for Common Crawl add --records {_COMMON_CRAWL_RECORDS}",
        )
    if records:
        if not urlsplit(records).scheme:
            raise UsageError(f"--records {records!r} is not a URL", next_step="begin it with https:// or s3://")
        check_scheme(records)
    return Archive(indexes, records or "", tables=tuple(dict.fromkeys(tables)))


def check_archive(archive: Archive, options: CrawlOptions) -> None:
    """Raise UsageError where requests would be sent over the network without a contact."""
    if not options.contact and not archive.local:
        raise UsageError(
            "A contact address is required.",
            next_step='add --contact mailto:you@… (or contact = "…" under [crawl]): the archive sees it',
        )
