"""The stage "compare": pairs of near-duplicates among all rows of a level, and among all stories, by language."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from corpus_builder.quality.components import Components
from corpus_builder.quality.sketches import ROWS, STORIES, near_pairs
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_shards
from corpus_builder.workspace.duplicates import links_file, sketches_of, write_links


@dataclass(frozen=True)
class CompareTask(StageTask):
    """The sketches of a kind in a language ("sentence.uk"), by shard with the number of the shard's first item; and how
    many items of that kind there are in all shards."""

    shards: tuple[tuple[str, int], ...]
    items: int


def compare(run: Run) -> None:
    """Compare all rows and all stories, into quality/links/."""
    shards = [(shard, sketches_of(run.workspace, shard)) for shard in run.workspace.shards()]
    having: dict[str, set[str]] = {}
    for shard, sketches in shards:
        for name in sketches.sketches():
            having.setdefault(name, set()).add(shard)
    kinds = sorted({name.partition(".")[0] for name in having})
    counts = {kind: [sketches.count(kind) for _, sketches in shards] for kind in kinds}
    tasks = []
    for name in sorted(having):
        firsts = list(accumulate(counts[name.partition(".")[0]], initial=0))
        numbered = zip(shards, firsts, strict=False)
        parts = tuple((shard, first) for (shard, _), first in numbered if shard in having[name])
        key = STAGE.key(run.workspace, name, run.languages, parts, firsts[-1])
        tasks.append(CompareTask(name, key, run.workspace, run.languages, parts, firsts[-1]))
    run_shards(run, STAGE, tasks, compare_sketches)


def compare_sketches(task: CompareTask) -> ShardResult:
    """Find the near-duplicates of one kind in one language."""
    kind, place = task.shard.partition(".")[0], links_file(task.workspace, task.shard)
    place.parent.mkdir(parents=True, exist_ok=True)
    paths = [sketches_of(task.workspace, shard).folder / f"{task.shard}.u32" for shard, _ in task.shards]
    measure = STORIES if kind == "story" else ROWS
    groups = Components(task.items)
    for earlier, later in near_pairs(paths, [first for _, first in task.shards], measure, place.parent):
        groups.link(earlier, later)
    write_links(place, groups)
    return ShardResult((place,))


STAGE = Stage(
    name="compare",
    command="score",
    about="finds pairs of near-duplicate rows and stories",
    reads=("quality/sketches/*/<shard>.u32",),
    writes=("quality/links/<shard>.i64",),
    run=compare,
    modules=("quality.components", "quality.duplicates", "quality.sketches", "stages.compare", "workspace.duplicates"),
)
