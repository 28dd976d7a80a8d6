"""Inputs in an object store: what comes of them is what comes of the same files on disk."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus_builder.crawl import CrawlOptions, archive_of, fetch_archive, index_warcs, read_captures
from corpus_builder.errors import RunError, SkipPage, UsageError
from corpus_builder.newspaper import load_newspaper
from corpus_builder.newspaper.archive import CRAWLS, ArchiveServer
from corpus_builder.newspaper.server import answers
from corpus_builder.remote import filesystem, is_remote, local_path, open_place
from corpus_builder.sites import load_site
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Source
from corpus_builder.workspace.tables import read_drops, read_stories
from tests.object_store import ObjectStore, running

HOME = "https://www.vilna-hazeta.example"
OPTIONS = CrawlOptions(
    languages=("uk", "ru", "en"), retries=1, backoff=0.01, timeout=5.0, contact="mailto:a@example.org"
)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ObjectStore]:
    monkeypatch.setenv("CORPUS_BUILDER_SCRATCH", str(tmp_path / "scratch"))
    with running(monkeypatch) as started:
        started.files.mkdir("bucket")
        yield started


def warc(site_name: str = "sample") -> bytes:
    """The newspaper's pages, packed."""
    site, data = load_site(site_name), io.BytesIO()
    writer = WARCWriter(data, gzip=True)
    for path, answer in answers(load_newspaper(), HOME).items():
        if answer.status == 200 and site.address(HOME + path):
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                HOME + path, "response", io.BytesIO(answer.body), http_headers=head,
                warc_headers_dict={"WARC-Date": "2026-01-26T00:00:00Z"},
            )  # fmt: skip
            writer.write_record(record)
    return data.getvalue()


def made(workspace: Path, *patterns: str) -> Mapping[str, bytes]:
    """The files of a workspace."""
    return {
        path.relative_to(workspace).as_posix(): path.read_bytes()
        for pattern in patterns
        for path in sorted(workspace.glob(pattern))
        if path.is_file()
    }


def articles_of(workspace: Path, source: Source) -> Mapping[str, bytes]:
    build(build_run(load_config("sample"), workspace, source=source, workers=1), stages_of("crawl", "extract"))
    return made(workspace, "articles/*")


@pytest.mark.parametrize("name", ["in/*.warc.gz", "in/one.warc.gz", "in", "in/**/*.warc.gz", "in/"])
def test_warc_files_of_a_bucket_give_the_articles_of_the_same_files_here(store, tmp_path, name):
    (tmp_path / "one.warc.gz").write_bytes(warc())
    store.files.pipe_file("bucket/in/one.warc.gz", warc())
    store.files.pipe_file("bucket/in/notes.txt", b"no archive")
    expected = articles_of(tmp_path / "here", Source(warc=str(tmp_path / "one.warc.gz")))
    assert len(expected) > 0
    assert articles_of(tmp_path / "there", Source(warc=f"s3://bucket/{name}")) == expected


def test_the_places_of_pages_in_a_bucket_are_kept_as_urls(store, tmp_path):
    store.files.pipe_file("bucket/in/one.warc.gz", warc())
    refs, _ = index_warcs("s3://bucket/in/*.warc.gz", load_site("sample"), OPTIONS)
    assert {ref.path for ref in refs} == {"s3://bucket/in/one.warc.gz"}
    again, drops = index_warcs("s3://bucket/in/*.warc.gz", load_site("sample"), OPTIONS, refs)
    assert again == refs
    assert "earlier_capture" not in {drop.reason for drop in drops}, "read again, not beside itself"


@pytest.mark.parametrize("form", ["file", "folder"])
def test_a_table_in_a_bucket_gives_the_articles_of_the_same_table_here(store, tmp_path, form):
    rows = [
        {"id": str(story), "language": language, "date": "2025-01-02", "text": f"{text} {story}. " * 5}
        for story in range(3)
        for language, text in (("uk", "Київська влада оприлюднила рішення"), ("en", "The city published a decision"))
    ]
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows) + "{broken\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "table.jsonl").write_text(data, encoding="utf-8")
    store.files.pipe_file("bucket/in/table.jsonl", data.encode())
    name = "in/table.jsonl" if form == "file" else "in"
    here = articles_of(tmp_path / "here", Source(articles=tmp_path / name))
    there = articles_of(tmp_path / "there", Source(articles=f"s3://bucket/{name}"))
    assert list(here) == list(there) == ["articles/2025-01.parquet"]
    for one, other in zip(
        *(read_stories(tmp_path / w / "articles" / "2025-01.parquet") for w in ("here", "there")), strict=True
    ):
        assert {x: e.blocks for x, e in one.editions.items()} == {x: e.blocks for x, e in other.editions.items()}
        assert other.editions["uk"].capture.startswith("s3://bucket/in/table.jsonl:")
    dropped = [drop.item for drop in read_drops(tmp_path / "there" / "dropped" / "extract.parquet")]
    assert dropped == ["s3://bucket/in/table.jsonl:7"]


@pytest.fixture
def quick_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that may be asked as often as one likes; otherwise it is asked once a second."""
    monkeypatch.setattr("corpus_builder.crawl.archive.POLITE_DELAY", 0.0)


@pytest.mark.usefixtures("quick_index")
def test_records_of_an_archive_come_from_a_bucket(store, tmp_path):
    site = load_site("sample")
    with ArchiveServer() as server:
        for name, data in server.files.items():
            store.files.pipe_file(f"bucket/records/{name}", data)
        indexes = [f"{server.base_url}/{crawl}-index" for crawl in CRAWLS]
        fetched = {}
        for name, records in (("http", server.base_url), ("s3", "s3://bucket/records/")):
            archive = archive_of(cdx=indexes, records=records)
            assert archive
            fetched[name] = fetch_archive(site, OPTIONS, archive, tmp_path / name)
        assert fetched["s3"].counts["records_fetched"] == fetched["http"].counts["records_fetched"] > 20
        refs = {
            name: {(ref.url, ref.digest) for ref in index_warcs(str(tmp_path / name / "warc"), site, OPTIONS)[0]}
            for name in fetched
        }
        assert refs["s3"] == refs["http"]


@pytest.mark.usefixtures("quick_index")
def test_a_record_that_is_not_there_is_dropped_and_a_wrong_bucket_ends_the_run(store, tmp_path):
    site = load_site("sample")
    with ArchiveServer() as server:
        indexes = [f"{server.base_url}/{CRAWLS[0]}-index"]
        for name, data in server.files.items():
            store.files.pipe_file(f"bucket/cut/{name}", data[: len(data) // 2])
        archive = archive_of(cdx=indexes, records="s3://bucket/cut")
        assert archive
        fetched = fetch_archive(site, OPTIONS, archive, tmp_path / "cut")
        reasons = {drop.reason for drop in fetched.drops}
        assert fetched.counts["records_fetched"] > 0
        assert "wrong_range" in reasons
        archive = archive_of(cdx=indexes, records="s3://bucket/none")
        assert archive
        fetched = fetch_archive(site, OPTIONS, archive, tmp_path / "none")
        assert {drop.reason for drop in fetched.drops} >= {"record_unavailable"}
        archive = archive_of(cdx=indexes, records="s3://no-such-bucket/")
        assert archive
        with pytest.raises(UsageError, match="no bucket s3://no-such-bucket"):
            fetch_archive(site, OPTIONS, archive, tmp_path / "bucket")


@pytest.mark.parametrize("place", ["s3://no-such-bucket/in/*.warc.gz", "s3://no-such-bucket/one.warc.gz"])
def test_a_bucket_that_does_not_exist_is_named(store, place):
    with pytest.raises(UsageError, match="no bucket s3://no-such-bucket"):
        index_warcs(place, load_site("sample"), OPTIONS)


@pytest.mark.parametrize("place", ["s3://bucket/in/*.warc.gz", "s3://bucket/one.warc.gz", "s3://bucket/in"])
def test_a_name_that_matches_nothing_is_a_users_mistake(store, place):
    with pytest.raises(UsageError, match="no WARC file s3://bucket"):
        index_warcs(place, load_site("sample"), OPTIONS)


def test_wrong_keys_are_a_users_mistake(monkeypatch):
    with running(monkeypatch, closed=True), pytest.raises(UsageError, match="denied") as caught:
        index_warcs("s3://bucket/in/*.warc.gz", load_site("sample"), OPTIONS)
    assert "AWS_ACCESS_KEY_ID" in caught.value.next_step


def test_no_keys_are_a_users_mistake(store, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UsageError, match="no credentials for s3://bucket") as caught:
        index_warcs("s3://bucket/in/*.warc.gz", load_site("sample"), OPTIONS)
    assert "AWS_ACCESS_KEY_ID" in caught.value.next_step


def test_a_store_without_its_package_is_a_users_mistake(tmp_path):
    script = "import sys; sys.modules['s3fs'] = None; from corpus_builder.cli.main import run; run()"
    for place, hint in (("s3://bucket/x", "[s3]"), ("nosuchstore://bucket/x", "s3://")):
        command = [sys.executable, "-c", script, "build", "sample", "--warc", place, "-w", str(tmp_path / "w")]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 2
        error, next_step = done.stderr.splitlines()[-2:]
        assert f"{place} cannot be used" in error
        assert hint in next_step


def test_a_file_of_a_bucket_is_read_by_ranges(store):
    data = bytes(range(256)) * 100
    store.files.pipe_file("bucket/file", data)
    for buffer in (0, 100, 2**20):
        with open_place("s3://bucket/file", buffer) as file:
            assert file.read(7) == data[:7]
            file.seek(20_000)
            assert file.read(300) == data[20_000:20_300]
            assert file.tell() == 20_300
            file.seek(-10, 2)
            assert file.read() == data[-10:]
            assert file.read(5) == b""
            file.seek(30_000)
            assert file.read(5) == b""
    with pytest.raises(FileNotFoundError):
        open_place("s3://bucket/none")


def test_a_store_that_goes_away_ends_the_run_instead_of_dropping_pages(store, tmp_path, monkeypatch):
    store.files.pipe_file("bucket/in/one.warc.gz", warc())
    refs, _ = index_warcs("s3://bucket/in", load_site("sample"), OPTIONS)

    def gone(*_: object, **__: object) -> None:
        raise TimeoutError("no answer")

    captures = read_captures(refs)
    assert not isinstance(next(captures)[1], SkipPage)
    monkeypatch.setattr(filesystem("s3://bucket/in/one.warc.gz")[0], "cat_file", gone)
    with pytest.raises(RunError, match=r"s3://bucket/in/one.warc.gz cannot be reached: no answer"):
        next(captures)


@pytest.mark.parametrize(
    ("place", "remote"),
    [
        ("s3://bucket/x", True),
        ("gs://bucket/x", True),
        ("memory://x", True),
        ("file:///tmp/x", False),
        ("/tmp/x", False),
        ("x.warc.gz", False),
        ("a:/x", False),
        (Path("s3://bucket/x"), True),
        ("notes: a/b", False),
    ],
)
def test_a_url_is_told_from_a_path(place, remote):
    assert is_remote(place) is remote


def test_a_file_url_is_a_path(tmp_path):
    assert local_path("file:///tmp/a%20b") == Path("/tmp/a b")
    assert local_path("x/y") == Path("x/y")
