"""`build`, and its stages as commands of their own, each with the options that it uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_builder.cli.log_lines import show_log_lines
from corpus_builder.cli.progress import shown
from corpus_builder.errors import UsageError

if TYPE_CHECKING:
    from corpus_builder.crawl import Archive
    from corpus_builder.stages.config import RunConfig

Config = Annotated[str, typer.Argument(help="A run config: a TOML file, or the name of a shipped one, e.g. pravda.")]
Folder = Annotated[
    str, typer.Option("--workspace", "-w", metavar="DIR", help="The folder to work in, or a URL as s3://BUCKET/NAME.")
]
Since = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="First day, e.g. 2025-12-01.")
]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Last day, included.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Maximum number of stories.")]
BaseUrl = Annotated[str | None, typer.Option(help="A mirror or test server that serves the site instead of its hosts.")]
Warc = Annotated[
    str | None, typer.Option(metavar="GLOB", help="Read these WARC files instead of crawling, also from s3://…")
]
Pages = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Read the saved pages of a folder instead of crawling.")
]
Articles = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Read a table of articles (JSON, CSV, TSV, Parquet, datasets folder), also from s3://…"
    ),
]
CommonCrawl = Annotated[
    str | None,
    typer.Option(
        metavar="NAME,…", help="Fetch the site's pages from these crawls of Common Crawl, e.g. CC-MAIN-2025-05."
    ),
]
Cdx = Annotated[
    list[str] | None,
    typer.Option(
        metavar="URL", help="Fetch the site's pages from the archive with this index (CDX server); repeatable."
    ),
]
IndexTable = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PLACE",
        help="Fetch the site's pages by this index in Parquet, e.g. s3://commoncrawl/cc-index/table/…; repeatable.",
    ),
]
Records = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where the index's WARC files are: http(s) or s3, e.g. s3://commoncrawl/."),
]
Wayback = Annotated[
    bool, typer.Option("--wayback", help="Fetch the site's pages from the Wayback Machine, or that of --cdx.")
]
Contact = Annotated[str | None, typer.Option(help="Your mail or web address, for the user agent.")]
Delay = Annotated[float | None, typer.Option(min=0, help="Seconds between two requests.")]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler to run on, or local:N to start N workers.")
]
Workers = Annotated[int | None, typer.Option(min=1, help="Worker processes (default: number of cores).")]
Exclude = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="An external test set, a segment per line, to keep out of train; repeatable."),
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Start the dataset anew, instead of adding to the stories of earlier runs.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the funnel as JSON.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show log lines on stderr.")]


def build(
    config: Config,
    workspace: Folder = "workspace",
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    base_url: BaseUrl = None,
    warc: Warc = None,
    pages: Pages = None,
    articles: Articles = None,
    common_crawl: CommonCrawl = None,
    cdx: Cdx = None,
    index_table: IndexTable = None,
    records: Records = None,
    wayback: Wayback = False,
    contact: Contact = None,
    delay: Delay = None,
    exclude: Exclude = None,
    replace: Replace = False,
    cluster: Cluster = None,
    workers: Workers = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Crawl a site, align its editions, and write the dataset and the report.

    A month of a news site takes 4 to 6 hours at the default delay; `corpus-builder plan` tells it of your site. Ctrl-C
    stops a build, and the same command carries on. A run with other dates adds its stories to the workspace.

    Example: `corpus-builder build pravda --since 2025-12-01 --until 2025-12-07 --contact mailto:you@example.org`
    """
    from corpus_builder.stages.pipeline import COMMANDS

    settings = run_settings(config, since, until, limit, contact, delay, exclude)
    _run(
        COMMANDS,
        settings,
        workspace,
        base_url=base_url,
        warc=warc,
        pages=pages,
        articles=articles,
        archive=_archive(common_crawl, cdx, records, wayback, index_table),
        cluster=cluster,
        workers=workers,
        replace=replace,
        json=json,
        verbose=verbose,
    )


def crawl(
    config: Config,
    workspace: Folder = "workspace",
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    base_url: BaseUrl = None,
    warc: Warc = None,
    pages: Pages = None,
    common_crawl: CommonCrawl = None,
    cdx: Cdx = None,
    index_table: IndexTable = None,
    records: Records = None,
    wayback: Wayback = False,
    contact: Contact = None,
    delay: Delay = None,
    replace: Replace = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Discover and fetch pages into WARC files, or continue to; with --warc or --pages, find the site's pages there.

    With --common-crawl, --cdx, --index-table or --wayback, fetch them from an archive on the net.
    A month of a news site takes 4 to 6 hours at the default delay; `corpus-builder plan` tells it of your site. Ctrl-C
    stops a crawl, and the same command carries on.

    Example: `corpus-builder crawl pravda --since 2025-12-01 --until 2025-12-07 --contact mailto:you@example.org`
    """
    settings = run_settings(config, since, until, limit, contact, delay)
    _run(
        ["crawl"],
        settings,
        workspace,
        base_url=base_url,
        warc=warc,
        pages=pages,
        archive=_archive(common_crawl, cdx, records, wayback, index_table),
        replace=replace,
        json=json,
        verbose=verbose,
    )


def extract(
    config: Config,
    workspace: Folder = "workspace",
    articles: Articles = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    base_url: BaseUrl = None,
    replace: Replace = False,
    cluster: Cluster = None,
    workers: Workers = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Read the pages that `crawl` found, or a table of articles, into editions.

    Example: `corpus-builder extract pravda --workspace workspace`
    """
    if replace and not articles:
        raise UsageError(
            "extract takes --replace only with --articles",
            next_step="for pages, run `corpus-builder crawl CONFIG --replace` first",
        )
    if (since or until or limit) and not articles:
        raise UsageError(
            "extract takes --since, --until and --limit only with --articles",
            next_step="for pages, give them to `corpus-builder crawl CONFIG`",
        )
    _run(
        ["extract"],
        run_settings(config, since, until, limit),
        workspace,
        base_url=base_url,
        articles=articles,
        cluster=cluster,
        workers=workers,
        replace=replace,
        json=json,
        verbose=verbose,
    )


def align_articles(
    config: Config,
    workspace: Folder = "workspace",
    cluster: Cluster = None,
    workers: Workers = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Train the aligner on the editions, align them, and link their quotations.

    Example: `corpus-builder align-articles pravda --workspace workspace`
    """
    _run(
        ["align-articles"],
        run_settings(config),
        workspace,
        cluster=cluster,
        workers=workers,
        json=json,
        verbose=verbose,
    )


def score(
    config: Config,
    workspace: Folder = "workspace",
    cluster: Cluster = None,
    workers: Workers = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Score the aligned rows.

    Example: `corpus-builder score pravda --workspace workspace`
    """
    _run(["score"], run_settings(config), workspace, cluster=cluster, workers=workers, json=json, verbose=verbose)


def export(
    config: Config,
    workspace: Folder = "workspace",
    exclude: Exclude = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Write the dataset and the report from the scored rows.

    Example: `corpus-builder export pravda --workspace workspace`
    """
    _run(["export"], run_settings(config, exclude=exclude), workspace, json=json, verbose=verbose)


def run_settings(
    config: str,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
    contact: str | None = None,
    delay: float | None = None,
    exclude: Sequence[Path] | None = None,
) -> RunConfig:
    """The run config with the options that were given."""
    from corpus_builder.stages.config import load_config

    if since and until and since > until:
        raise UsageError(f"--since {since:%Y-%m-%d} is after --until {until:%Y-%m-%d}", next_step="swap the two dates")
    return load_config(
        config,
        since=since.date() if since else None,
        until=until.date() if until else None,
        limit=limit,
        crawl={"contact": contact, "delay": delay},
        dataset={"exclude": [str(path) for path in exclude] if exclude else None},
    )


def _archive(
    common_crawl: str | None,
    cdx: Sequence[str] | None,
    records: str | None,
    wayback: bool,
    tables: Sequence[str] | None,
) -> Archive | None:
    """The archive that the options ask for."""
    if not (common_crawl or cdx or records or wayback or tables):
        return None
    from corpus_builder.crawl import archive_of

    return archive_of(common_crawl, cdx or (), records, wayback=wayback, tables=tables or ())


def _run(
    commands: Sequence[str],
    settings: RunConfig,
    workspace: str,
    *,
    base_url: str | None = None,
    warc: str | None = None,
    pages: Path | None = None,
    articles: str | None = None,
    archive: Archive | None = None,
    cluster: str | None = None,
    workers: int | None = None,
    replace: bool = False,
    json: bool,
    verbose: bool,
) -> None:
    """Run the stages of some commands and print the funnel."""
    if base_url and (warc or pages or articles or archive):
        raise UsageError(
            "--base-url excludes --warc, --pages, --articles and the archives",
            next_step="give one of them: what was crawled from a mirror is read without naming it",
        )
    from corpus_builder.cli.outcome import print_outcome
    from corpus_builder.stages.build import build as build_stages
    from corpus_builder.stages.build import build_run
    from corpus_builder.stages.pipeline import stages_of
    from corpus_builder.stages.stage import Source

    show_log_lines(verbose=verbose)
    with shown() as progress:
        run = build_run(
            settings,
            workspace,
            mirror=base_url,
            source=Source(warc, pages, articles, archive),
            workers=workers,
            cluster=cluster,
            progress=progress,
            replace=replace,
        )
        funnel = build_stages(run, stages_of(*commands))
    print_outcome(run, funnel, as_json=json)
