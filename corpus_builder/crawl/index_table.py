"""The index of an archive as Parquet files, in the columns of Common Crawl's.

Its columnar index (commoncrawl.org/columnar-index) has a folder per crawl, below it one per kind of capture (`warc`,
`crawldiagnostics`, `robotstxt`), and in each file the captures in the order of `url_surtkey`: hosts backwards, as
`ua,com,pravda)/news/…`. So the statistics of row groups say which of them can hold a host, and only these are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.crawl.cdx_query import IndexEntry
from corpus_builder.errors import SkipPage, UsageError
from corpus_builder.parquet import opened
from corpus_builder.remote import expanded, name_of
from corpus_builder.sites import Site

_NEEDED = ("url", "url_host_name", "fetch_time", "warc_filename", "warc_record_offset", "warc_record_length")
_OPTIONAL = ("fetch_status", "content_mime_type", "content_digest")
_KEY = "url_surtkey"
_BATCH = 50_000
"""Captures in memory at a time. Chosen: some MB of the columns that are read."""


def table_files(place: str) -> list[str | Path]:
    """The Parquet files of an index, given as a file, folder, pattern or URL of a store, in order.

    Raises UsageError where there are none.
    """
    files = expanded(place, _is_parquet)
    if not files:
        raise UsageError(
            f"no Parquet file in the index {place}",
            next_step="give the folder of a crawl, or a pattern as DIR/*.parquet",
        )
    return files


def _is_parquet(place: str | Path) -> bool:
    return name_of(place).suffix == ".parquet"


def table_entries(file: str | Path, site: Site, since: date | None) -> Iterator[IndexEntry | SkipPage]:
    """The captures of a site's hosts in one file; a row that cannot be read is `bad_index_line`.

    No capture was made before the first wanted day, of which the time zone may take one. Raises UsageError where the
    file has other columns, RunError where it cannot be read.
    """
    hosts = _hosts(site)
    with opened(file, next_step="check the file, or get it again") as table:
        names = set(table.schema_arrow.names)
        if missing := [name for name in _NEEDED if name not in names]:
            raise UsageError(
                f"{file} is no index of an archive: it has no column {', '.join(missing)}",
                next_step="give a file with the columns of Common Crawl's index",
            )
        columns = [*_NEEDED, *(name for name in _OPTIONAL if name in names)]
        every = range(table.num_row_groups)
        groups = [number for number in every if _may_hold(table.metadata.row_group(number), hosts)]
        for batch in table.iter_batches(_BATCH, row_groups=groups, columns=columns) if groups else ():
            for row in _wanted(batch, hosts, since).to_pylist():
                yield _entry(row, file)


def _hosts(site: Site) -> list[str]:
    """The site's hosts, each with and without www."""
    bare = {domain.lower().removeprefix("www.") for domain in site.rules.domains}
    return sorted({*bare, *(f"www.{host}" for host in bare), *(domain.lower() for domain in site.rules.domains)})


def _may_hold(group: Any, hosts: Iterable[str]) -> bool:
    """Whether a row group may hold captures of a host, by its statistics."""
    for number in range(group.num_columns):
        column = group.column(number)
        if column.path_in_schema == _KEY and column.is_stats_set and column.statistics.has_min_max:
            low, high = column.statistics.min, column.statistics.max
            return any(low < _after(key) and key <= high for key in map(_key, hosts))
    return True


def _key(host: str) -> str:
    return ",".join(reversed(host.removeprefix("www.").split(".")))


def _after(key: str) -> str:
    """A text after all keys of a host."""
    return key + "\U0010ffff"


def _wanted(batch: pa.RecordBatch, hosts: list[str], since: date | None) -> pa.RecordBatch:
    wanted = pc.is_in(batch["url_host_name"], pa.array(hosts))
    if since and pa.types.is_timestamp(batch["fetch_time"].type):
        first = datetime.combine(since - timedelta(days=1), time(), UTC)
        times = batch["fetch_time"].cast(pa.timestamp("ms")).cast(pa.int64())
        wanted = pc.and_(wanted, pc.fill_null(pc.greater_equal(times, int(first.timestamp() * 1000)), fill_value=True))
    return batch.filter(wanted)


def _entry(row: dict[str, Any], file: str | Path) -> IndexEntry | SkipPage:
    fetched, url, place = row["fetch_time"], row["url"], row["warc_filename"]
    offset, length = row["warc_record_offset"], row["warc_record_length"]
    if not isinstance(fetched, datetime) or not url or not place or offset is None or not length:
        return SkipPage("bad_index_line", f"{file}: {str(row)[:200]}")
    moment = fetched.replace(tzinfo=UTC) if fetched.tzinfo is None else fetched.astimezone(UTC)
    status = row.get("fetch_status")
    return IndexEntry(
        url,
        moment.isoformat(timespec="microseconds"),
        "" if status is None else str(status),
        row.get("content_mime_type") or "",
        row.get("content_digest") or "",
        place,
        int(offset),
        int(length),
    )
