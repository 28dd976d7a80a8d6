"""The sentencepiece models in a dataset folder: told of, hashed, checked, and in nobody's way."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from corpus_builder.dataset.about import About
from corpus_builder.dataset.card import write_card
from corpus_builder.dataset.croissant import write_croissant
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.manifest import check_manifest, write_manifest
from corpus_builder.dataset.publish import inspect
from corpus_builder.dataset.tokenizers import copy_models, tokenizers
from corpus_builder.errors import UsageError
from corpus_builder.quality.subwords import train_pieces

from .small_dataset import ROWS, write_rows

ABOUT = About("Name", "1.0.0", "cc-by-4.0", "The Site", "https://site.example")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    rnd = random.Random(1)
    words = ["".join(rnd.choices("абвгдежзиклмн", k=rnd.randint(2, 7))) for _ in range(300)]
    texts = [" ".join(rnd.choices(words, k=12)) for _ in range(120)]
    return train_pieces({"uk": texts, "ru": texts[:3]}, tmp_path_factory.mktemp("pieces"))


@pytest.fixture
def folder(tmp_path: Path, models: list[Path]) -> DatasetFolder:
    written = DatasetFolder(write_rows(tmp_path / "dataset", ROWS))
    copy_models(models, written.path)
    write_card(written, ABOUT)
    write_croissant(written, ABOUT)
    (written.path / "leakage.json").write_text(json.dumps({"limit": 0.01, "leaked": 0.0}), encoding="utf-8")
    write_manifest(written, ABOUT, {}, "code")
    return written


def test_card_and_manifest_tell_of_them(folder: DatasetFolder, models: list[Path]) -> None:
    found = tokenizers(folder.path)
    assert [(each.path, each.name) for each in found] == [
        ("tokenizers/joint.model", "joint"), ("tokenizers/uk.model", "uk")
    ]  # fmt: skip
    assert [(folder.path / each.path).read_bytes() for each in found] == [path.read_bytes() for path in sorted(models)]
    card = (folder.path / "README.md").read_text(encoding="utf-8")
    assert f"| `tokenizers/uk.model` | uk | {found[1].pieces:,} |" in card
    assert f"| `tokenizers/joint.model` | all languages | {found[0].pieces:,} |" in card
    files = json.loads((folder.path / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert files["tokenizers/uk.model"]["bytes"] == found[1].size
    assert check_manifest(folder.path) == []


def test_a_folder_without_them_says_nothing_of_them(tmp_path: Path) -> None:
    written = DatasetFolder(write_rows(tmp_path, ROWS))
    write_card(written, ABOUT)
    assert "okenizer" not in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_rows_open_as_if_they_were_not_there(
    folder: DatasetFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    assert sorted(datasets.get_dataset_config_names(str(folder.path))) == sorted(folder.configs)
    opened = datasets.load_dataset(str(folder.path), "sentences", cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in opened.items()} == {"train": 3, "test": 1}


@pytest.mark.filterwarnings("ignore")
def test_croissant_describes_them(folder: DatasetFolder) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    described = mlcroissant.Dataset(jsonld=str(folder.path / "croissant.json"))
    assert not described.metadata.ctx.issues.errors
    assert {"tokenizers/joint.model", "tokenizers/uk.model"} <= {each.id for each in described.metadata.distribution}
    assert len(list(described.records("sentences/train"))) == 3


def test_they_are_checked_before_publishing(folder: DatasetFolder) -> None:
    assert {"tokenizers/joint.model", "tokenizers/uk.model"} <= set(inspect(folder.path).files)
    with pytest.raises(UsageError, match=r"tokenizers/uk\.model may contain text"):
        inspect(folder.path, stand_off=True)
    (folder.path / "tokenizers" / "uk.model").write_bytes(b"cut short")
    with pytest.raises(UsageError, match=r"tokenizers/uk\.model is not a readable sentencepiece model"):
        inspect(folder.path)
