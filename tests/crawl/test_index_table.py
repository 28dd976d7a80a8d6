"""Pages out of an archive by an index in Parquet, as Common Crawl has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.crawl import archive_of, fetch_archive
from corpus_builder.crawl.cdx_query import IndexEntry
from corpus_builder.crawl.index_table import table_entries, table_files
from corpus_builder.errors import RunError, SkipPage, UsageError
from corpus_builder.newspaper.archive import CRAWLS, HOME, ArchiveServer
from corpus_builder.sites import Site, load_site

from .test_archive import OPTIONS, archive_at, bodies, is_record


@pytest.fixture
def server() -> Iterator[ArchiveServer]:
    with ArchiveServer() as running:
        yield running


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site("sample")


def write_table(server: ArchiveServer, folder: Path, *, groups: int = 7, **change: object) -> Path:
    """The index of all crawls as Common Crawl has it in Parquet, a file a crawl, among the captures of other sites."""
    for crawl in CRAWLS:
        rows = [
            {
                "url_surtkey": one.key,
                "url": one.url,
                "url_host_name": HOME.partition("://")[2],
                "fetch_time": datetime.strptime(one.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC),
                "fetch_status": one.answer.status,
                "content_digest": one.digest.removeprefix("sha1:"),
                "content_mime_type": "text/html",
                "warc_filename": one.file,
                "warc_record_offset": one.offset,
                "warc_record_length": one.length,
                **change,
            }
            for one in server.index[crawl]
        ]
        strangers = [
            {**rows[0], "url_surtkey": f"{host}/{i:03}", "url": f"https://x.example/{i}", "url_host_name": "x.example"}
            for host in ("com,example)", "zz,example)")
            for i in range(100)
        ]
        table = pa.Table.from_pylist(sorted([*rows, *strangers], key=lambda row: row["url_surtkey"]))
        place = folder / f"crawl={crawl}" / "subset=warc" / "part-00000.gz.parquet"
        place.parent.mkdir(parents=True)
        pq.write_table(table, place, row_group_size=-(-len(table) // groups))
    return folder


def test_an_index_in_parquet_gives_the_same_as_the_server(server, site, tmp_path):
    fetch_archive(site, OPTIONS, archive_at(server), tmp_path / "asked")
    table = write_table(server, tmp_path / "table")
    archive = archive_of(records=server.base_url, tables=[str(table)])
    server.requests.clear()
    fetched = fetch_archive(site, OPTIONS, archive, tmp_path / "read")
    assert all(is_record(path) for path, _ in server.requests)
    assert bodies(tmp_path / "read", site) == bodies(tmp_path / "asked", site) != {}
    asked = len(server.requests)
    again = fetch_archive(site, OPTIONS, archive, tmp_path / "read")
    assert len(server.requests) == asked
    assert again.drops == fetched.drops


def test_only_row_groups_that_can_hold_the_site_are_read(server, site, tmp_path, monkeypatch):
    table = write_table(server, tmp_path / "table")
    seen: list[int] = []
    read = pq.ParquetFile.iter_batches

    def noted(self, *arguments, row_groups, **more):
        seen.append(self.num_row_groups - len(row_groups))
        return read(self, *arguments, row_groups=row_groups, **more)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", noted)
    found = [one for file in table_files(str(table)) for one in table_entries(file, site, None)]
    assert len(found) == sum(map(len, server.index.values()))
    assert len(seen) == 2
    assert all(left_out >= 3 for left_out in seen)


def test_an_index_in_parquet_that_is_none_or_damaged(server, site, tmp_path):
    (tmp_path / "other.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(RunError, match=r"other\.parquet cannot be read"):
        list(table_entries(tmp_path / "other.parquet", site, None))
    pq.write_table(pa.table({"url": ["x"]}), tmp_path / "table.parquet")
    with pytest.raises(UsageError, match="no column url_host_name, fetch_time"):
        list(table_entries(tmp_path / "table.parquet", site, None))
    with pytest.raises(UsageError, match="no Parquet file"):
        table_files(str(tmp_path / "nothing"))
    table = write_table(server, tmp_path / "rows", warc_filename=None)
    found = [one for file in table_files(str(table)) for one in table_entries(file, site, None)]
    assert {one.reason for one in found if isinstance(one, SkipPage)} == {"bad_index_line"}
    assert not [one for one in found if isinstance(one, IndexEntry)]


def test_captures_before_the_first_day_are_left_out(server, site, tmp_path):
    table = write_table(server, tmp_path / "table")
    found = [one for file in table_files(str(table)) for one in table_entries(file, site, date(2026, 2, 20))]
    assert {one.fetched[:7] for one in found} == {"2026-02"}
