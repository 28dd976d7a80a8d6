"""`quality`: what filters would remove from a workspace, before anything is removed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_builder.cli.places import workspace_folder
from corpus_builder.cli.terminal import console, say, say_json
from corpus_builder.errors import UsageError
from corpus_builder.escape import line

if TYPE_CHECKING:
    from corpus_builder.quality.filters import Filter
    from corpus_builder.stages.filter_preview import FilterPreview

_BOUND = re.compile(r"\s*(\|?)([\w]+)\1\s*(>=|<=)\s*([-+.\deE]+)\s*")


def quality(
    workspace: Annotated[
        Path, typer.Argument(metavar="[WORKSPACE]", parser=workspace_folder, help="Workspace of a build.")
    ] = Path("workspace"),
    filter_: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            "-f",
            metavar="BOUND",
            help="Filter, e.g. 'names_agree >= 0.5' or '|length_ratio| <= 3', or the name of filters: common, or those "
            "of an installed package. Repeat for several.",
        ),
    ] = None,
    samples: Annotated[int, typer.Option(min=0, help="Number of rejected rows to show for each filter.")] = 2,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Preview how many rows each filter rejects, alone and after the filters before it, with examples.

    Nothing is changed. Without --filter: the filters of the workspace's last build, or common ones if it had none.

    Example: `corpus-builder quality workspace --filter 'probability >= 0.9' --filter 'names_agree >= 0.5'`
    """
    from corpus_builder.stages.filter_preview import configured, preview
    from corpus_builder.workspace.layout import Workspace

    if not workspace.is_dir():
        raise UsageError(f"folder not found: {workspace}", next_step="give the workspace of a build")
    place = Workspace(workspace.absolute())
    filters = [each for text in filter_ or () for each in _filters(text)] or configured(place)
    previews = preview(place, filters, samples)
    if json:
        from dataclasses import asdict

        say_json({each.config: asdict(each) for each in previews})
        return
    for each in previews:
        _show(each)


def _filters(text: str) -> Sequence[Filter]:
    from corpus_builder.quality.filters import Filter, named

    if re.fullmatch(r"[\w.-]+", text):
        return named(text)
    match = _BOUND.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        bound = float(match[4])
    except ValueError:
        raise UsageError(
            f"not a filter: {text!r}",
            next_step="the operators are >= (at least) and <= (at most), and a value on the bound passes: "
            "'names_agree >= 0.5', '|token_ratio| <= 3'",
        ) from None
    least, greatest = (bound, None) if match[3] == ">=" else (None, bound)
    return [Filter(match[2], least, greatest, absolute=bool(match[1]))]


def _show(preview: FilterPreview) -> None:
    from rich.table import Table

    from corpus_builder.quality.filters import MANY, many

    table = Table(preview.config, "rejects alone", "", "rejects first", box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for effect in preview.filters:
        if effect.alone > preview.rows * MANY:
            say(f"warning: {many(effect.filter, preview.config, effect.alone, preview.rows)}", error=True)
        table.add_row(effect.filter, f"{effect.alone:,}", f"{effect.alone / preview.rows:.1%}", f"{effect.first:,}")
    console().print(table)
    say(f"{preview.passing:,} of {preview.rows:,} rows pass all filters ({preview.passing / preview.rows:.1%})\n")
    for effect in preview.filters:
        for sample in effect.samples:
            likely = "" if sample.probability is None else f", probability {sample.probability:.2f}"
            say(f"{effect.filter}: {sample.value:.3g}{likely}, article {line(sample.article_id)}")
            for language, text in sorted(sample.texts.items()):
                say(f"  {language}  {line(text)}")
    say()
