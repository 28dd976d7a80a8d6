"""`init`: a commented run config to start from."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus_builder.cli.sites import complete_site
from corpus_builder.cli.terminal import put


def init(
    site: Annotated[
        str,
        typer.Argument(autocompletion=complete_site, help="Name of a shipped site, or path of a rule file (.toml)."),
    ],
) -> None:
    """Print a commented run config for a site, to be written to a file and changed there.

    Example: `corpus-builder init pravda > my.toml`
    """
    from corpus_builder.stages.starter import starter_config

    put(starter_config(site))
