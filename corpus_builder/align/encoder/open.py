"""A sentence encoder beside the words: found by its name or folder, loaded when the first text needs it.

An encoder is an optional extra. `open_encoder` takes

- a folder with an ONNX file and tokenizer.json (onnx_encoder.py; the extra `onnx`),
- a folder that sentence-transformers wrote, or the name of such a model on the Hugging Face hub, as
  `sentence-transformers/LaBSE` or NAME@REVISION (the extra `neural`); `labse` is short for the first.

and gives an `Embedder`, which keeps what was computed (embeddings.py). What the embeddings are used for stands in
semantic.py.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from corpus_builder.align.encoder.cache import Embedder, Encoder
from corpus_builder.errors import RunError, UsageError
from corpus_builder.install import install_command

DEFAULT = "sentence-transformers/LaBSE"
"""Feng et al. 2022: sentences of 109 languages; the encoder that Bertalign uses."""
SHORT = {"labse": DEFAULT}
EXTRAS = {"neural": ("sentence_transformers",), "onnx": ("onnxruntime", "tokenizers")}
"""What each extra brings."""
BATCH = 64


def open_encoder(name: str, cache_folder: Path | None = None) -> Embedder:
    """The encoder of a name or folder, with its cache in `cache_folder` (None: in memory).

    Nothing is loaded before a text needs it. Raises UsageError where there is no such folder, where it holds no model,
    or where the extra that reads it is not installed; a name is looked up when the model is loaded.
    """
    load, model, extra = _found(name)
    if missing := [module for module in EXTRAS[extra] if importlib.util.find_spec(module) is None]:
        raise UsageError(f"the encoder {model} needs {' and '.join(missing)}, not installed here",
                         next_step=install_command(extra))  # fmt: skip
    return Embedder(load, model, cache_folder)


def identity(name: str) -> str:
    """What tells one model from another: a folder's name and a hash of its files, or a hub model's name."""
    return _found(name)[1]


def _found(name: str) -> tuple[Callable[[], Encoder], str, str]:
    """How to load it, its identity, the extra that it needs."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if _onnx_file(folder):
            return (lambda: _onnx(folder)), _folder_identity(folder), "onnx"
        if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
            return (lambda: SentenceTransformers(str(folder))), _folder_identity(folder), "neural"
        raise UsageError(f"no encoder in {folder}: neither model.onnx nor modules.json nor config.json lies there",
                         next_step="name a folder with an ONNX file and tokenizer.json, or one that "
                                   "sentence-transformers wrote")  # fmt: skip
    hub = SHORT.get(name.lower(), name)
    repository, _, revision = hub.partition("@")
    if not repository or repository.count("/") > 1 or hub.startswith((".", "/", "~")) or folder.suffix == ".onnx":
        raise UsageError(f"no folder {name!r} with an encoder", next_step=f"name a folder, or a model as {DEFAULT}")
    return (lambda: SentenceTransformers(repository, revision or None)), hub, "neural"


def _onnx_file(folder: Path) -> Path | None:
    return next((path for path in (folder / "model.onnx", folder / "onnx" / "model.onnx") if path.is_file()), None)


def _onnx(folder: Path) -> Encoder:
    from corpus_builder.align.encoder.onnx import OnnxEncoder

    path = _onnx_file(folder)
    if path is None:
        raise RunError(f"the ONNX file in {folder} is gone")
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

    def encode(self, texts: Sequence[str]) -> Any:
        """[texts, dimensions] as the model gives them."""
        return self._model.encode(list(texts), batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True)
