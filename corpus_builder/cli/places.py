"""Folders of options that may be in an object store: copied here to be read, or refused with what to do instead."""

from __future__ import annotations

from pathlib import Path

from corpus_builder.errors import UsageError
from corpus_builder.remote import as_url, is_remote, local_path


def dataset_folder(place: str | Path) -> Path:
    """A dataset that is only read: of a store, its copy in the scratch folder, up to date."""
    if not is_remote(place):
        return local_path(place)
    from corpus_builder.mirror import copied

    return copied(as_url(place))


def dataset_name(place: str) -> str:
    """The same for an option that also takes a name on the Hub."""
    return str(dataset_folder(place)) if is_remote(place) else place


def workspace_folder(place: str | Path) -> Path:
    """A workspace that is only read: of a store, its working copy, up to date."""
    from corpus_builder.workspace.layout import Workspace

    if not is_remote(place):
        return local_path(place)
    workspace = Workspace.opened(place)
    if not workspace.manifest.is_file():
        raise UsageError(f"no workspace at {workspace}: it has no manifest.json", next_step="check the address")
    return workspace.root


def folder_here(place: str | Path) -> Path:
    """A folder that people write to while they look at it. Raises UsageError for one of a store."""
    if is_remote(place):
        url = as_url(place)
        name = url.rpartition("/")[2]
        raise UsageError(
            f"this command writes what people say, and works on a folder of this machine, not {url}",
            next_step=f"aws s3 sync {url} {name}; after it, aws s3 sync {name} {url} stores what was said",
        )
    return local_path(place)
