"""Files here and on the Hub, and whether they are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

# What the Hub itself puts into a repository; it is never removed.
KEPT = frozenset({".gitattributes"})


@dataclass(frozen=True)
class RemoteFile:
    """A file on the Hub: `sha256` of its content where it is stored by LFS, else None; `blob` is its git hash."""

    size: int
    blob: str
    sha256: str | None


@dataclass(frozen=True)
class FileChanges:
    """What of a repository differs from a folder, as paths inside it, sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def local_files(folder: Path) -> dict[str, Path]:
    """The files of a folder that are published, by their path in the repository; hidden ones are left out."""
    return {
        name: path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not is_hidden(name := path.relative_to(folder).as_posix())
    }


def is_hidden(name: str) -> bool:
    """Whether a path inside a folder is one of an editor, a file manager or a version control (`.git/…`)."""
    return any(part.startswith(".") for part in name.split("/"))


def compare(here: Mapping[str, Path], there: Mapping[str, RemoteFile]) -> FileChanges:
    """What has to change for a repository to hold exactly these files."""
    return FileChanges(
        added=_sorted(here.keys() - there.keys()),
        changed=_sorted(name for name in here.keys() & there.keys() if not _same(here[name], there[name])),
        removed=_sorted(there.keys() - here.keys() - KEPT),
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _same(path: Path, remote: RemoteFile) -> bool:
    size = path.stat().st_size
    if size != remote.size:
        return False
    with path.open("rb") as file:
        if remote.sha256:
            return hashlib.file_digest(file, "sha256").hexdigest() == remote.sha256
        # The hash of a git blob covers a header with its size.
        digest = hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest() == remote.blob
