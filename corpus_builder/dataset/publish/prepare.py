"""The files of a folder as they are published: with the name of the repository in the card and in croissant.json.

The export does not know where a dataset will be; its texts have a placeholder. The prepared files are copies, the
folder stays as it is, and manifest.json has their hashes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from corpus_builder.dataset.about import HUB, REPOSITORY
from corpus_builder.dataset.manifest import NAME as MANIFEST
from corpus_builder.dataset.publish.checks import Published
from corpus_builder.errors import UsageError
from corpus_builder.files import json_of, read_json
from corpus_builder.parquet import EXPORT_AGAIN

CROISSANT = "croissant.json"


def chosen(source: Published, include: Sequence[str], exclude: Sequence[str]) -> Published:
    """Only the files that match a pattern of `include` (none: all) and none of `exclude`."""
    from huggingface_hub.utils import filter_repo_objects  # type: ignore[attr-defined]

    names = set(filter_repo_objects(source.files, allow_patterns=list(include) or None, ignore_patterns=list(exclude)))
    if not names:
        raise UsageError("no file is left after --include and --exclude", next_step="give patterns such as 'data/*'")
    return replace(source, files={name: path for name, path in source.files.items() if name in names})


def prepared(source: Published, repo: str, endpoint: str, revision: str, scratch: Path) -> Published:
    """The folder with copies in `scratch` of what the name of the repository changes."""
    address = f"{endpoint}/datasets/{repo}"
    changed: dict[str, Path] = {}
    for name, path in source.files.items():
        if not name.endswith(".md") and name != CROISSANT:
            continue
        text = path.read_text(encoding="utf-8")
        new = _at(text, address, revision) if name == CROISSANT else text
        new = new.replace(HUB, address).replace(REPOSITORY, repo)
        if new != text:
            changed[name] = _write(scratch / name, new)
    if changed and MANIFEST in source.files:
        manifest = read_json(source.files[MANIFEST], EXPORT_AGAIN)
        for name, path in changed.items():
            if name in manifest["files"]:
                content = path.read_bytes()
                manifest["files"][name] |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        changed[MANIFEST] = _write(scratch / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    return replace(source, files={**source.files, **changed}, card=_card(changed, source))


def _card(changed: dict[str, Path], source: Published) -> str:
    return changed["README.md"].read_text(encoding="utf-8") if "README.md" in changed else source.card


def _at(text: str, address: str, revision: str) -> str:
    """croissant.json with the address of each file that lies beside it."""
    described: dict[str, Any] = json_of(text)
    for each in described.get("distribution", []):
        if each.get("@type") == "cr:FileObject" and "://" not in each.get("contentUrl", "://"):
            each["contentUrl"] = f"{address}/resolve/{revision}/{each['contentUrl']}"
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
