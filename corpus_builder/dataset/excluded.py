"""External test sets, whose rows must not be in train: `exclude` in the run config.

A file is plain text (one segment per line), TSV (each cell is a segment), XML or SGML as WMT publishes its test sets
(the `seg` elements), JSON lines or Parquet (every string in them). All but Parquet may be gzipped.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any

from corpus_builder.dataset.overlap import TextIndex
from corpus_builder.errors import UsageError
from corpus_builder.text.sentences import split

_SEG = re.compile(r"<seg\b[^>]*>(.*?)</seg>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def index_excluded(files: Sequence[str]) -> tuple[TextIndex, list[str]]:
    """An index of the segments of some files and of their sentences, and the place of each text ("file:line").

    Raises UsageError for a file that does not exist or cannot be read.
    """
    index, places = TextIndex(), []
    for name in files:
        path = Path(name)
        try:
            for number, segment in enumerate(_segments(path), 1):
                sentences = [segment[start:end] for start, end in split(segment, "en")]
                for text in dict.fromkeys([segment, *sentences]):
                    index.add(text)
                    places.append(f"{path.name}:{number}")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise UsageError(
                f"exclude: {name} cannot be read: {getattr(error, 'strerror', None) or error}",
                next_step="give plain text in UTF-8, TSV, WMT XML, JSON lines or Parquet",
            ) from error
    return index, places


def _segments(path: Path) -> Iterator[str]:
    kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    if kind == "parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(500):
                yield from _strings(batch.to_pylist())
        return
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        if kind in ("xml", "sgm", "sgml"):
            for match in _SEG.finditer(lines.read()):
                yield unescape(_TAG.sub("", match[1])).strip()
        elif kind in ("jsonl", "ndjson"):
            for line in lines:
                yield from _strings(json.loads(line))
        else:
            for line in lines:
                yield from filter(None, map(str.strip, line.split("\t")))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
