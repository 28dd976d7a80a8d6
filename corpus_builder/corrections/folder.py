"""The folder corrections/ of a workspace: read whole, changed one story at a time."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus_builder.corrections.beads import CorrectedBead, Corrections, corrections_file
from corpus_builder.errors import ConfigError, RunError, UsageError
from corpus_builder.files import json_of, replacing
from corpus_builder.toml import validated

_NEXT = "restore the file from a copy, or remove what is wrong in it; docs/corrections.md describes it"


class Conflict(UsageError):
    """Somebody else changed the same places meanwhile."""


def read_corrections(folder: Path) -> dict[str, Corrections]:
    """All corrections by article id; none where there is no folder.

    Raises ConfigError for a file that is damaged or has another story's name: a build must not go on without it.
    """
    return {each.article_id: each for path in sorted(folder.glob("*.json")) for each in (_read(path),)}


def read_correction(folder: Path, article_id: str) -> Corrections:
    """The corrections of one story; without a bead where nobody corrected it. Raises ConfigError for a damaged file."""
    path = folder / corrections_file(article_id)
    return _read(path) if path.is_file() else Corrections(article_id=article_id)


def change(
    folder: Path, article_id: str, removed: Collection[CorrectedBead], added: Sequence[CorrectedBead]
) -> Corrections:
    """Replace some beads of a story by others, all or none; every other bead stays as it is in the file.

    Raises Conflict where one of `removed` is no longer there, or one of `added` overlaps a bead that stays: another
    window or another person was faster.
    """
    with _locked(folder):
        before = read_correction(folder, article_id)
        kept = [bead for bead in before.beads if bead not in removed]
        if len(kept) + len(set(removed)) != len(before.beads):
            raise conflict(article_id)
        try:
            after = before.with_beads([*kept, *added])
        except ValueError as error:
            raise conflict(article_id) from error
        path = folder / corrections_file(article_id)
        if after.beads:
            _write(path, after)
        else:
            path.unlink(missing_ok=True)
        return after


def forget_corrections(folder: Path, gone: Collection[str]) -> int:
    """Remove the files of stories that were taken down; their number."""
    paths = [path for article_id in gone if (path := folder / corrections_file(article_id)).is_file()]
    for path in paths:
        path.unlink()
    return len(paths)


def conflict(article_id: str) -> Conflict:
    """The error for somebody who shows an older state of a story."""
    return Conflict(
        f"{article_id}: these segments were corrected in another window meanwhile",
        next_step="load the page again; nothing was changed",
    )


def _read(path: Path) -> Corrections:
    try:
        data: Any = json_of(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", next_step=_NEXT) from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path} must have an object with format, article_id and beads", next_step=_NEXT)
    found = validated(Corrections, data, str(path), next_step=_NEXT)
    if path.name != corrections_file(found.article_id):
        raise ConfigError(
            f"{path}, key article_id: the corrections of {found.article_id} belong into "
            f"{corrections_file(found.article_id)}",
            next_step="rename it, or remove it if it is a copy",
        )
    return found


def _write(path: Path, corrections: Corrections) -> None:
    """Write the file, a bead a line, so that differences between versions can be read."""
    data = corrections.model_dump(mode="json")
    beads = ",\n".join("  " + json.dumps(bead, ensure_ascii=False) for bead in data["beads"])
    head = f'{{\n "format": {data["format"]},\n "article_id": {json.dumps(corrections.article_id, ensure_ascii=False)},'
    with replacing(path) as part:
        part.write_text(f'{head}\n "beads": [\n{beads}\n ]\n}}\n', encoding="utf-8")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep others from changing a file between reading and writing it. The lock ends with the process."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise RunError(f"cannot write {folder}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
