"""A state.sqlite that is damaged inside is an error that names it; never a traceback, and never pages that are lost."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from corpus_builder.crawl import CrawlOptions, crawl, crawl_drops, crawl_links, index_crawl, withdraw
from corpus_builder.crawl.archive_state import ArchiveState
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.errors import RunError
from corpus_builder.newspaper import NewspaperServer
from corpus_builder.sites import Site, load_site

OPTIONS = CrawlOptions(languages=("uk", "ru", "en"), limit=4)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole crawl."""
    folder = tmp_path_factory.mktemp("state") / "crawl"
    with NewspaperServer() as server:
        crawl(load_site("sample", server.base_url), OPTIONS, folder)
    with closing(sqlite3.connect(folder / "state.sqlite")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode = DELETE")
    return folder


def uses(folder: Path, site: Site) -> list[Callable[[], object]]:
    """What reads and writes the state, as the commands do."""
    return [
        lambda: crawl(site, OPTIONS, folder),
        lambda: index_crawl(folder, site, OPTIONS),
        lambda: list(crawl_drops(folder)),
        lambda: list(crawl_links(folder)),
        lambda: withdraw(folder, site, {"1": ["https://www.vilna-hazeta.example/news/2025/12/01/1/"]}),
    ]


def with_statement(statement: str) -> Callable[[bytes, Path], None]:
    def change(_: bytes, path: Path) -> None:
        with closing(sqlite3.connect(path)) as db, db:
            db.executescript(statement)

    return change


DAMAGES: dict[str, Callable[[bytes, Path], object]] = {
    "cut in half": lambda data, path: path.write_bytes(data[: len(data) // 2]),
    "cut within a page": lambda data, path: path.write_bytes(data[:-100]),
    "only the first page": lambda data, path: path.write_bytes(data[:4096]),
    "zeros inside": lambda data, path: path.write_bytes(data[:8192] + bytes(8192) + data[16384:]),
    "noise inside": lambda data, path: path.write_bytes(data[:4096] + random.Random(1).randbytes(4096) + data[8192:]),
    "text": lambda _, path: path.write_text("state\n" * 2000),
    "JSON": lambda _, path: path.write_text("{}"),
    "other tables": with_statement("DROP TABLE pages; CREATE TABLE pages (id INTEGER, address TEXT);"),
    "an old column": with_statement("ALTER TABLE pages RENAME COLUMN digest TO sha1;"),
    "another version": with_statement("PRAGMA user_version = 99;"),
    "other types": with_statement("UPDATE runs SET started = x'ff';"),
    "text that is none": with_statement("UPDATE pages SET url = CAST(x'ff' AS TEXT) WHERE kind = 'article';"),
    "unknown states": with_statement("UPDATE pages SET state = 'queuee' WHERE kind = 'article';"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_state_is_named_with_the_next_step(
    damage: Callable[[bytes, Path], object], crawled: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(crawled, tmp_path / "crawl")
    path = folder / "state.sqlite"
    damage(path.read_bytes(), path)
    with pytest.raises(RunError, match=r"state\.sqlite") as caught:
        crawl(load_site("sample", "http://127.0.0.1:1"), OPTIONS, folder)
    assert "--warc" in caught.value.next_step
    assert list((folder / "warc").iterdir())  # what was fetched stays


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bits_are_an_error_or_harmless(seed: int, crawled: Path, tmp_path: Path) -> None:
    """Flips anywhere after the header: whatever reads the state ends well, or with an error of ours."""
    chance = random.Random(seed)
    data = bytearray((crawled / "state.sqlite").read_bytes())
    for _ in range(1 + seed):
        data[chance.randrange(100, len(data))] ^= 1 << chance.randrange(8)
    with NewspaperServer() as server:
        site = load_site("sample", server.base_url)
        for number in range(len(uses(tmp_path, site))):
            folder = shutil.copytree(crawled, tmp_path / f"{number}")
            (folder / "state.sqlite").write_bytes(data)
            with suppress(RunError):
                uses(folder, site)[number]()


def test_what_is_no_damage_keeps_its_message(crawled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(crawled, tmp_path / "crawl")
    frontier = Frontier(folder / "state.sqlite")
    try:
        with pytest.raises(RunError, match="another crawl is using this folder"):
            Frontier(folder / "state.sqlite")
    finally:
        frontier.close()


def test_the_state_of_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    ArchiveState(path, "https://a.example/").close()
    data = bytearray(path.read_bytes())
    data[4096:8192] = random.Random(1).randbytes(4096)
    path.write_bytes(data)
    with pytest.raises(RunError, match=r"state\.sqlite is damaged"):
        ArchiveState(path, "https://a.example/")


@pytest.mark.parametrize("values", ["captured = NULL", "digest = NULL", "date = 'soon'"])
def test_a_capture_that_is_not_whole_is_damage(values: str, crawled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(crawled, tmp_path / "crawl")
    with_statement(f"UPDATE pages SET {values} WHERE file IS NOT NULL;")(b"", folder / "state.sqlite")
    assert index_crawl(crawled, load_site("sample"), OPTIONS)
    with pytest.raises(RunError, match=r"state\.sqlite cannot be read: (?:the capture of|Invalid isoformat)"):
        index_crawl(folder, load_site("sample"), OPTIONS)
