"""The stage that writes dataset/: rows by config and split, what leaks from train to test, and the card.

Rows come from articles/, aligned/ and scores/, a story at a time. Those of validation and test are
read first, as what train must not hold; then all are written, a batch at a time.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from corpus_builder.dataset.excluded import index_excluded
from corpus_builder.dataset.leakage import Leakage
from corpus_builder.dataset.quotes import QUOTES, quote_rows
from corpus_builder.dataset.rows import LEVELS, Row, Scores, bead_rows, document_row
from corpus_builder.dataset.splits import Assignment
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.errors import RunError
from corpus_builder.files import file_hash, swap_folder
from corpus_builder.model import Drop, PlacedBead, PlacedQuote, Story
from corpus_builder.quality import columns as quality_columns
from corpus_builder.stages.align import ALIGN
from corpus_builder.stages.export_card import finish, tokenizer_models
from corpus_builder.stages.export_filters import filters_of, judge
from corpus_builder.stages.export_splits import split_stories
from corpus_builder.stages.extract import EXTRACT
from corpus_builder.stages.quotes import QUOTE
from corpus_builder.stages.score import SCORE
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import code_version, task_key
from corpus_builder.workspace.stories import aligned_stories, quotes_by_story, read_scores, shard_files
from corpus_builder.workspace.tables import DropWriter

STAGE = "export"
_MODULES = ("export", "export_filters", "export_card", "export_splits")

# Rows that are held against the held-out ones at a time.
BATCH = 2_000


def export(run: Run, clusters: Iterable[Collection[str]] = ()) -> None:
    """Write dataset/ anew from articles/, aligned/ and scores/, unless nothing that it depends on has changed.

    `clusters` are groups of article ids that are near-duplicates: each lies in one split.

    Raises RunError where more of test leaks into train than the config allows.
    """
    manifest, workspace, config = run.manifest, run.workspace, run.config.dataset
    code = code_version("dataset", "model", "quality", *(f"stages/{name}" for name in _MODULES))
    excluded, places = index_excluded(config.exclude)
    outside = [file_hash(Path(name)) for name in config.exclude]
    assignment = split_stories(run, clusters)
    splits = {story: assignment.splits[story] for story in sorted(assignment.splits)}
    inputs = [*map(manifest.hashes, (EXTRACT, ALIGN, QUOTE, SCORE)), outside, splits, sorted(assignment.left_out)]
    inputs.append([file_hash(model) for model in tokenizer_models(run)])
    settings = [config.model_dump(), *(one.model_dump() for one in run.config.filters)]
    key = task_key(code, settings, run.languages, run.site.rules.model_dump(mode="json"), inputs)
    if manifest.fresh(STAGE, "all", key):
        return
    started = time.monotonic()
    building = workspace.root / ".dataset.part"
    shutil.rmtree(building, ignore_errors=True)
    leakage = Leakage(excluded if config.exclude else None, places, workspace.root)
    drops = DropWriter(workspace.dropped / f"{STAGE}.parquet")
    with drops, DatasetWriter(building, run.languages, quality_columns) as writer:
        _hold_out(run, assignment, leakage)
        _write_rows(run, assignment, leakage, writer, drops)
    _check(leakage, building, workspace, config.max_leakage)
    if writer.counts:
        finish(run, building)
    swap_folder(building, workspace.dataset)
    counts = Counter({"dropped": drops.count})
    for (name, _), rows in writer.counts.items():
        counts[f"rows_{name}"] += rows
    outputs = sorted(path for path in workspace.dataset.rglob("*") if path.is_file())
    manifest.record(STAGE, "all", key, [*outputs, drops.path], counts, time.monotonic() - started)


def _hold_out(run: Run, assignment: Assignment, leakage: Leakage) -> None:
    """Read the rows of validation and test."""
    filters = filters_of(run)
    held_out = {story: split for story, split in assignment.splits.items() if split != "train"}
    for shard, path in shard_files(run.workspace).items():
        if held_out.keys().isdisjoint(pq.read_table(path, columns=["article_id"])["article_id"].to_pylist()):
            continue
        said = quotes_by_story(run.workspace, shard)
        for story, beads, scores in _scored_stories(run, shard):
            if story.article_id not in held_out:
                continue
            for level, row in _rows(story, beads, scores, said.get(story.article_id, ()), run.languages):
                if judge(filters, level, row).published:
                    leakage.hold_out(level, held_out[story.article_id], row)


def _write_rows(run: Run, assignment: Assignment, leakage: Leakage, writer: DatasetWriter, drops: DropWriter) -> None:
    filters = filters_of(run)
    configs: dict[tuple[str, str], frozenset[str] | None] = {}  # of the rows in flight

    def rows() -> Iterator[tuple[str, Row]]:
        shards = shard_files(run.workspace)
        for done, shard in enumerate(shards):
            run.progress(STAGE, done, len(shards))
            said = quotes_by_story(run.workspace, shard)
            for story, beads, scores in _scored_stories(run, shard):
                if story.article_id in assignment.left_out:
                    drops.add(Drop(STAGE, story.article_id, "between_splits", article_id=story.article_id))
                    continue
                for level, row in _rows(story, beads, scores, said.get(story.article_id, ()), run.languages):
                    verdict = judge(filters, level, row)
                    for name, (reason, value) in verdict.rejected.items():
                        drops.add(_rejected(name, row, reason, f"{value:.4g}"))
                    if verdict.published:
                        configs[level, row.id] = verdict.configs
                        yield level, row
        run.progress(STAGE, len(shards), len(shards))

    waiting = rows()
    while batch := list(islice(waiting, BATCH)):
        for level in dict.fromkeys(level for level, _ in batch):
            own = [row for name, row in batch if name == level]
            training = [row for row in own if assignment.splits[row.article_id] == "train"]
            refused = dict(zip((row.id for row in training), leakage.admit(level, training), strict=True))
            for row in own:
                if refusal := refused.get(row.id):
                    drops.add(_rejected(level, row, refusal.reason, refusal.detail))
                else:
                    writer.write(level, assignment.splits[row.article_id], row, configs[level, row.id])
        configs.clear()


def _scored_stories(run: Run, shard: str) -> Iterator[tuple[Story, list[PlacedBead], Scores]]:
    """The stories of a shard that were aligned, with their beads and the scores of their rows."""
    scores = read_scores(run.workspace.scores / f"{shard}.parquet")
    article_id, own = next(scores, ("", {}))
    for story, beads in aligned_stories(run.workspace, shard):
        if story.article_id == article_id:
            yield story, beads, own
            article_id, own = next(scores, ("", {}))
        else:  # none of its beads has two sides
            yield story, beads, {}


def _rows(
    story: Story, beads: list[PlacedBead], scores: Scores, quotes: Iterable[PlacedQuote], languages: Sequence[str]
) -> Iterator[tuple[str, Row]]:
    """The rows of a story in every config, each with its config."""
    yield "documents", document_row(story, languages, beads[0].document_probability)
    paragraph_of: dict[int, str] = {}
    if scores:
        for level in LEVELS:
            for row in bead_rows(story, beads, level, languages, scores):
                if level == "paragraphs":
                    paragraph_of[row.position] = row.id
                yield level, row
    paragraphs = {
        (span.language, span.block): paragraph_of[bead.position]
        for bead in beads
        if bead.level == LEVELS["paragraphs"] and bead.position in paragraph_of
        for span in bead.spans
    }
    for row in quote_rows(story, quotes, paragraphs, languages):
        yield QUOTES, row


def _rejected(level: str, row: Row, reason: str, detail: str) -> Drop:
    texts = " | ".join(f"{language}: {text}" for language, text in row.translation.items() if text)
    return Drop(STAGE, row.id, reason, f"{level} {detail} | {texts}", article_id=row.article_id)


def _check(leakage: Leakage, building: Path, workspace: Workspace, limit: float) -> None:
    """Write leakage.json; raise RunError where more leaks than the limit allows."""
    building.mkdir(parents=True, exist_ok=True)
    leakage.write(building / "leakage.json", limit)
    level, share = leakage.worst()
    if share > limit:
        told = workspace.dropped / "leakage.json"
        (building / "leakage.json").replace(told)
        shutil.rmtree(building, ignore_errors=True)
        raise RunError(
            f"{share:.1%} of the test rows of {level} have a near-duplicate in train; the limit is {limit:.1%}",
            next_step=f"{told} names each with its neighbour; if they are harmless, raise [dataset] max_leakage",
        )
