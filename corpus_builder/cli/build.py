"""`build`, and its stages as commands of their own; all take the same options."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.progress import shown
from corpus_builder.errors import UsageError

Config = Annotated[str, typer.Argument(help="A run config: a TOML file, or a shipped one by its name, as pravda.")]
Folder = Annotated[Path, typer.Option("--workspace", "-w", help="The folder to work in.")]
Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="First day: 2025-12-01.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Last day, counted in.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many stories.")]
BaseUrl = Annotated[str | None, typer.Option(help="A mirror or test server that serves the site instead of its hosts.")]
Warc = Annotated[str | None, typer.Option(metavar="GLOB", help="Read these WARC files instead of crawling.")]
Pages = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Read the saved pages of a folder instead of crawling.")
]
Articles = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Read a table of articles (JSONL, CSV, Parquet, datasets folder).")
]
Contact = Annotated[str | None, typer.Option(help="Your mail or web address, for the user agent.")]
Delay = Annotated[float | None, typer.Option(min=0, help="Seconds between two requests.")]
Cluster = Annotated[str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler to work on.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; by default one a core.")]
Exclude = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="A test set from elsewhere, a segment a line, to keep out of train; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the funnel as JSON.")]


def _command(stages: tuple[str, ...], description: str) -> Callable[..., None]:
    """A command that runs these stages of a build; no stages mean all."""

    def command(
        config: Config,
        workspace: Folder = Path("workspace"),
        since: Since = None,
        until: Until = None,
        limit: Limit = None,
        base_url: BaseUrl = None,
        warc: Warc = None,
        pages: Pages = None,
        articles: Articles = None,
        contact: Contact = None,
        delay: Delay = None,
        exclude: Exclude = None,
        cluster: Cluster = None,
        workers: Workers = None,
        json: Json = False,
    ) -> None:
        if sum(bool(source) for source in (base_url, warc, pages, articles)) > 1:
            raise UsageError("--base-url, --warc, --pages and --articles exclude one another", next_step="name one")
        from corpus_builder.cli.outcome import print_outcome
        from corpus_builder.stages.build import STAGES, build_run
        from corpus_builder.stages.build import build as build_stages
        from corpus_builder.stages.config import load_config
        from corpus_builder.stages.stage import Source

        settings = load_config(
            config,
            since=since.date() if since else None,
            until=until.date() if until else None,
            limit=limit,
            crawl={"contact": contact, "delay": delay},
            dataset={"exclude": [str(path) for path in exclude] if exclude else None},
        )
        with shown() as progress:
            run = build_run(
                settings,
                workspace,
                mirror=base_url,
                source=Source(warc, pages, articles),
                workers=workers,
                cluster=cluster,
                progress=progress,
            )
            funnel = build_stages(run, stages or STAGES)
        print_outcome(run, funnel, as_json=json)

    command.__doc__ = description
    return command


build = _command(
    (),
    """Crawl a site, align its editions, and write the dataset and the report.

    Example: `corpus-builder build pravda --since 2025-12-01 --until 2025-12-07 --contact mailto:you@example.org`
    """,
)
crawl = _command(
    ("crawl",),
    """The first stage of a build alone: discover and fetch pages into WARC files, or carry on with that.

    Example: `corpus-builder crawl pravda --since 2025-12-01 --until 2025-12-07 --contact mailto:you@example.org`
    """,
)
extract = _command(
    ("extract",),
    """The second stage alone: the workspace's pages to editions.

    Example: `corpus-builder extract pravda --workspace workspace`
    """,
)
align_articles = _command(
    ("align",),
    """The third stage alone: learn from the editions and align them.

    Example: `corpus-builder align-articles pravda --workspace workspace`
    """,
)
score = _command(
    ("score",),
    """The fourth stage alone: score the aligned rows.

    Example: `corpus-builder score pravda --workspace workspace`
    """,
)
export = _command(
    ("export",),
    """The last stage alone: write the dataset and the report from what is aligned.

    Example: `corpus-builder export pravda --workspace workspace`
    """,
)
