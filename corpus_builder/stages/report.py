"""The stage "report": report/index.html, and pages of stories, speakers and drops, made from what is in the workspace.

Only the columns that are counted are read, a batch or a shard at a time; whole stories only for their pages.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.splits import SPLITS
from corpus_builder.files import replacing, replacing_folder
from corpus_builder.parquet import opened, row_count
from corpus_builder.report import FunnelStage, QuoteFigures, ReportData, write_report, write_speakers
from corpus_builder.report.data import StoryPage, Verdict
from corpus_builder.report.drops import write_drops
from corpus_builder.report.stories import write_stories
from corpus_builder.report.story import LEVELS
from corpus_builder.report.tally import BeadTally
from corpus_builder.stages.funnel import Funnel, measure
from corpus_builder.stages.report_drops import Dropped, read_dropped
from corpus_builder.stages.report_editions import EditionCounts, count_editions
from corpus_builder.stages.report_quotes import Quoted, read_quoted
from corpus_builder.stages.report_stories import Choice, choose, shown_stories
from corpus_builder.stages.stage import ALL, Run, Stage
from corpus_builder.stages.verdict import verdict
from corpus_builder.workspace.drops import LINK
from corpus_builder.workspace.layout import Workspace

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
    """Write report/index.html and dropped.html, and replace report/stories/ and report/speakers/."""
    counts = count_editions(run.workspace)
    choice = choose(run.workspace, counts.stories)
    dropped = read_dropped(run.workspace, [article_id for ids in choice.shards.values() for article_id in ids])
    quoted = read_quoted(run.workspace, run.languages)
    _write_speakers(run, quoted)
    pages, places = _write_stories(run, choice, dropped)
    home = run.workspace.report
    with replacing(home.with_name("dropped.html")) as part:
        write_drops(part, run.config.dataset.name, dropped.groups())
    data = collect(run, funnel, counts, quoted.figures if quoted else None, places)
    with replacing(home) as part:
        write_report(part, replace(data, pages=pages, older=choice.older))


def _write_stories(run: Run, choice: Choice, dropped: Dropped) -> tuple[tuple[StoryPage, ...], dict[str, str]]:
    """Write the pages of the stories; those of an earlier build are removed."""
    place = run.workspace.report.parent / "stories"
    if not choice.total:
        shutil.rmtree(place, ignore_errors=True)
        return (), {}
    stories = shown_stories(run.workspace, choice, run.languages, dropped.stories)
    with replacing_folder(place) as building:
        return write_stories(building, run.config.dataset.name, run.languages, stories, choice.total, choice.older)


def _write_speakers(run: Run, quoted: Quoted | None) -> None:
    """Write the pages of the speakers; those of an earlier build are removed."""
    place = run.workspace.report.parent / "speakers"
    if quoted is None:
        shutil.rmtree(place, ignore_errors=True)
        return
    with replacing_folder(place) as building:
        write_speakers(building, run.config.dataset.name, run.languages, quoted.people, quoted.read)


def collect(
    run: Run,
    funnel: Funnel,
    counts: EditionCounts,
    quotes: QuoteFigures | None = None,
    places: Mapping[str, str] | None = None,
) -> ReportData:
    """The figures of the first page, read from the workspace; `places` has the address of each story."""
    workspace, languages = run.workspace, run.languages
    tallies = {level: BeadTally(languages) for level in LEVELS}
    for path in sorted(workspace.aligned.glob("*.parquet")):
        _add_beads(tallies, path)
        if (scores := workspace.scores / path.name).is_file():
            _add_probabilities(tallies, scores)
    return ReportData(
        title=run.config.dataset.name,
        site=run.site.rules.title,
        homepage=run.site.rules.homepage,
        languages=languages,
        verdict=_verdict(workspace, languages, places or {}),
        stages=_stages(funnel),
        months=counts.months(),
        days=counts.days(),
        layouts=dict(sorted(counts.layouts.items(), key=lambda item: (-item[1], item[0]))),
        rows=_rows(workspace),
        beads={level: tally.beads() for level, tally in tallies.items() if tally.count},
        ratios=tallies["sentence"].length_ratios(),
        quotes=quotes,
    )


def _verdict(workspace: Workspace, languages: Sequence[str], places: Mapping[str, str]) -> Verdict | None:
    if not any((workspace.dataset / "data").glob("*/*-*.parquet")):
        return None
    return verdict(DatasetFolder(workspace.dataset), languages, places)


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
        columns = ["level", "spans", "score", "flags"]
        for batch in file.iter_batches(batch_size=BATCH, columns=columns):
            for level, tally in tallies.items():
                beads = batch.filter(pc.equal(batch["level"], level))
                if len(beads):
                    segments, characters = _sides(beads["spans"], tally.languages)
                    tally.add(
                        segments,
                        characters,
                        beads["score"].to_numpy(zero_copy_only=False),
                        beads["flags"].flatten().to_pylist(),
                    )


def _add_probabilities(tallies: Mapping[str, BeadTally], path: Path) -> None:
    """Add the published probabilities of a shard."""
    with opened(path) as file:
        for batch in file.iter_batches(batch_size=BATCH, columns=["level", "quality.probability"]):
            for level, tally in tallies.items():
                values = pc.struct_field(batch.filter(pc.equal(batch["level"], level))["quality"], "probability")
                tally.add_probabilities(values.drop_null().to_numpy(zero_copy_only=False))


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


STAGE = Stage(
    name="report",
    command="export",
    about="writes the report with pages of its stories, speakers and drops; runs every time",
    reads=(
        "articles/*.parquet",
        "aligned/*.parquet",
        "scores/*.parquet",
        "dataset/data/*/*.parquet",
        "dropped/*.parquet",
    ),
    writes=("report/**",),
    run=report,
)
