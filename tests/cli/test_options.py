"""Groups of options become the options of a command, under their headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner, Result

from corpus_builder.cli.options import OptionGroup, grouped


@dataclass(frozen=True, kw_only=True)
class Colours(OptionGroup):
    """How it looks."""

    panel = "Colours"

    paper: Annotated[str, typer.Option(help="The colour of the paper.")] = "white"
    ink: Annotated[list[str] | None, typer.Option("--ink", "-i", help="The colours of the ink.")] = None


@dataclass(frozen=True, kw_only=True)
class Size(OptionGroup):
    """How large it is."""

    panel = "Size"

    width: Annotated[int, typer.Option(min=1, help="Millimetres.")]


@grouped
def paint(colours: Colours, size: Size) -> None:
    """Paint a picture."""
    typer.echo(f"{colours.paper} {colours.ink} {size.width}")


def run(*arguments: str) -> Result:
    app = typer.Typer(add_completion=False)
    app.command()(paint)
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "120"})


def test_options_reach_their_groups() -> None:
    assert run("--width", "7", "-i", "red", "--ink", "blue").output == "white ['red', 'blue'] 7\n"
    assert run("--width", "7", "--paper", "grey").output == "grey None 7\n"


def test_an_option_without_a_default_is_required_and_bounds_hold() -> None:
    assert run("--paper", "grey").exit_code == 2
    assert run("--width", "0").exit_code == 2


def test_help_has_the_docstring_and_a_panel_for_each_group() -> None:
    shown = run("--help").output
    assert "Paint a picture." in shown
    assert shown.index("Colours") < shown.index("--paper") < shown.index("Size") < shown.index("--width")
