"""dropped/.shards/short_texts/<shard>.parquet: hashes of the short texts of a shard's pages.

They are counted over all shards: a text at the addresses of several articles is none. The files hold no text and no
address, and of a story that is taken down nothing that leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from corpus_builder.errors import RunError
from corpus_builder.extract.repeated import ShortText
from corpus_builder.parquet import read_rows, write_rows
from corpus_builder.workspace.drops import SHORT_TEXTS, shard_drops
from corpus_builder.workspace.layout import Workspace

_SCHEMA = pa.schema({
    "text": pa.int64(),
    "blocks": pa.list_(pa.int64()),
    "article": pa.int64(),
    "address": pa.int64(),
    "said": pa.bool_(),
})  # fmt: skip


def short_texts_of(workspace: Workspace, shard: str) -> Path:
    """The file of a shard."""
    return shard_drops(workspace, SHORT_TEXTS, shard)


def write_short_texts(path: Path, texts: Iterable[ShortText]) -> int:
    """Write the texts of a shard; their number."""
    return write_rows(path, _SCHEMA, map(asdict, texts))


def read_short_texts(path: Path) -> Iterator[ShortText]:
    """The texts of a shard; none where there is no file yet, or a damaged one, which its stage then writes anew."""
    if not path.is_file():
        return
    try:
        for row in read_rows(path):
            yield ShortText(**{**row, "blocks": tuple(row["blocks"])})
    except RunError:
        return
