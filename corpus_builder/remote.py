"""Files in object stores (s3://, gs://, …), through fsspec: found, read by ranges, and errors that say what to do.

A place is a path or an fsspec URL. `file://` URLs are paths. The stores' own settings apply: AWS_ENDPOINT_URL and
AWS_PROFILE for S3, FSSPEC_S3_ANON=true for public buckets (filesystem-spec.readthedocs.io, "Configuration").
"""

from __future__ import annotations

import errno
import glob
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from corpus_builder.errors import RunError, UsageError
from corpus_builder.install import install_command

BLOCK = 2**20
"""Bytes that a file read from its beginning is fetched by. Chosen: a request takes as long as some 1 MB to arrive."""

_URL = re.compile(r"[a-z][a-z0-9+.-]+:/(?!$)", re.IGNORECASE)
_CREDENTIALS = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for a public bucket FSSPEC_S3_ANON=true; "
    "for a server of your own AWS_ENDPOINT_URL"
)
_NOT_OF_STORES = frozenset({"builtins", "corpus_builder"})


def is_remote(place: str | Path) -> bool:
    """Whether a place is a URL, and not a path or file://. A path that was made of a URL has one slash less."""
    text = str(place)
    return _URL.match(text) is not None and not text.lower().startswith("file:") and not Path(text).exists()


def local_path(place: str | Path) -> Path:
    """The path of a place that is not remote."""
    text = str(place)
    return Path(unquote(urlsplit(text).path)) if text.lower().startswith("file:/") else Path(text)


def as_url(place: str | Path) -> str:
    """The URL of a remote place, without a slash at its end; also of one that was made a path of."""
    return re.sub(r"^([^:/]+):/(?!/)", r"\1://", str(place)).rstrip("/")


def name_of(place: str | Path) -> PurePosixPath:
    """The path in a place, for its name and ending."""
    return PurePosixPath(urlsplit(place).path if isinstance(place, str) and is_remote(place) else str(place))


def filesystem(url: str) -> tuple[Any, str]:
    """The fsspec file system of a URL, and the path there. Raises UsageError for one that cannot be read here."""
    scheme = urlsplit(url).scheme.lower()
    if not urlsplit(url).netloc:
        raise UsageError(f"{url!r} names no bucket", next_step=f"write it as {scheme}://BUCKET/NAME")
    try:
        import fsspec

        fsspec.get_filesystem_class(scheme)
    except (ImportError, ValueError) as error:
        hint = install_command("s3") if scheme in ("s3", "s3a") else "install fsspec's package for it, or give s3://…"
        raise UsageError(f"{url} cannot be used: {error}", next_step=hint) from error
    with store_errors(url):
        return _filesystem(url)


@lru_cache(maxsize=100)  # chosen: more than one run has places; opening one reads the settings of the machine again
def _filesystem(url: str) -> tuple[Any, str]:
    import fsspec

    # Without the cache of listings: other processes write there, too.
    found, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
    return found, path


@contextmanager
def store_errors(url: str) -> Iterator[None]:
    """What goes wrong at a store as an error of the project; FileNotFoundError passes.

    Raises UsageError where credentials or the bucket are wrong, RunError where the store does not answer.
    """
    try:
        yield
    except FileNotFoundError as error:
        if "bucket does not exist" in str(error):
            raise no_bucket(url) from error
        raise
    except PermissionError as error:
        raise UsageError(f"access to {url} is denied: {error}", next_step=_CREDENTIALS) from error
    except Exception as error:  # each store has exceptions of its own
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise  # the disk here
        kind = type(error)
        if kind.__name__ in ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"):
            raise UsageError(f"no credentials for {url}: {error}", next_step=_CREDENTIALS) from error
        if not isinstance(error, OSError) and kind.__module__.partition(".")[0] in _NOT_OF_STORES:
            raise
        raise RunError(
            f"{url} cannot be reached: {str(error) or kind.__name__}",
            next_step="run the same command again later: it carries on where this run stopped",
        ) from error


def require_bucket(store: Any, path: str, url: str) -> None:
    """Raise UsageError where the bucket of a path does not exist: some stores say nothing of that."""
    if not store.exists(path.split("/", 1)[0]):
        raise no_bucket(url)


def no_bucket(url: str) -> UsageError:
    """What to say where there is no bucket."""
    parts = urlsplit(url)
    return UsageError(f"there is no bucket {parts.scheme}://{parts.netloc}", next_step="check its name, or make it")


def is_file(store: Any, path: str) -> bool:
    """Whether there is an object at a path; fsspec's own `isfile` takes any error for a no."""
    try:
        return bool(store.info(path)["type"] == "file")
    except FileNotFoundError:
        return False


def expanded(place: str, wanted: Callable[[str | Path], bool]) -> list[str | Path]:
    """The files that a path, folder, URL or pattern names, in order; of a folder those that are `wanted`.

    Empty where there are none. Raises what `store_errors` does.
    """
    if is_remote(place):
        return [*_expanded_url(place, wanted)]
    path = local_path(place)
    if path.is_dir():
        return sorted(match for match in path.rglob("*") if match.is_file() and wanted(match))
    return [path] if path.exists() else [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]


def _expanded_url(url: str, wanted: Callable[[str | Path], bool]) -> list[str]:
    store, path = filesystem(url)
    with store_errors(url):
        names = _names(store, path)
        if not names:
            require_bucket(store, path, url)
        elif names != [path] and not glob.has_magic(path):
            names = [name for name in names if wanted(_url(url, name))]
    return sorted(_url(url, name) for name in names)


def _names(store: Any, path: str) -> list[str]:
    """The objects that a pattern matches, the one at a path, or those below it."""
    try:
        if glob.has_magic(path):
            return [name for name, info in store.glob(path, detail=True).items() if info["type"] == "file"]
        return [path] if is_file(store, path) else list(store.find(path))
    except FileNotFoundError:
        return []


def _url(like: str, path: str) -> str:
    """The URL of a path of the store of another URL."""
    return f"{urlsplit(like).scheme}://{path.lstrip('/')}"


def open_place(place: str | Path, buffer: int = BLOCK) -> BinaryIO:
    """A file to read from, wherever it is. With a `buffer` of 0 each read fetches the bytes asked for, and no more.

    Raises OSError where it cannot be opened, and what `store_errors` does.
    """
    if not is_remote(place):
        return local_path(place).open("rb")
    raw = _Object(str(place))
    return io.BufferedReader(raw, buffer) if buffer else raw  # type: ignore[return-value]  # both have its methods


class _Object(io.RawIOBase):
    """An object of a store, read by ranges."""

    def __init__(self, url: str) -> None:
        self._url, self._at = url, 0
        self._store, self._path = filesystem(url)
        with store_errors(url):
            self._size = int(self._store.info(self._path)["size"])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        if end <= self._at:
            return 0
        with store_errors(self._url):
            data = self._store.cat_file(self._path, start=self._at, end=end)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
