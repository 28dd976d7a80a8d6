"""What was dropped, as the report shows it: by stage and reason, and by story; read from dropped/ a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.parquet import opened
from corpus_builder.report.data import DropGroup
from corpus_builder.report.drops import CHARACTERS, SHOWN
from corpus_builder.report.templating import shortened
from corpus_builder.workspace.drops import shown_drop_files
from corpus_builder.workspace.layout import Workspace

BATCH = 20_000
"""Drops in memory at a time. Chosen: some MB."""
OF_STORY = 50
"""Drops that are shown of one story. Chosen: more is a story that failed as a whole."""
_GAPS = ("one_sided_block", "one_sided_sentence")
"""What a story shows as an empty side."""
_COLUMNS = ("stage", "reason", "item", "language", "detail", "article_id")


@dataclass
class Dropped:
    """The drops of a workspace: `counts` by stage and reason, `shown` some of each, `stories` those of some stories."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: dict[tuple[str, str], list[tuple[str, str, str]]] = field(default_factory=dict)
    stories: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def groups(self) -> list[DropGroup]:
        """By stage, in the order of the files, then the most frequent reasons first."""
        stages = list(dict.fromkeys(stage for stage, _ in self.counts))
        ranked = sorted(self.counts.items(), key=lambda each: (stages.index(each[0][0]), -each[1], each[0][1]))
        return [DropGroup(*group, count, tuple(self.shown[group])) for group, count in ranked]


def read_dropped(workspace: Workspace, stories: Collection[str]) -> Dropped:
    """Read all drops; of the given article ids, each story's own are kept as well."""
    dropped, wanted = Dropped(), pa.array(sorted(stories), pa.string())
    for path in shown_drop_files(workspace):
        with opened(path) as file:
            for batch in file.iter_batches(BATCH, columns=list(_COLUMNS)):
                _add_groups(dropped, batch)
                gap = pc.is_in(batch["reason"], pa.array(_GAPS))
                own = batch.filter(pc.and_not(pc.is_in(batch["article_id"], wanted), gap))
                for row in own.to_pylist():
                    lines = dropped.stories.setdefault(row["article_id"], [])
                    if len(lines) < OF_STORY:
                        lines.append((row["reason"], shortened(row["detail"] or row["item"] or "", CHARACTERS)))
    return dropped


def _add_groups(dropped: Dropped, batch: pa.RecordBatch) -> None:
    table = pa.Table.from_batches([batch])
    for group in table.group_by(["stage", "reason"], use_threads=False).aggregate([([], "count_all")]).to_pylist():
        key = (group["stage"], group["reason"])
        dropped.counts[key] += group["count_all"]
        shown = dropped.shown.setdefault(key, [])
        if len(shown) < SHOWN:
            of_group = pc.and_(pc.equal(batch["stage"], key[0]), pc.equal(batch["reason"], key[1]))
            for row in batch.filter(of_group).slice(0, SHOWN - len(shown)).to_pylist():
                item, language, detail = (
                    shortened(row[name] or "", CHARACTERS) for name in ("item", "language", "detail")
                )
                shown.append((item, language, detail))
