"""Putting the texts back into a stand-off dataset, from the user's copy of the pages.

A block is identified by its hash, so that a block that moved on its page is still found. A row is restored only if each
of its sides has exactly the original text.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from corpus_builder.dataset.derived import write_card, write_manifest
from corpus_builder.dataset.exporters.standoff import original_schema
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.places import HASH, text_hash
from corpus_builder.dataset.quote_places import WORDS, joined
from corpus_builder.dataset.write import ROWS
from corpus_builder.errors import RunError
from corpus_builder.parquet import read_rows, write_rows

REPORT = "rehydrated.json"
# (article id, language) -> the texts of an edition, listed as by `places.texts_of`; None where the copy lacks it.
Texts = Callable[[str, str], Sequence[str] | None]


@dataclass
class Rehydration:
    """The outcome: restored rows by config, lost rows by reason, and editions by state (same, changed, missing).

    `changed` names each edition that is no longer the same: its URL, language and how many of its blocks are gone.
    """

    rows: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    editions: Counter[str] = field(default_factory=Counter)
    changed: list[dict[str, Any]] = field(default_factory=list)


def rehydrate(folder: DatasetFolder, texts: Texts, out: Path) -> Rehydration:
    """Write the dataset with its texts to a folder. Raises RunError where `folder` is not a stand-off dataset."""
    path = folder.path / "editions.parquet"
    if not path.is_file():
        raise RunError(
            f"{folder.path} is not a stand-off dataset: there is no editions.parquet in it",
            next_step="make one with: corpus-builder convert DATASET --to standoff -o FOLDER",
        )
    result, pages = Rehydration(), _Pages(path, texts)
    pages.report(result)
    for part in folder.parts:
        schema = original_schema(folder.schema(part.config))
        place = out / part.path.relative_to(folder.path)
        rebuilt = (row for _, row in folder.rows(part.config, part.split) if pages.restore(row, result.lost))
        result.rows[part.config] += write_rows(place, schema, rebuilt, ROWS)
    return result


class _Pages:
    """The user's pages, compared with the hashes of those that the dataset was made from."""

    def __init__(self, editions: Path, texts: Texts) -> None:
        self._path = editions
        self._texts = texts
        self._story = ""
        self._blocks: dict[str, Mapping[int, str] | None] = {}
        # 16 bytes per block, one string per edition: this stays in memory for the whole dataset.
        self._hashes = {
            (row["article_id"], row["language"]): bytes.fromhex("".join(row["blocks"])) for row in read_rows(editions)
        }

    def report(self, result: Rehydration) -> None:
        """Count the states of the editions."""
        for row in read_rows(self._path):
            texts = self._texts(row["article_id"], row["language"])
            if texts is None:
                result.editions["missing"] += 1
                continue
            now = [text_hash(text) for text in texts]
            gone = sum((Counter(row["blocks"]) - Counter(now)).values())
            result.editions["same" if now == row["blocks"] else "changed"] += 1
            if now != row["blocks"]:
                new = sum((Counter(now) - Counter(row["blocks"])).values())
                result.changed.append(
                    {"url": row["url"], "language": row["language"], "blocks_gone": gone, "blocks_new": new}
                )

    def restore(self, row: dict[str, Any], lost: Counter[str]) -> bool:
        """Put `translation` into a row; where that is impossible, count the reason and return False."""
        spans, words, hashes = row.pop("spans"), row.pop("words", None), row.pop("hashes")
        if row["article_id"] != self._story:
            self._story, self._blocks = row["article_id"], {}
        for place in (*spans, *(words or ())):
            blocks = self._blocks_of(place["language"])
            if blocks is None or place["block"] not in blocks:
                lost["page_missing" if blocks is None else "text_changed"] += 1
                return False
            place["text"] = blocks[place["block"]][place["start"] : place["end"]]
        sides = _sides(spans)
        row["translation"] = {language: sides.get(language) for language in hashes}
        if words is not None:
            row |= {column: dict.fromkeys(hashes) for column in WORDS}
            for word in words:
                row[word["column"]][word["language"]] = word["text"]
        if any(digest and text_hash(row["translation"][side] or "") != digest for side, digest in hashes.items()):
            lost["text_changed"] += 1
            return False
        return True

    def _blocks_of(self, language: str) -> Mapping[int, str] | None:
        """The blocks that still exist, by their original number."""
        if language not in self._blocks:
            texts = self._texts(self._story, language)
            if texts is not None:
                now = {text_hash(text): text for text in texts}
                digits = self._hashes.get((self._story, language), b"").hex()
                digests = (digits[at : at + HASH] for at in range(0, len(digits), HASH))
                self._blocks[language] = {number: now[key] for number, key in enumerate(digests) if key in now}
            else:
                self._blocks[language] = None
        return self._blocks[language]


def _sides(spans: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The text of each side: one line per span, or per piece where spans are stretches of quotations."""
    sides: dict[str, list[str]] = {}
    for (language, piece), group in groupby(spans, key=lambda span: (span["language"], span.get("piece"))):
        texts = (str(span["text"]) for span in group)
        sides.setdefault(language, []).extend(texts if piece is None else [joined(texts)])
    return {language: "\n".join(lines) for language, lines in sides.items()}


def finish(standoff: Path, out: Path, result: Rehydration) -> None:
    """Write the report, the card and the manifest of a restored dataset."""
    write_report(result, out / REPORT)
    folder, rows = DatasetFolder(out), sum(result.rows.values())
    lost = sum(result.lost.values())
    lines = [f"| `{config}` | {count:,} |" for config, count in result.rows.items()]
    reasons = "".join(f"\n- {reason}: {count:,}" for reason, count in sorted(result.lost.items()))
    states = ", ".join(f"{state} {count:,}" for state, count in sorted(result.editions.items()))
    text = _TEXT.format(rows=rows, lost=lost, table="\n".join(lines), reasons=reasons, states=states)
    write_card(folder, standoff, text)
    if (leakage := standoff / "leakage.json").is_file():
        shutil.copyfile(leakage, out / leakage.name)
    write_manifest(folder, standoff, "texts put back")


_TEXT = """
# Dataset with its texts

The texts of this dataset were put back into a stand-off dataset from a copy of the pages: {rows:,} rows have their
texts, exactly as they were; {lost:,} rows could not be restored and are left out.{reasons}

| config | rows |
|---|---:|
{table}

Editions of articles, compared with the pages that the dataset was made from: {states}. `rehydrated.json` lists every
page that has changed. The texts belong to their publisher; the terms of the stand-off dataset are no licence for them.

```python
from datasets import load_dataset
load_dataset("THIS-FOLDER", "sentences", split="train")
```
"""


def write_report(result: Rehydration, path: Path) -> None:
    """Write the outcome as JSON."""
    report = {
        "rows": dict(result.rows),
        "lost": dict(result.lost),
        "editions": dict(result.editions),
        "changed": result.changed,
    }
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
