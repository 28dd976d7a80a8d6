"""What a build prints at its end: the funnel with the reasons for drops, and the paths of its outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from rich.table import Table

from corpus_builder.cli.terminal import console, say, say_json
from corpus_builder.stages.funnel import Funnel
from corpus_builder.stages.stage import Run


def print_outcome(run: Run, funnel: Funnel, *, as_json: bool) -> None:
    """Print the funnel as a table, or as one JSON object with the same figures."""
    workspace = run.workspace
    outputs = {"dataset": workspace.dataset, "report": workspace.report, "dropped": workspace.dropped}
    paths = {name: workspace.shown(path) for name, path in outputs.items() if path.exists()}
    if as_json:
        say_json({"funnel": [asdict(step) for step in funnel.steps], "dropped": funnel.dropped, **paths})
        return
    table = Table("stage", "", "count", "dropped (reason)", box=None, header_style="bold")
    table.columns[2].justify = "right"
    with_reasons: set[str] = set()
    for step in funnel.steps:
        reasons = "" if step.stage in with_reasons else ", ".join(_reasons(funnel, step.stage))
        with_reasons.add(step.stage)
        table.add_row(step.stage, step.name, f"{step.count:,}", reasons)
    console().print(table)
    for name, path in paths.items():
        say(f"{name:8} {path}")


def _reasons(funnel: Funnel, stage: str) -> Iterator[str]:
    return (f"{reason} {count:,}" for reason, count in funnel.dropped.get(stage, {}).items())
