"""The funnel: how much was left after each stage, and why the rest was dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from corpus_builder.parquet import read_rows
from corpus_builder.stages.stage import Run, Stage


@dataclass(frozen=True)
class Step:
    """One step of the funnel: its stage, what is counted, and the count."""

    stage: str
    name: str
    count: int


@dataclass(frozen=True)
class Funnel:
    """The steps in order, and by the name of a file in dropped/ the drops by reason, most frequent first."""

    steps: tuple[Step, ...]
    dropped: Mapping[str, Mapping[str, int]]

    def reached(self, stage: str) -> bool:
        """Whether anything came out of a stage."""
        last = [step for step in self.steps if step.stage == stage]
        return bool(last) and last[-1].count > 0

    def reasons(self, stage: str, most: int = 5) -> str:
        """The most frequent reasons for drops at a stage as text, with their counts."""
        listed = list(self.dropped.get(stage, {}).items())[:most]
        return ", ".join(f"{reason} {count:,}" for reason, count in listed)


def measure(run: Run) -> Funnel:
    """Read the funnel off the manifest and dropped/: the figures of the stages that have run."""
    steps = [step for stage in run.stages for step in _steps(run, stage)]
    return Funnel(tuple(steps), {name: _reasons(run, name) for stage in run.stages for name in stage.drops})


def _steps(run: Run, stage: Stage) -> list[Step]:
    if not run.manifest.stages.get(stage.name):
        return []
    counts = run.manifest.counts(stage.name)
    return [
        Step(stage.name, figure.label, counts[figure.count])
        for figure in stage.figures
        if figure.always or figure.count in counts
    ]


def _reasons(run: Run, name: str) -> dict[str, int]:
    path = run.workspace.dropped / f"{name}.parquet"
    if not path.is_file():
        return {}
    return dict(Counter(str(row["reason"]) for row in read_rows(path, ["reason"])).most_common())
