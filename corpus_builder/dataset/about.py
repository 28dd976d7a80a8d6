"""What the builder of a dataset says about it; everything else in the folder is read off the data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus_builder.escape import bibtex as bib
from corpus_builder.version import VERSION

REPOSITORY = "NAMESPACE/NAME"
"""Stands in card and croissant.json for the name of the dataset on the Hub, until it is published."""
HUB = f"https://huggingface.co/datasets/{REPOSITORY}"


@dataclass(frozen=True)
class PageSource:
    """Pages, or articles of tables, from one kind of source: how many, the first and the last day on which they were
    fetched ("" where that is not known of any), and of how many it is not known.
    """

    name: str
    number: int
    first: str = ""
    last: str = ""
    undated: int = 0


@dataclass(frozen=True)
class Making:
    """How the rows came about, as far as the program knows it.

    `steps` are what was left after each stage, `dropped` by stage what was dropped, by reason; `filters` in words;
    `excluded` the names of the test sets whose texts were kept out of train; `linked_by` says by what editions of a
    story were found, "" where that is not known.
    """

    steps: tuple[tuple[str, int], ...] = ()
    dropped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    filters: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    sources: tuple[PageSource, ...] = ()
    linked_by: str = ""

    @property
    def fetched(self) -> tuple[str, str] | None:
        """The first and the last day on which pages were fetched; None where no day is known."""
        known = [source for source in self.sources if source.first]
        return (min(each.first for each in known), max(each.last for each in known)) if known else None


@dataclass(frozen=True)
class About:
    """Name, version and terms of a dataset, and the site that its texts come from.

    `takedown` is a mail or web address, "" where none was given; `authors` as they stand in a citation; `citation` a
    whole BibTeX entry, "" to have one made. `gating` is what readers must agree to before they can download, `prose`
    the builder's own text by heading ("" before the first heading).
    """

    name: str
    version: str
    licence: str
    site: str
    homepage: str
    authors: tuple[str, ...] = ()
    takedown: str = ""
    license_name: str = ""
    license_link: str = ""
    gating: str = ""
    citation: str = ""
    funding: str = ""
    prose: Mapping[str, str] = field(default_factory=dict)
    making: Making = Making()


def sections(markdown: str) -> dict[str, str]:
    """The text under each heading of the first or second level, by its words; "" has what stands before the first."""
    found: dict[str, str] = {}
    heading, fenced = "", False
    lines: list[str] = []
    for line in [*markdown.splitlines(), "# "]:
        fenced ^= line.startswith("```")
        if not fenced and (match := re.match(r"##? ?(.*)", line)) and not line.startswith("###"):
            if text := "\n".join(lines).strip():
                found[heading] = f"{found[heading]}\n\n{text}" if heading in found else text
            heading, lines = match[1].strip().rstrip("#").strip(), []
        else:
            lines.append(line)
    return found


def citation(about: About, year: str) -> str:
    """The BibTeX entry of a dataset. Its year is that of the last page that was fetched; where that is not known,
    `year`, that of the newest article."""
    key = re.sub(r"[^a-z0-9]+", "-", about.name.lower()).strip("-") or "dataset"
    fetched = about.making.fetched
    return bibtex(
        about,
        fetched[1][:4] if fetched else year,
        key,
        HUB,
        f"Built with corpus-builder {VERSION} from {about.homepage}",
    )


def bibtex(about: About, year: str, key: str, url: str, note: str) -> str:
    """A BibTeX entry of the dataset; the one that was given, if any."""
    if about.citation:
        return about.citation.strip()
    fields = {
        "title": "{" + bib(about.name) + "}",  # braces keep the capitals
        "author": " and ".join(map(bib, about.authors)),
        "year": year,
        "version": bib(about.version),
        "url": url,
        "note": bib(note),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])
