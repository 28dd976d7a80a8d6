"""The only door to the terminal: whatever is printed here may quote what strangers wrote.

No text is read as markup of rich, and characters that act on a screen are shown by their codes (escape.py). Commands
print with these functions; a test holds that none prints in another way.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from corpus_builder import escape

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str = "", *, error: bool = False, colour: str | None = None, over: bool = False, end: str = "\n") -> None:
    """Print text to stdout, or to stderr where it is no result; `over` the line before, where that had no `end`."""
    typer.secho(("\r" if over else "") + escape.terminal(text) + end, err=error, fg=colour, nl=False)


def say_json(value: object) -> None:
    """Print a value as JSON on one line."""
    typer.echo(escape.json_text(value))


def put(text: str) -> None:
    """Write a file's content to stdout, as it would be in the file."""
    sys.stdout.write(text)


def console(*, stderr: bool = False) -> Console:
    """A console of rich that prints text as it is: styles are given by `style=` and `Text`, never in the text."""
    from rich.console import Console
    from rich.segment import Segment

    class Plain(Console):
        """Shows what would act on the screen, in whatever is printed."""

        def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
            """The segments of a renderable; those that move the cursor of a progress bar are rich's own."""
            for segment in super().render(renderable, options):
                if segment.control or (segment.text.isascii() and segment.text.isprintable()):
                    yield segment
                else:
                    yield Segment(escape.terminal(segment.text), segment.style)

    return Plain(stderr=stderr, markup=False, emoji=False, highlight=False)
