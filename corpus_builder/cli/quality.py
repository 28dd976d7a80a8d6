"""`quality`: what filters would remove from a workspace, before anything is removed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_builder.errors import UsageError

if TYPE_CHECKING:
    from corpus_builder.quality.filters import Filter
    from corpus_builder.stages.filter_preview import Effects

_BOUND = re.compile(r"\s*(\|?)([\w]+)\1\s*(>=|<=)\s*([-+.\deE]+)\s*")


def quality(
    workspace: Annotated[Path, typer.Argument(help="The workspace of a build.")] = Path("workspace"),
    filter_: Annotated[
        list[str] | None,
        typer.Option("--filter", "-f", metavar="BOUND", help="As 'names_agree >= 0.5' or '|length_ratio| <= 3'."),
    ] = None,
    samples: Annotated[int, typer.Option(min=0, help="Rows shown of each filter.")] = 2,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what each filter removes, alone and after those before it, with samples. Nothing is changed.

    Without --filter: the filters of the workspace's run config, or common ones where it has none.

    Example: `corpus-builder quality workspace --filter 'probability >= 0.9' --filter 'names_agree >= 0.5'`
    """
    from corpus_builder.stages.filter_preview import configured, effects
    from corpus_builder.workspace.layout import Workspace

    if not workspace.is_dir():
        raise UsageError(f"there is no workspace {workspace}", next_step="name the folder that a build worked in")
    place = Workspace(workspace.absolute())
    filters = [_filter(text) for text in filter_ or ()] or configured(place)
    found = effects(place, filters, samples)
    if json:
        from dataclasses import asdict
        from json import dumps

        print(dumps({one.config: asdict(one) for one in found}, ensure_ascii=False))
        return
    for one in found:
        _show(one)


def _filter(text: str) -> Filter:
    from corpus_builder.quality.filters import Filter

    match = _BOUND.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        bound = float(match[4])
    except ValueError:
        raise UsageError(
            f"{text!r} is no filter", next_step="write a score and a bound: 'names_agree >= 0.5', '|length_ratio| <= 3'"
        ) from None
    least, greatest = (bound, None) if match[3] == ">=" else (None, bound)
    return Filter(match[2], least, greatest, absolute=bool(match[1]))


def _show(found: Effects) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(soft_wrap=True, highlight=False)
    table = Table(found.config, "removes alone", "", "removes first", box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for effect in found.filters:
        table.add_row(
            escape(effect.filter), f"{effect.alone:,}", f"{effect.alone / found.rows:.1%}", f"{effect.first:,}"
        )
    console.print(table)
    console.print(f"{found.passing:,} of {found.rows:,} rows pass all ({found.passing / found.rows:.1%})\n")
    for effect in found.filters:
        for sample in effect.samples:
            likely = "" if sample.probability is None else f", probability {sample.probability:.2f}"
            console.print(f"[bold]{escape(effect.filter)}[/]: {sample.value:.3g}{likely}, article {sample.article_id}")
            for language, text in sorted(sample.texts.items()):
                console.print(f"  {language}  {escape(text)}", soft_wrap=True)
    console.print()
