"""No held-out text stands in train, whatever the config; and no repeated text ends a build."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import STAGES
from corpus_builder.stages.stage import Run, Source

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "dataset" / "leakage.py"
WORDS = {
    "en": ("bridge", "council", "river", "market", "winter", "school", "harbour", "engine", "garden", "police",
           "letter", "summer", "factory", "doctor"),
    "uk": ("міст", "рада", "річка", "ринок", "зима", "школа", "гавань", "двигун", "сад", "поліція", "лист", "літо",
           "завод", "лікар"),
}  # fmt: skip
NOTICE = {"en": "The office is closed on Friday.", "uk": "У п'ятницю офіс зачинено."}


def speech(number: int, language: str) -> str:
    """A speech of six paragraphs that no other has."""
    words = WORDS[language]
    sentences = [
        f"{words[(number + i) % 14].capitalize()} {words[(number * 3 + i * 5) % 14]} {number * 100 + i} "
        f"{words[(number * 7 + i * 3) % 14]} {words[(number * 11 + i) % 14]} {number + i * 17}."
        for i in range(12)
    ]
    return "\n\n".join(" ".join(sentences[i : i + 2]) for i in range(0, 12, 2))


def run_of(folder: Path, stories: dict[str, dict[str, str]]) -> Run:
    folder.mkdir()
    table = folder / "articles.jsonl"
    with table.open("w", encoding="utf-8") as out:
        for number, (story, texts) in enumerate(stories.items()):
            for language, text in texts.items():
                day = f"2025-{1 + number // 28:02d}-{1 + number % 28:02d}"
                out.write(
                    json.dumps({"id": story, "language": language, "date": day, "text": text}, ensure_ascii=False)
                    + "\n"
                )
    config = load_config("sample", languages=["uk", "en"])
    run = build_run(config, folder / "w", source=Source(articles=table), workers=1)
    build(run)
    return run


def speeches(count: int) -> dict[str, dict[str, str]]:
    return {str(number): {x: speech(number, x) for x in WORDS} for number in range(count)}


def test_a_notice_repeated_six_times_is_in_one_split_and_ends_no_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = speeches(40)
    with_notices: dict[str, dict[str, str]] = {}
    for number, (story, texts) in enumerate(stories.items()):
        with_notices[story] = texts
        if number % 7 == 6 or number == 39:
            with_notices[f"9{number:02d}"] = NOTICE
    run = run_of(tmp_path / "a", with_notices)
    splits = json.loads(run.workspace.splits.read_text(encoding="utf-8"))
    assert len({split for story, split in splits.items() if len(story) == 3}) == 1
    folder = DatasetFolder(run.workspace.dataset)
    assert folder.splits("documents")["test"] >= 4
    assert [path.name for path in run.workspace.root.iterdir() if path.name.startswith(".")] == [".lock"]

    # The same rows in more files, where a file has fewer: pieces of shards lie across their ends.
    before = {config: list(folder.rows(config)) for config in folder.configs}
    monkeypatch.setattr("corpus_builder.stages.export.FILE_ROWS", 7)
    run.manifest.stages.pop("export")
    build(run, [stage for stage in STAGES if stage.name == "export"])
    folder = DatasetFolder(run.workspace.dataset)
    assert {config: list(folder.rows(config)) for config in folder.configs} == before
    parts = [part for part in folder.parts if part.config == "sentences" and part.split == "train"]
    assert len(parts) > 3
    assert {part.rows for part in parts[:-1]} == {7}


@pytest.mark.parametrize("place", ["sentence", "paragraph", "story"])
def test_a_repeated_text_is_in_no_held_out_row(tmp_path: Path, place: str) -> None:
    stock = {
        "en": "The full text of this speech was published by the press office of the city council.",
        "uk": "Повний текст цієї промови оприлюднила пресслужба міської ради минулого тижня.",
    }
    stories = speeches(30)
    for number, texts in enumerate(stories.values()):
        for language in texts:
            if place == "sentence":
                texts[language] += " " + stock[language]
            elif place == "paragraph" or number % 3:
                texts[language] += "\n\n" + stock[language]
    if place == "story":
        stories["999"] = stock
    run = run_of(tmp_path / "a", stories)
    folder = DatasetFolder(run.workspace.dataset)
    for config in ("sentences", "paragraphs", "sentences.en-uk"):
        held = [row for split, row in folder.rows(config) if split != "train"]
        assert held
        assert not [row for row in held if row["translation"]["en"] == stock["en"]]
    flags = [row["flags"] for split, row in folder.rows("documents") if split == "train"]
    assert any("held_out_text" in own for own in flags)
    reasons = pq.read_table(run.workspace.dropped / "export.parquet")["reason"].to_pylist()
    assert "in_train_documents" in reasons
    found = subprocess.run([sys.executable, str(SCRIPT), str(run.workspace.dataset)], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
