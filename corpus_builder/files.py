"""Files that appear whole or not at all, and their hashes."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from corpus_builder.errors import RunError

FULL = "free some space on the disk, then run the same command again"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name to write `path` under; renamed to `path` when the block ends well, removed otherwise.

    Raises RunError where the file cannot be written. Errors of the block itself pass through unchanged, except a full
    disk.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
        except OSError as error:
            if error.errno in _DISK_FULL or error.filename == str(part):
                raise _failed(path, error) from error
            raise
        with _writing(path):
            with part.open("rb") as handle:
                os.fsync(handle.fileno())
            os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failed(path, error) from error


def _failed(path: Path, error: OSError) -> RunError:
    return RunError(
        f"cannot write {path}: {error.strerror or error}", next_step=FULL if error.errno in _DISK_FULL else ""
    )


@contextmanager
def replacing_folder(place: Path) -> Iterator[Path]:
    """A new empty folder to fill; it replaces the folder `place` when the block ends well, and is removed otherwise.

    A kill between the two renames leaves no folder at `place`; `sweep` (workspace/layout.py) removes what is left over.
    """
    new = place.with_name(f".{place.name}.part")
    shutil.rmtree(new, ignore_errors=True)
    with _writing(place):
        new.mkdir(parents=True)
    try:
        yield new
        with _writing(place):
            swap_folder(new, place)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def swap_folder(new: Path, place: Path) -> None:
    """Put a finished folder in its place. A kill in between leaves none there, and the next run writes it again."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex. A file is read again only if its inode, size or time of change is another."""
    status = path.stat()
    return _hash(path, status.st_ino, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=100_000)  # chosen: more files than a workspace of a hundred years has
def _hash(path: Path, *_: int) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
