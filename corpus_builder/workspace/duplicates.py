"""quality/sketches/<shard>/: what is compared; quality/links/: what is alike, by kind and language;
quality/duplicates/<shard>.parquet: near-duplicates of rows; quality/clusters.json: near-duplicate stories;
quality/companions.json: stories that share a sentence."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from corpus_builder.files import BUILD_AGAIN, json_of, reading, replacing
from corpus_builder.parquet import read_rows, row_count, write_rows
from corpus_builder.quality.duplicates import Duplicate
from corpus_builder.workspace.layout import Workspace


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

    def count(self, kind: str) -> int:
        """The number of rows of a level, or of stories."""
        return row_count(self.stories) if kind == "story" else self.rows(kind).stat().st_size // 8


_STORIES = pa.schema([("article_id", pa.string())])


def sketches_of(workspace: Workspace, shard: str) -> Sketches:
    """The sketches of a shard."""
    return Sketches(workspace.quality / "sketches" / shard)


def links_file(workspace: Workspace, kind_and_language: str) -> Path:
    """Pairs of numbers of near-duplicates: an earlier one and a later one."""
    return workspace.quality / "links" / f"{kind_and_language}.i64"


def write_duplicates(workspace: Workspace, shard: str, duplicates: Iterable[tuple[RowKey, Duplicate]]) -> Path:
    """Write the rows of a shard that have near-duplicates; the file."""
    rows = ({**key._asdict(), "others": other.others, "rank": other.rank} for key, other in duplicates)
    write_rows(_file(workspace, shard), _SCHEMA, rows)
    return _file(workspace, shard)


def read_duplicates(workspace: Workspace, shard: str) -> dict[RowKey, Duplicate]:
    """The rows of a shard that have near-duplicates."""
    return {
        RowKey(row["article_id"], row["level"], row["position"]): Duplicate(row["others"], row["rank"])
        for row in read_rows(_file(workspace, shard))
    }


def write_clusters(workspace: Workspace, clusters: Sequence[Collection[str]]) -> Path:
    """Write the clusters of near-duplicate stories, as lists of article ids; the file."""
    return _write_groups(workspace.quality / "clusters.json", clusters)


def read_clusters(workspace: Workspace) -> list[frozenset[str]]:
    """The clusters of near-duplicate stories; none before rows were compared."""
    return _read_groups(workspace.quality / "clusters.json")


def write_companions(workspace: Workspace, companions: Sequence[Collection[str]]) -> Path:
    """Write the groups of stories that share a sentence, as lists of article ids; the file."""
    return _write_groups(workspace.quality / "companions.json", companions)


def read_companions(workspace: Workspace) -> list[frozenset[str]]:
    """The groups of stories that share a sentence; none before rows were compared."""
    return _read_groups(workspace.quality / "companions.json")


def _write_groups(path: Path, groups: Sequence[Collection[str]]) -> Path:
    with replacing(path) as part:
        part.write_text(json.dumps(list(map(list, groups)), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return path


def _read_groups(path: Path) -> list[frozenset[str]]:
    if not path.is_file():
        return []
    with reading(path, BUILD_AGAIN):
        groups = json_of(path.read_text(encoding="utf-8"))
        if not isinstance(groups, list) or not all(isinstance(group, list) for group in groups):
            raise ValueError("it is no list of groups of stories")
        return [frozenset(map(str, group)) for group in groups]
