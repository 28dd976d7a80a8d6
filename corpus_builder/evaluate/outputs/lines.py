"""A test set and the outputs of systems as text files, one row per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus_builder.escape import readable
from corpus_builder.evaluate.testset import TestSet


def write_lines(folder: Path, test: TestSet, outputs: Mapping[str, Sequence[str]]) -> None:
    """Write source.LANGUAGE, reference.LANGUAGE (numbered from 1 where there are several) and SYSTEM.LANGUAGE.

    ids.txt has the id of each row and documents.txt its document, for --documents. No file where no document is known.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source, target = test.pair.source, test.pair.target
    numbers = [""] if len(test.references) == 1 else [str(number) for number in range(1, len(test.references) + 1)]
    files: dict[str, Sequence[str]] = {f"source.{source}": test.sources}
    for number, texts in zip(numbers, test.references, strict=True):
        files[f"reference{number}.{target}"] = texts
    for system, lines in outputs.items():
        files[f"{system}.{target}"] = lines
    files["ids.txt"] = [readable(row.id) for row in test.rows]
    if test.documents is not None:
        files["documents.txt"] = [readable(row.name) for row in test.rows]
    for name, lines in files.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
