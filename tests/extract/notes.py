"""Page texts as a table, and those of them that are no articles, for tests that have few."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from corpus_builder.extract.page_text import PAGE_TEXTS, PageText, page_text_row
from corpus_builder.extract.repeated import find_repeated


def table_of(texts: Iterable[PageText]) -> pa.Table:
    return pa.Table.from_pylist(list(map(page_text_row, texts)), schema=PAGE_TEXTS)


def repeated_texts(texts: Iterable[PageText]) -> dict[int, str]:
    table = table_of(texts)
    return find_repeated(lambda columns: [table.select(columns)]).among(table)
