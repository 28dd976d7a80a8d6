"""Sentence vectors are the same whoever computes them, with an encoder whose vectors depend on the other texts."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus_builder.align import training
from corpus_builder.align.encoder import open as opening
from corpus_builder.align.two import encoder_evidence
from corpus_builder.stages import encoders, learn
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.executor import Workers
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Source
from corpus_builder.workspace.layout import Workspace


class Company:
    """Knows what sentences mean by their numbers; a vector depends on all texts that were encoded with it."""

    def __init__(self) -> None:
        self.asked = Counter[str]()

    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        self.asked.update(texts)
        return np.stack([_noise(m[0] if (m := re.search(r"\d+", t)) else t) for t in texts]) + _noise(*texts) / 4


def _noise(*of: str) -> np.ndarray[Any, Any]:
    seed = int.from_bytes(blake2b("|".join(of).encode(), digest_size=4).digest(), "big")
    return np.random.default_rng(seed).normal(size=24)


class Elsewhere(Workers):
    """A cluster whose workers have no vectors of the command, nor of one another."""

    def map(self, function: Any, tasks: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        for task in reversed(tasks):
            shutil.rmtree(task.task.workspace.embeddings, ignore_errors=True)
            yield task, function(task)


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Company]:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.onnx").write_bytes(b"a model")
    company = Company()
    monkeypatch.setattr(opening, "EXTRAS", {"onnx": ()})
    monkeypatch.setattr(opening, "_onnx", lambda folder: company)
    monkeypatch.setattr(encoder_evidence, "share", lambda *_: 1.0)
    monkeypatch.setattr(training, "GAIN", -1e9)  # it counts, whatever it is worth
    monkeypatch.setattr(learn, "SAMPLE", 7)
    encoders._opened.cache_clear()
    yield company
    encoders._opened.cache_clear()


def aligned(folder: Path, workers: Workers) -> Workspace:
    """Two months of stories, of which half are in the sample; all have a sentence in common."""
    table = folder.parent / "table.jsonl"
    rows = [
        {"id": str(story), "language": language, "date": f"2025-0{1 + story % 2}-02", "text": f"{text}\n{common}"}
        for story in range(14)
        for language, said, common in (("uk", "Київ повідомив про рішення", "Читайте також."),
                                       ("en", "The city published its decision", "Read also."))
        for text in ["\n".join(f"{said} {100 * story + k}." for k in range(8))]
    ]  # fmt: skip
    table.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    config = load_config("sample", align={"encoder": str(folder.parent / "tiny")})
    run = build_run(config, folder, source=Source(articles=table), workers=1)
    build(run, stages_of("extract"))
    build(replace(run, workers=workers), stages_of("align-articles"))
    return run.workspace


def made(workspace: Workspace) -> dict[str, bytes]:
    files = [path for name in ("lexicon", "aligned") for path in (workspace.root / name).iterdir()]
    return {path.relative_to(workspace.root).as_posix(): path.read_bytes() for path in files if path.is_file()}


def test_workers_without_the_vectors_of_others_align_the_same(encoder, tmp_path):
    alone = aligned(tmp_path / "alone", Workers(1))
    assert set(encoder.asked.values()) == {1, 2}, "once for each of two shards"
    assert {text for text, times in encoder.asked.items() if times == 2} == {"Читайте також.", "Read also."}
    of_stories = {int(found[0]) // 100 for text in encoder.asked if (found := re.search(r"\d+", text))}
    assert len(of_stories) == 14
    sample = json.loads((alone.lexicon / encoders.ENCODED).read_text(encoding="utf-8"))
    assert len(sample) == 7
    assert {path.name for path in alone.embeddings.iterdir()} == {"2025-01", "2025-02"}
    assert made(aligned(tmp_path / "spread", Elsewhere(cluster="local:2"))) == made(alone)


def test_no_text_is_encoded_that_no_pair_of_languages_needs(encoder, tmp_path, monkeypatch):
    monkeypatch.setattr(encoder_evidence, "share", lambda *_: 0.0)
    aligned(tmp_path / "alone", Workers(1))
    assert not encoder.asked
