"""The Parquet files between the stages, and the types of model.py in them.

articles/  one row per edition; the editions of a story are together, in the order of article ids
aligned/   one row per bead, with the place of each of its segments in its edition's blocks
quotes/    one row per quotation, with its sides
dropped/   one row per Drop
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_builder.files import BUILD_AGAIN, reading
from corpus_builder.model import (
    Block,
    BlockKind,
    Drop,
    Edit,
    Edition,
    Link,
    PlacedBead,
    PlacedQuote,
    QuoteSide,
    Span,
    Story,
)
from corpus_builder.parquet import RowWriter, batches, opened, read_rows, write_rows, write_tables

_LINK = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("url", pa.string())])
_EDIT = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("original", pa.string())])
_BLOCK = pa.struct(
    [
        ("kind", pa.string()),
        ("text", pa.string()),
        ("label", pa.string()),
        ("label_text", pa.string()),
        ("speaker", pa.string()),
        ("language", pa.string()),
        ("links", pa.list_(_LINK)),
        ("edits", pa.list_(_EDIT)),
    ]
)
EDITIONS = pa.schema(
    [
        ("site", pa.string()),
        ("article_id", pa.string()),
        ("language", pa.string()),
        ("url", pa.string()),
        ("blocks", pa.list_(_BLOCK)),
        ("captions", pa.list_(_BLOCK)),
        ("detected_language", pa.string()),
        ("authors", pa.list_(pa.string())),
        ("published", pa.string()),  # ISO 8601 with the offset, which a timestamp column would lose
        ("modified", pa.string()),
        ("section", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("alternates", pa.list_(pa.struct([("language", pa.string()), ("url", pa.string())]))),
        ("layout", pa.string()),
        ("capture", pa.string()),
    ]
)
_SPAN = pa.struct([("language", pa.string()), ("block", pa.int32()), ("start", pa.int32()), ("end", pa.int32())])
_PAIRS = pa.list_(pa.struct([("pair", pa.string()), ("probability", pa.float64())]))
BEADS = pa.schema(
    [
        ("article_id", pa.string()),
        ("level", pa.string()),
        ("position", pa.int32()),
        ("spans", pa.list_(_SPAN)),
        ("score", pa.float64()),
        ("probability", pa.float64()),
        ("pairs", _PAIRS),
        ("flags", pa.list_(pa.string())),
        ("document_probability", pa.float64()),
        ("origin", pa.string()),
        ("document_pairs", _PAIRS),
    ]
)
QUOTES = pa.schema(
    [
        ("article_id", pa.string()),
        ("position", pa.int32()),
        (
            "sides",
            pa.list_(
                pa.struct(
                    [
                        ("language", pa.string()),
                        ("text", pa.string()),
                        ("form", pa.string()),
                        ("speaker", pa.string()),
                        ("mention", pa.string()),
                        ("cue", pa.string()),
                        ("insertions", pa.int32()),
                        ("spans", pa.list_(_SPAN)),
                    ]
                )
            ),
        ),
        ("probability", pa.float64()),
        ("fidelity", pa.list_(pa.struct([("name", pa.string()), ("value", pa.float64())]))),
        ("flags", pa.list_(pa.string())),
    ]
)
DROPS = pa.schema([(name, pa.string()) for name in ("stage", "item", "reason", "detail", "language", "article_id")])


def edition_row(edition: Edition) -> dict[str, Any]:
    """An edition as a row of EDITIONS."""
    row = asdict(edition)
    for key in ("published", "modified"):
        row[key] = row[key].isoformat() if row[key] else None
    row["alternates"] = [{"language": language, "url": url} for language, url in edition.alternates]
    return row


def edition_of(row: dict[str, Any]) -> Edition:
    """The edition of a row of EDITIONS."""
    when = {key: datetime.fromisoformat(row[key]) if row[key] else None for key in ("published", "modified")}
    return Edition(
        **{
            **row,
            **when,
            "blocks": tuple(map(block_of, row["blocks"])),
            "captions": tuple(map(block_of, row["captions"])),
            "authors": tuple(row["authors"]),
            "tags": tuple(row["tags"]),
            "alternates": tuple((link["language"], link["url"]) for link in row["alternates"]),
        }
    )


def block_of(row: dict[str, Any]) -> Block:
    """The block of a row's `blocks`."""
    return Block(
        **{
            **row,
            "kind": BlockKind(row["kind"]),
            "links": tuple(Link(**link) for link in row["links"]),
            "edits": tuple(Edit(**edit) for edit in row["edits"]),
        }
    )


def _story(row: dict[str, Any]) -> str:
    return str(row["article_id"])


def read_stories(path: Path, only: Collection[str] | None = None) -> Iterator[Story]:
    """The stories of a shard of articles/, or `only` some by their article ids."""
    for article_id, rows in groupby(read_rows(path, only=only, schema=EDITIONS), key=_story):
        with reading(path, BUILD_AGAIN):
            editions = {row["language"]: edition_of(row) for row in rows}
        site = next(iter(editions.values())).site
        yield Story(site, article_id, editions)


def read_article_ids(path: Path) -> list[str]:
    """The article ids of a shard of articles/ in order, each once."""
    return list(dict.fromkeys(str(row["article_id"]) for row in read_rows(path, ["article_id"])))


def read_parallel_ids(path: Path) -> list[str]:
    """The article ids of the stories of two or more editions in a shard of articles/, in order."""
    languages: dict[str, set[str]] = {}
    for row in read_rows(path, ["article_id", "language"]):
        languages.setdefault(str(row["article_id"]), set()).add(row["language"])
    return [article_id for article_id, own in languages.items() if len(own) > 1]


def _fields(value: Any) -> dict[str, Any]:
    """A dataclass with slots as a dictionary, without the deep copies of dataclasses.asdict: half the time of writing
    beads."""
    return {name: getattr(value, name) for name in value.__slots__}


def bead_row(bead: PlacedBead) -> dict[str, Any]:
    """A bead as a row of BEADS."""
    row = _fields(bead)
    row["spans"] = list(map(_fields, bead.spans))
    for name in ("pairs", "document_pairs"):
        row[name] = [{"pair": pair, "probability": value} for pair, value in row[name].items()]
    return row


def bead_of(row: dict[str, Any]) -> PlacedBead:
    """The bead of a row of BEADS."""
    return PlacedBead(
        **{
            **row,
            "spans": tuple(Span(**span) for span in row["spans"]),
            **{name: {pair["pair"]: pair["probability"] for pair in row[name]} for name in ("pairs", "document_pairs")},
            "flags": tuple(row["flags"]),
        }
    )


def read_beads(path: Path, only: Collection[str] | None = None) -> Iterator[tuple[str, list[PlacedBead]]]:
    """The beads of a shard of aligned/, an article at a time."""
    for article_id, rows in groupby(read_rows(path, only=only, schema=BEADS), key=_story):
        with reading(path, BUILD_AGAIN):
            beads = list(map(bead_of, rows))
        yield article_id, beads


def quote_row(quote: PlacedQuote) -> dict[str, Any]:
    """A quotation as a row of QUOTES."""
    row = asdict(quote)
    row["fidelity"] = [{"name": name, "value": value} for name, value in quote.fidelity.items()]
    return row


def quote_of(row: dict[str, Any]) -> PlacedQuote:
    """The quotation of a row of QUOTES."""
    sides = tuple(
        QuoteSide(**{**side, "spans": tuple(Span(**span) for span in side["spans"])}) for side in row["sides"]
    )
    fidelity = {score["name"]: score["value"] for score in row["fidelity"]}
    return PlacedQuote(**{**row, "sides": sides, "fidelity": fidelity, "flags": tuple(row["flags"])})


def read_quotes(path: Path, only: Collection[str] | None = None) -> Iterator[tuple[str, list[PlacedQuote]]]:
    """The quotations of a shard of quotes/, an article at a time."""
    for article_id, rows in groupby(read_rows(path, only=only, schema=QUOTES), key=_story):
        with reading(path, BUILD_AGAIN):
            quotes = list(map(quote_of, rows))
        yield article_id, quotes


class DropWriter(RowWriter):
    """Writes drops to a file one by one."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, DROPS)

    def add(self, drop: Drop) -> None:
        """Add one drop."""
        self.write(_fields(drop))


def write_drops(path: Path, drops: Iterable[Drop]) -> int:
    """Write drops to a file; the number of drops."""
    return write_rows(path, DROPS, map(_fields, drops))


def join_drop_files(path: Path, files: Iterable[Path]) -> None:
    """Write the drops of some files to one, in this order."""

    def tables() -> Iterator[pa.Table]:
        for each in files:
            with opened(each, DROPS) as file:
                for batch in batches(file, each, columns=DROPS.names):
                    yield pa.Table.from_batches([batch]).cast(DROPS)

    write_tables(path, DROPS, tables())


def read_drops(path: Path) -> Iterator[Drop]:
    """The drops of a file."""
    return (Drop(**row) for row in read_rows(path, DROPS.names, schema=DROPS))
