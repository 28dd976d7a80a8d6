"""The stage "export": writes dataset/: rows by config and split, what leaks from train to test, and the card.

The rows were made shard by shard (rows.py). A file of the dataset, of at most a million rows, is a task: it takes the
rows of its config and split from the shards, in their order, so that its bytes do not depend on who writes it. This
process puts the files in place and adds up what was counted.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

from corpus_builder.dataset.held_out import HeldOutRows, read_pieces
from corpus_builder.dataset.leakage import COMPARED, REFUSED
from corpus_builder.dataset.leakage_report import LeakageReport, Published
from corpus_builder.dataset.level import Level, level_of, levels_of
from corpus_builder.dataset.rows import MONOLINGUAL
from corpus_builder.dataset.splits import SPLITS
from corpus_builder.dataset.write import FILE_ROWS, file_name, write_file
from corpus_builder.errors import RunError
from corpus_builder.files import file_hash, replacing_folder
from corpus_builder.parquet import batches, opened
from corpus_builder.quality import columns as quality_columns
from corpus_builder.quality.calibration import FILE as CALIBRATION
from corpus_builder.quality.filters import MANY, many
from corpus_builder.stages.export_card import audit_text, encoder_name, finish
from corpus_builder.stages.export_counts import ALONE, DROPPED, EXPORT, REMOVED, ROWS, SCREEN, TESTED, rows_count
from corpus_builder.stages.export_filters import configured_filters
from corpus_builder.stages.export_sources import page_sources
from corpus_builder.stages.jobs import Job, ShardResult, receive, run_job
from corpus_builder.stages.stage import ALL, Figure, Run, Stage, StageTask, join_drops
from corpus_builder.workspace.export_parts import ExportParts
from corpus_builder.workspace.logs import current_log

logger = logging.getLogger(__name__)


def export(run: Run) -> None:
    """Write dataset/ again, unless nothing that it depends on has changed.

    Raises RunError where more of test leaks into train than the config allows.
    """
    manifest, workspace, config = run.manifest, run.workspace, run.config.dataset
    key = _key(run)
    if manifest.fresh(STAGE.name, ALL, key):
        logger.info("export: up to date")
        return
    started = time.monotonic()
    counted = manifest.counts(ROWS)
    _warn_of_filters(counted)
    with replacing_folder(workspace.dataset) as building:
        rows = _write_files(run, building)
        _check(run, counted + manifest.counts(SCREEN), building, config.max_leakage)
        published = rows if any(not name.startswith(MONOLINGUAL) for name, _ in rows) else Counter()
        if published:
            finish(run, building)
        else:  # texts in one language go with a parallel dataset; alone they are none, and the build says so
            shutil.rmtree(building)
            building.mkdir()
    join_drops(workspace, STAGE.name)
    counts = Counter({DROPPED: counted[DROPPED]})
    for (name, _), number in published.items():
        counts[f"rows_{name}"] += number
    outputs = sorted(path for path in workspace.dataset.rglob("*") if path.is_file())
    drops = workspace.dropped / f"{STAGE.name}.parquet"
    manifest.record(STAGE.name, ALL, key, [*outputs, drops], counts, time.monotonic() - started)


def _key(run: Run) -> str:
    config = run.config.dataset
    # What a name stands for may change with the package that has it.
    settings = [config.model_dump(), *(asdict(each) for each in configured_filters(run.config)), encoder_name(run),
                audit_text(run), *(asdict(each) for each in page_sources(run.workspace))]  # fmt: skip
    outside = [file_hash(Path(name)) for name in (*config.exclude, config.about) if name]
    site = run.site.rules.model_dump(mode="json")
    return STAGE.key(run.workspace, ALL, settings, run.languages, site, outside)


def _warn_of_filters(counted: Mapping[str, int]) -> None:
    for name, count in sorted(counted.items()):
        if name.startswith(REMOVED):
            config, _, reason = name.removeprefix(REMOVED).partition(": ")
            if count > counted[TESTED + config] * MANY:
                logger.warning(many(reason, config, count, counted[TESTED + config]))


@dataclass(frozen=True)
class _FileTask(StageTask):
    """A file of the dataset: the rows of a config and split from `first` on, counted through `parts`, which are the
    files of shards with some of them."""

    level: str
    config: str
    split: str
    first: int
    parts: tuple[tuple[str, str], ...]

    @property
    def path(self) -> Path:
        """Where it is written."""
        return ExportParts(self.workspace).files / f"{self.shard}.parquet"


def _write_files(run: Run, building: Path) -> Counter[tuple[str, str]]:
    """Write the files of the dataset; the rows of each config and split."""
    parts, published = ExportParts(run.workspace), Counter[tuple[str, str]]()
    places: dict[str, Path] = {}
    tasks: list[_FileTask] = []
    for level in levels_of(run.languages, quality_columns).values():
        for config in level.configs:
            for split in SPLITS:
                of_split = _tasks(run, level.name, config, split)
                published[config, split] = sum(count for _, count in _pieces(run, level.name, config, split))
                for number, task in enumerate(of_split):
                    places[task.shard] = building / "data" / config / file_name(split, number, len(of_split))
                tasks += of_split
    jobs = [Job(_write_file, task, _needs(task), current_log()) for task in tasks]
    shutil.rmtree(parts.files, ignore_errors=True)  # of a run that was killed
    run.progress(STAGE.name, 0, len(jobs))
    for done, (job, result) in enumerate(run.workers.map(run_job, jobs), 1):
        receive(run.workspace, result)
        place = places[job.task.shard]
        place.parent.mkdir(parents=True, exist_ok=True)
        job.task.path.replace(place)
        run.progress(STAGE.name, done, len(jobs))
    shutil.rmtree(parts.files, ignore_errors=True)
    return +published


def _pieces(run: Run, level: str, config: str, split: str) -> list[tuple[tuple[str, str], int]]:
    """The files of shards that have rows of a config and split, in the order of the dataset, with how many."""
    shards = sorted(run.manifest.stages.get(ROWS, {}).items())
    names = (level, ALONE) if level == MONOLINGUAL else (level,)
    return [
        ((shard, name), count)
        for name in names
        for shard, entry in shards
        if (count := entry.counts.get(rows_count(name, config, split), 0))
    ]


def _tasks(run: Run, level: str, config: str, split: str) -> list[_FileTask]:
    """The files of a split of a config."""
    pieces = _pieces(run, level, config, split)
    ends = list(accumulate(count for _, count in pieces))
    tasks: list[_FileTask] = []
    for begin in range(0, ends[-1] if ends else 0, FILE_ROWS):
        chosen = [i for i, end in enumerate(ends) if end > begin and end - pieces[i][1] < begin + FILE_ROWS]
        first = begin - (ends[chosen[0]] - pieces[chosen[0]][1])
        files = tuple(pieces[i][0] for i in chosen)
        name = f"{config}-{split}-{len(tasks):05}"
        tasks.append(_FileTask(name, "", run.workspace, run.languages, level, config, split, first, files))
    return tasks


def _needs(task: _FileTask) -> dict[str, str]:
    if not task.workspace.url:
        return {}
    parts = ExportParts(task.workspace)
    paths = [parts.rows(shard, name) for shard, name in task.parts]
    return {task.workspace.relative(path): file_hash(path) for path in paths}


def _write_file(task: _FileTask) -> ShardResult:
    """Write one file of the dataset."""
    level = level_of(task.level, task.languages, quality_columns)
    write_file(task.path, level.schema_of(task.config), _rows_of_file(task, level))
    return ShardResult((task.path,))


def _rows_of_file(task: _FileTask, level: Level) -> Iterator[pa.Table]:
    parts, left_out, left = ExportParts(task.workspace), task.first, FILE_ROWS
    for shard, name in task.parts:
        path = parts.rows(shard, name)
        with opened(path, level.schema) as file:
            for batch in batches(file, path, columns=level.columns_of(task.config)):
                rows = level.take(batch, task.config, task.split)
                yield (kept := rows.slice(left_out, left))
                left_out, left = max(0, left_out - len(rows)), left - len(kept)


def _check(run: Run, counted: Mapping[str, int], building: Path, limit: float) -> None:
    """Write leakage.json; raise RunError where more leaks than the limit allows."""
    parts = ExportParts(run.workspace)
    report = LeakageReport(HeldOutRows.read(parts.all_held_out_rows()), read_pieces(parts.all_pieces()))
    report.add(parts.all_document_notes())
    report.add(parts.all_row_notes())
    told = Published(_after(REFUSED, counted), _after(COMPARED, counted), limit)
    building.mkdir(parents=True, exist_ok=True)
    level, share = report.write(building / "leakage.json", told)
    if share > limit:
        listed_in = run.workspace.dropped / "leakage.json"
        shutil.move(building / "leakage.json", listed_in)
        raise RunError(
            f"{share:.1%} of the test rows of {level} stand in train; the limit is {limit:.1%}",
            next_step=f"{listed_in} lists each with its neighbour; if they are harmless, raise [dataset] max_leakage",
        )


def _after(start: str, counted: Mapping[str, int]) -> dict[str, int]:
    """The counts whose names begin so, by the rest of their names."""
    return {name.removeprefix(start): count for name, count in counted.items() if name.startswith(start) and count}


STAGE = Stage(
    name=EXPORT,
    command="export",
    about="writes the dataset with its card and leakage report",
    reads=(
        "articles/*.parquet",
        "quality/pieces/*",
        "export/held_out/*/rows.parquet",
        "export/pieces/*.i64",
        "export/documents/*.notes.parquet",
        "export/rows/*/*",
        "audit/*/design.json",
        "audit/*/sample.jsonl",
        "audit/*/judgements/*.jsonl",
        "audit/*/adjudication.jsonl",
        "audit/*/card.md",
    ),
    writes=("dataset/**", "dropped/export.parquet"),
    run=export,
    modules=(
        "align.encoder",
        "audit",
        "dataset.about",
        "dataset.card",
        "dataset.croissant",
        "dataset.dataset_info",
        "dataset.folder",
        "dataset.held_out",
        "dataset.leakage",
        "dataset.leakage_report",
        "dataset.level",
        "dataset.licences",
        "dataset.manifest",
        "dataset.origins",
        "dataset.overlap",
        "dataset.plots",
        "dataset.quotes",
        "dataset.rows",
        "dataset.runs",
        "dataset.schema",
        "dataset.splits",
        "dataset.statistics",
        "dataset.text_index",
        "dataset.tokenizers",
        "dataset.write",
        "escape",
        "jit",
        "languages",
        "model",
        "plugins",
        "quality",
        "ragged",
        "stages.export",
        "stages.export_card",
        "stages.export_counts",
        "stages.export_filters",
        "stages.export_sources",
        "text",
        "version",
        "workspace.export_parts",
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
