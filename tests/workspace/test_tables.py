"""What is written between the stages is read back as it was."""

from __future__ import annotations

import errno
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.errors import RunError
from corpus_builder.files import replacing
from corpus_builder.model import Block, BlockKind, Drop, Edit, Edition, Link, PlacedBead, Span
from corpus_builder.parquet import ROWS, write_rows
from corpus_builder.workspace.captures import read_capture_refs, write_capture_refs
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.stories import aligned_stories
from corpus_builder.workspace.tables import (
    BEADS,
    EDITIONS,
    bead_row,
    edition_row,
    read_beads,
    read_drops,
    read_stories,
    write_drops,
)

KYIV = timezone(timedelta(hours=2))


def edition(article_id: str, language: str) -> Edition:
    block = Block(
        BlockKind.LIST_ITEM,
        "A b.",
        "quote",
        "Quote from X",
        "X",
        "en",
        (Link(0, 1, "https://x.example"),),
        (Edit(1, 2, "\xa0"),),
    )
    return Edition(
        site="pravda",
        article_id=article_id,
        language=language,
        url=f"https://site.example/{language}/{article_id}/",
        blocks=(Block(BlockKind.TITLE, "T"), block),
        captions=(Block(BlockKind.CAPTION, "C"),),
        detected_language="uk",
        authors=("A",),
        published=datetime(2025, 12, 1, 12, 58, tzinfo=KYIV),
        section="news",
        tags=("t", "u"),
        alternates=(("ru", "https://site.example/ru/1/"),),
        layout="2025",
        capture="sha1:x",
    )


def test_editions_come_back_as_stories(tmp_path: Path) -> None:
    editions = [edition("1", "en"), edition("1", "uk"), edition("2", "uk")]
    path = tmp_path / "a.parquet"
    assert write_rows(path, EDITIONS, map(edition_row, editions)) == 3
    stories = list(read_stories(path))
    assert [story.article_id for story in stories] == ["1", "2"]
    assert [e for story in stories for e in story.editions.values()] == editions


def test_stories_hold_together_over_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    editions = [edition(f"{i:05d}", language) for i in range(ROWS // 2 + 1) for language in ("en", "ru", "uk")]
    write_rows(path, EDITIONS, map(edition_row, editions))
    assert all(len(story.editions) == 3 for story in read_stories(path))


def test_row_groups_without_the_wanted_stories_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_rows(path, EDITIONS, (edition_row(edition(f"{i:05d}", "uk")) for i in range(2 * ROWS + 1)))
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(1000) + whole[1004:])  # the first row group is damaged
    wanted = [f"{2 * ROWS:05d}", f"{ROWS:05d}", "00000x"]
    assert [story.article_id for story in read_stories(path, wanted[:2])] == sorted(wanted[:2])
    assert list(read_stories(path, ["99999"])) == []
    assert list(read_stories(path, [])) == []
    with pytest.raises(RunError):
        list(read_stories(path, wanted))


def test_beads_and_drops_come_back(tmp_path: Path) -> None:
    bead = PlacedBead("1", "sentence", 0, (Span("uk", 1, 0, 3),), 1.5, 0.9, {"en-uk": 0.8}, ("moved",), 0.99)
    write_rows(tmp_path / "b.parquet", BEADS, [bead_row(bead)])
    assert list(read_beads(tmp_path / "b.parquet")) == [("1", [bead])]
    drop = Drop("extract", "https://site.example/", "empty_body", "", None, "1")
    write_drops(tmp_path / "d.parquet", [drop])
    assert list(read_drops(tmp_path / "d.parquet")) == [drop]


def test_a_failed_write_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    write_drops(path, [Drop("a", "b", "c")])
    before = path.read_bytes()

    def fails() -> list[Drop]:
        raise RunError("no")

    with pytest.raises(RunError):
        write_drops(path, (drop for _ in range(1) for drop in fails()))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["d.parquet"]


@pytest.mark.parametrize("bytes_kept", [0, 10, 200])
def test_a_damaged_file_is_named(tmp_path: Path, bytes_kept: int) -> None:
    path = tmp_path / "b.parquet"
    bead = PlacedBead("1", "sentence", 0, (Span("uk", 1, 0, 3),), 1.5, 0.9, {"en-uk": 0.8}, ("moved",), 0.99)
    write_rows(path, BEADS, [bead_row(bead)])
    path.write_bytes(path.read_bytes()[:bytes_kept])
    with pytest.raises(RunError, match=r"b\.parquet cannot be read") as caught:
        list(read_beads(path))
    assert "disk" not in caught.value.next_step
    with pytest.raises(RunError, match=r"file not found: .*none\.parquet"):
        list(read_beads(tmp_path / "none.parquet"))


@pytest.mark.parametrize("column", ["spans", "pairs", "flags"])
def test_a_file_with_other_values_is_named(tmp_path: Path, column: str) -> None:
    row = bead_row(PlacedBead("1", "sentence", 0, (Span("uk", 1, 0, 3),), 1.5, 0.9, {"en-uk": 0.8}, ("moved",), 0.99))
    write_rows(tmp_path / "b.parquet", BEADS, [{**row, column: None}])
    with pytest.raises(RunError, match=r"b\.parquet cannot be read"):
        list(read_beads(tmp_path / "b.parquet"))


def test_only_a_full_disk_is_called_one(tmp_path: Path) -> None:
    def write(error: OSError) -> None:
        with replacing(tmp_path / "file"):
            raise error

    with pytest.raises(RunError, match="cannot write") as caught:
        write(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert "space" in caught.value.next_step
    with pytest.raises(PermissionError):
        write(PermissionError(errno.EACCES, "an input", "elsewhere"))
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    with pytest.raises(RunError, match="cannot write") as caught, replacing(tmp_path / "folder") as part:
        part.write_bytes(b"")
    assert caught.value.next_step == ""


def test_stories_that_do_not_fit_their_beads_are_an_error(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    write_rows(workspace.articles / "a.parquet", EDITIONS, [edition_row(edition("1", x)) for x in ("en", "uk")])
    write_rows(workspace.aligned / "a.parquet", BEADS, [])
    with pytest.raises(RunError, match="does not belong"):
        list(aligned_stories(workspace, "a"))


def test_captures_come_back_and_move_with_the_workspace(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    path = str(workspace.crawl / "warc/a.gz")
    inside = CaptureRef("https://a.example/", "uk", "1", "2025-12", path, 5, 7, "", "sha1:x")
    outside = inside._replace(path=str(tmp_path / "pages" / "b.html"), language="en")
    assert write_capture_refs(workspace, [inside, outside]) == 2
    assert list(read_capture_refs(workspace)) == [inside, outside]
    moved = Workspace((tmp_path / "w").rename(tmp_path / "moved"))
    assert [ref.path for ref in read_capture_refs(moved)] == [str(moved.crawl / "warc/a.gz"), outside.path]
