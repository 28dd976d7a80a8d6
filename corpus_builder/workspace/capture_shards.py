"""The shards of the captures: which rows of crawl/captures.parquet each has.

A shard's rows stand together there, because write_capture_refs orders the captures of a month by their shares. So a
task has the numbers of its rows and reads them itself, and no process has the captures of more than one shard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.errors import RunError
from corpus_builder.files import file_hash
from corpus_builder.workspace.captures import capture_rows, read_capture_refs
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import task_key
from corpus_builder.workspace.shards import share_name, shares_for


@dataclass(frozen=True, slots=True)
class CaptureShard:
    """A shard: its rows from `first` to before `stop` that are in one of `languages`, but those `left_out`.

    `inputs` is a hash of what they are captures of, `captures` that of captures.parquet.
    """

    name: str
    first: int
    stop: int
    languages: tuple[str, ...]
    left_out: tuple[int, ...]
    inputs: str
    captures: str


def capture_shards(
    workspace: Workspace, languages: tuple[str, ...], left_out: Collection[int] = frozenset()
) -> list[CaptureShard]:
    """The shards of the captures in some languages, but those with the row numbers `left_out`, in order of their names.

    Raises UsageError as `capture_rows` does, RunError for a list in another order.
    """

    def wanted(*columns: str) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, row in enumerate(capture_rows(workspace, ("month", "article_id", "language", *columns))):
            if row["language"] in languages and number not in left_out:
                yield number, row

    pages = Counter(row["month"] for _, row in wanted())
    shares = {month: shares_for(count) for month, count in pages.items()}
    listed = file_hash(workspace.captures)
    shards: dict[str, CaptureShard] = {}
    for name, group in groupby(
        wanted("url", "part", "digest"),
        key=lambda each: share_name(each[1]["month"], each[1]["article_id"], shares[each[1]["month"]]),
    ):
        rows = list(group)
        if name in shards:
            raise RunError(
                f"{workspace.captures} is not in order",
                next_step="run `corpus-builder crawl` again with the same options",
            )
        first, stop = rows[0][0], rows[-1][0] + 1
        inputs = [(row["part"] or row["url"], row["digest"]) for _, row in rows]
        without = tuple(sorted(number for number in left_out if first <= number < stop))
        shards[name] = CaptureShard(name, first, stop, languages, without, task_key(inputs), listed)
    return [shard for _, shard in sorted(shards.items())]


def refs_of(workspace: Workspace, shard: CaptureShard) -> list[CaptureRef]:
    """The captures of a shard in the order of article ids; those of an article as in captures.parquet."""
    without, place = set(shard.left_out), None
    own = workspace.captures
    if workspace.url and not (own.is_file() and file_hash(own) == shard.captures):  # of another machine
        place = f"{workspace.url}/{workspace.relative(own)}"
    numbered = enumerate(read_capture_refs(workspace, shard.first, shard.stop, place), shard.first)
    refs = [ref for number, ref in numbered if ref.language in shard.languages and number not in without]
    return sorted(refs, key=lambda ref: ref.article_id)
