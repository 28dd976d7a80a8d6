"""`demo`: the whole pipeline on the bundled sample newspaper, served on loopback."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.progress import shown
from corpus_builder.cli.terminal import console, say


def demo(
    workspace: Annotated[Path, typer.Option("--workspace", "-w", help="The folder to work in.")] = Path("demo"),
) -> None:
    """Serve the sample newspaper on a free loopback port, crawl it, align it, and write a dataset and a report.

    Example: `corpus-builder demo --workspace demo`
    """
    from corpus_builder.cli.outcome import print_outcome
    from corpus_builder.newspaper import NewspaperServer
    from corpus_builder.stages.build import build, build_run
    from corpus_builder.stages.config import load_config

    with NewspaperServer() as server, shown() as progress:
        run = build_run(load_config("sample"), workspace, mirror=server.base_url, progress=progress)
        funnel = build(run)
    print_outcome(run, funnel, as_json=False)
    _print_rows(run.workspace.dataset, run.languages)
    say("\nnext: corpus-builder build pravda --since 2025-12-01 --until 2025-12-02 --contact YOUR-ADDRESS")


def _print_rows(dataset: Path, languages: Sequence[str], count: int = 3) -> None:
    """Print some sentence rows that have all editions and fit on a screen, spread over the training split."""
    from rich.table import Table

    from corpus_builder.parquet import read_columns

    columns = ["translation", "probability", "kind"]
    rows = read_columns(dataset / "data" / "sentences" / "train-00000-of-00001.parquet", columns).to_pylist()
    short_rows = [
        row
        for row in rows
        if row["kind"] != "title" and all(60 < len(t or "") < 160 for t in row["translation"].values())
    ]
    table = Table(*languages, "probability", title=f"{count} of {len(rows):,} rows", show_lines=True)
    for row in short_rows[:: max(len(short_rows) // count, 1)][:count]:
        table.add_row(*(row["translation"][language] for language in languages), f"{row['probability']:.2f}")
    console().print(table)
