"""The whole road, stage after stage, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus_builder.align.encoder.open import open_encoder
from corpus_builder.errors import ConfigError, NothingProduced, UsageError
from corpus_builder.sites import load_site
from corpus_builder.stages.align import ALIGN, align
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.crawl import STAGE as CRAWL
from corpus_builder.stages.crawl import gather, indexed
from corpus_builder.stages.executor import Workers
from corpus_builder.stages.export import STAGE as EXPORT
from corpus_builder.stages.export import export
from corpus_builder.stages.extract import EXTRACT, extract
from corpus_builder.stages.extract_table import take_in
from corpus_builder.stages.funnel import Funnel, measure
from corpus_builder.stages.quotes import quotes
from corpus_builder.stages.report import report
from corpus_builder.stages.score import SCORE, score_rows
from corpus_builder.stages.stage import Progress, Run, Source, silent
from corpus_builder.workspace.layout import Workspace, sweep
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.stories import read_clusters

# The stages in their order; "build" runs them all.
STAGES = (CRAWL, EXTRACT, ALIGN, SCORE, EXPORT)


def build_run(
    config: RunConfig,
    folder: Path,
    *,
    mirror: str | None = None,
    source: Source | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress = silent,
) -> Run:
    """A run as it is asked for: `mirror` is a base URL that serves the site, `folder` the workspace.

    Raises UsageError or ConfigError where it cannot be run.
    """
    site = load_site(config.site, mirror)
    if unknown := set(config.languages) - set(site.languages):
        raise ConfigError(
            f"{config.site} has no edition in {', '.join(sorted(unknown))}; it has {', '.join(site.languages)}"
        )
    source = source or Source()
    for path in (source.pages, source.articles):
        if path and not path.exists():
            raise UsageError(f"there is no {path}")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"the workspace {folder} is no folder", next_step="name a folder, or a name that is free")
    workspace = Workspace(folder.absolute())
    if config.align.encoder:
        open_encoder(config.align.encoder, workspace.embeddings)  # told now, not after days of crawling
    return Run(config, site, workspace, Manifest.open(workspace), source, Workers(workers, cluster), progress)


def build(run: Run, stages: Iterable[str] = STAGES) -> Funnel:
    """Run some stages of a build in their order; the report is written whenever anything was exported.

    Raises NothingProduced, with the stage at which everything was lost and why, where no row came out.
    """
    wanted = set(stages)
    with run.workspace.locked():
        sweep(run.workspace.root)
        run.manifest.config = run.config.model_dump(mode="json")
        if run.source.articles:
            if EXTRACT in wanted:
                take_in(run, run.source.articles)
        elif {CRAWL, EXTRACT} & wanted:
            refs = gather(run) if CRAWL in wanted else indexed(run)
            if EXTRACT in wanted:
                extract(run, refs)
        if ALIGN in wanted:
            align(run)
            quotes(run)
        if SCORE in wanted:
            score_rows(run)
        if EXPORT in wanted:
            export(run, read_clusters(run.workspace))
        funnel = measure(run)
        if EXPORT in wanted:
            report(run, funnel)
    last = max(wanted, key=STAGES.index)
    if not funnel.reached(last):
        stage, why = funnel.lost_at()
        raise NothingProduced(
            f"nothing came through the stage {stage}{': ' + why if why else ''}",
            next_step=f"{run.workspace.dropped / (stage + '.parquet')} names every page with its reason",
        )
    return funnel
