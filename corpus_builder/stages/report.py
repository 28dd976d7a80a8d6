"""The last stage: the report, made from what lies in the workspace, whatever of it there is.

Only the columns that are counted are read, a batch or a shard at a time; whole stories are read for the sample alone.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_builder.dataset.splits import SPLITS
from corpus_builder.files import replacing, swap_folder
from corpus_builder.model import PlacedBead, Story
from corpus_builder.report import Month, Quotes, ReportData, SampleStory, Stage, write_report, write_speakers
from corpus_builder.report.sample import LEVELS, choose, sample_story, spread
from corpus_builder.report.tally import BeadTally
from corpus_builder.stages.edition_links import LINK
from corpus_builder.stages.report_quotes import Quoted, read_quoted
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import bead_of, edition_of

if TYPE_CHECKING:
    from corpus_builder.stages.funnel import Funnel

# Stories in the browsable sample.
SAMPLE = 60
# Beads in memory at a time.
BATCH = 20_000
# Reasons named a stage; those beyond are counted together.
REASONS = 15


def report(run: Run, funnel: Funnel) -> None:
    """Write report/index.html, and report/speakers/ anew."""
    quoted = read_quoted(run.workspace, run.languages)
    _write_speakers(run, quoted)
    with replacing(run.workspace.report) as part:
        write_report(part, collect(run, funnel, quoted.figures if quoted else None))


def _write_speakers(run: Run, quoted: Quoted | None) -> None:
    """Write the pages of the speakers; those of an earlier build are gone."""
    place = run.workspace.report.parent / "speakers"
    building = place.with_name(f".{place.name}.part")
    shutil.rmtree(building, ignore_errors=True)
    if quoted is None:
        shutil.rmtree(place, ignore_errors=True)
        return
    building.mkdir(parents=True)
    write_speakers(building, run.config.dataset.name, run.languages, quoted.people, quoted.read)
    swap_folder(building, place)


def collect(run: Run, funnel: Funnel, quotes: Quotes | None = None) -> ReportData:
    """What the report shows, read from the workspace."""
    workspace, languages = run.workspace, run.languages
    counts = _Editions()
    for path in sorted(workspace.articles.glob("*.parquet")):
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
        table = pq.read_table(path, columns=["article_id", "language", "layout"])
        sizes = Counter(_counted(table["article_id"]).values())
        month = self.months.setdefault(path.stem.partition(".")[0], _MonthCounts())
        month.editions.update(_counted(table["language"]))
        month.stories.update(sizes)
        self.layouts.update(_counted(table["layout"]))
        self.shards[path.stem] = sum(count for size, count in sizes.items() if size > 1)


def _counted(column: pa.ChunkedArray) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()}


def _stages(funnel: Funnel) -> tuple[Stage, ...]:
    """The funnel's steps by stage, with what each dropped; a stage of which nothing is known is left out."""
    steps = {name: tuple(own) for name, own in groupby(funnel.steps, key=lambda step: step.stage)}
    names = dict.fromkeys([*funnel.dropped, *steps])
    return tuple(
        Stage(
            name,
            tuple((step.name, step.count) for step in steps.get(name, ())),
            _most_frequent(funnel.dropped.get(name, {})),
            "nothing left out, only noted: hreflang links that say otherwise" if name == LINK else "",
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
        rows.setdefault(path.parent.name, Counter())[path.name.partition("-")[0]] += pq.read_metadata(path).num_rows
    return {config: {split: counts[split] for split in SPLITS if counts[split]} for config, counts in rows.items()}


def _add_beads(tallies: Mapping[str, BeadTally], path: Path) -> None:
    with pq.ParquetFile(path) as file:
        columns = ["level", "spans", "score", "probability", "flags"]
        for batch in file.iter_batches(batch_size=BATCH, columns=columns):
            for level, tally in tallies.items():
                own = batch.filter(pc.equal(batch["level"], level))
                if len(own):
                    segments, characters = _sides(own["spans"], tally.languages)
                    tally.add(
                        segments,
                        characters,
                        own["probability"].to_numpy(zero_copy_only=False),
                        own["score"].to_numpy(zero_copy_only=False),
                        own["flags"].flatten().to_pylist(),
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
    aligned = {name: size for name, size in shards.items() if (workspace.aligned / f"{name}.parquet").is_file()}
    before = 0
    for shard, count in spread(aligned, SAMPLE).items():
        if not count:
            continue
        articles, beads = (folder / f"{shard}.parquet" for folder in (workspace.articles, workspace.aligned))
        editions = _counted(pq.read_table(articles, columns=["article_id"])["article_id"])
        chosen = choose(editions, count, before)
        before += len(chosen)
        own = _beads_of(beads, chosen)
        for story in _stories_of(articles, chosen):
            if story.article_id in own:
                yield sample_story(story, own[story.article_id], languages)


def _stories_of(path: Path, article_ids: Sequence[str]) -> Iterator[Story]:
    rows = pq.read_table(path, filters=[("article_id", "in", article_ids)]).to_pylist()
    for article_id, own in groupby(rows, key=lambda row: str(row["article_id"])):
        editions = {row["language"]: edition_of(row) for row in own}
        yield Story(next(iter(editions.values())).site, article_id, editions)


def _beads_of(path: Path, article_ids: Sequence[str]) -> dict[str, list[PlacedBead]]:
    rows = pq.read_table(path, filters=[("article_id", "in", article_ids)]).to_pylist()
    return {
        article_id: list(map(bead_of, own)) for article_id, own in groupby(rows, key=lambda row: str(row["article_id"]))
    }
