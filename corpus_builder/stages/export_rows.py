"""The rows of the stories of a workspace, and the comparison of training rows with what is held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from corpus_builder.audit.published import AuditedPairs
from corpus_builder.dataset.leakage import HELD_OUT_TEXT, Comparison
from corpus_builder.dataset.origins import Origins
from corpus_builder.dataset.quotes import QUOTES, quote_rows
from corpus_builder.dataset.rows import DOCUMENTS, LEVELS, Row, bead_rows, document_row
from corpus_builder.dataset.text_index import TextIndex
from corpus_builder.quality.filters import Filter
from corpus_builder.stages.export_counts import INDEX
from corpus_builder.stages.stage import Run, StageTask
from corpus_builder.workspace.export_parts import ExportParts
from corpus_builder.workspace.stories import AlignedStory

BATCH = 2_000
"""Rows that are compared with the held-out ones at a time. Chosen: a row group of the dataset (dataset/write.py)."""
DOCUMENT_BATCH = 100
"""The same of documents. Chosen: a story has some 20 rows in each config."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class RowsTask(StageTask):
    """A shard whose rows are made, with the filters of the run. Of what they are compared with: the languages of the
    indices of held-out texts, and whether there is one of external texts."""

    filters: tuple[Filter, ...] = ()
    held_out: tuple[str, ...] = ()
    excluded: bool = False

    @property
    def parts(self) -> ExportParts:
        """The files of export/."""
        return ExportParts(self.workspace)


def comparison(task: RowsTask, *, after_documents: bool) -> Comparison:
    """What training rows are compared with; `after_documents` with what documents were found to have."""
    parts = task.parts
    return Comparison(
        {language: parts.index(language) for language in task.held_out},
        TextIndex(parts.excluded) if task.excluded else None,
        parts.read_places() if task.excluded else (),
        parts.read_withdrawn()[1] if after_documents else None,
    )


def compared_with(run: Run) -> tuple[tuple[str, ...], bool]:
    """The languages of the indices of held-out texts, and whether there is one of external texts."""
    return tuple(sorted(run.manifest.stages.get(INDEX, {}))), bool(run.config.dataset.exclude)


def rows_of(aligned: AlignedStory, languages: Sequence[str], audited: AuditedPairs) -> Iterator[tuple[str, Row]]:
    """The rows of a story of two or more editions, each with its config and with what audits said of its pairs."""
    for level, row in _rows_of(aligned, languages):
        verdicts = audited.of(level, row.article_id, row.translation)
        yield level, replace(row, verdicts=verdicts) if verdicts else row


def _rows_of(aligned: AlignedStory, languages: Sequence[str]) -> Iterator[tuple[str, Row]]:
    story, beads = aligned.story, aligned.beads
    origins = Origins(beads)
    yield DOCUMENTS, document_row(story, languages, beads[0].document_pairs, origins.of_story)
    paragraph_of: dict[int, str] = {}
    if aligned.scores:  # none where no bead of the story has two sides
        for level in LEVELS:
            for row in bead_rows(story, beads, level, languages, aligned.scores):
                if level == "paragraphs":
                    paragraph_of[row.position] = row.id
                yield level, row
    paragraphs = {
        (span.language, span.block): paragraph_of[bead.position]
        for bead in beads
        if bead.level == LEVELS["paragraphs"] and bead.position in paragraph_of
        for span in bead.spans
    }
    for row in quote_rows(story, aligned.quotes, paragraphs, languages, origins):
        yield QUOTES, row


def flagged(row: Row) -> Row:
    """A training document with the flag that it has a text of a held-out story."""
    return replace(row, flags=(*row.flags, HELD_OUT_TEXT))


def batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    """Items in lists of `size`, the last with what is left."""
    while batch := list(islice(items, size)):
        yield batch
