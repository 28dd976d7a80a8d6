"""The stage "export": writes dataset/, rows by config and split, what leaks from train to test, and the card.

Rows come from articles/, aligned/, quotes/ and scores/, a story at a time. Those of validation and test are read first,
as what train must not hold, then the training documents; then all are written, a batch at a time.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus_builder.audit.published import AuditedPairs
from corpus_builder.dataset.excluded import index_excluded
from corpus_builder.dataset.leakage import HELD_OUT_TEXT, WITHDRAWN, Leakage, training_text
from corpus_builder.dataset.rows import DOCUMENTS, MONOLINGUAL, Row, text_rows
from corpus_builder.dataset.splits import Assignment
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.errors import RunError
from corpus_builder.files import file_hash, replacing_folder
from corpus_builder.model import Drop
from corpus_builder.quality import columns as quality_columns
from corpus_builder.quality.calibration import FILE as CALIBRATION
from corpus_builder.quality.filters import MANY, many
from corpus_builder.stages.export_card import audit_text, encoder_name, finish
from corpus_builder.stages.export_filters import configured_filters, filters_of, judge
from corpus_builder.stages.export_rows import (
    BATCH,
    TrainingDocuments,
    batches,
    flagged,
    hold_out,
    read_documents,
    rows_of,
    texts_in_one_language,
)
from corpus_builder.stages.export_sources import page_sources
from corpus_builder.stages.export_splits import split_stories
from corpus_builder.stages.stage import ALL, Figure, Run, Stage
from corpus_builder.workspace.duplicates import read_clusters, read_companions
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.stories import aligned_stories
from corpus_builder.workspace.tables import DropWriter

logger = logging.getLogger(__name__)


def export(run: Run) -> None:
    """Write dataset/ again, unless nothing that it depends on has changed.

    Near-duplicate stories (quality/clusters.json) share a split, and so do stories that share a sentence
    (quality/companions.json), where this is possible. Raises RunError where more of test leaks into train
    than the config allows.
    """
    manifest, workspace, config = run.manifest, run.workspace, run.config.dataset
    excluded, places = index_excluded(config.exclude)
    assignment = split_stories(run, read_clusters(workspace), read_companions(workspace))
    key = _key(run, assignment)
    if manifest.fresh(STAGE.name, ALL, key):
        logger.info("export: up to date")
        return
    started = time.monotonic()
    with (
        replacing_folder(workspace.dataset) as building,
        # Named as what is half written is, so that what a killed run leaves is removed by the next.
        TemporaryDirectory(".part", ".held-out", workspace.root, ignore_cleanup_errors=True) as scratch,
    ):
        leakage = Leakage(excluded if config.exclude else None, places, Path(scratch))
        drops = DropWriter(workspace.dropped / f"{STAGE.name}.parquet")
        with drops, DatasetWriter(building, run.languages, quality_columns) as writer:
            audited = AuditedPairs.read(workspace.audit)
            hold_out(run, assignment, leakage, audited)
            _write_rows(run, assignment, leakage, audited, writer, drops)
        _check(leakage, building, workspace, config.max_leakage)
        published = writer.counts if any(not name.startswith(MONOLINGUAL) for name, _ in writer.counts) else Counter()
        if published:
            finish(run, building)
        else:  # texts in one language go with a parallel dataset; alone they are none, and the build says so
            shutil.rmtree(building)
            building.mkdir()
    counts = Counter({"dropped": drops.count})
    for (name, _), rows in published.items():
        counts[f"rows_{name}"] += rows
    outputs = sorted(path for path in workspace.dataset.rglob("*") if path.is_file())
    manifest.record(STAGE.name, ALL, key, [*outputs, drops.path], counts, time.monotonic() - started)


def _key(run: Run, assignment: Assignment) -> str:
    config = run.config.dataset
    # What a name stands for may change with the package that has it.
    settings = [config.model_dump(), *(asdict(each) for each in configured_filters(run.config)), encoder_name(run),
                audit_text(run), *(asdict(each) for each in page_sources(run.workspace))]  # fmt: skip
    outside = [file_hash(Path(name)) for name in (*config.exclude, config.about) if name]
    splits = {story: assignment.splits[story] for story in sorted(assignment.splits)}
    site = run.site.rules.model_dump(mode="json")
    return STAGE.key(run.workspace, ALL, settings, run.languages, site, outside, splits, sorted(assignment.left_out))


def _write_rows(
    run: Run,
    assignment: Assignment,
    leakage: Leakage,
    audited: AuditedPairs,
    writer: DatasetWriter,
    drops: DropWriter,
) -> None:
    documents = read_documents(run, assignment, leakage)
    judged = _judged(run, assignment, documents, audited, writer, drops)
    for batch in batches(judged, BATCH):
        for level in dict.fromkeys(each.level for each in batch):
            of_level = [each for each in batch if each.level == level]
            training = [each.row for each in of_level if each.split == "train" and level != DOCUMENTS]
            refusals = leakage.admit(level, [training_text(row) for row in training]) if training else []
            refused = dict(zip((row.id for row in training), refusals, strict=True))
            for each in of_level:
                if each.split != "train" and leakage.withdrawn(level, each.row.id):
                    drops.add(_rejected(level, each.row, WITHDRAWN, each.split))
                elif refusal := refused.get(each.row.id):
                    drops.add(_rejected(level, each.row, refusal.reason, refusal.detail))
                else:
                    writer.write(level, each.split, each.row, each.configs)
    for row, refusal in texts_in_one_language(run, leakage):
        if refusal:
            drops.add(Drop(STAGE.name, row.id, refusal.reason, refusal.detail, row.language, row.article_id))
        else:
            writer.write_text("train", row)


@dataclass(frozen=True)
class _Judged:
    """A row that passes the filters, with its split and the configs that it is published in (None: all)."""

    level: str
    row: Row
    split: str
    configs: frozenset[str] | None


def _judged(
    run: Run,
    assignment: Assignment,
    documents: TrainingDocuments,
    audited: AuditedPairs,
    writer: DatasetWriter,
    drops: DropWriter,
) -> Iterator[_Judged]:
    """The rows of all stories; whole texts of one edition are written on the way."""
    filters, shards = filters_of(run), run.workspace.shards()
    tested: Counter[str] = Counter()
    removed: Counter[tuple[str, str]] = Counter()
    for done, shard in enumerate(shards):
        run.progress(STAGE.name, done, len(shards))
        for aligned in aligned_stories(run.workspace, shard, quotes=True, scores=True):
            article_id = aligned.article_id
            if article_id in assignment.left_out:
                drops.add(Drop(STAGE.name, article_id, "between_splits", article_id=article_id))
                continue
            split = assignment.splits[article_id]
            refusal = documents.refused.get(article_id)
            with_text = article_id in documents.with_held_out_text
            if not refusal:
                for text_row in text_rows(aligned.story):
                    if text_row.language in run.languages:
                        flags = (HELD_OUT_TEXT,) if with_text else ()
                        writer.write_text(split, replace(text_row, flags=flags))
            for level, row in rows_of(aligned, run.languages, audited):
                if level == DOCUMENTS and refusal:
                    drops.add(_rejected(level, row, refusal.reason, refusal.detail))
                    continue
                verdict = judge(filters, level, row)
                tested.update({*(verdict.configs or ()), *verdict.rejected})
                for name, (reason, value) in verdict.rejected.items():
                    removed[name, reason] += 1
                    drops.add(_rejected(name, row, reason, f"{value:.4g}"))
                if verdict.published:
                    yield _Judged(
                        level, flagged(row) if level == DOCUMENTS and with_text else row, split, verdict.configs
                    )
    run.progress(STAGE.name, len(shards), len(shards))
    for (name, reason), count in sorted(removed.items()):
        if count > tested[name] * MANY:
            logger.warning(many(reason, name, count, tested[name]))


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
            f"{share:.1%} of the test rows of {level} stand in train; the limit is {limit:.1%}",
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
        "quality/companions.json",
        "quality/pieces/*",
        "audit/*/design.json",
        "audit/*/sample.jsonl",
        "audit/*/judgements/*.jsonl",
        "audit/*/adjudication.jsonl",
        "audit/*/card.md",
    ),
    writes=("dataset/**", "splits.json", "dropped/export.parquet"),
    run=export,
    modules=(
        "align.encoder",
        "audit",
        "dataset.about",
        "dataset.card",
        "dataset.croissant",
        "dataset.dataset_info",
        "dataset.excluded",
        "dataset.folder",
        "dataset.held_out",
        "dataset.leakage",
        "dataset.licences",
        "dataset.manifest",
        "dataset.overlap",
        "dataset.plots",
        "dataset.quotes",
        "dataset.origins",
        "dataset.rows",
        "dataset.runs",
        "dataset.schema",
        "dataset.splits",
        "dataset.statistics",
        "dataset.tokenizers",
        "dataset.write",
        "escape",
        "jit",
        "languages",
        "model",
        "packed",
        "plugins",
        "quality",
        "ragged",
        "text",
        "version",
        "stages.export",
        "stages.export_card",
        "stages.export_filters",
        "stages.export_rows",
        "stages.export_sources",
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
