"""The sentence encoder of a run, which two stages use."""

from __future__ import annotations

from corpus_builder.align.encoder.bundled import BUNDLED
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.encoder.open import identity, open_encoder
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.layout import Workspace

ENCODER_EXTRAS = ("sentence-transformers", "transformers", "torch", "onnxruntime", "tokenizers",
                  *(bundled.distribution for bundled in BUNDLED.values()))  # fmt: skip
"""The optional distributions that encode; a result depends on them only where an encoder is used."""


def encoder_settings(run: Run) -> list[str]:
    """The part of a task's key that names the encoder: nothing without one."""
    encoder = run.config.align.encoder
    return [identity(encoder)] if encoder else []


def embedder(encoder: str | None, workspace: Workspace) -> Embedder | None:
    """The encoder with its cache in the workspace; None for no encoder."""
    return open_encoder(encoder, workspace.embeddings) if encoder else None
