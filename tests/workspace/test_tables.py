"""What is written between the stages is read back as it was."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from corpus_builder.errors import RunError
from corpus_builder.model import Block, BlockKind, Drop, Edit, Edition, Link, PlacedBead, Span
from corpus_builder.parquet import ROWS, write_rows
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
