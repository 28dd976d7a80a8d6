"""The commands of corpus-builder, and how an error is shown.

Each command is a file of this package. It imports what it needs when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from corpus_builder.cli import (
    align,
    audit,
    build,
    convert,
    correct,
    demo,
    diff,
    evaluate,
    extract_page,
    init,
    lexicon,
    look,
    plan,
    publish,
    quality,
    rehydrate,
    sites,
    takedown,
)
from corpus_builder.cli.interrupts import interruptible
from corpus_builder.cli.log_lines import show_log_lines
from corpus_builder.cli.terminal import say
from corpus_builder.errors import CorpusBuilderError, RunError
from corpus_builder.files import FULL, is_full
from corpus_builder.version import VERSION


class _Commands(TyperGroup):
    """The commands; click would turn an interruption, and an input that ends too early, into "Aborted."."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            with interruptible():
                return super().invoke(ctx)
        except EOFError as error:
            raise RunError(
                f"an input ends too early: {error}", next_step="a compressed file may be cut short; get it again"
            ) from error


app = typer.Typer(
    name="corpus-builder",
    cls=_Commands,
    help="Builds parallel datasets from trilingual news sites: crawls, aligns, scores, publishes and evaluates.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(requested: bool) -> None:
    if requested:
        say(f"corpus-builder {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[  # noqa: ARG001 - it acts in its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    show_log_lines(verbose=False)


_BUILD, _SITES, _DATASET, _TEXTS = "Build a dataset", "Rules of sites", "Use a dataset", "Align plain texts"

app.command("demo", rich_help_panel=_BUILD)(demo.demo)
app.command("init", rich_help_panel=_BUILD)(init.init)
app.command("plan", rich_help_panel=_BUILD)(plan.plan)
app.command("build", rich_help_panel=_BUILD)(build.build)
app.command("crawl", rich_help_panel=_BUILD)(build.crawl)
app.command("extract", rich_help_panel=_BUILD)(build.extract)
app.command("align-articles", rich_help_panel=_BUILD)(build.align_articles)
app.command("score", rich_help_panel=_BUILD)(build.score)
app.command("export", rich_help_panel=_BUILD)(build.export)
app.command("quality", rich_help_panel=_BUILD)(quality.quality)
app.command("takedown", rich_help_panel=_BUILD)(takedown.takedown)
app.add_typer(sites.app, name="sites", rich_help_panel=_SITES)
app.command("extract-page", rich_help_panel=_SITES)(extract_page.extract_page)
app.command("look", rich_help_panel=_DATASET)(look.look)
app.command("convert", rich_help_panel=_DATASET)(convert.convert)
app.command("diff", rich_help_panel=_DATASET)(diff.diff)
app.command("rehydrate", rich_help_panel=_DATASET)(rehydrate.rehydrate)
app.add_typer(audit.app, name="audit", rich_help_panel=_DATASET)
app.add_typer(correct.app, name="correct", rich_help_panel=_DATASET)
app.command("publish", rich_help_panel=_DATASET)(publish.publish)
app.command("evaluate", rich_help_panel=_DATASET)(evaluate.evaluate)
app.add_typer(align.app, name="align", rich_help_panel=_TEXTS)
app.add_typer(lexicon.app, name="lexicon", rich_help_panel=_TEXTS)


def run() -> None:
    """Run a command. An expected error is two lines on stderr, without a traceback: what is wrong, and what to do."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what an encoding lacks is escaped
            stream.reconfigure(errors="backslashreplace")
    try:
        with interruptible():
            app()
    except CorpusBuilderError as error:
        _fail(str(error), error.next_step, error.exit_status)
    except OSError as error:
        named = f": {error.filename}" if error.filename else ""
        _fail(f"{error.strerror or error}{named}", FULL if is_full(error) else "", 1)


def _fail(message: str, next_step: str, status: int) -> None:
    say(f"error: {message}", error=True, colour="red")
    if next_step:
        say(f"  next: {next_step}", error=True)
    sys.exit(status)
