"""`convert`: a dataset in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_builder.cli.terminal import say
from corpus_builder.errors import UsageError

if TYPE_CHECKING:
    from corpus_builder.dataset.exporters import Format

Formats = "parquet, jsonl, tsv, tmx, moses, wmt or standoff"


def convert(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="Dataset folder.")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help=f"{Formats}.")],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="PATH", help="File to write; a folder for parquet, moses and standoff."),
    ],
    config: Annotated[str | None, typer.Option(help="Config (default: sentences).")] = None,
    split: Annotated[list[str] | None, typer.Option(help="Split (default: all). Repeat for several.")] = None,
    pair: Annotated[
        str | None, typer.Option(metavar="SRC-TGT", help="Two languages in this order, e.g. en-uk.")
    ] = None,
    min_probability: Annotated[float, typer.Option(min=0, max=1, help="Minimum probability of a row.")] = 0.0,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Workspace of the dataset (for standoff).")
    ] = None,
) -> None:
    """Write a dataset or a part of it in another format.

    Example: `corpus-builder convert workspace/dataset --to tmx --pair en-uk --split train -o en-uk.tmx`
    """
    from corpus_builder.dataset.exporters import FORMATS
    from corpus_builder.dataset.exporters.selection import select
    from corpus_builder.dataset.folder import DatasetFolder
    from corpus_builder.files import replacing, replacing_folder

    if to not in FORMATS:
        formats = "\n".join(f"    {name:9} {each.what}" for name, each in FORMATS.items())
        raise UsageError(f"unknown format {to!r}", next_step=f"choose from\n{formats}")
    chosen = select(DatasetFolder(dataset), config, split or (), pair, min_probability)
    if to == "standoff":
        from corpus_builder.stages.standoff_pages import place_reader

        if config or split or pair or min_probability:
            raise UsageError(
                "standoff converts the whole dataset",
                next_step="remove --config, --split, --pair and --min-probability",
            )
        chosen.places = place_reader(workspace or dataset.absolute().parent)
    form = FORMATS[to]
    _check_free(out, form)
    with (replacing_folder if form.folder else replacing)(out.absolute()) as part:
        outcome = form.write(chosen, part)
    say(f"{out}: {outcome.rows:,} rows")
    for reason, rows in sorted(outcome.left_out.items()):
        say(f"  skipped: {reason} {rows:,}")


def _check_free(out: Path, form: Format) -> None:
    """Raise UsageError where something at the output path would be overwritten."""
    if out.is_dir() and (not form.folder or any(out.iterdir())):
        raise UsageError(f"{out} is a folder that is not empty", next_step="choose another path with --out")
    if form.folder and out.is_file():
        raise UsageError(
            f"{out} is a file, but this format writes a folder", next_step="choose another path with --out"
        )
