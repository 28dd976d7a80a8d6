"""The workspace: the folder that a build works in, its parts, and how files come into being in it.

Files are written under a temporary name, flushed and renamed, so that a name always stands for a whole file.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus_builder.errors import UsageError


@dataclass(frozen=True)
class Workspace:
    """A build's folder; DESIGN.md and docs/build.md list what lies in it."""

    root: Path

    @property
    def crawl(self) -> Path:
        """WARC files and the state of the crawl."""
        return self.root / "crawl"

    @property
    def articles(self) -> Path:
        """Editions with their blocks, a Parquet file a shard."""
        return self.root / "articles"

    @property
    def lexicon(self) -> Path:
        """What the aligner has learned from the corpus."""
        return self.root / "lexicon"

    @property
    def embeddings(self) -> Path:
        """What a sentence encoder computed, an SQLite file a model."""
        return self.root / "embeddings"

    @property
    def aligned(self) -> Path:
        """Beads, a Parquet file a shard."""
        return self.root / "aligned"

    @property
    def quality(self) -> Path:
        """What the scores have learned from the corpus."""
        return self.root / "quality"

    @property
    def scores(self) -> Path:
        """The scores of rows, a Parquet file a shard."""
        return self.root / "scores"

    @property
    def quotes(self) -> Path:
        """Quotations with their sides, a Parquet file a shard."""
        return self.root / "quotes"

    @property
    def dropped(self) -> Path:
        """Everything left out, with its reason, a Parquet file a stage."""
        return self.root / "dropped"

    @property
    def dataset(self) -> Path:
        """What is published."""
        return self.root / "dataset"

    @property
    def splits(self) -> Path:
        """Which story lies in which split, over all builds."""
        return self.root / "splits.json"

    @property
    def tombstones(self) -> Path:
        """Stories that were taken down, and never come back."""
        return self.root / "tombstones.json"

    @property
    def report(self) -> Path:
        """The page that tells what the build found, lost and made."""
        return self.root / "report" / "index.html"

    @property
    def manifest(self) -> Path:
        """What ran, from what, to what."""
        return self.root / "manifest.json"

    def relative(self, path: Path) -> str:
        """A path as the manifest names it."""
        return path.relative_to(self.root).as_posix()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second build out of this workspace. The lock ends with the process, however that ends."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise UsageError(f"cannot use the workspace {self.root}: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise UsageError(
                f"another run works in {self.root}", next_step="wait for it, or name another folder with --workspace"
            ) from error
        try:
            yield
        finally:
            os.close(handle)


def sweep(root: Path) -> None:
    """Remove what a killed run left half-written: files, and the dataset's folder."""
    for part in list(root.glob("**/.*.part")):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
