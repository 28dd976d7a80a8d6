"""export/: what the dataset is made from, shard by shard.

splits/<shard>.parquet     the split of each story of two or more editions; "" for one that is left out
excluded/                  the index of external test sets, and the place of each of their texts
held_out/<shard>/          the rows of validation and test, and sketches of their texts by language
index/<language>/          the index of the texts of all held-out rows
pieces/<language>.i64      the list of these texts
documents/<shard>.parquet  what comparing training documents with them said; NAME.notes.parquet what they have of them
withdrawn/                 held-out rows that stand in training documents, and held-out texts that do
rows/<shard>/              the rows that are published, a file a level (dataset/level.py), and what they have of texts
files/                     files of the dataset, until all of them are there
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_builder.parquet import read_columns, read_rows, write_rows
from corpus_builder.workspace.layout import Workspace

_SPLITS = pa.schema([("article_id", pa.string()), ("split", pa.string())])
_PLACES = pa.schema([("place", pa.string())])
_DOCUMENTS = pa.schema(
    [("article_id", pa.string()), ("reason", pa.string()), ("detail", pa.string()), ("held_out_text", pa.bool_())]
)
_ROWS = pa.schema([("config", pa.string()), ("id", pa.string())])
_PIECES = pa.schema([("language", pa.string()), ("piece", pa.int32())])


@dataclass(frozen=True)
class FoundDocument:
    """A training document that is refused, with the reason, or has a held-out text."""

    article_id: str
    reason: str | None
    detail: str | None
    held_out_text: bool


class ExportParts:
    """The files of export/ in a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.root = workspace.export

    def splits(self, shard: str) -> Path:
        """The splits of a shard's stories."""
        return self.root / "splits" / f"{shard}.parquet"

    def write_splits(self, shard: str, splits: Iterable[tuple[str, str]]) -> None:
        """Write the splits of a shard's stories, "" for one that is left out."""
        rows = ({"article_id": article_id, "split": split} for article_id, split in splits)
        write_rows(self.splits(shard), _SPLITS, rows)

    def read_splits(self, shard: str) -> dict[str, str]:
        """The splits of a shard's stories by article id."""
        return {row["article_id"]: row["split"] for row in read_rows(self.splits(shard), schema=_SPLITS)}

    @property
    def excluded(self) -> Path:
        """The index of external test sets."""
        return self.root / "excluded" / "index"

    @property
    def places(self) -> Path:
        """Where the texts of the index are from."""
        return self.root / "excluded" / "places.parquet"

    def write_places(self, places: Iterable[str]) -> None:
        """Write the places of external texts."""
        write_rows(self.places, _PLACES, ({"place": place} for place in places))

    def read_places(self) -> list[str]:
        """The places of external texts, by their numbers; none where there are no such texts."""
        return list(read_columns(self.places, ["place"])["place"].to_pylist()) if self.places.is_file() else []

    def held_out(self, shard: str) -> Path:
        """The folder of a shard's held-out rows."""
        return self.root / "held_out" / shard

    def index(self, language: str) -> Path:
        """The folder of the index of held-out texts in a language."""
        return self.root / "index" / language

    def pieces(self, language: str) -> Path:
        """The list of held-out texts in a language."""
        return self.root / "pieces" / f"{language}.i64"

    def all_held_out_rows(self) -> list[Path]:
        """The lists of held-out rows of all shards, in the order of the shards."""
        return sorted(self.root.glob("held_out/*/rows.parquet"))

    def all_pieces(self) -> list[Path]:
        """The lists of held-out texts of all languages."""
        return sorted(self.root.glob("pieces/*.i64"))

    def all_document_notes(self) -> list[Path]:
        """What the training documents of all shards have of the held-out texts, in the order of the shards."""
        return sorted(self.root.glob("documents/*.notes.parquet"))

    def all_row_notes(self) -> list[Path]:
        """What the training rows of all shards have of the held-out texts, in the order of the shards."""
        return sorted(self.root.glob("rows/*/notes.parquet"))

    def documents(self, shard: str) -> Path:
        """What comparing a shard's training documents said."""
        return self.root / "documents" / f"{shard}.parquet"

    def document_notes(self, shard: str) -> Path:
        """What a shard's training documents have of the held-out texts."""
        return self.root / "documents" / f"{shard}.notes.parquet"

    def write_documents(self, shard: str, found: Iterable[FoundDocument]) -> None:
        """Write what comparing a shard's training documents said."""
        write_rows(self.documents(shard), _DOCUMENTS, map(vars, found))

    def read_documents(self, shard: str) -> dict[str, FoundDocument]:
        """The training documents of a shard that are refused or have a held-out text, by article id."""
        path = self.documents(shard)
        rows = read_rows(path, schema=_DOCUMENTS) if path.is_file() else ()
        return {row["article_id"]: FoundDocument(**row) for row in rows}

    @property
    def withdrawn(self) -> Path:
        """The folder of what is withdrawn."""
        return self.root / "withdrawn"

    def write_withdrawn(self, rows: Iterable[tuple[str, str]], pieces: Mapping[str, NDArray[np.int64]]) -> list[Path]:
        """Write the config and id of the rows that are withdrawn, and by language the texts in training documents."""
        paths = [self.withdrawn / "rows.parquet", self.withdrawn / "pieces.parquet"]
        write_rows(paths[0], _ROWS, ({"config": config, "id": row_id} for config, row_id in rows))
        found = ({"language": x, "piece": piece} for x, own in sorted(pieces.items()) for piece in own.tolist())
        write_rows(paths[1], _PIECES, found)
        return paths

    def read_withdrawn(self) -> tuple[frozenset[tuple[str, str]], dict[str, NDArray[np.int64]]]:
        """Config and id of the rows that are withdrawn, and by language the texts that stand in training documents."""
        rows = frozenset((row["config"], row["id"]) for row in read_rows(self.withdrawn / "rows.parquet", schema=_ROWS))
        pieces = read_columns(self.withdrawn / "pieces.parquet", _PIECES.names)
        languages = pieces["language"].to_numpy()
        numbers = pieces["piece"].to_numpy().astype(np.int64)
        return rows, {language: numbers[languages == language] for language in sorted(set(languages))}

    def rows(self, shard: str, level: str) -> Path:
        """The rows of a shard that are published at a level."""
        return self.root / "rows" / shard / f"{level}.parquet"

    def row_notes(self, shard: str) -> Path:
        """What a shard's training rows have of the held-out texts."""
        return self.root / "rows" / shard / "notes.parquet"

    @property
    def files(self) -> Path:
        """The folder of files of the dataset, until all of them are there."""
        return self.root / "files"
