"""`look`: the workbench, a corpus in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.places import folder_here
from corpus_builder.cli.terminal import say


def look(
    path: Annotated[
        Path, typer.Argument(metavar="WORKSPACE|DATASET", parser=folder_here, help="A workspace, or a dataset folder.")
    ],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1 (default: any free one).")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, and open no browser.")] = False,
) -> None:
    """Look at a corpus in a browser: its worst rows, all stories, a concordance, quotations, and what was dropped.

    The first start builds an index. The server answers on this machine only, until Ctrl-C.

    Example: `corpus-builder look workspace`
    """
    from corpus_builder.look.server import serve

    def ready(address: str) -> None:
        say(f"{address}\nCtrl-C ends it")
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    serve(path, port, lambda message: say(message, error=True), ready)
