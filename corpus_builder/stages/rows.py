"""The stage "rows": the rows of each shard that are published, a file a level, and what of the held-out rows they have.

Rows are filtered, held-out ones that stand in training documents are left out, and training rows are compared with what
is held out, a batch at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace

from corpus_builder.audit.published import AuditedPairs
from corpus_builder.dataset.leakage import HELD_OUT_TEXT, WITHDRAWN, Comparison, TrainingText, training_text
from corpus_builder.dataset.level import PlacedRow, levels_of
from corpus_builder.dataset.rows import DOCUMENTS, MONOLINGUAL, Row, text_rows
from corpus_builder.dataset.write import LevelWriter
from corpus_builder.model import Drop
from corpus_builder.quality import columns as quality_columns
from corpus_builder.stages.export_counts import ALONE, DROPPED, EXPORT, REMOVED, ROWS, SCREEN, TESTED, rows_count
from corpus_builder.stages.export_filters import filters_of, judge
from corpus_builder.stages.export_rows import (
    BATCH,
    DOCUMENT_BATCH,
    RowsTask,
    batches,
    compared_with,
    comparison,
    flagged,
    rows_of,
)
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, run_shards
from corpus_builder.workspace.drops import shard_drops
from corpus_builder.workspace.stories import AlignedStory, aligned_stories
from corpus_builder.workspace.tables import DropWriter, read_stories


@dataclass(frozen=True)
class _Task(RowsTask):
    """`screened`: whether the shard has training documents, which were compared."""

    screened: bool = False


def rows(run: Run) -> None:
    """Make the rows of all shards."""
    filters, (held_out, excluded) = filters_of(run), compared_with(run)
    screened = run.manifest.stages.get(SCREEN, {})
    settings = [asdict(each) for each in filters], held_out, excluded
    tasks = [
        _Task(
            shard,
            STAGE.key(run.workspace, shard, run.languages, *settings, shard in screened),
            run.workspace,
            run.languages,
            filters,
            held_out,
            excluded,
            shard in screened,
        )
        for shard in run.workspace.shards()
    ]
    run_shards(run, STAGE, tasks, make_rows)


def make_rows(task: _Task) -> ShardResult:
    """Make the rows of one shard."""
    making = _Making(task)
    with making.files:
        making.parallel_stories()
        making.stories_in_one_language()
    return making.result()


class _Making:
    """The rows of one shard on their way into its files."""

    def __init__(self, task: _Task) -> None:
        self._task = task
        self._parts = task.parts
        self._splits = self._parts.read_splits(task.shard)
        self._withdrawn = self._parts.read_withdrawn()[0]
        self._documents = self._parts.read_documents(task.shard) if task.screened else {}
        self._audited = AuditedPairs.read(task.workspace.audit)
        self._comparison: Comparison = comparison(task, after_documents=True)
        self._filtered: Counter[str] = Counter()
        levels = levels_of(task.languages, quality_columns)
        self.files = ExitStack()
        self._writers = {
            name: self.files.enter_context(LevelWriter(self._parts.rows(task.shard, name), level))
            for name, level in {**levels, ALONE: levels[MONOLINGUAL]}.items()
        }
        self._drops = self.files.enter_context(DropWriter(shard_drops(task.workspace, EXPORT, task.shard)))

    def parallel_stories(self) -> None:
        """Write the rows of the stories of two or more editions."""
        aligned = aligned_stories(self._task.workspace, self._task.shard, quotes=True, scores=True)
        placed = ((level, row) for story in aligned for level, row in self._of_story(story))
        for batch in batches(placed, BATCH):
            for level in dict.fromkeys(level for level, _ in batch):
                self._write_level(level, [row for own, row in batch if own == level])

    def _of_story(self, aligned: AlignedStory) -> Iterator[tuple[str, PlacedRow[Row]]]:
        """The rows of a story that pass the filters; whole texts of one edition are written on the way."""
        article_id, languages = aligned.article_id, self._task.languages
        if not (split := self._splits[article_id]):
            self._drops.add(Drop(EXPORT, article_id, "between_splits", article_id=article_id))
            return
        found = self._documents.get(article_id)
        refused = found is not None and found.reason is not None
        with_text = found is not None and found.held_out_text and not refused
        for text_row in text_rows(aligned.story) if not refused else ():
            if text_row.language in languages:
                flags = (HELD_OUT_TEXT,) if with_text else ()
                self._writers[MONOLINGUAL].write(PlacedRow(split, replace(text_row, flags=flags)))
        for level, row in rows_of(aligned, languages, self._audited):
            if level == DOCUMENTS and found and found.reason:
                self._reject(level, row, found.reason, found.detail or "")
                continue
            verdict = judge(self._task.filters, level, row)
            self._filtered.update(TESTED + name for name in {*(verdict.configs or ()), *verdict.rejected})
            for name, (reason, value) in verdict.rejected.items():
                self._filtered[f"{REMOVED}{name}: {reason}"] += 1
                self._reject(name, row, reason, f"{value:.4g}")
            if verdict.published:
                marked = flagged(row) if level == DOCUMENTS and with_text else row
                yield level, PlacedRow(split, marked, verdict.configs)

    def _write_level(self, level: str, placed: list[PlacedRow[Row]]) -> None:
        training = [each.row for each in placed if each.split == "train" and level != DOCUMENTS]
        refusals = self._comparison.admit(level, [training_text(row) for row in training]) if training else []
        refused = dict(zip((row.id for row in training), refusals, strict=True))
        for each in placed:
            if each.split != "train" and (level, each.row.id) in self._withdrawn:
                self._reject(level, each.row, WITHDRAWN, each.split)
            elif refusal := refused.get(each.row.id):
                self._reject(level, each.row, refusal.reason, refusal.detail)
            else:
                self._writers[level].write(each)

    def stories_in_one_language(self) -> None:
        """Write the texts of the stories that have a single edition, which are all for training."""
        texts = (
            row
            for story in read_stories(self._task.workspace.articles / f"{self._task.shard}.parquet")
            if len(story.editions) == 1
            for row in text_rows(story)
            if row.language in self._task.languages
        )
        for batch in batches(texts, DOCUMENT_BATCH):
            compared = [TrainingText(row.id, {row.language: row.text.split("\n")}) for row in batch]
            for row, refusal in zip(batch, self._comparison.admit(MONOLINGUAL, compared), strict=True):
                if refusal:
                    drop = Drop(EXPORT, row.id, refusal.reason, refusal.detail, row.language, row.article_id)
                    self._drops.add(drop)
                else:
                    self._writers[ALONE].write(PlacedRow("train", row))

    def _reject(self, level: str, row: Row, reason: str, detail: str) -> None:
        texts = " | ".join(f"{language}: {text}" for language, text in row.translation.items() if text)
        self._drops.add(Drop(EXPORT, row.id, reason, f"{level} {detail} | {texts}", article_id=row.article_id))

    def result(self) -> ShardResult:
        """The files, which are closed, and what is in them."""
        notes = self._parts.row_notes(self._task.shard)
        self._comparison.notes.write(notes)
        counts = {
            rows_count(name, config, split): count
            for name, writer in self._writers.items()
            for (config, split), count in sorted(writer.rows.items())
        }
        counts |= {DROPPED: self._drops.count, **self._comparison.counts(), **dict(sorted(self._filtered.items()))}
        return ShardResult((*(writer.path for writer in self._writers.values()), notes, self._drops.path), counts)


STAGE = Stage(
    name=ROWS,
    command="export",
    about="makes the published rows; training rows with text of validation or test are dropped",
    reads=(
        "articles/<shard>.parquet",
        "aligned/<shard>.parquet",
        "quotes/<shard>.parquet",
        "scores/<shard>.parquet",
        "export/splits/<shard>.parquet",
        "export/index/*/*",
        "export/excluded/**/*",
        "export/documents/<shard>.parquet",
        "export/withdrawn/*",
        "audit/*/design.json",
        "audit/*/sample.jsonl",
        "audit/*/judgements/*.jsonl",
        "audit/*/adjudication.jsonl",
    ),
    writes=("export/rows/<shard>/*",),
    run=rows,
    modules=(
        "audit",
        "dataset.held_out",
        "dataset.leakage",
        "dataset.level",
        "dataset.origins",
        "dataset.overlap",
        "dataset.quotes",
        "dataset.rows",
        "dataset.runs",
        "dataset.schema",
        "dataset.splits",
        "dataset.text_index",
        "dataset.write",
        "jit",
        "languages",
        "model",
        "plugins",
        "quality",
        "ragged",
        "stages.export_counts",
        "stages.export_filters",
        "stages.export_rows",
        "stages.rows",
        "text",
        "workspace.export_parts",
        "workspace.scores",
        "workspace.stories",
        "workspace.tables",
    ),
)
