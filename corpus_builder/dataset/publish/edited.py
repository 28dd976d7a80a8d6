"""What other people changed on the Hub since the last publish, told by the manifest.json that was published then."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from pathlib import Path

from corpus_builder.dataset.manifest import NAME as MANIFEST
from corpus_builder.dataset.publish.files import KEPT, FileChanges
from corpus_builder.dataset.publish.hub import Hub, Remote
from corpus_builder.errors import UsageError
from corpus_builder.files import json_of

LINES = 60
"""Lines of a file's difference that are shown. Chosen: a screen."""


def refuse_edited(files: Mapping[str, Path], hub: Hub, remote: Remote, difference: FileChanges) -> None:
    """Raise UsageError, with the differences, where publishing would undo a change that was made on the Hub.

    Where there is no manifest.json on the Hub nothing can be told.
    """
    if MANIFEST not in remote.files:
        return
    try:
        published = json_of(hub.content(MANIFEST, str(remote.head)))["files"]
    except (ValueError, KeyError, TypeError):
        return  # somebody else's file of that name
    lines = []
    for name in (*difference.changed, *difference.removed):
        if name in KEPT or name == MANIFEST:
            continue
        there = remote.files[name]
        if name not in published:
            lines.append(f"  {name}: added on the Hub")
            continue
        content = None if there.sha256 else hub.content(name, str(remote.head))
        digest = there.sha256 or hashlib.sha256(content or b"").hexdigest()
        if digest != published[name]["sha256"]:
            lines.append(f"  {name}: changed on the Hub")
            if content is not None and name in files:
                lines += [f"    {line}" for line in _difference(name, content, files[name])]
    if lines:
        listed = "\n".join(lines)
        raise UsageError(
            f"publishing would undo what was changed on {hub.repo} since the last publish:\n{listed}",
            next_step="take it over (into the run config, or the file that [dataset] about names) and export again; or "
            "leave the Hub's file with --exclude NAME; or replace it with --overwrite. Nothing was sent",
        )


def _difference(name: str, there: bytes, here: Path) -> list[str]:
    try:
        old, new = there.decode("utf-8"), here.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    lines = list(
        difflib.unified_diff(
            new.splitlines(), old.splitlines(), f"{name}, here", f"{name}, on the Hub", n=1, lineterm=""
        )
    )
    return lines[:LINES] + ([f"… {len(lines) - LINES} more lines"] if len(lines) > LINES else [])
