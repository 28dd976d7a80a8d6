"""The entry point of the command. Almost nothing is imported here, so that Ctrl-C is handled from the beginning."""

from __future__ import annotations

from corpus_builder.cli.interrupts import interruptible


def run() -> None:
    """Run a command."""
    with interruptible():
        from corpus_builder.cli.main import run as run_command

        run_command()
