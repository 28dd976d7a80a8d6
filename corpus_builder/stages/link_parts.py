"""What lies between the parts of the stage "link": files in editions/linking/, and the tasks of its parts.

pages/<shard>/       what linking needs to know of each page: its address, its links, and per language its features
weights/             how much each feature says, and what translates it; learned/ the same after a first comparison
candidates/<shard>/  the best pairs of each page; scores/ the same after the second comparison
groups/<shard>.parquet  which pages are the stories of a shard
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_builder.files import file_hash, replacing
from corpus_builder.link.joins import Hashes, Numbers
from corpus_builder.parquet import read_columns
from corpus_builder.sites import Site
from corpus_builder.stages.stage import Stage, StageTask
from corpus_builder.workspace.layout import Workspace

PAGES = pa.schema(
    [
        ("url", pa.string()),
        ("article_id", pa.string()),
        ("language", pa.int8()),  # its place among those of the site
        ("day", pa.int32()),
        ("address", pa.uint64()),  # hashes: of the URL, of the article id, of both as sitemaps name them
        ("id", pa.uint64()),
        ("key", pa.uint64()),
    ]
)
ALTERNATES = pa.schema(
    [
        ("page", pa.int32()),
        ("language", pa.string()),
        ("url", pa.string()),
        ("address", pa.uint64()),
        ("bare", pa.uint64()),  # the hash without the query
        ("is_article", pa.bool_()),  # of the run's languages
        ("is_elsewhere", pa.bool_()),  # stands for an edition, but is no article of the site
    ]
)
ALIASES = pa.schema([("address", pa.uint64()), ("leads_to", pa.uint64())])
GROUPS = pa.schema([("source", pa.string()), ("page", pa.int32()), ("first", pa.int32())])


@dataclass(frozen=True)
class LinkTask(StageTask):
    """A shard (or ALL) of a part, by the rules of the site; `near` are the shards that are compared with it, by the
    pair of languages, or those that its stories come from."""

    site: Site
    near: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    step: str = ""


@dataclass(frozen=True)
class NearStage(Stage):
    """A part whose tasks read files of other shards: `read` has the files of each task, relative to the workspace."""

    read: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def inputs(self, workspace: Workspace, shard: str) -> dict[str, str]:
        """The files that a task reads, with their hashes."""
        return {name: file_hash(workspace.root / name) for name in sorted(set(self.read.get(shard, ())))}


def part_folder(workspace: Workspace, part: str, *names: str) -> Path:
    """A folder or file of a part."""
    return workspace.editions.joinpath("linking", part, *names)


def page_file(workspace: Workspace, shard: str, name: str) -> Path:
    """A file about the pages of a shard."""
    return part_folder(workspace, "pages", shard, name)


def pair_file(workspace: Workspace, part: str, pair: Sequence[str], *shard: str) -> Path:
    """A file about a pair of languages, of all shards or of one."""
    return part_folder(workspace, part, *shard, f"{'-'.join(pair)}.npz")


def write_arrays(path: Path, **arrays: npt.NDArray[Any]) -> Path:
    """Write arrays to a file; the same ones give the same bytes."""
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # its stubs take no mapping
    return path


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a file."""
    with np.load(path, allow_pickle=False) as saved:
        return dict(saved)


class AllPages:
    """The pages of all shards, numbered one after another, in arrays."""

    def __init__(self, workspace: Workspace, shards: Sequence[str]) -> None:
        self.shards = tuple(shards)
        self._workspace = workspace
        columns = [
            read_columns(page_file(workspace, shard, "pages.parquet"), ["language", "address", "id", "key"])
            for shard in shards
        ]
        self.starts = np.cumsum([0, *map(len, columns)])
        self.language: npt.NDArray[np.int8] = _joined(columns, "language", np.int8)
        self.address: Hashes = _joined(columns, "address", np.uint64)
        self.id: Hashes = _joined(columns, "id", np.uint64)
        self.key: Hashes = _joined(columns, "key", np.uint64)

    def __len__(self) -> int:
        return int(self.starts[-1])

    def shard_of(self, pages: Numbers) -> Numbers:
        """[pages] the place of the shard of each."""
        return np.searchsorted(self.starts, pages, "right") - 1

    def in_language(self, shard: int, language: int) -> Numbers:
        """The pages of one language in a shard."""
        start, end = self.starts[shard], self.starts[shard + 1]
        pages: Numbers = np.flatnonzero(self.language[start:end] == language) + start
        return pages

    def alternates(self, columns: Sequence[str]) -> Iterable[tuple[int, pa.Table]]:
        """The number of the first page of each shard, and columns of what its pages name."""
        for start, shard in zip(self.starts.tolist(), self.shards, strict=False):
            yield start, read_columns(page_file(self._workspace, shard, "alternates.parquet"), list(columns))

    def texts(self, pages: Numbers) -> dict[int, tuple[str, str]]:
        """The URL and the article id of some pages, by their numbers."""
        found: dict[int, tuple[str, str]] = {}
        pages = np.unique(pages)
        place = self.shard_of(pages)
        for shard in np.unique(place).tolist():
            own = pages[place == shard]
            table = read_columns(page_file(self._workspace, self.shards[shard], "pages.parquet"), ["url", "article_id"])
            rows = table.take(pa.array(own - self.starts[shard])).to_pydict()
            found.update(zip(own.tolist(), zip(rows["url"], rows["article_id"], strict=True), strict=True))
        return found


def _joined(tables: Sequence[pa.Table], name: str, kind: Any) -> Any:
    return np.concatenate([np.zeros(0, kind), *(table[name].to_numpy() for table in tables)])
