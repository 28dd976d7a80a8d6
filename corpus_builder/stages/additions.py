"""What a run may add to a workspace: stories of the same site, in the same languages, from the same kind of source.

A workspace is one dataset, which grows with every run. `--replace` starts it anew; the site stays.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from corpus_builder.errors import CorpusBuilderError, UsageError
from corpus_builder.parquet import row_count
from corpus_builder.sites import Site, load_site
from corpus_builder.stages.config import RunConfig, saved_config
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.captures import captures_file
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import read_article_ids

logger = logging.getLogger(__name__)


def check_additions(run: Run, stages: Collection[str]) -> None:
    """Say what the run does to the stories of earlier runs.

    Raises UsageError where they are of another site, in a language that this run does not have, or where one of the two
    has a table of articles and the other has pages.
    """
    workspace = run.workspace
    has_pages = _has_pages(workspace)
    has_articles = bool(workspace.shards()) and not run.manifest.outdated  # else they are made again
    if not has_pages and not has_articles and not any((workspace.crawl / "warc").glob("*")):
        return
    if earlier := _earlier_config(workspace):
        _check_site(run, earlier)
        if has_articles and not run.replace:
            _check_languages(run, earlier)
    if run.replace:
        _say_replaced(run)
        return
    anew = "choose another --workspace, or start the dataset anew with --replace"
    if run.source.articles and has_pages:
        raise UsageError(
            f"the stories of {workspace} come from pages; those of a table of articles cannot be added to them",
            next_step=anew,
        )
    if "crawl" in stages and not run.source.articles and has_articles and captures_file(workspace) is None:
        raise UsageError(
            f"the stories of {workspace} come from a table of articles; pages cannot be added to them",
            next_step=f"give --articles, {anew}",
        )


def _has_pages(workspace: Workspace) -> bool:
    return any(path.is_file() and row_count(path) for path in (workspace.captures, workspace.captures_aside))


def _earlier_config(workspace: Workspace) -> RunConfig | None:
    try:
        return saved_config(workspace)
    except UsageError as error:
        logger.warning("%s; this run writes it again", error)
        return None


def _check_site(run: Run, earlier: RunConfig) -> None:
    if earlier.site == run.config.site:
        return
    try:
        site: Site | None = load_site(earlier.site)
    except (CorpusBuilderError, OSError):  # the rule file was moved since
        site = None
    if site and site.name == run.site.name and set(site.rules.domains) & set(run.site.rules.domains):
        return
    name = f"{site.name} ({site.rules.homepage})" if site else earlier.site
    raise UsageError(
        f"the workspace {run.workspace} is of the site {name}; "
        f"this run is of {run.site.name} ({run.site.rules.homepage})",
        next_step=f"choose another --workspace for {run.site.name}: a workspace has one site",
    )


def _check_languages(run: Run, earlier: RunConfig) -> None:
    try:
        languages = earlier.languages or load_site(earlier.site).languages
    except (CorpusBuilderError, OSError):  # the rule file was moved since
        return
    if missing := [language for language in languages if language not in run.languages]:
        raise UsageError(
            f"the stories of {run.workspace} are in {', '.join(languages)}; this run lacks {', '.join(missing)}",
            next_step=f"add {', '.join(missing)} to languages in the config, choose another --workspace, "
            "or start the dataset anew with --replace",
        )


def _say_replaced(run: Run) -> None:
    stories = len({story for path in run.workspace.shards().values() for story in read_article_ids(path)})
    logger.warning(
        "--replace: the dataset is started anew; %d stories of earlier runs leave it where this run lacks them. "
        "Fetched pages (crawl/), corrections/, audit/, splits.json and tombstones.json are kept",
        stories,
    )
