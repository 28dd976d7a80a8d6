"""The funnel: how much there was after each step, and why the rest was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_builder.stages.align import ALIGN
from corpus_builder.stages.crawl import STAGE as CRAWL
from corpus_builder.stages.edition_links import LINK
from corpus_builder.stages.export import STAGE as EXPORT
from corpus_builder.stages.extract import EXTRACT
from corpus_builder.stages.score import SCORE
from corpus_builder.stages.stage import Run


@dataclass(frozen=True)
class Step:
    """One step of the funnel: of which stage it is, what is counted, and how many."""

    stage: str
    name: str
    count: int


@dataclass(frozen=True)
class Funnel:
    """The steps in order, and per stage the drops by reason, most frequent first."""

    steps: tuple[Step, ...]
    dropped: Mapping[str, Mapping[str, int]]

    def reached(self, stage: str) -> bool:
        """Whether anything came out of a stage."""
        last = [step for step in self.steps if step.stage == stage]
        return bool(last) and last[-1].count > 0

    def lost_at(self) -> tuple[str, str]:
        """The stage at which the last was lost, and its drops by reason as text."""
        stage = next((step.stage for step in self.steps if step.count == 0), EXPORT)
        reasons = self.dropped.get(stage, {})
        return stage, ", ".join(f"{reason} {count}" for reason, count in list(reasons.items())[:5])


def measure(run: Run) -> Funnel:
    """Read the funnel off the manifest and dropped/."""
    crawl, extract, align, score, export = (
        run.manifest.counts(stage) for stage in (CRAWL, EXTRACT, ALIGN, SCORE, EXPORT)
    )
    stories = sum(count for name, count in extract.items() if name.startswith("stories_of_") and name != "stories_of_1")
    steps = [
        Step(CRAWL, "article URLs listed", crawl["urls_listed"]),
        Step(CRAWL, "pages at hand", crawl["captures"]),
        Step(EXTRACT, "editions", extract["editions"]),
        Step(ALIGN, "stories of two or more editions", stories),
        Step(ALIGN, "sentence beads", align["beads_sentence"]),
        Step(SCORE, "rows scored", score["rows"]),
        Step(EXPORT, "paragraph rows", export["rows_paragraphs"]),
        Step(EXPORT, "quotation rows", export["rows_quotes"]),
        Step(EXPORT, "sentence rows", export["rows_sentences"]),
    ]
    if run.source.articles:
        steps = steps[2:]
    elif not crawl["urls_listed"]:
        steps = steps[1:]
    return Funnel(tuple(steps), {stage: _reasons(run, stage) for stage in (CRAWL, EXTRACT, LINK, ALIGN, EXPORT)})


def _reasons(run: Run, stage: str) -> dict[str, int]:
    path = run.workspace.dropped / f"{stage}.parquet"
    if not path.is_file():
        return {}
    counted = pc.value_counts(pq.read_table(path, columns=["reason"])["reason"])
    return dict(Counter({row["values"]: row["counts"] for row in counted.to_pylist()}).most_common())
