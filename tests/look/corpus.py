"""A small workspace for the tests of the workbench: three stories, one of them with texts that try to be HTML."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_builder.dataset.schema import arrow_schema
from corpus_builder.workspace.layout import Workspace

LANGUAGES = ("uk", "ru", "en")
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7 * 7 }}'
QUALITY = {
    "probability": "float64", "complete": "float64", "probability_en_ru": "float64", "probability_en_uk": "float64",
    "probability_ru_uk": "float64", "complete_en_ru": "float64", "complete_en_uk": "float64",
    "complete_ru_uk": "float64", "weakest_pair": "string", "weakest_reason": "string", "names_agree": "float64",
}  # fmt: skip

SENTENCES = [
    # story, position, probability, uk, ru, en
    ("1", 0, 0.97, "Місто відкрило міст", "Город открыл мост", "The city opened a bridge"),
    (
        "1",
        1,
        0.9,
        "Він заявив: «Ми збудували міст»",
        "Он заявил: «Мы построили мост»",
        'He stated: "We built a bridge"',
    ),
    ("1", 2, 0.2, "П'ять днів тому", "Пять дней назад", None),
    ("2", 0, 0.95, HOSTILE, "Обычный текст", HOSTILE),
    ("2", 1, 0.4, "Заявка подана", "Заявление подано", "The request was said to be filed"),
    ("3", 0, 0.99, "Вода в місті", "Вода в городе", "Water in the city"),
]
DATES = {"1": date(2025, 12, 1), "2": date(2025, 12, 3), "3": None}
QUOTES = [
    ("1", {"uk": "Ми збудували міст", "ru": "Мы построили мост", "en": "We built a bridge"},
     {"uk": "Пєсков", "ru": "Песков", "en": "Peskov"}, "direct", []),
    ("2", {"uk": "Заявка подана", "ru": None, "en": "filed"}, {"uk": HOSTILE, "en": "John Brown"}, "partial",
     ["omitted_ru"]),
]  # fmt: skip
DROPS = [
    ("align", "https://x.example/1", "one_sided_sentence", "Зайве речення про воду", "uk", "1"),
    ("crawl", "javascript:alert(1)", "http_404", HOSTILE, "en", "9"),
]


def write(root: Path, more: int = 0) -> Workspace:
    """Write the workspace: its dataset and its drops; with so many more stories of three plain sentences."""
    workspace = Workspace(root)
    plain = [
        (str(100 + story), at, round(0.3 + 0.69 * ((7 * story + 3 * at) % 11) / 10, 4),
         *(f"{x} story {story} sentence {at}" for x in LANGUAGES))
        for story in range(more)
        for at in range(3)
    ]  # fmt: skip
    for level in ("sentences", "paragraphs"):
        _write(workspace, level, QUALITY, [_sentence(*row) for row in (*SENTENCES, *plain)])
    for pair in ("en-uk",) if more else ():
        _write(workspace, f"sentences.{pair}", {"probability": "float64"}, [_pair(pair, *row) for row in plain])
    _write(workspace, "quotes", {"probability": "float64"}, [_quote(*row) for row in QUOTES])
    documents = [
        {**_head(story, 0), "kind": "document", "probability": 0.9, "flags": [],
         "translation": {x: "\n".join(filter(None, (row[3 + i] for row in SENTENCES if row[0] == story)))
                         for i, x in enumerate(LANGUAGES)}}
        for story in DATES
    ]  # fmt: skip
    _write(workspace, "documents", {"probability": "float64"}, documents)
    (workspace.dataset / "manifest.json").write_text(
        json.dumps({"made_by": {"config": {"languages": list(LANGUAGES)}}, "files": {}})
    )
    names = ("stage", "item", "reason", "detail", "language", "article_id")
    workspace.dropped.mkdir()
    for drop in DROPS:
        table = pa.Table.from_pylist([dict(zip(names, drop, strict=True))])
        pq.write_table(table, workspace.dropped / f"{drop[0]}.parquet")
    workspace.manifest.write_text("{}")
    return workspace


def _write(workspace: Workspace, config: str, quality: dict[str, str], rows: list[dict[str, Any]]) -> None:
    folder = workspace.dataset / "data" / config
    folder.mkdir(parents=True)
    languages = config.partition(".")[2].split("-") if "." in config else LANGUAGES
    schema = arrow_schema(config.partition(".")[0], languages, quality)
    # Two splits, so that the order of the files is not that of the dates.
    for split, part in (("train", rows[1:]), ("test", rows[:1])):
        pq.write_table(pa.Table.from_pylist(part, schema=schema), folder / f"{split}-00000-of-00001.parquet")


def _head(story: str, position: int) -> dict[str, Any]:
    return {
        "id": f"{story}-{position}", "article_id": story, "date": DATES.get(story), "section": "news",
        "url": {x: f"https://x.example/{x}/{story}" for x in LANGUAGES}, "position": position,
    }  # fmt: skip


def _sentence(story: str, position: int, probability: float, *texts: str | None) -> dict[str, Any]:
    present = [x for x, text in zip(LANGUAGES, texts, strict=True) if text]
    pairs = {
        f"{name}_{a}_{b}": value
        for name, value in (("probability", probability), ("complete", 0.8))
        for a, b in (("en", "ru"), ("en", "uk"), ("ru", "uk"))
        if a in present and b in present
    }
    return {
        **_head(story, position), "kind": "paragraph", "label": None, "probability": probability, "complete": 0.8,
        "translation": dict(zip(LANGUAGES, texts, strict=True)), "flags": [],
        "quality": {**pairs, "weakest_pair": "en-uk", "names_agree": 0.25 if position == 1 else None,
                    "weakest_reason": "pair: names_agree" if probability < 0.5 else None},
    }  # fmt: skip


def _pair(pair: str, story: str, position: int, probability: float, *texts: str) -> dict[str, Any]:
    row = _sentence(story, position, probability, *texts)
    return {**row, "translation": {x: row["translation"][x] for x in pair.split("-")},
            "quality": {"probability": probability}}  # fmt: skip


def _quote(
    story: str, texts: dict[str, str | None], speaker: dict[str, str], form: str, flags: list[str]
) -> dict[str, Any]:
    said = {x: form for x in LANGUAGES if texts.get(x)}
    return {
        **_head(story, 0), "kind": "paragraph", "probability": 0.9, "translation": texts, "flags": flags,
        "speaker": speaker, "mention": speaker, "cue": {}, "form": said, "paragraph_id": f"{story}-1",
    }  # fmt: skip
