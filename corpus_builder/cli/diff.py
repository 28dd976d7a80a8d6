"""`diff`: what changed between two builds of a dataset."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.places import dataset_folder
from corpus_builder.cli.terminal import console, say, say_json

# The kinds of change in the order of the table's columns.
KINDS = ("kept", "added", "removed", "reworded", "rescored", "moved")


def diff(
    old: Annotated[Path, typer.Argument(metavar="A", parser=dataset_folder, help="Earlier dataset folder.")],
    new: Annotated[Path, typer.Argument(metavar="B", parser=dataset_folder, help="Later dataset folder.")],
    config: Annotated[list[str] | None, typer.Option(help="Only this config. Repeat for several.")] = None,
    show: Annotated[int, typer.Option(min=0, help="Number of changes to list per config.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print all changes as JSON.")] = False,
) -> None:
    """Show which rows were added, removed or changed between two builds: a change log for a dataset version.

    reworded: other words at the same place of the article. rescored: the same words, other scores or metadata. moved:
    the same words in another split.

    Example: `corpus-builder diff published/dataset workspace/dataset`
    """
    from corpus_builder.dataset.diff import compare
    from corpus_builder.dataset.folder import DatasetFolder
    from corpus_builder.errors import UsageError

    before, after = DatasetFolder(old), DatasetFolder(new)
    if unknown := set(config or ()) - {*before.configs, *after.configs}:
        raise UsageError(
            f"unknown config {', '.join(sorted(unknown))}", next_step=f"choose from {', '.join(after.configs)}"
        )
    difference = compare(before, after, config or ())
    counts = difference.counts()
    if json:
        changes = [asdict(change) for change in difference.changes]
        say_json({"counts": counts, "changes": changes})
        return
    from rich.table import Table

    table = Table("config", *KINDS, box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, kinds in counts.items():
        table.add_row(name, *(f"{kinds.get(kind, 0):,}" for kind in KINDS))
    console().print(table)
    for name in counts if show else ():
        for change in [each for each in difference.changes if each.config == name][:show]:
            say(
                f"{change.kind:9} {name}  article {change.article_id} at {change.position}:"
                f" {change.old or '–'} → {change.new or '–'}  {change.detail}"
            )
