"""`demo`: the whole road on the bundled sample newspaper, served on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.progress import shown


def demo(
    workspace: Annotated[Path, typer.Option("--workspace", "-w", help="The folder to work in.")] = Path("demo"),
) -> None:
    """Serve the sample newspaper on a free loopback port, crawl it, align it, and write a dataset and a report.

    Example: `corpus-builder demo --workspace demo`
    """
    from corpus_builder.cli.outcome import print_outcome
    from corpus_builder.newspaper import NewspaperServer
    from corpus_builder.pipeline.build import build, build_run
    from corpus_builder.pipeline.config import load_config

    with NewspaperServer() as server, shown() as progress:
        run = build_run(load_config("sample"), workspace, mirror=server.base_url, progress=progress)
        funnel = build(run)
    print_outcome(run, funnel, as_json=False)
    _print_rows(run.workspace.dataset)
    typer.echo("\nnext: corpus-builder build pravda --since 2025-12-01 --until 2025-12-02 --contact YOUR-ADDRESS")


def _print_rows(dataset: Path, count: int = 3) -> None:
    """Print some sentence rows that have all three editions, from the middle of the training split."""
    import pyarrow.parquet as pq
    from rich.console import Console
    from rich.table import Table

    rows = pq.read_table(dataset / "data" / "sentences" / "train-00000-of-00001.parquet").to_pylist()
    whole = [row for row in rows if all(row["translation"].values()) and row["kind"] != "title"]
    middle = max(len(whole) // 2 - count, 0)
    table = Table(
        *(whole[0]["translation"] if whole else ()), "probability", title="three of the rows", show_lines=True
    )
    for row in whole[middle : middle + count]:
        table.add_row(*row["translation"].values(), f"{row['quality']['probability']:.2f}")
    Console().print(table)
