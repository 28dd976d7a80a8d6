"""External test sets, whose rows must not be in train: `exclude` in the run config.

A file is plain text (one segment per line), TSV (each cell is a segment), XML or SGML as WMT publishes its test sets
(the `seg` elements), JSON lines or Parquet (every string in them). All but Parquet may be compressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

from corpus_builder.dataset.overlap import TextIndex
from corpus_builder.errors import RunError, UsageError
from corpus_builder.files import json_of, shown
from corpus_builder.packed import all_strings, text_lines
from corpus_builder.parquet import opened
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
                    places.append(f"{shown(path.name)}:{number}")
        except RunError as error:
            raise UsageError(
                f"exclude: {error}",
                next_step="give plain text in UTF-8, TSV, WMT XML, JSON lines or Parquet",
            ) from error
    return index, places


def _segments(path: Path) -> Iterator[str]:
    kind = re.sub(r"\.(?:gz|bz2|xz|zst)$", "", path.name.lower()).rpartition(".")[2]
    if kind == "parquet":
        with opened(path) as file:
            for batch in file.iter_batches(500):
                yield from all_strings(batch.to_pylist())
    elif kind in ("xml", "sgm", "sgml"):
        for match in _SEG.finditer("\n".join(text_lines(path))):
            yield unescape(_TAG.sub("", match[1])).strip()
    else:
        for number, line in enumerate(text_lines(path), 1):
            if kind not in ("jsonl", "ndjson"):
                yield from filter(None, map(str.strip, line.split("\t")))
            elif line.strip():
                try:
                    yield from all_strings(json_of(line))
                except ValueError as error:
                    raise RunError(f"{shown(path)}, line {number}: not JSON: {error}") from error
