"""Subword models of the corpus, and fertility: how many pieces its own model needs for a word.

A text of another language, of damaged characters or of lists and codes falls into many short pieces. The models
(sentencepiece, unigram; Kudo and Richardson 2018) are trained on the corpus, one a language and one for all together,
and lie beside what else was learned of it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from corpus_builder.quality.batch import Array, Batch

JOINT = "joint"
_LARGEST = 16_000
"""Pieces of a model at most; a smaller corpus gets fewer, one a hundred characters."""
_LEAST_CHARACTERS = 5_000


def train_pieces(texts: Mapping[str, Iterable[str]], folder: Path) -> list[Path]:
    """Train a model a language, and one for all, into `folder` (LANGUAGE.model, joint.model); the files written.

    A language with less than 5,000 characters gets none. The same texts give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    kept = {
        language: [line for text in own for line in text.split("\n") if line.strip()] for language, own in texts.items()
    }
    for name, lines in {**kept, JOINT: [line for own in kept.values() for line in own]}.items():
        if (characters := sum(map(len, lines))) >= _LEAST_CHARACTERS:
            files.append(folder / f"{name}.model")
            files[-1].write_bytes(_train(lines, min(_LARGEST, max(characters // 100, 200))))
    return files


def _lines(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in text.split("\n") if line.strip()]


def _train(lines: list[str], size: int) -> bytes:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        vocab_size=size,
        hard_vocab_limit=False,
        character_coverage=1.0,
        num_threads=1,  # several would make the bytes depend on their turns
        minloglevel=2,
    )
    return model.getvalue()


def load_pieces(folder: Path) -> dict[str, Any]:
    """The models of a folder by language, as sentencepiece processors; the joint one is not used for scores."""
    import sentencepiece

    return {
        path.stem: sentencepiece.SentencePieceProcessor(model_file=str(path))
        for path in sorted(folder.glob("*.model"))
        if path.stem != JOINT
    }


def fertility(batch: Batch, language: str, model: Any) -> Array:
    """Pieces a word of the texts of a language; NaN where there is no text."""
    import numpy as np

    values = np.full(len(batch), np.nan)
    present = [i for i, text in enumerate(batch.texts(language)) if text]
    texts = [batch.texts(language)[i] or "" for i in present]
    for i, text, encoded in zip(present, texts, model.encode(texts, num_threads=1), strict=True):
        values[i] = len(encoded) / max(len(text.split()), 1)
    return values
