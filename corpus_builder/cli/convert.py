"""`convert`: a dataset in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_builder.errors import UsageError

if TYPE_CHECKING:
    from corpus_builder.dataset.exporters import Format

Formats = "parquet, jsonl, tsv, tmx, moses, wmt or standoff"


def convert(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help=f"{Formats}.")],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="PATH", help="The file to write; a folder for parquet, moses, standoff."),
    ],
    config: Annotated[str | None, typer.Option(help="Which config; by default sentences.")] = None,
    split: Annotated[list[str] | None, typer.Option(help="Which split; by default all. Repeat for several.")] = None,
    pair: Annotated[
        str | None, typer.Option(metavar="SRC-TGT", help="Two languages only, in this order: en-uk.")
    ] = None,
    min_probability: Annotated[float, typer.Option(min=0, max=1, help="Leave out rows below it.")] = 0.0,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Where the dataset was built; standoff needs it.")
    ] = None,
) -> None:
    """Write a dataset, or a part of it, in another format.

    Example: `corpus-builder convert workspace/dataset --to tmx --pair en-uk --split train -o en-uk.tmx`
    """
    from corpus_builder.dataset.exporters import FORMATS
    from corpus_builder.dataset.exporters.selection import select
    from corpus_builder.dataset.folder import DatasetFolder
    from corpus_builder.files import replacing, replacing_folder

    if to not in FORMATS:
        told = "\n".join(f"    {name:9} {each.what}" for name, each in FORMATS.items())
        raise UsageError(f"there is no format {to!r}", next_step=f"choose from\n{told}")
    chosen = select(DatasetFolder(dataset), config, split or (), pair, min_probability)
    if to == "standoff":
        from corpus_builder.stages.standoff_pages import place_reader

        if config or split or pair or min_probability:
            raise UsageError(
                "standoff is made of the whole dataset",
                next_step="leave out --config, --split, --pair and --min-probability",
            )
        chosen.places = place_reader(workspace or dataset.absolute().parent)
    form = FORMATS[to]
    _check_free(out, form)
    with (replacing_folder if form.folder else replacing)(out.absolute()) as part:
        outcome = form.write(chosen, part)
    typer.echo(f"{out}: {outcome.rows:,} rows")
    for reason, rows in sorted(outcome.left_out.items()):
        typer.echo(f"  left out: {reason} {rows:,}")


def _check_free(out: Path, form: Format) -> None:
    """Raise UsageError where the output cannot be written without harm to what is there."""
    if out.is_dir() and (not form.folder or any(out.iterdir())):
        raise UsageError(f"{out} is a folder that is not empty", next_step="name another place with --out")
    if form.folder and out.is_file():
        raise UsageError(f"{out} is a file, and this format makes a folder", next_step="name another place with --out")
