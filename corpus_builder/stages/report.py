"""The stage "report": report/index.html and the speakers' pages, made from what is in the workspace.

Only the columns that are counted are read, a batch or a shard at a time; whole stories are read for the sample alone.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.dataset.splits import SPLITS
from corpus_builder.files import replacing, replacing_folder
from corpus_builder.parquet import opened, read_columns, row_count
from corpus_builder.report import (
    FunnelStage,
    Month,
    QuoteFigures,
    ReportData,
    SampleStory,
    write_report,
    write_speakers,
)
from corpus_builder.report.sample import LEVELS, choose, sample_story, spread
from corpus_builder.report.tally import BeadTally
from corpus_builder.stages.funnel import Funnel, measure
from corpus_builder.stages.report_quotes import Quoted, read_quoted
from corpus_builder.stages.stage import ALL, Run, Stage
from corpus_builder.workspace.drops import LINK
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.stories import aligned_stories

SAMPLE = 60
"""Stories in the browsable sample. Chosen: enough to browse, and a page that opens at once."""
BATCH = 20_000
"""Beads in memory at a time. Chosen: a fraction of what a shard's stories take."""
REASONS = 15
"""Reasons shown per stage; the rest is summed up. Chosen: a table that fits on a screen."""


def report(run: Run) -> None:
    """Write the report of the workspace as it is."""
    started = time.monotonic()
    write(run, measure(run))
    outputs = [path for path in run.workspace.report.parent.rglob("*") if path.is_file()]
    run.manifest.record(STAGE.name, ALL, "", (), {"files": len(outputs)}, time.monotonic() - started)


def write(run: Run, funnel: Funnel) -> None:
    """Write report/index.html, and replace report/speakers/."""
    quoted = read_quoted(run.workspace, run.languages)
    _write_speakers(run, quoted)
    with replacing(run.workspace.report) as part:
        write_report(part, collect(run, funnel, quoted.figures if quoted else None))


def _write_speakers(run: Run, quoted: Quoted | None) -> None:
    """Write the pages of the speakers; those of an earlier build are removed."""
    place = run.workspace.report.parent / "speakers"
    if quoted is None:
        shutil.rmtree(place, ignore_errors=True)
        return
    with replacing_folder(place) as building:
        write_speakers(building, run.config.dataset.name, run.languages, quoted.people, quoted.read)


def collect(run: Run, funnel: Funnel, quotes: QuoteFigures | None = None) -> ReportData:
    """The figures and the sample of the report, read from the workspace."""
    workspace, languages = run.workspace, run.languages
    counts = _Editions()
    for path in workspace.shards().values():
        counts.add(path)
    tallies = {level: BeadTally(languages) for level in LEVELS}
    for path in sorted(workspace.aligned.glob("*.parquet")):
        _add_beads(tallies, path)
    return ReportData(
        title=run.config.dataset.name,
        site=run.site.rules.title,
        homepage=run.site.rules.homepage,
        languages=languages,
        stages=_stages(funnel),
        months={name: Month(dict(m.editions), dict(m.stories)) for name, m in sorted(counts.months.items())},
        layouts=dict(sorted(counts.layouts.items(), key=lambda item: (-item[1], item[0]))),
        rows=_rows(workspace),
        beads={level: tally.beads() for level, tally in tallies.items() if tally.count},
        ratios=tallies["sentence"].length_ratios(),
        quotes=quotes,
        stories=tuple(_sample(workspace, counts.shards, languages)),
    )


@dataclass
class _MonthCounts:
    editions: Counter[str] = field(default_factory=Counter)
    stories: Counter[int] = field(default_factory=Counter)


@dataclass
class _Editions:
    """Counts over articles/; `shards` has for each shard how many stories have two or more editions."""

    months: dict[str, _MonthCounts] = field(default_factory=dict)
    layouts: Counter[str] = field(default_factory=Counter)
    shards: dict[str, int] = field(default_factory=dict)

    def add(self, path: Path) -> None:
        """Add a shard."""
        table = read_columns(path, ["article_id", "language", "layout"])
        sizes = Counter(_counted(table["article_id"]).values())
        month = self.months.setdefault(path.stem.partition(".")[0], _MonthCounts())
        month.editions.update(_counted(table["language"]))
        month.stories.update(sizes)
        self.layouts.update(_counted(table["layout"]))
        self.shards[path.stem] = sum(count for size, count in sizes.items() if size > 1)


def _counted(column: pa.ChunkedArray) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()}


def _stages(funnel: Funnel) -> tuple[FunnelStage, ...]:
    """The funnel's steps by stage, with the drops of each; a stage without either is not shown."""
    steps = {name: tuple(group) for name, group in groupby(funnel.steps, key=lambda step: step.stage)}
    names = dict.fromkeys([*funnel.dropped, *steps])
    return tuple(
        FunnelStage(
            name,
            tuple((step.name, step.count) for step in steps.get(name, ())),
            _most_frequent(funnel.dropped.get(name, {})),
            "note only, nothing dropped: hreflang links that disagree with the article id" if name == LINK else "",
        )
        for name in names
        if steps.get(name) or funnel.dropped.get(name)
    )


def _most_frequent(reasons: Mapping[str, int]) -> dict[str, int]:
    ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ranked[REASONS:])
    return {**dict(ranked[:REASONS]), **({"other reasons": rest} if rest else {})}


def _rows(workspace: Workspace) -> dict[str, dict[str, int]]:
    """Published rows by config and split, from the files' footers."""
    rows: dict[str, Counter[str]] = {}
    for path in sorted(workspace.dataset.glob("data/*/*.parquet")):
        rows.setdefault(path.parent.name, Counter())[path.name.partition("-")[0]] += row_count(path)
    return {config: {split: counts[split] for split in SPLITS if counts[split]} for config, counts in rows.items()}


def _add_beads(tallies: Mapping[str, BeadTally], path: Path) -> None:
    with opened(path) as file:
        columns = ["level", "spans", "score", "probability", "flags"]
        for batch in file.iter_batches(batch_size=BATCH, columns=columns):
            for level, tally in tallies.items():
                beads = batch.filter(pc.equal(batch["level"], level))
                if len(beads):
                    segments, characters = _sides(beads["spans"], tally.languages)
                    tally.add(
                        segments,
                        characters,
                        beads["probability"].to_numpy(zero_copy_only=False),
                        beads["score"].to_numpy(zero_copy_only=False),
                        beads["flags"].flatten().to_pylist(),
                    )


def _sides(spans: pa.ListArray, languages: Sequence[str]) -> tuple[Any, Any]:
    """Segments and characters by bead and language, each an array of len(spans) × len(languages)."""
    span = spans.flatten()
    numbers = pc.index_in(span.field("language"), pa.array(languages))
    known = numbers.is_valid().to_numpy(zero_copy_only=False)
    place = pc.list_parent_indices(spans).to_numpy()[known] * len(languages) + numbers.drop_null().to_numpy()
    lengths = pc.subtract(span.field("end"), span.field("start")).to_numpy()[known]
    shape, cells = (len(spans), len(languages)), len(spans) * len(languages)
    characters = np.bincount(place, weights=lengths, minlength=cells).astype(np.int64)
    return np.bincount(place, minlength=cells).reshape(shape), characters.reshape(shape)


def _sample(workspace: Workspace, shards: Mapping[str, int], languages: Sequence[str]) -> Iterator[SampleStory]:
    """Aligned stories spread over the shards, the oldest shard first."""
    sizes = {name: size for name, size in shards.items() if (workspace.aligned / f"{name}.parquet").is_file()}
    before = 0
    for shard, count in spread(sizes, SAMPLE).items():
        if not count:
            continue
        articles = workspace.articles / f"{shard}.parquet"
        chosen = choose(_counted(read_columns(articles, ["article_id"])["article_id"]), count, before)
        before += len(chosen)
        for aligned in aligned_stories(workspace, shard, only=chosen):
            yield sample_story(aligned.story, aligned.beads, languages)


STAGE = Stage(
    name="report",
    command="export",
    about="writes the report and the speakers' pages; runs every time",
    reads=("articles/*.parquet", "aligned/*.parquet", "dataset/data/*/*.parquet", "dropped/*.parquet"),
    writes=("report/**",),
    run=report,
)
