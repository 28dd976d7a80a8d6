"""Where the pages of a dataset came from, and when they were fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.dataset.about import PageSource
from corpus_builder.parquet import batches, opened, read_columns
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.layout import Workspace

TABLE = "table"
"""The layout of editions that came from tables of articles."""
_CRAWL, _ARCHIVES, _SAVED = "crawl of the site", "archives on the net", "saved pages and WARC files"
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
    own, archive = (f"{workspace.relative(folder)}/" for folder in (workspace.crawl, workspace.archive))
    found = {name: PageSource(name, 0, "", "") for name in (_CRAWL, _ARCHIVES, _SAVED)}
    with opened(workspace.captures) as file:
        for batch in batches(file, workspace.captures, columns=["path", "fetched"]):
            of_crawl, archived = pc.starts_with(batch["path"], own), pc.starts_with(batch["path"], archive)
            chosen = {_CRAWL: pc.and_not(of_crawl, archived), _ARCHIVES: archived, _SAVED: pc.invert(of_crawl)}
            for name, mask in chosen.items():
                found[name] = _added(found[name], batch["fetched"].filter(mask))
    yield from found.values()


def _added(source: PageSource, fetched: pa.Array) -> PageSource:
    """A source with further pages, that were fetched then."""
    fetched = fetched.fill_null("")
    days = pc.utf8_slice_codeunits(fetched.filter(pc.not_equal(fetched, "")), 0, 10)
    ends = pc.min_max(days).as_py()
    first = min(filter(None, (source.first, ends["min"])), default="")
    last = max(source.last, ends["max"] or "")
    undated = source.undated + len(fetched) - len(days)
    return replace(source, number=source.number + len(fetched), first=first, last=last, undated=undated)


def _tables(workspace: Workspace) -> PageSource:
    editions = sum(
        pc.sum(pc.equal(read_columns(path, ["layout"])["layout"], TABLE)).as_py() or 0
        for path in workspace.shards().values()
    )
    return PageSource("tables of articles", editions, "", "", editions)
