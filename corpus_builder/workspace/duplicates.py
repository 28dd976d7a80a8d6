"""quality/sketches/<shard>/: what is compared; quality/links/: what is alike, by kind and language;
quality/duplicates/<shard>.parquet: near-duplicates of rows; quality/clusters/<shard>.parquet: near-duplicate stories;
quality/companions/<shard>.parquet: stories that share a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from corpus_builder.files import BUILD_AGAIN, reading, replacing
from corpus_builder.parquet import opened, read_columns, read_rows, row_count, write_rows, write_tables
from corpus_builder.quality.components import Components, Items
from corpus_builder.quality.duplicates import Duplicate
from corpus_builder.workspace.layout import Workspace

LEVELS = ("block", "sentence")
"""The levels of rows, in the order in which they are written."""


class RowKey(NamedTuple):
    """What identifies a row in the workspace."""

    article_id: str
    level: str
    position: int


_SCHEMA = pa.schema(
    [
        ("article_id", pa.string()),
        ("level", pa.string()),
        ("position", pa.int32()),
        ("others", pa.int32()),
        ("rank", pa.int32()),
    ]
)


def _file(workspace: Workspace, shard: str) -> Path:
    return workspace.quality / "duplicates" / f"{shard}.parquet"


@dataclass(frozen=True)
class Sketches:
    """The files of a shard in quality/sketches/: what its rows and stories are compared by.

    `sketches` are those of a kind ("sentence", "block", "story") in a language (quality/sketches.py). Rows and stories
    have numbers in the shard; `rows` has the story and the position of each row, `stories` the article id of each,
    `sentences` the hashes of what each says.
    """

    folder: Path

    def sketches(self) -> dict[str, Path]:
        """The files by kind and language ("sentence.uk")."""
        return {path.stem: path for path in sorted(self.folder.glob("*.u32")) if path.suffixes != [".rows", ".u32"]}

    def rows(self, level: str) -> Path:
        """The story and the position of each row of a level."""
        return self.folder / f"{level}.rows.u32"

    @property
    def stories(self) -> Path:
        """The article ids."""
        return self.folder / "stories.parquet"

    @property
    def sentences(self) -> Path:
        """The hashes of sentences, each with the number of its story."""
        return self.folder / "sentences.u96"

    def write_stories(self, article_ids: Iterable[str]) -> None:
        """Write the article ids of the stories."""
        write_rows(self.stories, _STORIES, ({"article_id": article_id} for article_id in article_ids))

    def read_rows(self, level: str) -> Items:
        """[rows, 2] the number of the story in the shard, and the position, of each row of a level."""
        return np.fromfile(self.rows(level), np.uint32).reshape(-1, 2).astype(np.int64)

    def article_ids(self) -> pa.Array:
        """The article id of each story."""
        return read_columns(self.stories, ["article_id"])["article_id"].combine_chunks()

    def count(self, kind: str) -> int:
        """The number of rows of a level, or of stories."""
        return row_count(self.stories) if kind == "story" else self.rows(kind).stat().st_size // 8


_STORIES = pa.schema([("article_id", pa.string())])
_GROUPS = pa.schema([("article_id", pa.string()), ("group", pa.int64())])


def sketches_of(workspace: Workspace, shard: str) -> Sketches:
    """The sketches of a shard."""
    return Sketches(workspace.quality / "sketches" / shard)


def links_file(workspace: Workspace, kind_and_language: str) -> Path:
    """Pairs of numbers of near-duplicates: an earlier one and a later one."""
    return workspace.quality / "links" / f"{kind_and_language}.i64"


def write_links(place: Path, groups: Components) -> None:
    """Write a link of each item to the first one of its group, but for that itself."""
    with replacing(place) as part, part.open("wb") as file:
        for items, first in groups.parts():
            linked = items != first
            file.write(np.stack((first[linked], items[linked]), axis=1).tobytes())


def read_links(workspace: Workspace, kind: str, groups: Components) -> None:
    """Join the near-duplicates of a kind in any language. Raises RunError for a file that is damaged."""
    every = links_file(workspace, f"{kind}.*")
    for path in sorted(every.parent.glob(every.name)):
        with reading(path, BUILD_AGAIN), path.open("rb") as file:
            while data := file.read(_READ):
                earlier, later = np.frombuffer(data, np.int64).reshape(-1, 2).T
                groups.link(earlier, later)


_READ = 1 << 21
"""Bytes of links in memory at a time. Chosen: 131,072 links."""


@dataclass(frozen=True)
class FoundRows:
    """Rows of a level in a shard that have near-duplicates, as arrays: number of the story in the shard, position, how
    many other stories have one, and how many of these come before."""

    level: str
    stories: Items
    positions: Items
    others: Items
    ranks: Items


def write_duplicates(workspace: Workspace, shard: str, article_ids: pa.Array, found: Iterable[FoundRows]) -> Path:
    """Write the rows of a shard that have near-duplicates; the file. `article_ids` are those of its stories."""
    tables = (
        pa.table(
            [
                article_ids.take(pa.array(own.stories)),
                pa.repeat(own.level, len(own.stories)),
                *(pa.array(column, pa.int32()) for column in (own.positions, own.others, own.ranks)),
            ],
            schema=_SCHEMA,
        )
        for own in found
    )
    write_tables(_file(workspace, shard), _SCHEMA, tables)
    return _file(workspace, shard)


def read_duplicates(workspace: Workspace, shard: str) -> dict[RowKey, Duplicate]:
    """The rows of a shard that have near-duplicates."""
    return {
        RowKey(row["article_id"], row["level"], row["position"]): Duplicate(row["others"], row["rank"])
        for row in read_rows(_file(workspace, shard))
    }


def clusters_file(workspace: Workspace, shard: str) -> Path:
    """The clusters of near-duplicates that stories of a shard are in."""
    return workspace.quality / "clusters" / f"{shard}.parquet"


def companions_file(workspace: Workspace, shard: str) -> Path:
    """The groups of stories that share a sentence that stories of a shard are in."""
    return workspace.quality / "companions" / f"{shard}.parquet"


def write_groups(path: Path, article_ids: pa.Array, groups: Items) -> Path:
    """Write the groups that stories are in: `groups[i]` is a number of one that the story `article_ids[i]` is in, the
    same for stories of other shards; the file."""
    write_tables(path, _GROUPS, [pa.table([article_ids, groups], schema=_GROUPS)])
    return path


def read_groups(path: Path) -> tuple[pa.Array, Items]:
    """The same, as they were written; none where there is no file, before rows were compared."""
    if not path.is_file():
        return pa.array([], pa.string()), np.zeros(0, np.int64)
    with opened(path, _GROUPS) as file:
        table = file.read()
    return table["article_id"].combine_chunks(), table["group"].to_numpy()
