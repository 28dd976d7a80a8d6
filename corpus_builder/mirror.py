"""A folder of an object store and its working copy on this machine.

Everything that reads or writes works on the copy; `pull` and `push` carry over what has changed since they last met. So
the code that works on files has no second way for stores, SQLite and memory-mapped files included. A file is fetched
under a temporary name and renamed, and an object of a store appears whole: both are always whole.

What the two have in common is in a file beside the copy: of each file the token by which the store tells its
contents (an ETag), and size and time of change of the copy.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from corpus_builder.errors import RunError, UsageError
from corpus_builder.files import file_hash, json_of, replacing
from corpus_builder.remote import filesystem, is_file, require_bucket, store_errors

logger = logging.getLogger(__name__)

SCRATCH = "CORPUS_BUILDER_SCRATCH"
"""The environment variable with the folder of working copies."""

_TRANSFERS = 16
"""Files on their way at a time. Chosen: requests wait for some 20 ms each; processors have nothing to do meanwhile."""

_ALWAYS_LOCAL = re.compile(r"(?:^|/)\.(?!shards/)|-(?:wal|shm|journal)$")
"""What never leaves this machine: hidden files (locks, half-written ones, scratch) but for those of dropped/.shards/,
and SQLite's files of an open database."""

_NOTED = 5.0
"""Seconds after which a note of what is stored is on disk. Chosen: what a kill loses of it is fetched again."""

_MADE = re.compile(
    r"(?:articles|editions|lexicon|embeddings|aligned|quotes|quality|scores|export|dropped|dataset|report)/|"
    r"crawl/captures\."
)
"""Files that a build makes, and may remove. No other is ever removed from a store."""

Item = TypeVar("Item")


class Met(NamedTuple):
    """A file when store and copy were the same."""

    token: str
    size: int
    changed: int


def everything(_: str) -> bool:
    """Wants every file."""
    return True


def scratch_folder(url: str) -> Path:
    """The working copy of a URL on this machine: below $CORPUS_BUILDER_SCRATCH, else the user's cache folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    base = Path(os.environ.get(SCRATCH) or cache / "corpus-builder" / "scratch")
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", url.partition("://")[2]).strip("-")[-80:]
    return base.absolute() / f"{readable}-{zlib.crc32(url.encode()):08x}"


class Mirror:
    """The folder at `url` and its working copy `folder`. Names are relative to both, with slashes."""

    def __init__(self, url: str, folder: Path | None = None) -> None:
        self.url = url.rstrip("/")
        self.folder = folder or scratch_folder(self.url)
        self._store, self._base = filesystem(self.url)
        self._state = self.folder.with_name(f".{self.folder.name}.store.json")
        self._known: dict[str, Met] | None = None
        self._saved = 0.0

    def listing(self) -> dict[str, tuple[str, int]]:
        """The token and size of every file of the store. Raises what `store_errors` does."""
        with store_errors(self.url):
            try:
                found = self._store.find(self._base, detail=True)
            except FileNotFoundError:
                found = {}
            if not found:
                require_bucket(self._store, self._base, self.url)
        return {
            name: (_token(info), int(info["size"] or 0))
            for path, info in sorted(found.items())
            if (name := path[len(self._base) :].strip("/")) and not _ALWAYS_LOCAL.search(name)
        }

    def pull(self, wanted: Callable[[str], bool] = everything) -> list[str]:
        """Fetch what has changed in the store, and remove what has gone there; the names of the files.

        A file that has changed here and not there is kept. Raises UsageError where a file of the crawl has changed in
        both places, RunError where the store cannot be read.
        """
        there, met = self.listing(), self._met()
        changed = [
            name
            for name, (token, _) in there.items()
            if wanted(name) and (name not in met or met[name].token != token or self._lost(name))
        ]
        for name in changed:
            if name.startswith("crawl/"):
                self._check_unchanged(name, there[name][1], met.get(name))
        gone = [name for name in met if name not in there and wanted(name) and self._is_as_met(name, met[name])]
        self._at_a_time(lambda name: self._get(name, there[name][1]), changed)
        for name in changed:
            met[name] = self._meet(name, there[name][0])
        for name in gone:
            (self.folder / name).unlink(missing_ok=True)
            del met[name]
        if changed or gone or not self._state.is_file():
            self._save(met)
        return changed + gone

    def push(self, wanted: Callable[[str], bool] = everything) -> list[str]:
        """Store what has changed here, then remove there what has gone here; the names of the files."""
        met = self._met()
        here = {name: path for path in _files(self.folder) if wanted(name := path.relative_to(self.folder).as_posix())}
        changed = [name for name in here if name not in met or not self._is_as_met(name, met[name])]
        gone = [name for name in met if name not in here and wanted(name) and _is_made(name)]
        if changed or gone:
            # A manifest speaks of the other files, and the card of a dataset's: they come last.
            first = [name for name in changed if not _speaks_of_others(name)]
            for names in (first, [name for name in changed if _speaks_of_others(name)]):
                for name, token in zip(names, self.publish(names), strict=True):
                    met[name] = self._meet(name, token)
            self.remove(gone)
            for name in gone:
                met.pop(name, None)
            self._save(met)
        return changed + gone

    def publish(self, names: Iterable[str]) -> list[str]:
        """Store some files of the copy, each at once; their tokens."""
        return self._at_a_time(self._put, names)

    def remove(self, names: Collection[str]) -> None:
        """Remove files from the store."""
        if names:
            with store_errors(self.url):
                self._at_a_time(self._delete, names)

    def fetch(self, hashes: Mapping[str, str]) -> None:
        """Fetch those files that are not here with the contents of these SHA-256 hashes, and check them."""

        def lacks(name: str) -> bool:
            path = self.folder / name
            return not path.is_file() or file_hash(path) != hashes[name]

        def get(name: str) -> None:
            self._get(name)
            if lacks(name):
                raise RunError(
                    f"{self.url}/{name} has changed since this run began",
                    next_step="let one run at a time use the workspace, then run the same command again",
                )

        self._at_a_time(get, [name for name in hashes if lacks(name)])

    def note(self, tokens: Mapping[str, str]) -> None:
        """Take note that files here are those of the store with these tokens."""
        if tokens:
            met = self._met()
            met.update({name: self._meet(name, token) for name, token in tokens.items()})
            if time.monotonic() - self._saved > _NOTED:
                self._save(met)

    def read(self, name: str) -> bytes | None:
        """A small file of the store; None where there is none."""
        with store_errors(self.url):
            try:
                return bytes(self._store.cat_file(f"{self._base}/{name}"))
            except FileNotFoundError as error:
                if "bucket does not exist" in str(error):
                    raise
                return None

    def write(self, name: str, data: bytes, *, new: bool = False) -> bool:
        """Write a small file of the store; with `new` only where there is none, else False."""
        with store_errors(self.url):
            try:
                self._store.pipe_file(f"{self._base}/{name}", data, mode="create" if new else "overwrite")
            except FileExistsError:
                return False
        return True

    def _at_a_time(self, function: Callable[[str], Item], names: Iterable[str]) -> list[Item]:
        with ThreadPoolExecutor(_TRANSFERS) as pool:
            return list(pool.map(function, names))

    def _get(self, name: str, size: int | None = None) -> None:
        with replacing(self.folder / name) as part, store_errors(f"{self.url}/{name}"):
            try:
                self._store.get_file(f"{self._base}/{name}", str(part))
            except FileNotFoundError as error:
                raise RunError(
                    f"{self.url}/{name} is missing", next_step="run the build again: what is missing is made again"
                ) from error
            if size is not None and part.stat().st_size != size:
                raise RunError(f"{self.url}/{name} came cut short", next_step="run the same command again")

    def _put(self, name: str) -> str:
        path = f"{self._base}/{name}"
        with store_errors(f"{self.url}/{name}"):
            self._store.put_file(str(self.folder / name), path)
            return _token(self._store.info(path))

    def _delete(self, name: str) -> None:
        try:
            self._store.rm_file(f"{self._base}/{name}")
        except FileNotFoundError:
            return

    def _meet(self, name: str, token: str) -> Met:
        status = (self.folder / name).stat()
        return Met(token, status.st_size, status.st_mtime_ns)

    def _is_as_met(self, name: str, met: Met) -> bool:
        try:
            return self._meet(name, met.token) == met
        except FileNotFoundError:
            return False

    def _check_unchanged(self, name: str, size: int, met: Met | None) -> None:
        """Raise UsageError where a file here would be lost; one that the store may have from here has its size."""
        path = self.folder / name
        if path.is_file() and not (self._is_as_met(name, met) if met else path.stat().st_size == size):
            raise UsageError(
                f"{self.url}/{name} and its working copy in {self.folder} have both changed: two machines have crawled",
                next_step=f"remove {self.folder} to go on with what the store has; its own pages are lost then",
            )

    def _lost(self, name: str) -> bool:
        """Whether a file that store and copy had in common has to be fetched again: where this program did not remove
        it."""
        return not (self.folder / name).is_file() and not _is_made(name)

    def _met(self) -> dict[str, Met]:
        if self._known is None:
            self._known = self._read_state()
        return self._known

    def _read_state(self) -> dict[str, Met]:
        if not self.folder.is_dir():  # someone made room
            return {}
        try:
            return {name: Met(*values) for name, values in json_of(self._state.read_text(encoding="utf-8")).items()}
        except (FileNotFoundError, ValueError, TypeError, AttributeError):  # all is compared again
            return {}

    def _save(self, met: Mapping[str, Met]) -> None:
        with replacing(self._state) as part:
            part.write_text(json.dumps(met, ensure_ascii=False, indent=0, sort_keys=True), encoding="utf-8")
        self._saved = time.monotonic()


def _token(info: Mapping[str, Any]) -> str:
    """What tells the contents of an object: its ETag, or what a store has instead, and its size."""
    keys = ("ETag", "etag", "md5Hash", "generation", "mtime", "LastModified", "last_modified", "created")
    known = next((info[key] for key in keys if info.get(key)), "")
    if isinstance(known, datetime):  # some stores list a number of seconds in its place
        known = known.timestamp()
    return f"{known} {info.get('size')}"


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _ALWAYS_LOCAL.search(path.relative_to(folder).as_posix())
    ]


def _is_made(name: str) -> bool:
    return _MADE.match(name) is not None


def _speaks_of_others(name: str) -> bool:
    return name.rpartition("/")[2] in ("manifest.json", "README.md", "croissant.json")


def copied(url: str) -> Path:
    """A copy of a file or folder of a store on this machine, fetched where it has changed; UsageError for none."""
    store, path = filesystem(url)
    with store_errors(url):
        single = is_file(store, path)
    if single:
        parent, _, name = url.rstrip("/").rpartition("/")
        folder = scratch_folder(url)
        _Single(parent, folder, name).pull()
        return folder / name
    mirror = Mirror(url)
    mirror.pull()
    if not any(path.is_file() for path in mirror.folder.rglob("*")):
        raise UsageError(f"not found: {url}", next_step="check the address; `aws s3 ls` lists a bucket")
    return mirror.folder


class _Single(Mirror):
    """One file of a folder."""

    def __init__(self, url: str, folder: Path, name: str) -> None:
        super().__init__(url, folder)
        self._name = name

    def listing(self) -> dict[str, tuple[str, int]]:
        with store_errors(self.url):
            info = self._store.info(f"{self._base}/{self._name}")
        return {self._name: (_token(info), int(info["size"] or 0))}
