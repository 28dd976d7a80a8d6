"""The newspaper's texts as frozen types, and how they are read from data/newspaper.

A story is a set of units (a sentence or two, in the languages that have it) and, for each edition, an arrangement of
units into blocks. Editions differ in their arrangements, so that the gold annotation follows from them. An arrangement
has one block a line:

    lead                        a paragraph of the unit `lead`
    details: d1 d2              a paragraph of two units with the label of the role `details`
    quote(Вербицької): q        … with the label "Пряма мова Вербицької"
    background:                 a label alone
    # h1      - b1      > q     a heading, a list item, a quotation set as a block
    !photo p  !ad  !support     a picture with its caption, an advertisement, an appeal to readers
    !also 7231071               a box that leads to another story
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from corpus_builder.errors import ConfigError
from corpus_builder.model import BlockKind
from corpus_builder.newspaper.inline import Inline, parse_inline
from corpus_builder.resources import shipped
from corpus_builder.toml import read_toml

LANGUAGES = ("uk", "ru", "en")

Words = Mapping[str, str]
"""A text in each language."""

_KINDS = {"#": BlockKind.HEADING, "-": BlockKind.LIST_ITEM, ">": BlockKind.BLOCKQUOTE, "": BlockKind.PARAGRAPH}
_BLOCK = re.compile(r"(?P<mark>[-#>]?)\s*(?:(?P<role>[a-z]+)(?:\((?P<speaker>[^()]+)\))?:)?\s*(?P<units>[\w\s]*)")
_INSERTS = ("ad", "also", "photo", "support")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or two with its translations. `number` is from 1, negative where only one edition has the unit."""

    key: str
    number: int
    texts: Mapping[str, Inline]


@dataclass(frozen=True, slots=True)
class Block:
    """A block of an edition: `label` has the words of its label, `speaker` the name that follows them."""

    kind: BlockKind
    units: tuple[Unit, ...]
    role: str | None = None
    label: str | None = None
    speaker: str | None = None

    @property
    def label_text(self) -> str | None:
        """The label as a reader sees it, without its colon."""
        return f"{self.label} {self.speaker}" if self.speaker else self.label


@dataclass(frozen=True, slots=True)
class Insert:
    """Something between the blocks that is not article text; `argument` is the key of a unit or a story."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Who said it (a key of `Newspaper.people`), and the form by language if it does not follow from the block."""

    person: str
    forms: Mapping[str, str]


@dataclass(frozen=True)
class Story:
    """An article with its editions.

    `promised` are editions that the sitemap lists although they do not exist, `shows` the language of the text at an
    edition's URL if it is another one; `opt_out` forbids use for text mining.
    """

    slug: str
    id: str
    published: datetime
    section: str
    era: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    titles: Words
    units: Mapping[str, Unit]
    editions: Mapping[str, tuple[Block | Insert, ...]]
    quotes: Mapping[str, Quote]
    promised: tuple[str, ...] = ()
    shows: Words = field(default_factory=dict)
    opt_out: bool = False

    def blocks(self, language: str) -> list[Block]:
        """The blocks of an edition that have text, in order.

        A label on a line of its own belongs to the list below it: its words to the first item, its role to all.
        """
        blocks: list[Block] = []
        label = Block(BlockKind.LIST_ITEM, ())
        for block in self.editions[language]:
            if isinstance(block, Insert) or (block.units and block.kind is not BlockKind.LIST_ITEM):
                label = Block(BlockKind.LIST_ITEM, ())
            if isinstance(block, Insert):
                continue
            if not block.units:
                label = block
            elif block.kind is BlockKind.LIST_ITEM:
                blocks.append(replace(block, role=label.role, label=label.label))
                label = replace(label, label=None)
            else:
                blocks.append(block)
        return blocks


@dataclass(frozen=True)
class Newspaper:
    """All stories, oldest first, and what they share: names, labels, words of the pages, people, faults."""

    site: str
    names: Words
    prefixes: Words
    labels: Mapping[str, Words]
    words: Mapping[str, Words]
    months: Mapping[str, list[str]]
    people: Mapping[str, Words]
    tags: Mapping[str, Words]
    offsite: Mapping[str, str]
    busy_once: tuple[str, ...]
    stories: tuple[Story, ...]

    @cached_property
    def by_id(self) -> dict[str, Story]:
        """The stories by their article id."""
        return {story.id: story for story in self.stories}

    def path(self, story: Story, language: str) -> str:
        """The path of an edition's page."""
        return f"/{self.prefixes[language]}{story.section}/{story.published:%Y/%m/%d}/{story.id}/"


def load_newspaper(folder: Path | None = None) -> Newspaper:
    """Read the newspaper from a folder, by default the included one. Raises ConfigError for a mistake in its files."""
    folder = folder or shipped("data/newspaper")
    paper = read_toml(folder / "paper.toml")
    zone = ZoneInfo(paper.pop("timezone"))
    faults = paper.pop("faults")
    stories = [_story(path, paper, zone) for path in sorted((folder / "stories").glob("*.toml"))]
    return Newspaper(
        **paper,
        offsite=faults["offsite"],
        busy_once=tuple(faults["busy_once"]),
        stories=tuple(sorted(stories, key=lambda story: story.published)),
    )


def _story(path: Path, paper: dict[str, Any], zone: ZoneInfo) -> Story:
    data = read_toml(path)
    try:
        units = {key: _unit(key, number, texts) for number, (key, texts) in enumerate(data.get("units", {}).items(), 1)}
        return Story(
            slug=path.stem,
            id=data["id"],
            published=data["published"].replace(tzinfo=zone),
            section=data["section"],
            era=data["era"],
            authors=tuple(data["authors"]),
            tags=tuple(data["tags"]),
            titles=data["title"],
            units=units,
            editions={
                language: tuple(
                    _item(line, language, units, paper["labels"])
                    for line in data["editions"][language].split("\n")
                    if line
                )
                for language in LANGUAGES
                if language in data["editions"]
            },
            quotes={
                key: Quote(quote["by"], {language: quote[language] for language in LANGUAGES if language in quote})
                for key, quote in data.get("quotes", {}).items()
            },
            promised=tuple(data.get("promised", ())),
            shows=data.get("shows", {}),
            opt_out=data.get("opt_out", False),
        )
    except (ConfigError, KeyError) as error:
        raise ConfigError(f"{path}: {error if isinstance(error, ConfigError) else f'{error} is missing'}") from error


def _unit(key: str, number: int, texts: dict[str, str]) -> Unit:
    return Unit(
        key, number if len(texts) > 1 else -number, {language: parse_inline(text) for language, text in texts.items()}
    )


def _item(line: str, language: str, units: dict[str, Unit], labels: dict[str, Words]) -> Block | Insert:
    if line.startswith("!"):
        name, _, argument = line[1:].partition(" ")
        if name not in _INSERTS:
            raise ConfigError(f"{line!r}: unknown insert, choose from {', '.join(_INSERTS)}")
        return Insert(name, argument)
    parts = _BLOCK.fullmatch(line)
    if not parts:
        raise ConfigError(f"{line!r} is not a block; data/newspaper/README.md has the syntax")
    keys = parts["units"].split()
    if unknown := [key for key in keys if language not in (units[key].texts if key in units else ())]:
        raise ConfigError(f"{line!r}: no {language} text of {', '.join(unknown)}")
    role = parts["role"]
    return Block(
        kind=_KINDS[parts["mark"]],
        units=tuple(units[key] for key in keys),
        role=role,
        label=labels["quote_from" if parts["speaker"] else role][language] if role else None,
        speaker=parts["speaker"],
    )
