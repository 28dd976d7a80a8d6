"""The stage "extract": captures to editions, a Parquet file per shard, the editions of a story together."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus_builder.crawl.choice import by_page
from corpus_builder.crawl.options import CaptureRef
from corpus_builder.extract.content import GENERIC
from corpus_builder.extract.page_text import PageText
from corpus_builder.extract.repeated import REPEATED, find_repeated
from corpus_builder.files import file_hash
from corpus_builder.model import Drop, Edition
from corpus_builder.parquet import write_rows
from corpus_builder.sites import Site
from corpus_builder.stages.edition_links import noted
from corpus_builder.stages.extract_table import TABLE, TABLE_TEXTS, extract_table
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.page_editions import read_pages
from corpus_builder.stages.stage import Figure, Run, Stage, join_drops, run_shards
from corpus_builder.web.guard import EXTRACTOR_ERROR, EXTRACTOR_FAILURES, EXTRACTOR_MEMORY, EXTRACTOR_TIMEOUT
from corpus_builder.web.page_process import close_processes
from corpus_builder.workspace.capture_shards import CaptureShard, capture_shards, refs_of
from corpus_builder.workspace.captures import capture_rows
from corpus_builder.workspace.drops import EXTRACT, LINK, shard_drops
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.page_texts import page_texts_of, read_page_texts, write_page_texts
from corpus_builder.workspace.tables import EDITIONS, DropWriter, edition_row, read_drops
from corpus_builder.workspace.tombstones import TAKEN_DOWN, read_tombstones

logger = logging.getLogger(__name__)

GENERIC_DROPS = frozenset(
    {
        "no_layout",
        "empty_body",
        "wrong_language",
        "cookie_wall",
        "paywall",
        REPEATED,
        *EXTRACTOR_FAILURES,
    }
)
"""The reasons for which a page is dropped that the generic extractor read, or would have read if it were installed."""
_SHOWN_ERRORS = 5
"""Unexpected exceptions that are logged one by one. Chosen: a systematic fault shows itself in the first few."""


@dataclass(frozen=True)
class ExtractTask:
    """The captures of one shard, and those of its texts that are no articles."""

    shard: str
    key: str
    workspace: Workspace
    site: Site
    captures: CaptureShard
    repeated: Mapping[int, str]


def extract(run: Run) -> None:
    """Extract every capture of captures.parquet, or read the table of articles; articles/ then holds nothing else."""
    if run.source.articles:
        extract_table(run, STAGE, run.source.articles)
    else:
        try:
            _extract_pages(run)
        finally:
            close_processes()
    join_drops(run.workspace, EXTRACT)
    join_drops(run.workspace, LINK)
    warn_of_errors(run.workspace)


def warn_of_errors(workspace: Workspace) -> None:
    """Log pages that raised an unexpected exception: each is a fault of this program, also where a rerun skips them."""
    path = workspace.dropped / f"{EXTRACT}.parquet"
    failed = [drop for drop in read_drops(path) if drop.reason in EXTRACTOR_FAILURES]
    errors = [drop for drop in failed if drop.reason == EXTRACTOR_ERROR]
    for reason, what in ((EXTRACTOR_TIMEOUT, "took too long"), (EXTRACTOR_MEMORY, "took too much memory")):
        if many := sum(drop.reason == reason for drop in failed):
            logger.warning("%d pages %s and were dropped (%s); they are in %s", many, what, reason, path)
    for drop in errors[:_SHOWN_ERRORS]:
        logger.warning("%s: %s", drop.item, drop.detail)
    if errors:
        logger.warning(
            "%d pages were dropped because the extractor failed on them (%s); all are in %s, with exception and place. "
            "Please report them.",
            len(errors),
            EXTRACTOR_ERROR,
            path,
        )


def _extract_pages(run: Run) -> None:
    """Extract all shards, and those again whose texts prove to stand in several articles.

    A shard's texts depend on its captures alone, and what is repeated on those of all shards. So the result is
    the same in whatever order shards are read, and whatever an earlier run has left.
    """
    for name in (TABLE, TABLE_TEXTS):
        shard_drops(run.workspace, EXTRACT, name).unlink(missing_ok=True)
    shards = capture_shards(run.workspace, run.languages, _taken_down(run))
    noted = _noted(run.workspace, shards)
    tasks = _tasks(run, shards)  # with the texts of an earlier run, if there is one
    run_shards(run, STAGE, tasks, extract_shard)
    if _noted(run.workspace, shards) != noted and (again := _tasks(run, shards)) != tasks:
        run_shards(run, STAGE, again, extract_shard)


def _noted(workspace: Workspace, shards: Iterable[CaptureShard]) -> list[str]:
    """The hashes of what is noted of the texts of each shard, "" of one that was not read yet."""
    paths = (page_texts_of(workspace, shard.name) for shard in shards)
    return [file_hash(path) if path.is_file() else "" for path in paths]


def _tasks(run: Run, shards: Sequence[CaptureShard]) -> list[ExtractTask]:
    rules = run.site.rules.model_dump(mode="json")
    paths = [page_texts_of(run.workspace, shard.name) for shard in shards]
    scratch = run.workspace.dropped
    scratch.mkdir(parents=True, exist_ok=True)
    repeated = find_repeated(lambda columns: (read_page_texts(path, columns) for path in paths), scratch)
    tasks = []
    for shard, path in zip(shards, paths, strict=True):
        texts = repeated.among(read_page_texts(path, ["text"])) if repeated else {}
        key = STAGE.key(run.workspace, shard.name, rules, list(texts.items()), inputs=shard.inputs)
        tasks.append(ExtractTask(shard.name, key, run.workspace, run.site, shard, texts))
    return tasks


def _taken_down(run: Run) -> frozenset[int]:
    """The numbers of the captures of stories that were taken down, in the run's languages; they are dropped."""
    gone = read_tombstones(run.workspace.tombstones)
    gone_urls = {url for urls in gone.values() for url in urls}  # of all editions, whatever id their pages have
    numbers = []
    with DropWriter(shard_drops(run.workspace, EXTRACT, TAKEN_DOWN)) as drops:
        rows = capture_rows(run.workspace, ("url", "language", "article_id")) if gone else ()
        for number, row in enumerate(rows):
            url, language, article_id = row["url"], row["language"], row["article_id"]
            if language in run.languages and (article_id in gone or run.site.clean(url) in gone_urls):
                drops.add(Drop(EXTRACT, url, TAKEN_DOWN, "", language, article_id))
                numbers.append(number)
    return frozenset(numbers)


def extract_shard(task: ExtractTask) -> ShardResult:
    """Extract the pages of one shard: into articles/, or where stories are linked later, into editions/."""
    linked_later = task.site.links_pages
    folder = task.workspace.editions if linked_later else task.workspace.articles
    articles = folder / f"{task.shard}.parquet"
    refs = refs_of(task.workspace, task.captures)
    counts = Counter[str](pages=sum(1 for _ in by_page(refs)))
    reasons: Counter[str] = Counter()
    texts: list[PageText] = []
    with (
        DropWriter(shard_drops(task.workspace, EXTRACT, task.shard)) as drops,
        DropWriter(shard_drops(task.workspace, LINK, task.shard)) as notes,
    ):
        stories: Iterator[Sequence[Edition]] = _stories(task, refs, drops, reasons, texts)
        if not linked_later:
            stories = (noted(story, task.site, notes, counts) for story in stories)
        rows = (edition_row(edition) for story in stories for edition in story)
        counts["editions"] = write_rows(articles, EDITIONS, rows)
    counts["dropped"] = drops.count
    noted_texts = page_texts_of(task.workspace, task.shard)
    write_page_texts(noted_texts, texts)
    # Which layouts linked pages have is counted when they are linked: any of them may be generic.
    generic = bool(linked_later or counts[f"layout_{GENERIC}"] or GENERIC_DROPS & reasons.keys())
    outputs = (articles, noted_texts, drops.path) if linked_later else (articles, noted_texts, drops.path, notes.path)
    return ShardResult(outputs, counts, needs_extras=generic)


def _stories(
    task: ExtractTask,
    captures: Iterable[CaptureRef],
    drops: DropWriter,
    reasons: Counter[str],
    texts: list[PageText],
) -> Iterator[list[Edition]]:
    """The editions of each article, in the order of their languages; `texts` gets what is noted of each."""

    def outcomes() -> Iterator[Edition]:
        for refs, outcome, own_texts in read_pages(by_page(captures), task.site, task.repeated):
            texts.extend(own_texts)
            if isinstance(outcome, Edition):
                yield outcome
                continue
            ref = refs[0]
            logger.info("dropped %s: %s %s", ref.url, outcome.reason, outcome.detail)
            reasons[outcome.reason] += 1
            drops.add(Drop(EXTRACT, ref.url, outcome.reason, outcome.detail, ref.language, ref.article_id))

    for _, story in groupby(outcomes(), key=lambda edition: edition.article_id):
        yield sorted(story, key=lambda edition: edition.language)


STAGE = Stage(
    name=EXTRACT,
    command="extract",
    about="reads the pages, or a table of articles, into editions with their blocks",
    reads=("crawl/captures.parquet",),
    writes=("articles/<shard>.parquet", "editions/<shard>.parquet", "dropped/extract.parquet", "dropped/link.parquet"),
    run=extract,
    modules=(
        "extract",
        "apart",
        "crawl.captures",
        "crawl.choice",
        "crawl.options",
        "crawl.packing",
        "crawl.warcread",
        "languages",
        "model",
        "packed",
        "ragged",
        "sites",
        "text",
        "web",
        "stages.extract",
        "stages.edition_links",
        "stages.extract_table",
        "stages.page_editions",
        "workspace.capture_shards",
        "workspace.shards",
        "workspace.page_texts",
        "workspace.tables",
    ),
    extras=("trafilatura", "lxml_html_clean"),
    drops=(EXTRACT, LINK),
    figures=(Figure("editions", "editions"),),
    nothing="no page or row gave an article",
    fetched=False,  # captures.parquet and WARC files are read in place
)
