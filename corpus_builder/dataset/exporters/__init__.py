"""Datasets in other formats, one file each; FORMATS lists them by name.

A format is a function from a Selection to files at a path, which tells how many rows it wrote and which it had to leave
out. A new one is a file here and a line below, or an entry point of another package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus_builder.dataset.exporters import (
    jsonl,
    moses,
    mtdata,
    opus,
    parquet,
    separated,
    standoff,
    tmx,
    wmt,
    xliff,
)
from corpus_builder.dataset.exporters.selection import ExportOutcome, Selection
from corpus_builder.plugins import Extensible


@dataclass(frozen=True)
class Format:
    """A format: what it is, and the function that writes it. `folder` tells whether it makes a folder or one file.

    `ending` is that of its files where it is not the name of the format.
    """

    what: str
    write: Callable[[Selection, Path], ExportOutcome]
    folder: bool = False
    ending: str = ""


_BUILT_IN: Mapping[str, Format] = {
    "parquet": Format("the chosen rows as a dataset folder of their own", parquet.write, folder=True),
    "jsonl": Format("JSON lines with all columns", jsonl.write),
    "tsv": Format("a table with a text column per language, its columns between tabs", separated.write_tsv),
    "csv": Format("the same table, its columns between commas", separated.write_csv),
    "tmx": Format("TMX 1.4 for translation memories and CAT tools", tmx.write),
    "xliff": Format("XLIFF 2.0 for CAT tools, a file per split; needs --pair", xliff.write, ending="xlf"),
    "moses": Format("plain texts, line by line parallel, a file per language", moses.write, folder=True),
    "opus": Format("the layout of OPUS: XCES alignments and a Moses zip, a pair each", opus.write, folder=True),
    "mtdata": Format("tables and the entries for the index of mtdata; needs --url", mtdata.write, folder=True),
    "wmt": Format("a WMT XML test set; needs --pair", wmt.write, ending="xml"),
    "standoff": Format("no text: places, hashes, alignments, scores; see rehydrate", standoff.write, folder=True),
}


def _accept(_name: str, made: object) -> Format:
    """What an installed package has for a format."""
    if not isinstance(made, Format):
        raise TypeError("it must be a corpus_builder.dataset.exporters.Format(what, write)")
    return made


FORMATS: Mapping[str, Format] = Extensible("corpus_builder.exporters", "export format", _BUILT_IN, _accept)
"""All formats by name: those of this package, and those that installed packages add."""

__all__ = ["FORMATS", "ExportOutcome", "Format", "Selection"]
