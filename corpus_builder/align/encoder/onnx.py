"""A sentence encoder in a folder: model.onnx (or onnx/model.onnx) beside tokenizer.json.

An output `sentence_embedding` is used as it is, as is any first output of two dimensions. Of three dimensions
[texts, tokens, dimensions] the mean over the tokens is used, or the first token if 1_Pooling/config.json says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus_builder.align.encoder.cache import Vectors
from corpus_builder.errors import UsageError
from corpus_builder.files import json_of

BATCH = 64
"""Texts that are encoded together. Chosen for memory."""
LONGEST = 256
"""Tokens that are read of a text, if the tokenizer sets no limit: LaBSE's limit."""
_PLAIN_MODULES = {"Transformer", "Pooling", "Normalize"}


class OnnxEncoder:
    """The model, on the GPU if onnxruntime has one."""

    def __init__(self, folder: Path, path: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        words = folder / "tokenizer.json"
        if not words.is_file():
            raise UsageError(f"no tokenizer.json in {folder}", next_step="copy it from the source of the model")
        providers = [p for p in ("CUDAExecutionProvider", "CPUExecutionProvider")
                     if p in onnxruntime.get_available_providers()]  # fmt: skip
        try:
            self._tokenizer = Tokenizer.from_file(str(words))
            self._session = onnxruntime.InferenceSession(str(path), providers=providers)
        except Exception as error:  # both libraries raise classes of their own, which they do not export
            raise UsageError(f"cannot read the encoder in {folder}: {error}",
                             next_step="export or download it again") from error  # fmt: skip
        self._folder = folder
        padding = self._tokenizer.padding or {}
        self._tokenizer.enable_padding(
            pad_id=padding.get("pad_id", self._tokenizer.token_to_id("[PAD]") or 0),
            pad_token=padding.get("pad_token", "[PAD]"),
        )
        self._tokenizer.enable_truncation((self._tokenizer.truncation or {}).get("max_length") or LONGEST)
        names = [output.name for output in self._session.get_outputs()]
        self._output = "sentence_embedding" if "sentence_embedding" in names else names[0]
        self._first_token = _first_token(folder)
        if self._output != "sentence_embedding" and (layers := _further_layers(folder)):
            raise UsageError(f"the model in {folder} has layers that its ONNX file leaves out: {', '.join(layers)}",
                             next_step="export it with the output sentence_embedding")  # fmt: skip

    def encode(self, texts: Sequence[str]) -> Vectors:
        """[texts, dimensions] of all texts, in batches."""
        return np.concatenate([self._batch(texts[k : k + BATCH]) for k in range(0, len(texts), BATCH)])

    def _batch(self, texts: Sequence[str]) -> Vectors:
        tokens = self._tokenizer.encode_batch(list(texts))
        mask = np.array([t.attention_mask for t in tokens], np.int64)
        inputs = {
            "input_ids": np.array([t.ids for t in tokens], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        names = [entry.name for entry in self._session.get_inputs()]
        if unknown := set(names) - set(inputs):
            raise UsageError(f"the encoder in {self._folder} needs {', '.join(sorted(unknown))}, not only tokens",
                             next_step="name a sentence encoder")  # fmt: skip
        try:
            vectors = np.asarray(self._session.run([self._output], {name: inputs[name] for name in names})[0])
        except Exception as error:  # as above: the library's classes are not exported
            raise UsageError(f"the encoder in {self._folder} cannot be run: {error}",
                             next_step="use the tokenizer that belongs to the model") from error  # fmt: skip
        if vectors.ndim != 3:
            return vectors
        if self._first_token:
            return np.asarray(vectors[:, 0])
        weight = mask[:, :, None].astype(np.float32)
        return np.asarray((vectors * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1))


def _first_token(folder: Path) -> bool:
    pooling = folder / "1_Pooling" / "config.json"
    if not pooling.is_file():
        return False
    settings = json_of(pooling.read_text(encoding="utf-8"))
    return bool(settings.get("pooling_mode_cls_token") or settings.get("pooling_mode") == "cls")


def _further_layers(folder: Path) -> list[str]:
    modules = folder / "modules.json"
    if not modules.is_file():
        return []
    kinds = [entry["type"].rsplit(".", 1)[-1] for entry in json_of(modules.read_text(encoding="utf-8"))]
    return [kind for kind in kinds if kind not in _PLAIN_MODULES]
