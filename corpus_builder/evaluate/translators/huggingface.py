"""`hf:MODEL`: a sequence-to-sequence model of transformers, by its name on the Hub or its folder.

Multilingual models (NLLB, M2M-100, mBART-50) need `source_code` and `target_code` in the config.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.testset import Pair
from corpus_builder.evaluate.translators.base import folder_digest
from corpus_builder.install import install_command


class HuggingFaceOptions(BaseModel):
    """Options of an hf: system. `revision` is a commit or tag on the Hub; lengths are in the model's tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    revision: str | None = None
    source_code: str | None = None
    target_code: str | None = None
    prefix: str = ""
    beams: int = Field(default=4, ge=1)
    longest_source: int = Field(default=512, ge=1)
    longest_output: int = Field(default=512, ge=1)
    batch: int = Field(default=8, ge=1)
    device: str = "cpu"


class HuggingFaceTranslator:
    """Loads the model for the first segment that is not in the cache; beam search without sampling."""

    takes_documents: ClassVar[bool] = False

    def __init__(self, model: str, pair: Pair, options: HuggingFaceOptions) -> None:
        self._name = model
        self._options = options
        folder = Path(model)
        self.identity: Mapping[str, object] = {
            "kind": "hf",
            "model": folder_digest(folder) if folder.is_dir() else model,
            "pair": str(pair),
            **options.model_dump(exclude={"batch", "device"}),
        }

    def translate(self, segments: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """Yield one piece per batch; segments of similar length share a batch."""
        tokenizer, model, torch = self._load()
        forced: dict[str, int] = {}
        if self._options.target_code is not None:
            forced["forced_bos_token_id"] = self._code(tokenizer, self._options.target_code)
        ordered = sorted(segments, key=len, reverse=True)
        for start in range(0, len(ordered), self._options.batch):
            batch = ordered[start : start + self._options.batch]
            encoded = tokenizer(
                [self._options.prefix + segment for segment in batch],
                return_tensors="pt",
                padding=True,
                truncation=True,
                max_length=self._options.longest_source,
            ).to(self._options.device)
            with torch.no_grad():
                generated = model.generate(
                    **encoded,
                    num_beams=self._options.beams,
                    do_sample=False,
                    max_new_tokens=self._options.longest_output,
                    **forced,
                )
            texts = tokenizer.batch_decode(generated, skip_special_tokens=True)
            yield {segment: " ".join(text.split()) for segment, text in zip(batch, texts, strict=True)}

    def _load(self) -> tuple[Any, Any, Any]:
        try:
            import torch
            from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
        except ImportError as error:
            raise UsageError(
                f"hf:{self._name} needs transformers and torch ({error})",
                next_step=install_command("hf"),
            ) from error
        arguments: dict[str, Any] = {"revision": self._options.revision} if self._options.revision else {}
        source = {"src_lang": self._options.source_code} if self._options.source_code else {}
        try:
            tokenizer = AutoTokenizer.from_pretrained(self._name, **source, **arguments)
            model = AutoModelForSeq2SeqLM.from_pretrained(self._name, **arguments).to(self._options.device)
        except (OSError, ValueError) as error:
            raise RunError(f"hf:{self._name} cannot be loaded: {error}") from error
        return tokenizer, model.eval(), torch

    def _code(self, tokenizer: Any, code: str) -> int:
        number = tokenizer.convert_tokens_to_ids(code)
        if number is None or number == tokenizer.unk_token_id:
            raise UsageError(
                f"hf:{self._name} has no language code {code!r}", next_step="see the model card for its codes"
            )
        return int(number)
