"""What the builder of a dataset says about it; everything else in the folder is read off the data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class About:
    """Name, version and terms of a dataset, and the site that its texts come from.

    `takedown` is a mail or web address, "" where none was given; `authors` as they stand in a citation.
    """

    name: str
    version: str
    licence: str
    site: str
    homepage: str
    authors: tuple[str, ...] = ()
    takedown: str = ""
