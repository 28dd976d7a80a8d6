"""Shared by the benchmarks of the aligner: newsroom sites as documents, and scoring by newsroom.py."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_builder.align.aligner import Aligner
from corpus_builder.model import Alignment, BlockKind, Document, Segment
from corpus_builder.text.sentences import sentences

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
LANGUAGES = ("uk", "ru", "en")
PAIRS = (("uk", "ru"), ("uk", "en"), ("ru", "en"))
ROLES = {
    "source": ("Джерело", "Источник", "Source"), "details": ("Деталі", "Детали", "Details"),
    "quote": ("Пряма мова", "Прямая речь", "Quote"), "background": ("Передісторія", "Предыстория", "Background"),
}  # fmt: skip
ROLE_OF = {label: role for role, labels in ROLES.items() for label in labels}


@cache
def newsroom() -> Any:
    """The module newsroom.py, loaded when it is first needed: scripts answer --help without ../shared."""
    spec = importlib.util.spec_from_file_location("newsroom", SHARED / "newsroom/newsroom.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def site(seed: int, *options: str) -> Path:
    """A newsroom site, made once a session."""
    folder = Path(tempfile.gettempdir()) / f"newsroom-{seed}{'-'.join(options)}"
    if not (folder / "gold.jsonl").exists():
        make = [
            sys.executable,
            str(SHARED / "newsroom/newsroom.py"),
            "make",
            "--corpus",
            str(SHARED / "data/ntrex/ntrex.tsv"),
        ]
        subprocess.run([*make, "--out", str(folder), "--seed", str(seed), *options], check=True, capture_output=True)
    return folder


def stories(folder: Path, limit: int | None = None) -> tuple[list[dict[str, Any]], list[Document]]:
    """The site's gold, and its stories as the pipeline would hand them to the aligner."""
    gold = [json.loads(line) for line in (folder / "gold.jsonl").open(encoding="utf-8")][:limit]
    return gold, [document(story) for story in gold]


def document(story: dict[str, Any]) -> Document:
    segments = {}
    for language, paragraphs in story["paragraphs"].items():
        out = [Segment(story["title"][language], 0, BlockKind.TITLE)]
        for number, paragraph in enumerate(paragraphs, 1):
            role = ROLE_OF.get(paragraph["label"])
            text = " ".join(paragraph["texts"])
            out += [Segment(piece, number, BlockKind.PARAGRAPH, role) for piece in sentences(text, language)]
        segments[language] = tuple(out)
    return Document(story["article"], segments)


def whole_pipeline(gold: list[dict[str, Any]], found: Iterable[tuple[Document, Alignment]]) -> dict[str, float]:
    """F1 of paragraphs and sentences by newsroom.py score, by "paragraphs uk-ru" and so on."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        (out / "quotes.jsonl").touch()
        rows: dict[str, list[str]] = {"sentences": [], "paragraphs": []}
        for doc, alignment in found:
            for bead in alignment.beads:
                text = {x: "\n".join(doc.segments[x][i].text for i in bead.segments[x]) or None for x in bead.segments}
                rows["sentences"] += [_row(doc, text)] if len(bead.languages) > 1 else []
            for bead in alignment.blocks:
                text = {
                    x: "\n".join(" ".join(s.text for s in doc.segments[x] if s.block == i) for i in numbers) or None
                    for x, numbers in bead.segments.items()
                }
                rows["paragraphs"] += [_row(doc, text)] if len(bead.languages) > 1 else []
        for config, lines in rows.items():
            (out / f"{config}.jsonl").write_text("".join(lines), encoding="utf-8")
        (out / "gold").write_text("".join(json.dumps(story) + "\n" for story in gold), encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()):
            newsroom().score(types.SimpleNamespace(gold=str(out / "gold"), dataset=name, json=str(out / "report")))
        report = json.loads((out / "report").read_text())
    return {key: value["f1"] for key, value in report.items() if "f1" in value}


def _row(doc: Document, text: dict[str, str | None]) -> str:
    return json.dumps({"article_id": doc.name, "translation": text}) + "\n"


def bead_scores(folder: Path, output: Path) -> dict[str, float]:
    """Strict F1 of each pair by newsroom.py score-beads."""
    with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(io.StringIO()):
        report = Path(name) / "report"
        newsroom().score_beads(types.SimpleNamespace(alignments=str(output), gold=str(folder), json=str(report)))
        return {pair: value["strict"]["f1"] for pair, value in json.loads(report.read_text()).items()}


def aligned(aligner: Aligner, documents: Iterable[Document]) -> list[tuple[Document, Alignment]]:
    """Each document, its sentences split as the pipeline does it, and its alignment."""
    pairs = map(aligner.align_resegmented, documents)
    return [(resegmented.document, alignment) for resegmented, alignment in pairs]


def judged(folder: Path, output: Path) -> list[tuple[float, bool]]:
    """(probability, right) of every two-sided bead in a file of `align`, by the gold files NAME.X-Y.gold."""
    out = []
    gold: dict[tuple[str, str, str], set[tuple[tuple[int, ...], tuple[int, ...]]]] = {}
    for line in output.open(encoding="utf-8"):
        row = json.loads(line)
        languages = [x for x, lines in row["segments"].items() if lines]
        if len(languages) == 2:
            x, y = languages
            key = (row["document"], x, y)
            if key not in gold:
                lines = (folder / f"{row['document']}.{x}-{y}.gold").read_text().splitlines()
                sides = [[tuple(json.loads(side)) for side in line.split(":")[:2]] for line in lines]
                gold[key] = {(left, right) for left, right in sides}
            out.append((row["probability"], (tuple(row["segments"][x]), tuple(row["segments"][y])) in gold[key]))
    return out


def calibration_error(p: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> float:
    """Expected calibration error over ten bins of equal width."""
    bins = np.minimum((p * 10).astype(int), 9)
    sizes = np.bincount(bins, minlength=10)
    gaps = np.abs(np.bincount(bins, p, 10) - np.bincount(bins, right, 10))
    return float(gaps[sizes > 0].sum() / len(p))
