"""crawl/captures.parquet: which response is the page of which article URL, whatever the source was.

Written by the stage "crawl" for pages from the site, WARC files and saved pages alike. A path in the workspace is kept
relative to it, so a workspace can be moved. It also says which pages belong to the workspace: later runs add to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pyarrow as pa

from corpus_builder.crawl.options import CaptureRef
from corpus_builder.errors import UsageError
from corpus_builder.files import BUILD_AGAIN, reading, shown
from corpus_builder.parquet import read_rows, write_rows
from corpus_builder.remote import is_remote
from corpus_builder.workspace.layout import Workspace

_URI = "file:"
"""What a path begins with whose name is not UTF-8, which no column of text can hold: it is percent-encoded then."""

_NUMBERS = ("offset", "length")
CAPTURES = pa.schema([(name, pa.int64() if name in _NUMBERS else pa.string()) for name in CaptureRef._fields])


def write_capture_refs(workspace: Workspace, refs: Iterable[CaptureRef]) -> int:
    """Write captures.parquet; the number of captures."""
    rows = (ref._replace(path=_stored(workspace, ref.path))._asdict() for ref in refs)
    count = write_rows(workspace.captures, CAPTURES, rows)
    workspace.captures_aside.unlink(missing_ok=True)
    return count


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


def read_capture_refs(workspace: Workspace) -> Iterator[CaptureRef]:
    """The captures of the workspace, in the order of month, article id and language.

    Raises UsageError where nothing was crawled or indexed yet.
    """
    if not workspace.captures.is_file():
        raise UsageError(
            f"no pages in {workspace} yet: {workspace.relative(workspace.captures)} is missing",
            next_step="run `corpus-builder crawl CONFIG -w FOLDER` first, with --warc or --pages for saved pages",
        )
    base = workspace.url or str(workspace.root)  # workers of other machines read them, too
    return _refs(workspace.captures, base)


def _refs(path: Path, base: str) -> Iterator[CaptureRef]:
    for row in read_rows(path, schema=CAPTURES):
        with reading(path, BUILD_AGAIN):
            ref = _ref(base, row)
        yield ref


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
