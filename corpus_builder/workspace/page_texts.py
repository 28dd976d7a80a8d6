"""dropped/.shards/page_texts/<shard>.parquet: hashes of the texts of a shard's pages.

They are counted over all shards: a short text at the addresses of several articles is none. The files hold no text and
no address, and of a story that is taken down nothing that leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from corpus_builder.errors import RunError
from corpus_builder.extract.repeated import PageText
from corpus_builder.parquet import read_rows, write_rows
from corpus_builder.workspace.drops import PAGE_TEXTS, shard_drops
from corpus_builder.workspace.layout import Workspace

_SCHEMA = pa.schema({
    "text": pa.int64(),
    "loose": pa.int64(),
    "blocks": pa.list_(pa.int64()),
    "sizes": pa.list_(pa.int32()),
    "appeals": pa.list_(pa.int64()),
    "article": pa.int64(),
    "address": pa.int64(),
    "language": pa.string(),
    "layout": pa.string(),
    "said": pa.bool_(),
    "long": pa.bool_(),
})  # fmt: skip


def page_texts_of(workspace: Workspace, shard: str) -> Path:
    """The file of a shard."""
    return shard_drops(workspace, PAGE_TEXTS, shard)


def write_page_texts(path: Path, texts: Iterable[PageText]) -> int:
    """Write the texts of a shard; their number."""
    return write_rows(path, _SCHEMA, map(asdict, texts))


def read_page_texts(path: Path) -> Iterator[PageText]:
    """The texts of a shard; none where there is no file yet, or a damaged one, which its stage then writes anew."""
    if not path.is_file():
        return
    try:
        for row in read_rows(path):
            lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
            yield PageText(**{**row, **lists})
    except (RunError, TypeError):  # TypeError: another version wrote it
        return
