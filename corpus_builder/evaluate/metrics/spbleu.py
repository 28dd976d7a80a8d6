"""spBLEU (Goyal et al. 2022): BLEU over the pieces of a sentencepiece model, so that tokenisation favours no language.

The model is a file, e.g. the one of a dataset, or one that sacrebleu downloads by name (FLORES-101, FLORES-200). Scores
with different models cannot be compared; the signature names the model.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.error import URLError

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.metrics.base import MetricSettings, Signature
from corpus_builder.evaluate.metrics.bleu import Bleu
from corpus_builder.evaluate.testset import TestSet

DOWNLOADED = ("flores101", "flores200")
_DIGEST = 12  # hexadecimal digits of the hash in the signature; chosen: enough to distinguish models


class SpBleu(Bleu):
    """Corpus BLEU over sentencepiece pieces, 0 to 100, with BLEU's statistics."""

    name = "spbleu"
    title = "spBLEU"

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:
        model = settings.sentencepiece
        if model is None:
            raise UsageError(
                "spBLEU needs a sentencepiece model",
                next_step=f"give --sentencepiece FILE, or one of {', '.join(DOWNLOADED)} to download it",
            )
        if model in DOWNLOADED:
            metric = _downloaded(model)
            self.signature = Signature.of_sacrebleu(metric, len(test.references))
            self._prepare(test, lambda text: metric._preprocess_segment(text).split())
            return
        content = _read(Path(model))
        pieces = _processor(content, model)
        digest = hashlib.sha256(content).hexdigest()[:_DIGEST]
        signature = Signature.of_sacrebleu(_bleu("none"), len(test.references))
        self.signature = signature.replace(tok=f"spm-{digest}")
        self._prepare(test, lambda text: pieces(text.rstrip()))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"--sentencepiece {path}: cannot be read ({error.strerror})",
            next_step=f"give a sentencepiece model file, or one of {', '.join(DOWNLOADED)}",
        ) from error


def _processor(content: bytes, name: str):  # type: ignore[no-untyped-def]  # sentencepiece has no types
    from sentencepiece import SentencePieceProcessor

    try:
        processor = SentencePieceProcessor(model_proto=content)
    except (RuntimeError, OSError) as error:
        raise UsageError(f"--sentencepiece {name}: not a sentencepiece model ({error})") from error
    return lambda text: processor.encode(text, out_type=str)


def _downloaded(name: str):  # type: ignore[no-untyped-def]  # sacrebleu has no types
    try:
        return _bleu(name)
    except (OSError, URLError) as error:
        raise RunError(
            f"the sentencepiece model {name} cannot be downloaded: {error}",
            next_step="give --sentencepiece FILE, a model on this machine",
        ) from error


def _bleu(tokenizer: str):  # type: ignore[no-untyped-def]  # sacrebleu has no types
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(tokenize=tokenizer, force=True)
