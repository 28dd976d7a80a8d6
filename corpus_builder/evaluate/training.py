"""The texts of training data: files of lines, TSV, JSON and Parquet, folders of such files, and datasets."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.dataset import read_texts


def training_texts(place: str) -> Iterator[str]:
    """All texts of a training set, of either language.

    In files of lines every column of a line (split at tabs) is a text; in .jsonl, .json and .parquet every string,
    however deep. Of a dataset the train splits are read. Files may be gzipped (.gz).

    Raises:
        UsageError: `place` does not exist or is an empty folder.
        RunError: a file cannot be read.
    """
    path = Path(place)
    if path.is_dir() and not (path / "data").is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        if not files:
            raise UsageError(f"--trained-on {place}: the folder is empty")
        for file in files:
            yield from _file_texts(file)
    elif path.is_file():
        yield from _file_texts(path)
    else:
        yield from read_texts(place)


def _file_texts(path: Path) -> Iterator[str]:
    suffix = next((suffix for suffix in reversed(path.suffixes) if suffix != ".gz"), "")
    try:
        if suffix == ".parquet":
            from pyarrow.parquet import ParquetFile

            with ParquetFile(path) as file:
                for batch in file.iter_batches():
                    yield from _strings(batch.to_pylist())
            return
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            if suffix == ".json":
                yield from _strings(json.load(lines))
                return
            for line in lines:
                if suffix == ".jsonl":
                    yield from _strings(json.loads(line))
                else:
                    yield from filter(None, line.rstrip("\n").split("\t"))
    except (OSError, ValueError) as error:  # the errors of pyarrow, gzip and json are of these kinds
        raise RunError(f"--trained-on {path}: cannot be read ({error})") from error


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
