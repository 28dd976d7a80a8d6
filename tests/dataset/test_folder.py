"""The folder that is written is one that `datasets.load_dataset` opens offline, config by config."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corpus_builder.dataset.card import write_card
from corpus_builder.dataset.rows import Row
from corpus_builder.dataset.schema import config_names
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.sites import load_site

LANGUAGES = ("uk", "ru", "en")
ROW = Row(
    id="a1",
    article_id="7",
    date="2025-12-01",
    section="news",
    url={"uk": "https://site.example/7/", "ru": None, "en": "https://site.example/eng/7/"},
    position=3,
    kind="paragraph",
    label=None,
    translation={"uk": "Так.\nНі.", "ru": None, "en": "Yes. No."},
    quality={
        "probability": 0.75,
        "score": 2.5,
        "probability_en_uk": 0.75,
        "probability_en_ru": None,
        "probability_ru_uk": None,
    },
    flags=("merged",),
)


def write(folder: Path) -> DatasetWriter:
    with DatasetWriter(folder, LANGUAGES) as writer:
        writer.write("documents", "train", replace(ROW, kind="document", quality={"probability": 1.0}))
        for config in ("paragraphs", "sentences"):
            for split in ("train", "train", "test"):
                writer.write(config, split, ROW)
    write_card(folder, 'A "name": with marks', "other", load_site("pravda").rules, LANGUAGES, writer.counts)
    return writer


def test_every_config_opens_with_its_splits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    folder = tmp_path / "dataset"
    write(folder)
    opened = datasets.get_dataset_config_names(str(folder))
    assert sorted(opened) == ["documents", "paragraphs", "paragraphs.en-uk", "sentences", "sentences.en-uk"]
    cache = str(tmp_path / "cache")
    sentences = datasets.load_dataset(str(folder), "sentences", cache_dir=cache)
    assert {split: len(rows) for split, rows in sentences.items()} == {"train": 2, "test": 1}
    assert sentences["test"][0]["translation"] == {"en": "Yes. No.", "ru": None, "uk": "Так.\nНі."}
    assert sentences["test"].features["translation"].languages == ["en", "ru", "uk"]
    pair = datasets.load_dataset(str(folder), "sentences.en-uk", split="test", cache_dir=cache)[0]
    assert pair["translation"] == {"en": "Yes. No.", "uk": "Так.\nНі."}
    assert pair["quality"] == {"probability": 0.75}
    assert pair["id"] == "a1"


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b"):
        write(tmp_path / name)
        files.append(
            {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        )
    assert files[0] == files[1]
    assert len(files[0]) == 1 + 1 + 4 * 2


def test_two_languages_have_the_configs_of_their_one_pair() -> None:
    assert config_names(("uk", "en")) == ["documents", "paragraphs", "paragraphs.en-uk", "sentences", "sentences.en-uk"]
