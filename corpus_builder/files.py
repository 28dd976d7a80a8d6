"""Files that appear whole or not at all, and their hashes."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus_builder.errors import RunError, UsageError

BUILD_AGAIN = "the file is damaged; remove it and run the build again"
FULL = "free some space on the disk, or allow larger files (ulimit -f), then run the same command again"


def shown(path: str | Path) -> str:
    r"""A name of a file, or any other text, in UTF-8: bytes of the name that are not are shown as \xEF.

    Names of files are bytes; Python has those that are not UTF-8 as half characters, which no file of text can hold.

    >>> shown("na\udcefve \ud83d")
    'na\\xefve \\ud83d'
    """
    return _HALF.sub(_code, str(path))


def _code(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"  # PEP 383: a byte, or not


def json_of(text: str | bytes, *, strict: bool = True) -> Any:
    """The value of a JSON text. Raises ValueError, with line and column, also for what is nested too deep.

    What is not `strict` may have control characters in its strings. Halves of characters (\\ud83d alone), which no file
    can hold, become U+FFFD.
    """
    try:
        value = json.loads(text, strict=strict)
        is_odd = _ESCAPED.search(text) if isinstance(text, str) else _ESCAPED_BYTES.search(text)
        return whole_characters(value) if is_odd else value
    except RecursionError as error:
        raise ValueError("its brackets are nested too deep") from error


_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_ESCAPED_BYTES = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")


def whole_characters(value: Any) -> Any:
    """A value of JSON in which halves of characters are U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [whole_characters(each) for each in value]
    if isinstance(value, dict):
        return {whole_characters(key): whole_characters(each) for key, each in value.items()}
    return value


@contextmanager
def reading(path: Path, next_step: str) -> Iterator[None]:
    """Read a file of the program's own in the block. Raises RunError, which names it, where it is damaged or missing.

    Whatever a damaged file makes of the code that reads it: no JSON, no such key, a list where a table should be.
    """
    try:
        yield
    except UnicodeDecodeError as error:
        raise RunError(f"{path} cannot be read: not UTF-8 at byte {error.start:,}", next_step=next_step) from error
    except KeyError as error:
        raise RunError(f"{path} cannot be read: it has no {error}", next_step=next_step) from error
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror or error}", next_step=next_step) from error
    except (ValueError, TypeError, AttributeError, IndexError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise RunError(f"{path} cannot be read: {str(error)[:_SHOWN]}", next_step=next_step) from error


_SHOWN = 200
"""Characters of a reason in a message. Chosen: two lines of a terminal."""


def read_json(path: Path, next_step: str) -> Any:
    """The value in a JSON file of the program's own. Raises RunError, which names it, where it cannot be read."""
    with reading(path, next_step):
        return json_of(path.read_text(encoding="utf-8"))


def require_file(path: Path) -> None:
    """Raise UsageError for a device, pipe or socket, which may never end and cannot be read twice."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise UsageError(
            f"{shown(path)} is no file, but a device or a pipe", next_step="write what comes out of it to a file first"
        )


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
            if is_full(error) or error.filename == str(part):
                raise _failed(path, error) from error
            raise
        with _writing(path):
            with part.open("rb") as handle:
                os.fsync(handle.fileno())
            os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ERRNO = re.compile(r"\[errno (\d{1,4})\]")


def is_full(error: OSError) -> bool:
    """Whether there is no room for a file: on the disk, in somebody's quota, or by a limit of the size of files."""
    said = _ERRNO.search(str(error))  # Arrow has the number in its text alone
    return error.errno in _FULL or bool(said and int(said[1]) in _FULL)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failed(path, error) from error


def _failed(path: Path, error: OSError) -> RunError:
    return RunError(f"cannot write {path}: {error.strerror or error}", next_step=FULL if is_full(error) else "")


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
        try:
            yield new
        except OSError as error:
            if is_full(error):
                raise _failed(place, error) from error
            raise
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
