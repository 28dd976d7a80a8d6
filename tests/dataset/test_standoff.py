"""Stand-off and back: the same bytes from the same pages, and the truth about pages that have changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_builder.cli.rehydrate import rehydrate as rehydrate_command
from corpus_builder.dataset.exporters import FORMATS
from corpus_builder.dataset.exporters.selection import select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.manifest import check_manifest
from corpus_builder.dataset.places import StoryPlaces, story_places
from corpus_builder.dataset.rehydrate import Rehydration, Texts, finish, rehydrate
from corpus_builder.dataset.rows import bead_rows, document_row
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.errors import NothingProduced, RunError
from corpus_builder.model import Block, BlockKind, Edition, PlacedBead, Span, Story

LANGUAGES = ("uk", "ru", "en")
PAGES = {
    ("7", "uk"): ["Міст відкрили.", "Перше речення. Друге речення.", "Останній абзац."],
    ("7", "en"): ["Bridge opened.", "First sentence. Second sentence.", "Last paragraph."],
    ("8", "uk"): ["Сніг.", "Випав сніг."],
    ("8", "ru"): ["Снег.", "Выпал снег."],
}
WORDS = ["Міст", "Перше", "Друге", "Останній", "Bridge", "First", "Second", "Last", "Сніг", "Випав", "Снег", "Выпал"]


def story(article_id: str) -> Story:
    when = datetime(2025, 12, 1, tzinfo=UTC)
    editions = {
        language: Edition(
            "site", article_id, language, f"https://site.example/{language}/{article_id}/",
            tuple(Block(BlockKind.PARAGRAPH, text) for text in blocks), published=when, capture="sha1:X",
        )
        for (own, language), blocks in PAGES.items()
        if own == article_id
    }  # fmt: skip
    return Story("site", article_id, editions)


def beads(level: str, article_id: str) -> list[PlacedBead]:
    """A bead a block; of sentences the second block of story 7 is one bead of two sentences a side."""
    languages = [language for own, language in PAGES if own == article_id]
    found = []
    for block in range(len(PAGES[article_id, "uk"])):
        spans = []
        for language in languages:
            text = PAGES[article_id, language][block]
            cut = text.find(". ") + 1
            if level == "sentence" and cut:
                spans += [Span(language, block, 0, cut), Span(language, block, cut + 1, len(text))]
            else:
                spans.append(Span(language, block, 0, len(text)))
        found.append(PlacedBead(article_id, level, block, tuple(spans), 3.0, 0.9, {}, (), 0.99))
    return found


def places() -> Iterator[StoryPlaces]:
    for article_id in ("7", "8"):
        yield story_places(story(article_id), [*beads("block", article_id), *beads("sentence", article_id)])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    dataset = tmp_path_factory.mktemp("dataset")
    with DatasetWriter(dataset, LANGUAGES) as writer:
        for article_id, split in (("7", "train"), ("8", "test")):
            writer.write("documents", split, document_row(story(article_id), LANGUAGES, {"en-uk": 0.99}))
            for config, level in (("paragraphs", "block"), ("sentences", "sentence")):
                for row in bead_rows(story(article_id), beads(level, article_id), config, LANGUAGES):
                    writer.write(config, split, row)
    standoff = tmp_path_factory.mktemp("standoff")
    selection = select(DatasetFolder(dataset))
    selection.places = places
    assert FORMATS["standoff"].write(selection, standoff).left_out == {}
    return dataset, standoff


def put_back(standoff: Path, out: Path, pages: dict[tuple[str, str], list[str]]) -> Rehydration:
    def texts(article_id: str, language: str) -> Sequence[str] | None:
        return pages.get((article_id, language))

    asked: Texts = texts
    return rehydrate(DatasetFolder(standoff), asked, out)


def test_there_is_no_word_of_the_text_in_it(folders: tuple[Path, Path]) -> None:
    for path in folders[1].rglob("*.parquet"):
        told = json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str) + str(
            pq.read_metadata(path).metadata
        )
        assert not [word for word in WORDS if word in told]


def test_the_same_pages_give_the_same_bytes(folders: tuple[Path, Path], tmp_path: Path) -> None:
    dataset, standoff = folders
    result = put_back(standoff, tmp_path, PAGES)
    assert (dict(result.lost), dict(result.editions), result.changed) == ({}, {"same": 4}, [])
    files = sorted(path.relative_to(dataset) for path in dataset.rglob("*.parquet"))
    assert files
    for file in files:
        assert (tmp_path / file).read_bytes() == (dataset / file).read_bytes()


def test_a_moved_block_is_found_and_a_changed_one_is_told(folders: tuple[Path, Path], tmp_path: Path) -> None:
    pages = {**PAGES, ("7", "uk"): ["Оновлено.", *PAGES["7", "uk"][:2], "Останній абзац, виправлений."]}
    result = put_back(folders[1], tmp_path, pages)
    # The last paragraph is lost, and with it the document; the blocks that moved are not.
    assert dict(result.rows) == {"documents": 1, "documents.ru-uk": 1, "documents.en-uk": 0,
                                 "paragraphs": 4, "paragraphs.en-uk": 2, "paragraphs.ru-uk": 2,
                                 "sentences": 4, "sentences.en-uk": 2, "sentences.ru-uk": 2}  # fmt: skip
    assert dict(result.lost) == {"text_changed": 6}
    assert dict(result.editions) == {"same": 3, "changed": 1}
    assert result.changed == [
        {"url": "https://site.example/uk/7/", "language": "uk", "blocks_gone": 1, "blocks_new": 2}
    ]  # fmt: skip


def test_a_page_that_is_gone_is_told(folders: tuple[Path, Path], tmp_path: Path) -> None:
    result = put_back(folders[1], tmp_path, {key: blocks for key, blocks in PAGES.items() if key != ("8", "ru")})
    assert result.lost == {"page_missing": 2 + 2 * 2 + 2 * 2}
    assert result.editions == {"same": 3, "missing": 1}


@settings(max_examples=30)
@given(st.data())
def test_no_row_comes_back_with_other_words(
    folders: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    pages = {key: data.draw(st.permutations([*blocks, "Новий абзац."])) for key, blocks in PAGES.items()}
    pages["7", "uk"] = data.draw(st.lists(st.sampled_from(PAGES["7", "uk"]), max_size=3))
    out = tmp_path_factory.mktemp("out")
    put_back(folders[1], out, pages)
    before = {row["id"]: row["translation"] for _, row in DatasetFolder(folders[0]).rows("sentences")}
    after = {row["id"]: row["translation"] for _, row in DatasetFolder(out).rows("sentences")}
    assert after.items() <= before.items()


def test_places_of_another_alignment_are_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    def realigned() -> Iterator[StoryPlaces]:
        for article_id in ("7", "8"):
            yield story_places(story(article_id), [*beads("block", article_id), *beads("sentence", article_id)[1:]])

    selection = select(DatasetFolder(folders[0]))
    selection.places = realigned
    with pytest.raises(RunError, match="not in the workspace"):
        FORMATS["standoff"].write(selection, tmp_path)


def test_a_dataset_with_texts_cannot_be_rehydrated(folders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not a stand-off"):
        put_back(folders[0], tmp_path, PAGES)


def test_card_and_manifest_say_what_is_there(folders: tuple[Path, Path], tmp_path: Path) -> None:
    assert check_manifest(folders[1]) == []
    pages = {key: texts for key, texts in PAGES.items() if key[0] == "7"}
    finish(folders[1], tmp_path, put_back(folders[1], tmp_path, pages))
    assert check_manifest(tmp_path) == []
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "were put back" in card
    assert "no texts" not in card
    assert "page_missing" in card
    assert 'config_name: "sentences"' in card


def test_where_nothing_is_restored_the_reasons_are_where_the_message_says(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus_builder.stages.standoff_pages.page_texts", lambda _: lambda *_: None)
    with pytest.raises(NothingProduced) as caught:
        rehydrate_command(folders[1], tmp_path / "out", workspace=tmp_path)
    report = tmp_path / "out.rehydrated.json"
    assert str(report) in caught.value.next_step
    assert json.loads(report.read_text(encoding="utf-8"))["lost"]["page_missing"] > 0
    assert not (tmp_path / "out").exists()
