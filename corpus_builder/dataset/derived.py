"""Card and manifest of a folder made from a dataset folder: what the original's say, of the files that are here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.manifest import NAME, files_of, said_of
from corpus_builder.version import VERSION


def write_card(folder: DatasetFolder, original: Path, text: str) -> None:
    """Write README.md: the head of the original's card (name, languages, licence, tags), these configs, and `text`."""
    lines = ["---", *_head(original / "README.md"), "configs:"]
    for config in folder.configs:
        lines += [f'- config_name: "{config}"', "  data_files:"]
        for split in folder.splits(config):
            lines += [f"  - split: {split}", f'    path: "data/{config}/{split}-*.parquet"']
    (folder.path / "README.md").write_text("\n".join([*lines, "---", "", text.strip(), ""]), encoding="utf-8")


def write_manifest(folder: DatasetFolder, original: Path, made: str) -> None:
    """Write manifest.json last of all files: what made the original, what was `made` of it, the files' hashes."""
    said = said_of(original)
    kept: dict[str, Any] = {name: said[name] for name in ("name", "version", "made_by") if name in said}
    described: dict[str, Any] = {**kept, "derived": f"{made} by corpus-builder {VERSION}", "files": files_of(folder)}
    (folder.path / NAME).write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _head(card: Path) -> list[str]:
    """What the YAML of a card has before the parts that are of its own files."""
    lines = card.read_text(encoding="utf-8").splitlines() if card.is_file() else []
    if lines[:1] != ["---"] or "---" not in lines[1:]:
        return []
    head = lines[1 : lines.index("---", 1)]
    ends = [head.index(key) for key in ("configs:", "dataset_info:") if key in head]
    return head[: min(ends, default=len(head))]
