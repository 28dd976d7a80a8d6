"""dropped/.shards/page_texts/<shard>.parquet: hashes of the texts of a shard's pages.

They are counted over all shards: a short text at the addresses of several articles is none. The files hold no text and
no address, and of a story that is taken down nothing that leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.errors import RunError
from corpus_builder.extract.page_text import PAGE_TEXTS as COLUMNS
from corpus_builder.extract.page_text import PageText, page_text_row
from corpus_builder.parquet import opened, write_rows
from corpus_builder.workspace.drops import PAGE_TEXTS, shard_drops
from corpus_builder.workspace.layout import Workspace


def page_texts_of(workspace: Workspace, shard: str) -> Path:
    """The file of a shard."""
    return shard_drops(workspace, PAGE_TEXTS, shard)


def write_page_texts(path: Path, texts: Iterable[PageText]) -> int:
    """Write the texts of a shard; their number."""
    return write_rows(path, COLUMNS, map(page_text_row, texts))


def read_page_texts(path: Path, columns: Sequence[str]) -> pa.Table:
    """Some columns of the texts of a shard; without rows where there is no file yet, or a damaged one, which its stage
    then writes anew."""
    if path.is_file():
        try:
            with opened(path, COLUMNS) as file:  # of another version: it has other columns
                table = file.read(columns=list(columns)).select(list(columns))
            if _is_whole(table):
                return table
        except RunError:
            pass
    return COLUMNS.empty_table().select(list(columns))


def _is_whole(table: pa.Table) -> bool:
    """Whether every value is there, and each block has its size."""
    lists = [column for column in table.columns if pa.types.is_list(column.type)]
    if any(column.null_count for column in (*table.columns, *map(pc.list_flatten, lists))):
        return False
    lengths = [pc.list_value_length(table[name]) for name in ("blocks", "sizes") if name in table.column_names]
    return len(lengths) < 2 or lengths[0].equals(lengths[1])
