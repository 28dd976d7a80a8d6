"""Where the pages of a dataset came from, and when they were fetched."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.compute as pc

from corpus_builder.dataset.about import PageSource
from corpus_builder.parquet import read_columns
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.layout import Workspace

TABLE = "table"
"""The layout of editions that came from tables of articles."""
_LINKED = {
    "id": "the id in their URLs",
    "hreflang": "the hreflang links between their pages",
    "content": "what they say",
}


def page_sources(workspace: Workspace) -> tuple[PageSource, ...]:
    """The pages that were fetched by where they came from, and the editions from tables; none for what there is none
    of. Days are those of the responses, in UTC."""
    return tuple(source for source in (*_captured(workspace), _tables(workspace)) if source.number)


def linked_by(run: Run) -> str:
    """By what the editions of a story were found, in words."""
    return ", then by ".join(_LINKED[rule] for rule in run.site.rules.linking.by)


def _captured(workspace: Workspace) -> Iterator[PageSource]:
    if not workspace.captures.is_file():
        return
    table = read_columns(workspace.captures, ["path", "fetched"])
    own, archived = (
        pc.starts_with(table["path"], f"{workspace.relative(folder)}/")
        for folder in (workspace.crawl, workspace.archive)
    )
    kinds = {
        "crawl of the site": pc.and_not(own, archived),
        "archives on the net": archived,
        "saved pages and WARC files": pc.invert(own),
    }
    for name, chosen in kinds.items():
        fetched = table.filter(chosen)["fetched"].fill_null("")
        days = pc.utf8_slice_codeunits(fetched.filter(pc.not_equal(fetched, "")), 0, 10)
        ends = pc.min_max(days).as_py()
        yield PageSource(name, len(fetched), ends["min"] or "", ends["max"] or "", len(fetched) - len(days))


def _tables(workspace: Workspace) -> PageSource:
    editions = sum(
        pc.sum(pc.equal(read_columns(path, ["layout"])["layout"], TABLE)).as_py() or 0
        for path in workspace.shards().values()
    )
    return PageSource("tables of articles", editions, "", "", editions)
