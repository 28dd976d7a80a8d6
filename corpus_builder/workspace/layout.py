"""The workspace: the folder that a build works in, and its parts.

Files are written under a temporary name, flushed and renamed (corpus_builder/files.py), so every file is whole.

A workspace may be at the URL of an object store. Then `root` is its working copy on this machine, which all code works
on; what has changed is carried over by `pull` and `push` (corpus_builder/mirror.py). A Workspace that is sent to
another machine is there the same URL with that machine's working copy.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus_builder.errors import CorpusBuilderError, UsageError
from corpus_builder.mirror import Mirror, scratch_folder
from corpus_builder.remote import as_url, filesystem, is_remote, local_path
from corpus_builder.workspace.store_lock import store_locked

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workspace:
    """A build's folder; docs/build.md lists its contents. `url` is where it is, if that is not this machine."""

    root: Path
    url: str = ""

    @classmethod
    def at(cls, place: str | Path) -> Workspace:
        """The workspace at a path or a URL. Raises UsageError for a store that cannot be used."""
        if not is_remote(place):
            return cls(local_path(place).absolute())
        url = as_url(place)
        filesystem(url)
        return cls(scratch_folder(url), url)

    @classmethod
    def opened(cls, place: str | Path) -> Workspace:
        """The same, its working copy up to date but for the pages of the crawl."""
        workspace = cls.at(place)
        workspace.pull()
        return workspace

    def __reduce__(self) -> tuple[object, tuple[str | Path]]:
        return Workspace.at, (self.url or self.root,)

    def __str__(self) -> str:
        """Where it is, for messages."""
        return self.url or str(self.root)

    @property
    def mirror(self) -> Mirror | None:
        """The store and the working copy; None for a folder of this machine."""
        return _mirror(self.url, self.root) if self.url else None

    def pull(self, *, pages: bool = False) -> list[str]:
        """Bring the working copy up to date, with the WARC files of the crawl or without; the names that changed."""
        return self.mirror.pull(lambda name: _is_copied(name, pages)) if self.mirror else []

    def push(self) -> None:
        """Store what has changed, the manifest last; logs when the run has ended."""
        if self.mirror:
            self.mirror.push(lambda name: not name.startswith(("logs/", "look/")))

    @property
    def crawl(self) -> Path:
        """WARC files and the state of the crawl."""
        return self.root / "crawl"

    @property
    def archive(self) -> Path:
        """WARC files with records from archives on the net, and the state of fetching them."""
        return self.crawl / "archive"

    @property
    def captures(self) -> Path:
        """Where the page of each article URL is, whatever the source was."""
        return self.crawl / "captures.parquet"

    @property
    def captures_aside(self) -> Path:
        """The list of captures while it is not valid: its pages belong to the workspace, their places may not hold."""
        return self.crawl / "captures.aside.parquet"

    @property
    def captures_parts(self) -> Path:
        """What each WARC file has of the list of captures, while it is being made."""
        return self.crawl / "captures.parts"

    @property
    def articles(self) -> Path:
        """Editions with their blocks, a Parquet file per shard."""
        return self.root / "articles"

    @property
    def editions(self) -> Path:
        """Editions of a site whose stories are linked after extraction, by page; a Parquet file per shard."""
        return self.root / "editions"

    @property
    def lexicon(self) -> Path:
        """The aligner's model, learned from the corpus."""
        return self.root / "lexicon"

    @property
    def embeddings(self) -> Path:
        """The embeddings of a sentence encoder, an SQLite file per model."""
        return self.root / "embeddings"

    @property
    def aligned(self) -> Path:
        """Beads, a Parquet file per shard."""
        return self.root / "aligned"

    @property
    def quality(self) -> Path:
        """Corpus statistics for the scores, and near-duplicates."""
        return self.root / "quality"

    @property
    def scores(self) -> Path:
        """The scores of rows, a Parquet file per shard."""
        return self.root / "scores"

    @property
    def quotes(self) -> Path:
        """Quotations with their sides, a Parquet file per shard."""
        return self.root / "quotes"

    @property
    def export(self) -> Path:
        """What the dataset is made from: splits, held-out texts, rows; export_parts.py has its files."""
        return self.root / "export"

    @property
    def dropped(self) -> Path:
        """Everything that was dropped, with its reason, a Parquet file per stage."""
        return self.root / "dropped"

    @property
    def dataset(self) -> Path:
        """The dataset that is published."""
        return self.root / "dataset"

    @property
    def audit(self) -> Path:
        """Audits, a folder each: what people said of rows. No build removes it."""
        return self.root / "audit"

    @property
    def corrections(self) -> Path:
        """What people corrected in the alignment, a file per story. No build removes it."""
        return self.root / "corrections"

    @property
    def splits(self) -> Path:
        """The split of each story, over all builds."""
        return self.root / "splits.json"

    @property
    def tombstones(self) -> Path:
        """Stories that were taken down; no build brings them back."""
        return self.root / "tombstones.json"

    @property
    def people(self) -> Path:
        """Names that a person said belong to one speaker."""
        return self.root / "people.toml"

    @property
    def report(self) -> Path:
        """The first page of the report."""
        return self.root / "report" / "index.html"

    @property
    def config(self) -> Path:
        """The run config of the last build."""
        return self.root / "config.json"

    @property
    def logs(self) -> Path:
        """The logs, a file per run."""
        return self.root / "logs"

    @property
    def manifest(self) -> Path:
        """Which task ran, on which inputs, with which outputs."""
        return self.root / "manifest.json"

    def shards(self) -> dict[str, Path]:
        """The files of articles/ by shard name."""
        return {path.stem: path for path in sorted(self.articles.glob("*.parquet"))}

    def relative(self, path: Path) -> str:
        """A path as the manifest writes it."""
        return path.relative_to(self.root).as_posix()

    def shown(self, path: Path) -> str:
        """A path in the workspace, or its URL, for messages."""
        return f"{self.url}/{self.relative(path)}" if self.url else str(path)

    @contextmanager
    def locked(self, *, pages: bool = False) -> Iterator[None]:
        """Keep a second build out of this workspace. The lock ends with the process, however that ends.

        With `pages` the working copy of one in a store gets the WARC files of the crawl, too.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise UsageError(
                f"cannot use the workspace {self.root}: {error.strerror}",
                next_step="give a folder that you may write to, or copy the workspace to one",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise UsageError(
                f"another run is using {self.root}", next_step="wait for it to end, or choose another --workspace"
            ) from error
        try:
            with self._stored(pages):
                yield
        finally:
            os.close(handle)

    @contextmanager
    def _stored(self, pages: bool) -> Iterator[None]:
        """Keep runs on other machines out, too, and store at the end what has changed, however the run ends."""
        mirror = self.mirror
        if mirror is None:
            yield
            return
        with store_locked(mirror):
            if self.manifest.name in self.pull(pages=pages):
                raise UsageError(f"another run has just finished in {self}", next_step="run the same command again")
            try:
                yield
            except BaseException:
                try:
                    mirror.push(_is_stored)
                except CorpusBuilderError as error:  # the first error is the one to tell
                    logger.warning("%s; the working copy in %s has what is not stored yet", error, self.root)
                raise
            mirror.push(_is_stored)


@lru_cache(maxsize=100)  # chosen: more than one run has workspaces
def _mirror(url: str, root: Path) -> Mirror:
    return Mirror(url, root)


def _is_copied(name: str, pages: bool) -> bool:
    return _is_stored(name) and (pages or not name.startswith(("crawl/warc/", "crawl/archive/warc/", "logs/")))


def _is_stored(name: str) -> bool:
    return not name.startswith("look/")  # an index that is made again


def sweep(root: Path) -> None:
    """Remove half-written files and folders of a run that was killed."""
    for part in list(root.glob("**/.*.part")):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
