"""tokenizers/ in a dataset folder: the sentencepiece models that were trained on the corpus, joint and per language.

They are data beside the rows: no config names them, so `load_dataset` does not look at them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus_builder.files import reading

FOLDER = "tokenizers"


@dataclass(frozen=True)
class Tokenizer:
    """A model: its path inside the dataset, a language or "joint", how many pieces it has and its size in bytes."""

    path: str
    name: str
    pieces: int
    size: int


def copy_models(models: Iterable[Path], dataset: Path) -> None:
    """Put models into a dataset folder, under their own names."""
    for model in models:
        pieces_of(model)  # a damaged one is named where it is, not in the folder that is being made
        (dataset / FOLDER).mkdir(exist_ok=True)
        shutil.copyfile(model, dataset / FOLDER / model.name)


def tokenizers(dataset: Path) -> list[Tokenizer]:
    """The models of a dataset folder, by name. Raises RunError for a file that is none."""
    return [
        Tokenizer(path.relative_to(dataset).as_posix(), path.stem, pieces_of(path), path.stat().st_size)
        for path in sorted((dataset / FOLDER).glob("*.model"))
    ]


def pieces_of(model: Path) -> int:
    """How many pieces a model has. Raises RunError where it is none that sentencepiece can read."""
    import sentencepiece

    with reading(model, "the model is damaged; remove it and run the build again"):
        try:
            return int(sentencepiece.SentencePieceProcessor(model_proto=model.read_bytes()).vocab_size())
        except RuntimeError as error:
            raise ValueError("it is no sentencepiece model") from error
