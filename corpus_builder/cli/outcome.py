"""What a build prints at its end: the funnel with the reasons of every loss, and where things lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from corpus_builder.stages.funnel import Funnel
from corpus_builder.stages.stage import Run


def print_outcome(run: Run, funnel: Funnel, *, as_json: bool) -> None:
    """Print the funnel as a table, or as one JSON object with the same figures."""
    workspace = run.workspace
    places = {"dataset": workspace.dataset, "report": workspace.report, "dropped": workspace.dropped}
    here = {name: str(path) for name, path in places.items() if path.exists()}
    if as_json:
        print(json.dumps({"funnel": [asdict(step) for step in funnel.steps], "dropped": funnel.dropped, **here}))
        return
    table = Table("stage", "", "count", "left out on the way, by reason", box=None, header_style="bold")
    table.columns[2].justify = "right"
    told: set[str] = set()
    for step in funnel.steps:
        reasons = "" if step.stage in told else ", ".join(_reasons(funnel, step.stage))
        told.add(step.stage)
        table.add_row(step.stage, step.name, f"{step.count:,}", reasons)
    console = Console(soft_wrap=False)
    console.print(table)
    for name, path in here.items():
        console.print(f"{name:8} {path}", soft_wrap=True, highlight=False)


def _reasons(funnel: Funnel, stage: str) -> Iterator[str]:
    return (f"{reason} {count:,}" for reason, count in funnel.dropped.get(stage, {}).items())
