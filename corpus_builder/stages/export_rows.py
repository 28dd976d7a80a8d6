"""The rows of the stories of a workspace, and what of them is in train and in the held-out splits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from corpus_builder.audit.published import AuditedPairs
from corpus_builder.dataset.leakage import HELD_OUT_TEXT, Leakage, Refusal, TrainingText
from corpus_builder.dataset.origins import Origins
from corpus_builder.dataset.quotes import QUOTES, quote_rows
from corpus_builder.dataset.rows import DOCUMENTS, LEVELS, MONOLINGUAL, Row, TextRow, bead_rows, document_row, text_rows
from corpus_builder.dataset.splits import Assignment
from corpus_builder.stages.export_filters import filters_of, judge
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.stories import AlignedStory, aligned_stories
from corpus_builder.workspace.tables import read_article_ids, read_stories

BATCH = 2_000
"""Rows that are compared with the held-out ones at a time. Chosen: a row group of the dataset (dataset/write.py)."""
DOCUMENT_BATCH = 100
"""The same of documents. Chosen: a story has some 20 rows in each config."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class TrainingDocuments:
    """What comparing them with the held-out stories said of the training documents, by article id."""

    refused: dict[str, Refusal]
    with_held_out_text: frozenset[str]


def rows_of(aligned: AlignedStory, languages: Sequence[str], audited: AuditedPairs) -> Iterator[tuple[str, Row]]:
    """The rows of a story of two or more editions, each with its config and with what audits said of its pairs."""
    for level, row in _rows_of(aligned, languages):
        verdicts = audited.of(level, row.article_id, row.translation)
        yield level, replace(row, verdicts=verdicts) if verdicts else row


def _rows_of(aligned: AlignedStory, languages: Sequence[str]) -> Iterator[tuple[str, Row]]:
    story, beads = aligned.story, aligned.beads
    origins = Origins(beads)
    yield DOCUMENTS, document_row(story, languages, beads[0].document_probability, origins.of_story)
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


def hold_out(run: Run, assignment: Assignment, leakage: Leakage, audited: AuditedPairs) -> None:
    """Read the rows of validation and test."""
    filters = filters_of(run)
    held_out = {story: split for story, split in assignment.splits.items() if split != "train"}
    for shard, path in run.workspace.shards().items():
        wanted = sorted(held_out.keys() & set(read_article_ids(path)))
        if not wanted:
            continue
        for aligned in aligned_stories(run.workspace, shard, quotes=True, scores=True, only=wanted):
            for level, row in rows_of(aligned, run.languages, audited):
                if judge(filters, level, row).published:
                    leakage.hold_out(level, held_out[aligned.article_id], row)


def read_documents(run: Run, assignment: Assignment, leakage: Leakage) -> TrainingDocuments:
    """Compare the training documents with the held-out rows."""
    refused: dict[str, Refusal] = {}
    with_text = set()
    documents = (
        document_row(story, run.languages, None)
        for path in run.workspace.shards().values()
        for story in read_stories(path)
        if len(story.editions) > 1 and assignment.splits.get(story.article_id) == "train"
    )
    for batch in batches(documents, DOCUMENT_BATCH):
        for row, refusal, flagged in zip(batch, *leakage.admit_documents(batch), strict=True):
            if refusal:
                refused[row.article_id] = refusal
            elif flagged:
                with_text.add(row.article_id)
    return TrainingDocuments(refused, frozenset(with_text))


def texts_in_one_language(run: Run, leakage: Leakage) -> Iterator[tuple[TextRow, Refusal | None]]:
    """The rows of `monolingual` of the stories that have a single edition, which are all for training."""
    rows = (
        row
        for path in run.workspace.shards().values()
        for story in read_stories(path)
        if len(story.editions) == 1
        for row in text_rows(story)
        if row.language in run.languages
    )
    for batch in batches(rows, DOCUMENT_BATCH):
        compared = [TrainingText(row.id, {row.language: row.text.split("\n")}) for row in batch]
        yield from zip(batch, leakage.admit(MONOLINGUAL, compared), strict=True)


def flagged(row: Row) -> Row:
    """A training document with the flag that it has a text of a held-out story."""
    return replace(row, flags=(*row.flags, HELD_OUT_TEXT))


def batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    """Items in lists of `size`, the last with what is left."""
    while batch := list(islice(items, size)):
        yield batch
