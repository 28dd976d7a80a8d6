"""`ct2:FOLDER`: a model converted for CTranslate2, with its sentencepiece models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.testset import Pair
from corpus_builder.evaluate.translators.base import folder_digest
from corpus_builder.install import install_command

# How converters name the sentencepiece models beside the weights (Marian, NLLB and M2M-100, OpenNMT).
_SOURCE_MODELS = ("source.spm", "sentencepiece.bpe.model", "sentencepiece.model", "spm.model")


class CTranslate2Options(BaseModel):
    """Options of a ct2: system.

    Sentencepiece models are searched in the folder unless named here. The tokens of `source_prefix`, `source_suffix`
    and `target_prefix` are added to the pieces (NLLB: ["eng_Latn"], ["</s>"], ["ukr_Cyrl"]).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source_model: Path | None = None
    target_model: Path | None = None
    source_prefix: list[str] = []
    source_suffix: list[str] = []
    target_prefix: list[str] = []
    beams: int = Field(default=4, ge=1)
    longest_output: int = Field(default=512, ge=1)
    batch: int = Field(default=32, ge=1)
    device: str = "cpu"
    compute_type: str = "default"


class CTranslate2Translator:
    """Loads the model for the first segment that is not in the cache."""

    takes_documents: ClassVar[bool] = False

    def __init__(self, folder: str, pair: Pair, options: CTranslate2Options) -> None:
        self._folder = Path(folder)
        self._options = options
        if not (self._folder / "model.bin").is_file():
            raise UsageError(
                f"ct2:{folder} is not a CTranslate2 model: model.bin is missing",
                next_step="convert a model, e.g. with ct2-transformers-converter",
            )
        self._source_model = options.source_model or self._find_source_model()
        target = self._folder / "target.spm"
        self._target_model = options.target_model or (target if target.is_file() else self._source_model)
        for path in (self._source_model, self._target_model):
            if not path.is_file():
                raise UsageError(f"ct2:{folder}: sentencepiece model not found: {path}")
        self.identity: Mapping[str, object] = {
            "kind": "ct2",
            "model": folder_digest(self._folder),
            "pair": str(pair),
            **options.model_dump(mode="json", exclude={"batch", "device"}),
        }

    def translate(self, segments: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """Yield one piece per batch."""
        try:
            import ctranslate2
        except ImportError as error:
            raise UsageError(
                f"ct2:{self._folder} needs ctranslate2 ({error})", next_step=install_command("ctranslate2")
            ) from error
        from sentencepiece import SentencePieceProcessor

        options = self._options
        source, target = (SentencePieceProcessor(str(path)) for path in (self._source_model, self._target_model))
        try:
            translator: Any = ctranslate2.Translator(
                str(self._folder), device=options.device, compute_type=options.compute_type
            )
        except (RuntimeError, ValueError) as error:
            raise RunError(f"ct2:{self._folder} cannot be loaded: {error}") from error
        for start in range(0, len(segments), options.batch):
            batch = segments[start : start + options.batch]
            pieces = [
                [*options.source_prefix, *source.encode(text, out_type=str), *options.source_suffix] for text in batch
            ]
            results = translator.translate_batch(
                pieces,
                target_prefix=[options.target_prefix] * len(batch) if options.target_prefix else None,
                beam_size=options.beams,
                max_decoding_length=options.longest_output,
            )
            outputs = [result.hypotheses[0][len(options.target_prefix) :] for result in results]
            yield {text: " ".join(target.decode(output).split()) for text, output in zip(batch, outputs, strict=True)}

    def _find_source_model(self) -> Path:
        for name in _SOURCE_MODELS:
            if (self._folder / name).is_file():
                return self._folder / name
        raise UsageError(
            f"ct2:{self._folder}: no sentencepiece model ({', '.join(_SOURCE_MODELS)})",
            next_step="set source_model (and target_model) in --systems-config",
        )
