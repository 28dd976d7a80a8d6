"""Running stages of the pipeline one after the other, and what is left after each."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Iterable
from contextlib import nullcontext
from itertools import groupby
from pathlib import Path

from corpus_builder.align.encoder.open import notice, open_encoder, unsupported_pairs
from corpus_builder.corrections.folder import read_corrections
from corpus_builder.errors import NothingProduced, UsageError
from corpus_builder.remote import is_remote, local_path
from corpus_builder.stages.additions import check_additions
from corpus_builder.stages.config import RunConfig, save_config, saved_config, site_of
from corpus_builder.stages.executor import LOCAL, Workers
from corpus_builder.stages.export_counts import EXPORT
from corpus_builder.stages.export_filters import filters_of
from corpus_builder.stages.funnel import Funnel, measure
from corpus_builder.stages.pipeline import STAGES
from corpus_builder.stages.progress import logged
from corpus_builder.stages.stage import Progress, Run, Source, Stage, listed, silent
from corpus_builder.version import VERSION
from corpus_builder.workspace.layout import Workspace, sweep
from corpus_builder.workspace.logs import run_log
from corpus_builder.workspace.manifest import Manifest

logger = logging.getLogger(__name__)


def build_run(
    config: RunConfig,
    folder: Path | str,
    *,
    mirror: str | None = None,
    source: Source | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress = silent,
    replace: bool = False,
) -> Run:
    """A run of the whole pipeline: `mirror` is a base URL that serves the site, `folder` the workspace, a path or
    a URL of an object store.

    Its stories are added to those that the workspace has, or with `replace` take their place.

    Raises UsageError or ConfigError where it cannot be run.
    """
    site = site_of(config, mirror)
    source = source or Source()
    if sum(bool(each) for each in (source.warc, source.pages, source.articles, source.archive)) > 1:
        raise UsageError(
            "WARC files, saved pages, a table of articles and an archive exclude one another",
            next_step="give one of --warc, --pages, --articles and the options of archives",
        )
    _check_source(source)
    if not is_remote(folder) and local_path(folder).exists() and not local_path(folder).is_dir():
        raise UsageError(f"the workspace {folder} is not a folder", next_step="choose a folder, or a name that is free")
    workspace = Workspace.opened(folder)
    _check_shared(workspace, source, cluster)
    if config.align.encoder:
        # this and filters_of fail now, not after the crawl
        encoder = open_encoder(config.align.encoder, workspace.embeddings)
        if lacking := unsupported_pairs(encoder, config.align.encoder, config.languages):
            logger.warning("%s", notice(config.align.encoder, lacking))
    manifest = Manifest.open(workspace)
    run = Run(config, site, workspace, manifest, source, Workers(workers, cluster), progress, STAGES, replace)
    filters_of(run)
    return run


def _check_shared(workspace: Workspace, source: Source, cluster: str | None) -> None:
    """Raise UsageError where the workers of a cluster share an object store with this machine, but not the inputs."""
    warc = source.warc if source.warc and not is_remote(source.warc) else None
    if cluster and not cluster.startswith(LOCAL) and workspace.url and (alone := warc or source.pages):
        raise UsageError(
            f"the workers of the cluster at {cluster} do not see {alone}",
            next_step=f"copy it into the store, and give --warc {workspace.url.rpartition('/')[0]}/…",
        )


def _check_source(source: Source) -> None:
    """Raise UsageError for pages or a table that are not there; object stores are asked when they are read."""
    if source.pages and is_remote(source.pages):
        raise UsageError(
            f"--pages takes a folder of this machine, not {source.pages}",
            next_step="copy it here, or pack the pages into WARC files and give --warc",
        )
    if source.pages and not source.pages.exists():
        raise UsageError(f"folder not found: {source.pages}")
    if source.articles and not is_remote(source.articles) and not local_path(source.articles).exists():
        raise UsageError(f"file not found: {source.articles}")


def build(run: Run, stages: Iterable[Stage] = STAGES) -> Funnel:
    """Run some stages of a build, in the order of the pipeline, and log them to logs/.

    Raises NothingProduced, with the stage at which everything was lost and why, where nothing came out.
    """
    asked = set(stages)
    wanted = [stage for stage in run.stages if stage in asked]
    with run.workspace.locked(), run_log(run.workspace.logs):
        started = time.monotonic()
        logger.info("corpus-builder %s: %s", VERSION, ", ".join(stage.name for stage in wanted))
        logger.info("config %s", run.config.model_dump_json())
        try:
            run = dataclasses.replace(_prepared(run, wanted), progress=logged(run.progress))
            for together, stages in groupby(wanted, key=lambda stage: stage.command == EXPORT):
                # Its stages are many and short: starting processes for each would take longer than most of them.
                with run.workers.kept() if together else nullcontext(run.workers) as workers:
                    for stage in stages:
                        _run_stage(dataclasses.replace(run, workers=workers), stage)
            funnel = measure(run)
            _check(run, funnel, wanted)
        except BaseException as error:
            logger.info("stopped after %.1f s: %r", time.monotonic() - started, error)
            raise
        logger.info("done in %.1f s", time.monotonic() - started)
    return funnel


def _prepared(run: Run, wanted: list[Stage]) -> Run:
    """The workspace made ready, and the run with the dates of the crawl where it does not fetch pages itself."""
    sweep(run.workspace.root)
    check_additions(run, [stage.name for stage in wanted])
    read_corrections(run.workspace.corrections)  # a damaged file fails now, not after the crawl
    fetches = any(stage.name in ("crawl", "extract") for stage in wanted)
    if run.manifest.outdated and not fetches:
        run.manifest.require_current()
    if run.manifest.outdated:
        run.manifest.start_over()
    crawls = any(stage.name == "crawl" for stage in wanted) or run.source.articles
    if not crawls and (earlier := saved_config(run.workspace)):
        window = {"since": earlier.since, "until": earlier.until, "limit": earlier.limit}
        run = dataclasses.replace(run, config=run.config.model_copy(update=window))
    save_config(run.workspace, run.config)
    return run


def _run_stage(run: Run, stage: Stage) -> None:
    started = time.monotonic()
    logger.info("stage %s begins", stage.name)
    stage.run(run)
    run.workspace.push()
    counts = run.manifest.counts(stage.name)
    logger.info("stage %s ends: %.1f s; %s", stage.name, time.monotonic() - started, listed(counts))
    funnel = measure(run)
    for name in stage.drops:
        if reasons := funnel.reasons(name, most=20):
            logger.info("dropped/%s.parquet: %s", name, reasons)


def _check(run: Run, funnel: Funnel, wanted: list[Stage]) -> None:
    """Raise NothingProduced where nothing came out of the last stage that has figures in every build."""
    last = [stage.name for stage in wanted if any(figure.always for figure in stage.figures)][-1:]
    if not last or funnel.reached(last[0]):
        if any(stage.name == "crawl" for stage in wanted) and (none_listed := _no_listing(run)):
            logger.warning("%s: this run adds nothing to the stories that the workspace has", none_listed)
        return
    stage = _lost_at(run, funnel, wanted)
    if reasons := funnel.reasons(stage.name):
        why = f" (dropped: {reasons})"
        next_step = f"{run.workspace.dropped / stage.name}.parquet lists everything dropped, with its reason"
    elif stage.name == "extract" and run.source.articles:
        why, next_step = f" (rows of {run.source.articles}: 0)", "give a table that has some"
    else:
        why, next_step = "", "run `corpus-builder build CONFIG` there, which runs the stages before this one, too"
    raise NothingProduced((_no_listing(run) or stage.nothing) + why, next_step=next_step)


def _lost_at(run: Run, funnel: Funnel, wanted: list[Stage]) -> Stage:
    """The first stage, of those that ran now or earlier, out of which nothing came."""
    ran = {step.stage for step in funnel.steps} | {stage.name for stage in wanted}
    if run.source.articles:
        ran -= {"crawl"}  # a table has no pages
    counted = [stage for stage in STAGES if stage.name in ran and any(figure.always for figure in stage.figures)]
    return next((stage for stage in counted if not funnel.reached(stage.name)), counted[-1])


def _no_listing(run: Run) -> str:
    """The message for a crawl of a site that lists no article of the run's dates, else ""."""
    counts, config = run.manifest.counts("crawl"), run.config
    if "urls_wanted" not in counts or counts["urls_wanted"]:
        return ""
    since = f" from {config.since}" if config.since else ""
    until = f" until {config.until}" if config.until else ""
    window = f" between {config.since} and {config.until}" if since and until else since + until
    others = f"; it lists {counts['urls_listed']:,} of other dates" if counts["urls_listed"] else ""
    return f"the site lists no article{window}{others}"
