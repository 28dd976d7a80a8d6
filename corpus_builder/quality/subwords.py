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
_UNKNOWN = -1


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
    """[rows] pieces a word of the texts of a language; NaN where there is no text.

    No piece reaches over white space, so a text has the pieces of its tokens.
    """
    import numpy as np

    tokens, found = batch.vocabulary.tokens, batch.tokens(language)
    pieces = tokens.array(("pieces", language), lambda new: [_UNKNOWN] * len(new))
    new = np.unique(found.flat[pieces[found.flat] == _UNKNOWN])
    pieces[new] = [len(own) for own in model.encode([tokens.entries[i] for i in new.tolist()], num_threads=1)]
    words = tokens.array("parts", lambda new: (len(token.split()) for token in new))
    share = found.totals(pieces) / np.maximum(found.totals(words), 1)
    return np.where(found.sizes > 0, share, np.nan)
