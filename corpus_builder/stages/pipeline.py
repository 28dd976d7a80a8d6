"""All stages of a build in their order: the one list that commands, funnel, manifest and docs/build.md follow."""

from __future__ import annotations

from corpus_builder.stages import (
    align,
    compare,
    crawl,
    export,
    extract,
    group,
    index,
    learn,
    link,
    quotes,
    report,
    reserve,
    rows,
    score,
    screen,
    sketch,
    split,
    survey,
    withdraw,
)
from corpus_builder.stages.stage import Stage

STAGES: tuple[Stage, ...] = (
    crawl.STAGE,
    extract.STAGE,
    link.STAGE,
    learn.STAGE,
    align.STAGE,
    quotes.STAGE,
    survey.STAGE,
    sketch.STAGE,
    compare.STAGE,
    group.STAGE,
    score.STAGE,
    split.STAGE,
    reserve.STAGE,
    index.STAGE,
    screen.STAGE,
    withdraw.STAGE,
    rows.STAGE,
    export.STAGE,
    report.STAGE,
)
COMMANDS: tuple[str, ...] = tuple(dict.fromkeys(stage.command for stage in STAGES))
"""The commands that run a part of the build, in order."""


def stages_of(*commands: str) -> tuple[Stage, ...]:
    """The stages that some commands run, as "align-articles"."""
    return tuple(stage for stage in STAGES if stage.command in commands)
