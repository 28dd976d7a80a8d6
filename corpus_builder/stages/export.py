"""The stage "export": writes dataset/, rows by config and split, what leaks from train to test, and the card.

Rows come from articles/, aligned/, quotes/ and scores/, a story at a time. Those of validation and test are read first,
as what train must not hold; then all are written, a batch at a time.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from corpus_builder.dataset.excluded import index_excluded
from corpus_builder.dataset.leakage import Leakage
from corpus_builder.dataset.quotes import QUOTES, quote_rows
from corpus_builder.dataset.rows import LEVELS, Row, bead_rows, document_row
from corpus_builder.dataset.splits import Assignment
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.errors import RunError
from corpus_builder.files import file_hash, replacing_folder
from corpus_builder.model import Drop
from corpus_builder.quality import columns as quality_columns
from corpus_builder.quality.calibration import FILE as CALIBRATION
from corpus_builder.stages.export_card import encoder_name, finish
from corpus_builder.stages.export_filters import filters_of, judge
from corpus_builder.stages.export_splits import split_stories
from corpus_builder.stages.stage import ALL, Figure, Run, Stage
from corpus_builder.workspace.duplicates import read_clusters
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.stories import AlignedStory, aligned_stories
from corpus_builder.workspace.tables import DropWriter, read_article_ids

logger = logging.getLogger(__name__)

BATCH = 2_000
"""Rows that are compared with the held-out ones at a time. Chosen: a row group of the dataset (dataset/write.py)."""


def export(run: Run) -> None:
    """Write dataset/ again, unless nothing that it depends on has changed.

    Near-duplicate stories (quality/clusters.json) share a split. Raises RunError where more of test leaks into train
    than the config allows.
    """
    manifest, workspace, config = run.manifest, run.workspace, run.config.dataset
    excluded, places = index_excluded(config.exclude)
    assignment = split_stories(run, read_clusters(workspace))
    key = _key(run, assignment)
    if manifest.fresh(STAGE.name, ALL, key):
        logger.info("export: up to date")
        return
    started = time.monotonic()
    with replacing_folder(workspace.dataset) as building:
        leakage = Leakage(excluded if config.exclude else None, places, workspace.root)
        drops = DropWriter(workspace.dropped / f"{STAGE.name}.parquet")
        with drops, DatasetWriter(building, run.languages, quality_columns) as writer:
            _hold_out(run, assignment, leakage)
            _write_rows(run, assignment, leakage, writer, drops)
        _check(leakage, building, workspace, config.max_leakage)
        if writer.counts:
            finish(run, building)
    counts = Counter({"dropped": drops.count})
    for (name, _), rows in writer.counts.items():
        counts[f"rows_{name}"] += rows
    outputs = sorted(path for path in workspace.dataset.rglob("*") if path.is_file())
    manifest.record(STAGE.name, ALL, key, [*outputs, drops.path], counts, time.monotonic() - started)


def _key(run: Run, assignment: Assignment) -> str:
    config = run.config.dataset
    settings = [config.model_dump(), *(each.model_dump() for each in run.config.filters), encoder_name(run)]
    outside = [file_hash(Path(name)) for name in config.exclude]
    splits = {story: assignment.splits[story] for story in sorted(assignment.splits)}
    site = run.site.rules.model_dump(mode="json")
    window = [run.config.since, run.config.until, run.config.limit]
    return STAGE.key(
        run.workspace, ALL, settings, run.languages, site, window, outside, splits, sorted(assignment.left_out)
    )


def _hold_out(run: Run, assignment: Assignment, leakage: Leakage) -> None:
    """Read the rows of validation and test."""
    filters = filters_of(run)
    held_out = {story: split for story, split in assignment.splits.items() if split != "train"}
    for shard, path in run.workspace.shards().items():
        wanted = sorted(held_out.keys() & set(read_article_ids(path)))
        if not wanted:
            continue
        for aligned in aligned_stories(run.workspace, shard, quotes=True, scores=True, only=wanted):
            for level, row in _rows(aligned, run.languages):
                if judge(filters, level, row).published:
                    leakage.hold_out(level, held_out[aligned.article_id], row)


def _write_rows(run: Run, assignment: Assignment, leakage: Leakage, writer: DatasetWriter, drops: DropWriter) -> None:
    filters = filters_of(run)
    configs: dict[tuple[str, str], frozenset[str] | None] = {}  # of the rows in flight

    def rows() -> Iterator[tuple[str, Row]]:
        shards = run.workspace.shards()
        for done, shard in enumerate(shards):
            run.progress(STAGE.name, done, len(shards))
            for aligned in aligned_stories(run.workspace, shard, quotes=True, scores=True):
                article_id = aligned.article_id
                if article_id in assignment.left_out:
                    drops.add(Drop(STAGE.name, article_id, "between_splits", article_id=article_id))
                    continue
                for level, row in _rows(aligned, run.languages):
                    verdict = judge(filters, level, row)
                    for name, (reason, value) in verdict.rejected.items():
                        drops.add(_rejected(name, row, reason, f"{value:.4g}"))
                    if verdict.published:
                        configs[level, row.id] = verdict.configs
                        yield level, row
        run.progress(STAGE.name, len(shards), len(shards))

    waiting = rows()
    while batch := list(islice(waiting, BATCH)):
        for level in dict.fromkeys(level for level, _ in batch):
            of_level = [row for name, row in batch if name == level]
            training = [row for row in of_level if assignment.splits[row.article_id] == "train"]
            refused = dict(zip((row.id for row in training), leakage.admit(level, training), strict=True))
            for row in of_level:
                if refusal := refused.get(row.id):
                    drops.add(_rejected(level, row, refusal.reason, refusal.detail))
                else:
                    writer.write(level, assignment.splits[row.article_id], row, configs[level, row.id])
        configs.clear()


def _rows(aligned: AlignedStory, languages: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """The rows of a story in every config, each with its config."""
    story, beads = aligned.story, aligned.beads
    yield "documents", document_row(story, languages, beads[0].document_probability)
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
    for row in quote_rows(story, aligned.quotes, paragraphs, languages):
        yield QUOTES, row


def _rejected(level: str, row: Row, reason: str, detail: str) -> Drop:
    texts = " | ".join(f"{language}: {text}" for language, text in row.translation.items() if text)
    return Drop(STAGE.name, row.id, reason, f"{level} {detail} | {texts}", article_id=row.article_id)


def _check(leakage: Leakage, building: Path, workspace: Workspace, limit: float) -> None:
    """Write leakage.json; raise RunError where more leaks than the limit allows."""
    building.mkdir(parents=True, exist_ok=True)
    leakage.write(building / "leakage.json", limit)
    level, share = leakage.worst()
    if share > limit:
        listed_in = workspace.dropped / "leakage.json"
        shutil.move(building / "leakage.json", listed_in)
        raise RunError(
            f"{share:.1%} of the test rows of {level} have a near-duplicate in train; the limit is {limit:.1%}",
            next_step=f"{listed_in} lists each with its neighbour; if they are harmless, raise [dataset] max_leakage",
        )


STAGE = Stage(
    name="export",
    command="export",
    about="writes the dataset with its splits, card and leakage report",
    reads=(
        "articles/*.parquet",
        "aligned/*.parquet",
        "quotes/*.parquet",
        "scores/*.parquet",
        "quality/clusters.json",
        "quality/pieces/*",
    ),
    writes=("dataset/**", "splits.json", "dropped/export.parquet"),
    run=export,
    modules=(
        "align.encoder",
        "dataset.about",
        "dataset.card",
        "dataset.croissant",
        "dataset.excluded",
        "dataset.folder",
        "dataset.leakage",
        "dataset.manifest",
        "dataset.overlap",
        "dataset.plots",
        "dataset.quotes",
        "dataset.rows",
        "dataset.runs",
        "dataset.schema",
        "dataset.splits",
        "dataset.statistics",
        "dataset.tokenizers",
        "dataset.write",
        "jit",
        "languages",
        "model",
        "quality",
        "ragged",
        "text",
        "version",
        "stages.export",
        "stages.export_card",
        "stages.export_filters",
        "stages.export_splits",
        "workspace.duplicates",
        "workspace.scores",
        "workspace.splits",
        "workspace.stories",
        "workspace.tables",
    ),
    data=(CALIBRATION,),
    drops=("export",),
    figures=(
        Figure("paragraph rows", "rows_paragraphs"),
        Figure("quotation rows", "rows_quotes"),
        Figure("sentence rows", "rows_sentences"),
    ),
    nothing="no row was published",
)
