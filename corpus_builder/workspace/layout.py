"""The workspace: the folder that a build works in, and its parts.

Files are written under a temporary name, flushed and renamed (corpus_builder/files.py), so every file is whole.
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
    """A build's folder; docs/build.md lists its contents."""

    root: Path

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
                f"another run is using {self.root}", next_step="wait for it to end, or choose another --workspace"
            ) from error
        try:
            yield
        finally:
            os.close(handle)


def sweep(root: Path) -> None:
    """Remove half-written files and folders of a run that was killed."""
    for part in list(root.glob("**/.*.part")):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
