"""crawl/captures.parquet: which response is the page of which article URL, whatever the source was.

Written by the stage "crawl" for pages from the site, WARC files and saved pages alike. A path in the workspace is kept
relative to it, so a workspace can be moved. It also says which pages belong to the workspace: later runs add to it.

Its rows are in the order of months, in a month in that of shares (shards.py), in a share as they were given: so the
rows of a shard stand together, into however many shares the month falls (capture_shards.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pyarrow as pa

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.errors import UsageError
from corpus_builder.files import BUILD_AGAIN, reading, shown
from corpus_builder.parquet import read_rows, rows_between, write_rows
from corpus_builder.remote import is_remote
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.shards import share_order

_URI = "file:"
"""What a path begins with whose name is not UTF-8, which no column of text can hold: it is percent-encoded then."""

_NUMBERS = ("offset", "length")
CAPTURES = pa.schema([(name, pa.int64() if name in _NUMBERS else pa.string()) for name in CaptureRef._fields])

_ROWS = 5_000
"""Rows of a row group, which are in memory at a time. Chosen: some 5 MB; a shard is in one or two of them, and the
footer, which each task reads, has 1.3 kB for each."""


def write_capture_refs(workspace: Workspace, refs: Iterable[CaptureRef]) -> int:
    """Write captures.parquet; the number of captures. `refs` are in the order of months."""
    rows = (ref._replace(path=_stored(workspace, ref.path))._asdict() for ref in _by_share(refs))
    count = write_rows(workspace.captures, CAPTURES, rows, _ROWS)
    workspace.captures_aside.unlink(missing_ok=True)
    return count


def _by_share(refs: Iterable[CaptureRef]) -> Iterator[CaptureRef]:
    for _, month in groupby(refs, key=lambda ref: ref.month):
        yield from sorted(month, key=lambda ref: share_order(ref.article_id))


def captures_file(workspace: Workspace) -> Path | None:
    """The list of captures, also while it is set aside; None in a new workspace."""
    return next((path for path in (workspace.captures, workspace.captures_aside) if path.is_file()), None)


def earlier_capture_refs(workspace: Workspace) -> list[CaptureRef]:
    """The captures that earlier runs have put into the workspace, also while the list is set aside."""
    path = captures_file(workspace)
    return [] if path is None else [_ref(str(workspace.root), row) for row in read_rows(path, schema=CAPTURES)]


def set_captures_aside(workspace: Workspace) -> None:
    """Make captures.parquet invalid, without forgetting which pages belong to the workspace."""
    if workspace.captures.is_file():
        workspace.captures.replace(workspace.captures_aside)


def capture_rows(workspace: Workspace, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Some columns of the captures of the workspace, some thousands of rows in memory at a time.

    Raises UsageError where nothing was crawled or indexed yet, RunError for a row that lacks a value.
    """
    for row in rows_between(_there(workspace), 0, None, CAPTURES, columns):
        with reading(workspace.captures, BUILD_AGAIN):
            if None in row.values():
                raise ValueError("a capture is not whole")
        yield row


def read_capture_refs(
    workspace: Workspace, first: int = 0, stop: int | None = None, place: str | Path | None = None
) -> Iterator[CaptureRef]:
    """The captures of the workspace, in the order of month, share, article id and language; of some rows or of all.

    `place` is where the list is read, if that is not the working copy. Raises UsageError where nothing was crawled or
    indexed yet.
    """
    base = workspace.url or str(workspace.root)  # workers of other machines read them, too
    for row in rows_between(place or _there(workspace), first, stop, CAPTURES):
        with reading(workspace.captures, BUILD_AGAIN):
            ref = _ref(base, row)
        yield ref


def _there(workspace: Workspace) -> Path:
    """The list of captures. Raises UsageError where there is none."""
    if not workspace.captures.is_file():
        raise UsageError(
            f"no pages in {workspace} yet: {workspace.relative(workspace.captures)} is missing",
            next_step="run `corpus-builder crawl CONFIG -w FOLDER` first, with --warc or --pages for saved pages",
        )
    return workspace.captures


def _ref(base: str, row: Mapping[str, Any]) -> CaptureRef:
    path = row["path"]
    if path.startswith(_URI):
        path = os.fsdecode(unquote_to_bytes(path.removeprefix(_URI)))
    own = not is_remote(path) and not Path(path).is_absolute()
    return CaptureRef(**{**row, "path": f"{base}/{path}" if own else path})


def _stored(workspace: Workspace, path: str) -> str:
    if is_remote(path):
        return path
    absolute = Path(path).absolute()
    stored = workspace.relative(absolute) if absolute.is_relative_to(workspace.root) else str(absolute)
    return f"{_URI}{quote(os.fsencode(stored))}" if shown(stored) != stored else stored
