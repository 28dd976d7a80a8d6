"""Subword models of the corpus (sentencepiece, unigram; Kudo and Richardson 2018): one per language, and one for all.

They are published with the dataset (dataset/tokenizers.py), and the score `fertility` counts their pieces.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from corpus_builder.files import BUILD_AGAIN, reading

JOINT = "joint"
_LARGEST = 16_000
"""Pieces of a model at most, as is usual for one language; a smaller corpus gets one per hundred characters."""
_SMALLEST = 200
"""Pieces of a model at least. Chosen: room for letters and signs, which are pieces themselves, and for as many more."""
_LEAST_CHARACTERS = 5_000
"""Characters below which no model is trained. Chosen: the smallest model has 25 characters of text per piece there."""


def train_pieces(texts: Mapping[str, Iterable[str]], folder: Path) -> list[Path]:
    """Train a model per language, and one for all, into `folder` (LANGUAGE.model, joint.model); the files written.

    A language with less than 5,000 characters gets none. The same texts give the same bytes. Models of other texts in
    the folder are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("*.model"):
        earlier.unlink()
    files = []
    by_language = {
        language: [line for text in all_texts for line in text.split("\n") if line.strip()]
        for language, all_texts in texts.items()
    }
    for name, lines in {**by_language, JOINT: list(chain(*by_language.values()))}.items():
        if (characters := sum(map(len, lines))) >= _LEAST_CHARACTERS:
            files.append(folder / f"{name}.model")
            files[-1].write_bytes(_train(lines, min(_LARGEST, max(characters // 100, _SMALLEST))))
    return files


def _train(lines: list[str], size: int) -> bytes:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        vocab_size=size,
        hard_vocab_limit=False,
        character_coverage=1.0,
        num_threads=1,  # with several, the bytes would depend on their timing
        minloglevel=2,
    )
    return model.getvalue()


def load_pieces(folder: Path) -> dict[str, Any]:
    """The models of a folder by language, as sentencepiece processors; the joint one is not used for scores."""
    return {path.stem: _processor(path) for path in sorted(folder.glob("*.model")) if path.stem != JOINT}


def _processor(path: Path) -> Any:
    """A sentencepiece processor. Raises RunError for a damaged model, which sentencepiece would not name."""
    import sentencepiece

    with reading(path, BUILD_AGAIN):
        try:
            return sentencepiece.SentencePieceProcessor(model_proto=path.read_bytes())
        except RuntimeError as error:
            raise ValueError("it is no sentencepiece model") from error
