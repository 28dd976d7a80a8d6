"""External test sets, whose rows must not be in train: `exclude` in the run config.

A file is plain text (one segment per line), TSV (each cell is a segment), XML or SGML as WMT publishes its test sets
(the `seg` elements), JSON lines or Parquet (every string in them). All but Parquet may be compressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from corpus_builder.dataset.overlap import TextSketches
from corpus_builder.dataset.text_index import save_sketches, write_index
from corpus_builder.errors import RunError, UsageError
from corpus_builder.files import json_of, shown
from corpus_builder.packed import all_strings, text_lines
from corpus_builder.parquet import opened
from corpus_builder.text.sentences import split

PART = 20_000
"""Texts whose sketches are in memory at a time. Chosen: 64 hashes of 12 bytes each, so 15 MB."""
_SEG = re.compile(r"<seg\b[^>]*>(.*?)</seg>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def index_excluded(files: Sequence[str], folder: Path) -> list[str]:
    """Write an index of the segments of some files and of their sentences to a folder; the place of each distinct text
    ("file:line").

    Raises UsageError for a file that does not exist or cannot be read.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(".part", ".excluded", folder.parent) as scratch:
        paths: list[Path] = []
        places: list[str] = []
        part = TextSketches()
        for text, place in _texts(files):
            part.add(text)
            places.append(place)
            if len(part) == PART:
                paths.append(_saved(part, scratch, len(paths)))
                part = TextSketches()
        numbers = write_index([*paths, _saved(part, scratch, len(paths))], folder)
    first = np.unique(numbers[numbers >= 0], return_index=True)[1]
    return [places[at] for at in np.flatnonzero(numbers >= 0)[first]]


def _saved(part: TextSketches, folder: str, number: int) -> Path:
    path = Path(folder, f"{number}.npz")
    save_sketches(path, part)
    return path


def _texts(files: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in files:
        path = Path(name)
        try:
            for number, segment in enumerate(_segments(path), 1):
                sentences = [segment[start:end] for start, end in split(segment, "en")]
                for text in dict.fromkeys([segment, *sentences]):
                    yield text, f"{shown(path.name)}:{number}"
        except RunError as error:
            raise UsageError(
                f"exclude: {error}",
                next_step="give plain text in UTF-8, TSV, WMT XML, JSON lines or Parquet",
            ) from error


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
