"""The stage that writes dataset/: rows by config and split, and the card."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus_builder.dataset.card import write_card
from corpus_builder.dataset.rows import LEVELS, Row, bead_rows, document_row, story_date
from corpus_builder.dataset.splits import split_stories
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.model import Drop, PlacedBead, Story
from corpus_builder.pipeline.aligning import ALIGN
from corpus_builder.pipeline.extracting import EXTRACT, shard_files
from corpus_builder.pipeline.manifest import code_version, task_key
from corpus_builder.pipeline.run import Run
from corpus_builder.pipeline.tables import DropWriter, read_beads, read_stories

STAGE = "export"


def export(run: Run) -> None:
    """Write dataset/ anew from articles/ and aligned/, unless nothing that it depends on has changed."""
    manifest, workspace, config = run.manifest, run.workspace, run.config.dataset
    code = code_version("dataset", "model", "pipeline/exporting", "pipeline/tables")
    inputs = [manifest.hashes(EXTRACT), manifest.hashes(ALIGN)]
    key = task_key(code, config.model_dump(), run.languages, run.site.rules.model_dump(mode="json"), inputs)
    if manifest.fresh(STAGE, "all", key):
        return
    started = time.monotonic()
    building = workspace.root / ".dataset.part"
    shutil.rmtree(building, ignore_errors=True)
    drops = DropWriter(workspace.dropped / f"{STAGE}.parquet")
    with drops, DatasetWriter(building, run.languages) as writer:
        _write_rows(run, writer, drops)
    write_card(building, config.name, config.licence, run.site.rules, run.languages, writer.counts)
    _swap(building, workspace.dataset)
    counts = Counter({"dropped": drops.count})
    for (name, _), rows in writer.counts.items():
        counts[f"rows_{name}"] += rows
    outputs = sorted(path for path in workspace.dataset.rglob("*") if path.is_file())
    manifest.record(STAGE, "all", key, [*outputs, drops.path], counts, time.monotonic() - started)


def _write_rows(run: Run, writer: DatasetWriter, drops: DropWriter) -> None:
    config, shards = run.config.dataset, shard_files(run.workspace)
    splits = split_stories(_dates(run), config.validation, config.test)
    for done, shard in enumerate(shards):
        run.progress(STAGE, done, len(shards))
        for story, beads in _aligned_stories(run, shard):
            for level, row in _rows(story, beads, run.languages):
                probability = row.quality["probability"]
                if probability is None or probability >= config.min_probability:
                    writer.write(level, splits[story.article_id], row)
                else:
                    drops.add(_rejected(level, row, probability))
    run.progress(STAGE, len(shards), len(shards))


def _dates(run: Run) -> dict[str, str | None]:
    """The date of every story that yields rows."""
    return {
        story.article_id: story_date(story)
        for path in shard_files(run.workspace).values()
        for story in read_stories(path)
        if len(story.editions) > 1
    }


def _aligned_stories(run: Run, shard: str) -> Iterator[tuple[Story, list[PlacedBead]]]:
    """The stories of a shard that were aligned, with their beads; both files are in the order of article ids."""
    beads = read_beads(run.workspace.aligned / f"{shard}.parquet")
    for story in read_stories(run.workspace.articles / f"{shard}.parquet"):
        if len(story.editions) > 1:
            article_id, own = next(beads)
            assert article_id == story.article_id
            yield story, own


def _rows(story: Story, beads: list[PlacedBead], languages: Sequence[str]) -> Iterator[tuple[str, Row]]:
    yield "documents", document_row(story, languages, beads[0].document_probability)
    for level in LEVELS:
        for row in bead_rows(story, beads, level, languages):
            yield level, row


def _rejected(level: str, row: Row, probability: float) -> Drop:
    texts = " | ".join(f"{language}: {text}" for language, text in row.translation.items() if text)
    return Drop(STAGE, row.id, "low_probability", f"{level} {probability:.3f} | {texts}", article_id=row.article_id)


def _swap(new: Path, place: Path) -> None:
    """Put a finished folder in its place. A kill in between leaves no dataset/, and the next run writes it again."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
