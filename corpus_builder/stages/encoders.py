"""The sentence encoder of a run, which two stages use.

The vectors of each shard are in a folder of its own. Training reads a sample of the stories: of each shard those of the
sample are encoded together, by "learn", and by the worker that aligns the shard if it does not have their vectors. The
rest is encoded when the shard is aligned. So vectors depend on a shard's texts and the sample alone, whoever computes
them; and nothing is encoded where no pair of languages needs it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from corpus_builder.align.encoder.bundled import BUNDLED
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.encoder.open import identity, open_encoder
from corpus_builder.files import BUILD_AGAIN, json_of, reading
from corpus_builder.model import Document
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.layout import Workspace

ENCODER_EXTRAS = ("sentence-transformers", "transformers", "torch", "onnxruntime", "tokenizers",
                  *(bundled.distribution for bundled in BUNDLED.values()))  # fmt: skip
"""The optional distributions that encode; a result depends on them only where an encoder is used."""


def encoder_settings(run: Run) -> list[str]:
    """The part of a task's key that names the encoder: nothing without one."""
    encoder = run.config.align.encoder
    return [identity(encoder)] if encoder else []


@lru_cache(maxsize=1)
def _opened(encoder: str) -> Embedder:
    """The encoder, which a process loads once for all shards."""
    return open_encoder(encoder)


def embedder(encoder: str | None, workspace: Workspace, part: str) -> Embedder | None:
    """The encoder with the vectors of a part of the workspace, as a shard; None for no encoder."""
    return _opened(encoder).kept_in(workspace.embeddings / part) if encoder else None


class SampleEmbedder(Embedder):
    """The encoder with the vectors of the sample, which come from those of the shards. `folder` is a scratch folder.

    `encoded` are the names of the documents that were encoded.
    """

    def __init__(self, encoder: str, workspace: Workspace, shard_of: Mapping[str, str], folder: Path) -> None:
        opened = _opened(encoder)
        super().__init__(opened.loaded, opened.identity, folder, languages=opened.languages)
        self._workspace, self._name, self._shard_of = workspace, encoder, shard_of
        self.encoded: tuple[str, ...] = ()

    def prepare_documents(self, documents: Iterable[Document], languages: Iterable[str]) -> None:
        """Encode documents, those of each shard together."""
        documents = list(documents)
        names = tuple(document.name for document in documents)
        if names == self.encoded:
            return
        self.encoded, known = names, tuple(languages)
        by_shard: dict[str, list[Document]] = {}
        for document in documents:
            by_shard.setdefault(self._shard_of[document.name], []).append(document)
        for shard, own in sorted(by_shard.items()):
            source = _opened(self._name).kept_in(self._workspace.embeddings / shard)
            source.prepare_documents(own, known)
            self.take_documents(source, own, known)


ENCODED = "encoded.json"
"""In lexicon/: the article ids of the stories of the sample that were encoded."""


def write_encoded(lexicon: Path, names: Sequence[str]) -> None:
    """Note which stories training has encoded, if any."""
    (lexicon / ENCODED).write_text(json.dumps(sorted(names), ensure_ascii=False), encoding="utf-8")


def read_encoded(lexicon: Path) -> frozenset[str]:
    """The stories that training has encoded. Raises RunError where the file is damaged."""
    path = lexicon / ENCODED
    with reading(path, BUILD_AGAIN):
        return frozenset(json_of(path.read_text(encoding="utf-8")))
