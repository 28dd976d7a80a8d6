"""The stage "extract" for `--articles`: a table of articles that are already text is read into articles/.

The table may come in any order and be larger than memory, so its editions are first sorted into months on disk, and
what is noted of their texts into parts by article, so that those which several articles have are dropped as from pages.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from corpus_builder.extract.page_text import PAGE_TEXTS, PageText, page_text, page_text_row
from corpus_builder.extract.repeated import REPEATED, Repeated, find_repeated
from corpus_builder.extract.table_columns import TableOptions
from corpus_builder.extract.tables import read_articles
from corpus_builder.mirror import copied
from corpus_builder.model import Drop, Edition
from corpus_builder.parquet import RowWriter, read_columns, read_rows, write_rows
from corpus_builder.remote import is_remote, local_path
from corpus_builder.stages.config import ArticlesConfig, RunConfig
from corpus_builder.stages.edition_links import noted
from corpus_builder.stages.stage import Run, Stage
from corpus_builder.workspace.drops import EXTRACT, LINK, shard_drops
from corpus_builder.workspace.shards import share_name, shares_for
from corpus_builder.workspace.tables import EDITIONS, DropWriter, edition_of, edition_row
from corpus_builder.workspace.tombstones import TAKEN_DOWN, read_tombstones

TABLE = "table"
"""The drops of a table are kept under this name, as if it were a shard."""

TABLE_TEXTS = "table_texts"
"""So are those of its texts that several articles have, which are known when all is read."""


_PARTS, _NOTES = 64, 100
"""Files of what is noted of texts, and notes of each that are in memory until they are written. Chosen: 10 MB of notes
while the table is read; then a part is in memory, 150,000 notes of a table of ten million rows.
"""


def extract_table(run: Run, stage: Stage, table: Path | str) -> None:
    """Read a table of articles into articles/, a shard per month; what cannot be read goes to dropped/.

    Editions of earlier runs stay, where the table has no newer text of them, unless the run replaces them.
    """
    shard_drops(run.workspace, EXTRACT, TAKEN_DOWN).unlink(missing_ok=True)
    months = run.workspace.root / ".months.part"
    shutil.rmtree(months, ignore_errors=True)
    with _Notes(months) as notes:
        sizes, wanted = _into_months(run, table, months, notes)
    repeated = notes.repeated()
    names: list[str] = []
    with DropWriter(shard_drops(run.workspace, EXTRACT, TABLE_TEXTS)) as drops:
        for month, size in sorted(sizes.items()):
            shards: dict[str, list[Edition]] = defaultdict(list)
            editions_of_month = list(_in_order(months / f"{month}.parquet", wanted))
            texts = [page_text(edition).text if _counts(edition) else None for edition in editions_of_month]
            none = repeated.among(pa.table({"text": pa.array(filter(None, texts), pa.int64())}))
            for edition, text in zip(editions_of_month, texts, strict=True):
                if detail := none.get(text, "") if text is not None else "":
                    drops.add(_dropped(edition, REPEATED, detail))
                    continue
                shards[share_name(month, edition.article_id, shares_for(size))].append(edition)
            for shard, editions in sorted(shards.items()):
                _write_shard(run, stage, shard, editions)
                names.append(shard)
                run.progress(stage.name, len(names), None)
    run.manifest.keep_only(stage.name, names)
    shutil.rmtree(months, ignore_errors=True)


class _Notes:
    """What is noted of the texts of a table, in files: all texts of an article in one."""

    def __init__(self, folder: Path) -> None:
        self._paths = [folder / f"{TABLE_TEXTS}.{part}.parquet" for part in range(_PARTS)]
        self._folder, self._open = folder, ExitStack()

    def __enter__(self) -> Self:
        self._writers = [self._open.enter_context(RowWriter(path, PAGE_TEXTS, _NOTES)) for path in self._paths]
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.__exit__(*error)

    def add(self, text: PageText) -> None:
        """Add the note of a text."""
        self._writers[text.article % _PARTS].write(page_text_row(text))

    def repeated(self) -> Repeated:
        """The texts that are no articles."""
        return find_repeated(lambda names: (read_columns(path, names) for path in self._paths), self._folder)


def _counts(edition: Edition) -> bool:
    """Whether a text is looked for in other rows. A row with neither address nor title is a text of a corpus and no
    article that somebody fetched; short ones recur there.
    """
    return bool(edition.url or edition.title)


def _dropped(edition: Edition, reason: str, detail: str) -> Drop:
    return Drop(EXTRACT, edition.url or edition.capture, reason, detail, edition.language, edition.article_id)


def _into_months(run: Run, table: Path | str, months: Path, notes: _Notes) -> tuple[Counter[str], set[str]]:
    """Sort the table's editions into a file per month; the number of editions by month, and the wanted stories.

    `notes` gets what is noted of their texts.

    A limit keeps the newest stories of the run's dates and all of earlier runs, as crawl.index.in_order does for pages.
    """
    config, gone = run.config, read_tombstones(run.workspace.tombstones)
    left = _earlier(run, gone)
    earlier = {article_id for article_id, _ in left}
    editions = Counter[tuple[str, str]]()  # by month and story
    last: dict[str, date] = {}
    with ExitStack() as stack:
        drops = stack.enter_context(DropWriter(shard_drops(run.workspace, EXTRACT, TABLE)))
        writers: dict[str, RowWriter] = {}

        def keep(edition: Edition, day: date | None) -> None:
            month = day.isoformat()[:7] if day else "undated"
            if month not in writers:
                writers[month] = stack.enter_context(RowWriter(months / f"{month}.parquet", EDITIONS))
            writers[month].write(edition_row(edition))
            if _counts(edition):
                notes.add(page_text(edition))
            editions[month, edition.article_id] += 1

        for outcome in _outcomes(run, table):
            if isinstance(outcome, Drop):
                drops.add(outcome)
                continue
            if outcome.article_id in gone:
                drops.add(_dropped(outcome, TAKEN_DOWN, ""))
                continue
            day, key = _day(outcome), (outcome.article_id, outcome.language)
            reason = _outside(day, config)
            if reason and key not in left:
                drops.add(_dropped(outcome, reason, str(day or "")))
                continue
            left.discard(key)
            keep(outcome, day)
            if not reason:
                last[outcome.article_id] = max(day or date.min, last.get(outcome.article_id, date.min))
        for path in run.workspace.shards().values() if left else ():
            for row in read_rows(path, schema=EDITIONS):
                if (row["article_id"], row["language"]) in left:
                    edition = edition_of(row)
                    keep(edition, _day(edition))
    newest = sorted(last, key=lambda story: (last[story], story), reverse=True)
    wanted = {*newest[: config.limit], *earlier}
    sizes = Counter[str]()
    for (month, story), count in editions.items():
        if story in wanted:
            sizes[month] += count
    return sizes, wanted


def _outcomes(run: Run, table: Path | str) -> Iterator[Edition | Drop]:
    """The editions and drops of a table; one in an object store is read from a copy, and its rows name the store."""
    options = _options(run.config.articles)
    if not is_remote(table):
        yield from read_articles(local_path(table), run.site, run.languages, options)
        return
    url = str(table).rstrip("/")
    copy = copied(url)
    for outcome in read_articles(copy, run.site, run.languages, options):
        if isinstance(outcome, Drop):
            yield replace(outcome, item=outcome.item.replace(str(copy), url, 1))
        else:
            yield replace(outcome, capture=outcome.capture.replace(str(copy), url, 1))


def _earlier(run: Run, gone: Container[str]) -> set[tuple[str, str]]:
    """The editions that earlier runs have put into articles/, by article id and language."""
    if run.replace:
        return set()
    return {
        (row["article_id"], row["language"])
        for path in run.workspace.shards().values()
        for row in read_rows(path, ["article_id", "language"])
        if row["article_id"] not in gone
    }


def _day(edition: Edition) -> date | None:
    return edition.published.date() if edition.published else None


def _options(articles: ArticlesConfig) -> TableOptions:
    return TableOptions(articles.columns(), articles.encoding, articles.date_format)


def _outside(day: date | None, config: RunConfig) -> str:
    """Why an edition of a day is not among the dates of the run; "" where it is."""
    if day is None:
        return "undated" if config.since or config.until else ""
    return "outside_dates" if (config.since or day) > day or (config.until or day) < day else ""


def _in_order(path: Path, wanted: Container[str]) -> Iterator[Edition]:
    """The editions of the wanted stories of a month by article and language.

    There is one of each: read_articles has dropped all but the first.
    """
    editions = {(row["article_id"], row["language"]): row for row in read_rows(path) if row["article_id"] in wanted}
    return (edition_of(row) for _, row in sorted(editions.items()))


def _write_shard(run: Run, stage: Stage, shard: str, editions: list[Edition]) -> None:
    key = stage.key(run.workspace, shard, inputs=[edition_row(edition) for edition in editions])
    if run.manifest.fresh(stage.name, shard, key):
        return
    started, counts = time.monotonic(), Counter[str](pages=len(editions))
    articles = run.workspace.articles / f"{shard}.parquet"
    with DropWriter(shard_drops(run.workspace, LINK, shard)) as notes:
        stories = (list(story) for _, story in groupby(editions, key=lambda edition: edition.article_id))
        rows = (edition_row(edition) for story in stories for edition in noted(story, run.site, notes, counts))
        counts["editions"] = write_rows(articles, EDITIONS, rows)
    run.manifest.record(stage.name, shard, key, (articles, notes.path), counts, time.monotonic() - started)
