"""manifest.json of a dataset: its files with their hashes, and what made them. No times and no paths of the machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_builder.dataset.about import About
from corpus_builder.errors import RunError
from corpus_builder.files import json_of
from corpus_builder.version import VERSION

if TYPE_CHECKING:
    from corpus_builder.dataset.folder import DatasetFolder

NAME = "manifest.json"


def write_manifest(folder: DatasetFolder, about: About, config: Mapping[str, Any], code: str) -> None:
    """Write manifest.json last of all files; `code` is a hash of the program's sources, `config` that of the run."""
    described = {
        "name": about.name,
        "version": about.version,
        "made_by": {"program": f"corpus-builder {VERSION}", "code": code, "config": config},
        "files": files_of(folder),
    }
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder.path / NAME).write_text(text + "\n", encoding="utf-8")


def said_of(folder: Path) -> dict[str, Any]:
    """What the manifest of a dataset says; nothing where there is none, or none that can be read."""
    try:
        said = json_of((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def files_of(folder: DatasetFolder) -> dict[str, dict[str, Any]]:
    """Every file of a dataset folder but the manifest: its hash, bytes, and rows where it has rows."""
    rows = {part.path: part.rows for part in folder.parts}
    files: dict[str, dict[str, Any]] = {}
    for path in sorted(path for path in folder.path.rglob("*") if path.is_file() and path != folder.path / NAME):
        counted = {"rows": rows[path]} if path in rows else {}
        files[path.relative_to(folder.path).as_posix()] = {
            "sha256": _hash(path),
            "bytes": path.stat().st_size,
            **counted,
        }
    return files


def check_manifest(folder: Path) -> list[str]:
    """What differs between a folder and its manifest, file by file; nothing where all is as it was written.

    Raises RunError where there is no manifest or it is damaged.
    """
    path = folder / NAME
    try:
        files = json_of(path.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} cannot be read: {error}", next_step="export the dataset again") from error
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} - {NAME}
    faults = [f"{name} is missing" for name in sorted(set(files) - there)]
    faults += [f"{name} is not in the manifest" for name in sorted(there - set(files))]
    faults += [
        f"{name} has changed" for name in sorted(there & set(files)) if _hash(folder / name) != files[name]["sha256"]
    ]
    return faults


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
