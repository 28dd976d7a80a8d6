"""`convert`: a dataset in another format."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from corpus_builder.cli.places import dataset_folder, workspace_folder
from corpus_builder.cli.terminal import say
from corpus_builder.errors import NothingProduced, UsageError

if TYPE_CHECKING:
    from gzip import GzipFile

    from corpus_builder.dataset.exporters import ExportOutcome, Format, Selection

Formats = "parquet, jsonl, csv, tsv, tmx, xliff, moses, opus, mtdata, wmt or standoff"
# Chosen: the level of the zstd program.
_ZSTD = 3


def convert(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", parser=dataset_folder, help="Dataset folder.")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help=f"{Formats}.")],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="File to write, compressed if it ends in .gz or .zst; - is standard output. "
            "A folder for parquet, moses, opus, mtdata, standoff and --all-pairs.",
        ),
    ],
    config: Annotated[str | None, typer.Option(help="Config (default: sentences).")] = None,
    split: Annotated[list[str] | None, typer.Option(help="Split (default: all). Repeat for several.")] = None,
    pair: Annotated[
        str | None, typer.Option(metavar="SRC-TGT", help="Two languages in this order, e.g. en-uk.")
    ] = None,
    all_pairs: Annotated[bool, typer.Option("--all-pairs", help="Every pair of languages, a file each.")] = False,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES", help="Columns of tsv and csv, e.g. en,uk; tsv then has no header and no quotation marks."
        ),
    ] = None,
    min_probability: Annotated[float, typer.Option(min=0, max=1, help="Minimum probability of a row.")] = 0.0,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace", "-w", metavar="DIR", parser=workspace_folder, help="Workspace of the dataset (for standoff)."
        ),
    ] = None,
    url: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where the folder will be downloaded from (for mtdata).")
    ] = "",
) -> None:
    """Write a dataset or a part of it in another format.

    Example: `corpus-builder convert workspace/dataset --to tmx --pair en-uk --split train -o en-uk.tmx`
    """
    from corpus_builder.dataset.exporters import FORMATS
    from corpus_builder.dataset.exporters.selection import pair_selections, select
    from corpus_builder.dataset.folder import DatasetFolder

    if to not in FORMATS:
        formats = "\n".join(f"    {name:9} {each.what}" for name, each in FORMATS.items())
        raise UsageError(f"unknown format {to!r}", next_step=f"choose from\n{formats}")
    if pair and all_pairs:
        raise UsageError("--pair names one pair, --all-pairs asks for all", next_step="remove one of the two")
    folder = DatasetFolder(dataset)
    chosen = (
        pair_selections(folder, config, split or (), min_probability)
        if all_pairs
        else [select(folder, config, split or (), pair, min_probability)]
    )
    if columns is not None:
        if to not in ("tsv", "csv"):
            raise UsageError(f"{to} has no columns to choose", next_step="use --columns with --to tsv or --to csv")
        for each in chosen:
            each.columns = tuple(name.strip() for name in columns.split(",") if name.strip())
    for each in chosen:
        each.url = url
    if to == "standoff":
        from corpus_builder.stages.standoff_pages import place_reader

        if config or split or pair or all_pairs or min_probability:
            raise UsageError(
                "standoff converts the whole dataset",
                next_step="remove --config, --split, --pair, --all-pairs and --min-probability",
            )
        chosen[0].places = place_reader(workspace or dataset.absolute().parent)
    _write(chosen, to, FORMATS[to], out, many=all_pairs)


def _write(chosen: Sequence[Selection], name: str, form: Format, out: Path, *, many: bool) -> None:
    """Write all, and tell how many rows there are; the files appear only if there is any."""
    from corpus_builder.files import replacing, replacing_folder

    to_stdout = str(out) == "-"
    if to_stdout and (form.folder or many):
        raise UsageError("this makes a folder, which standard output is not", next_step="name a folder with --out")
    if not to_stdout:
        _check_free(out, folder=form.folder or many)
    if to_stdout:
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / name
            outcomes = [form.write(chosen[0], file)]
            _check_rows(outcomes)
            _pour(file, sys.stdout.buffer)
    elif form.folder or many:
        with replacing_folder(out.absolute()) as part:
            outcomes = [
                form.write(each, part if form.folder else part / f"{each.stem}.{form.ending or name}")
                for each in chosen
            ]
            _check_rows(outcomes)
    else:
        with replacing(out.absolute()) as part:
            outcomes = [_compressed(chosen[0], form, part, out.suffix)]
            _check_rows(outcomes)
    say(f"{out}: {sum(outcome.rows for outcome in outcomes):,} rows", error=to_stdout)
    for reason, rows in sorted(_left_out(outcomes).items()):
        say(f"  skipped: {reason} {rows:,}", error=to_stdout)


def _compressed(selection: Selection, form: Format, part: Path, ending: str) -> ExportOutcome:
    """Write a file, compressed as the ending says; the same rows give the same bytes."""
    if ending not in (".gz", ".zst"):
        return form.write(selection, part)
    plain = part.with_name(f"{part.name}.plain")
    try:
        outcome = form.write(selection, plain)
        with part.open("wb") as file:
            if ending == ".gz":
                import gzip

                with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                    _pour(plain, packed)
            else:
                import zstandard

                with zstandard.ZstdCompressor(level=_ZSTD).stream_writer(file, closefd=False) as stream:
                    _pour(plain, stream)
    finally:
        plain.unlink(missing_ok=True)
    return outcome


def _pour(path: Path, out: IO[bytes] | GzipFile) -> None:
    """Copy a file's bytes; a reader that has seen enough ends it (`convert -o - | head`)."""
    try:
        with path.open("rb") as file:
            shutil.copyfileobj(file, out)
        out.flush()
    except BrokenPipeError:
        # Python would write what is left when it exits, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _left_out(outcomes: Sequence[ExportOutcome]) -> Counter[str]:
    left_out: Counter[str] = Counter()
    for outcome in outcomes:
        left_out.update(outcome.left_out)
    return left_out


def _check_rows(outcomes: Sequence[ExportOutcome]) -> None:
    """Raise NothingProduced where no row was written."""
    if not any(outcome.rows for outcome in outcomes):
        why = ", ".join(f"{reason} {rows:,}" for reason, rows in sorted(_left_out(outcomes).items()))
        raise NothingProduced(
            f"no row was written{f' (skipped: {why})' if why else ''}",
            next_step="choose other rows with --config, --split, --pair or a lower --min-probability",
        )


def _check_free(out: Path, *, folder: bool) -> None:
    """Raise UsageError where something at the output path would be overwritten."""
    if out.is_dir() and (not folder or any(out.iterdir())):
        raise UsageError(f"{out} is a folder that is not empty", next_step="choose another path with --out")
    if folder and out.is_file():
        raise UsageError(f"{out} is a file, but this writes a folder", next_step="choose another path with --out")
