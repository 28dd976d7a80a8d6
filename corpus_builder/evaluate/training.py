"""The texts of training data: files of lines, TSV, JSON and Parquet, folders of such files, and datasets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.dataset import read_texts
from corpus_builder.files import json_of, shown
from corpus_builder.packed import all_strings, text_lines
from corpus_builder.parquet import opened

_PACKED = (".gz", ".bz2", ".xz", ".zst")


def training_texts(place: str) -> Iterator[str]:
    """All texts of a training set, of either language.

    In files of lines every column of a line (split at tabs) is a text; in .jsonl, .json and .parquet every string,
    however deep. Of a dataset the train splits are read. Files may be compressed.

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
    suffix = next((suffix for suffix in reversed(path.suffixes) if suffix not in _PACKED), "")
    try:
        if suffix == ".parquet":
            with opened(path, next_step="write it again, or leave it out") as file:
                for batch in file.iter_batches():
                    yield from all_strings(batch.to_pylist())
        elif suffix == ".json":
            yield from all_strings(json_of("\n".join(text_lines(path))))
        else:
            for number, line in enumerate(text_lines(path), 1):
                if suffix != ".jsonl":
                    yield from filter(None, line.split("\t"))
                elif line.strip():
                    try:
                        yield from all_strings(json_of(line))
                    except ValueError as error:
                        raise RunError(
                            f"{shown(path)}, line {number}: not JSON: {error}", next_step="fix that line"
                        ) from error
    except ValueError as error:
        raise RunError(f"--trained-on {shown(path)} is not JSON: {error}", next_step="fix that line") from error
    except RunError as error:
        raise RunError(f"--trained-on {error}", next_step=error.next_step) from error
