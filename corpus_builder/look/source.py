"""What is looked at: a dataset folder, and the workspace that it was built in where there is one."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from corpus_builder.dataset.manifest import NAME as DATASET_MANIFEST
from corpus_builder.errors import UsageError
from corpus_builder.look.schema import VERSION
from corpus_builder.workspace.drops import shown_drop_files
from corpus_builder.workspace.layout import Workspace


@dataclass(frozen=True)
class Source:
    """A dataset folder and its workspace; None for a dataset on its own."""

    dataset: Path
    workspace: Workspace | None

    @property
    def name(self) -> str:
        """What to call it."""
        return (self.workspace.root if self.workspace else self.dataset).absolute().name

    def key(self) -> str:
        """A hash of what the index is made of: it changes with the dataset's manifest, the drops and the lexicon.

        The manifest of a dataset has the hash of every file. Where it has none, sizes and times stand for the files.
        """
        digest = hashlib.sha256(f"{VERSION}\0{self.dataset.absolute()}".encode())
        manifest = self.dataset / DATASET_MANIFEST
        if manifest.is_file():
            digest.update(manifest.read_bytes())
        else:
            _add_stats(digest, sorted(self.dataset.glob("data/*/*.parquet")))
        if self.workspace:
            _add_stats(digest, shown_drop_files(self.workspace))
            _add_stats(digest, sorted(self.workspace.lexicon.glob("*")))
        return digest.hexdigest()[:24]

    def index(self) -> Path:
        """Where the index is: in the workspace; of a dataset on its own in the user's cache, as it may be published."""
        if self.workspace:
            return self.workspace.root / "look" / f"{self.key()}.sqlite"
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cache / "corpus-builder" / "look" / f"{self.key()}.sqlite"


def find(path: Path) -> Source:
    """The source that a path names. Raises UsageError where there is no dataset."""
    if not path.is_dir():
        raise UsageError(f"folder not found: {path}", next_step="name a workspace, or a dataset folder")
    if any((path / "data").glob("*/*.parquet")):
        above = Workspace(path.absolute().parent)
        whole = path.absolute().name == above.dataset.name and above.manifest.is_file()
        return Source(path, above if whole else None)
    workspace = Workspace(path)
    if any((workspace.dataset / "data").glob("*/*.parquet")):
        return Source(workspace.dataset, workspace)
    raise UsageError(
        f"no dataset in {path}: neither data/ nor dataset/data/ has Parquet files",
        next_step="run `corpus-builder build CONFIG -w FOLDER` first, or name the folder that it wrote",
    )


def _add_stats(digest: hashlib._Hash, paths: list[Path]) -> None:
    for path in paths:
        stat = path.stat()
        digest.update(f"{path.name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
