"""The speakers of the index, with those joined that people.toml says are one person."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from corpus_builder.errors import UsageError
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.people import SamePerson, read_people, write_people


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker: the numbers that the index has of them, their names by language, and the number of quotations."""

    numbers: tuple[int, ...]
    names: dict[str, list[str]]
    quotes: int

    @property
    def name(self) -> str:
        """The name of the first language that has one."""
        return next(iter(self.names.values()))[0]


class People:
    """Reads the speakers, and writes people.toml."""

    def __init__(self, workspace: Workspace | None) -> None:
        self._workspace = workspace

    @property
    def writable(self) -> bool:
        """Whether there is a workspace to write people.toml in."""
        return self._workspace is not None

    def joined(self) -> tuple[SamePerson, ...]:
        """What people.toml says. Raises ConfigError where it is damaged."""
        return read_people(self._workspace) if self._workspace else ()

    def speakers(self, db: sqlite3.Connection) -> list[Speaker]:
        """All speakers, who said most first; those that people.toml joins are one."""
        found = {
            number: Speaker((number,), json.loads(names), quotes)
            for number, names, quotes in db.execute("SELECT person, names, quotes FROM people")
        }
        of_name = {
            (language, name): n for n, each in found.items() for language in each.names for name in each.names[language]
        }
        group = {number: number for number in found}
        for same in self.joined():
            numbers = sorted({group[of_name[key]] for key in same.pairs() if key in of_name})
            group |= {number: numbers[0] for number, root in group.items() if root in numbers}
        members: dict[int, list[Speaker]] = {}
        for number in found:
            members.setdefault(group[number], []).append(found[number])
        return sorted(map(_one, members.values()), key=lambda each: (-each.quotes, each.numbers))

    def join(self, db: sqlite3.Connection, numbers: Sequence[int]) -> None:
        """Write that some speakers are one person. Raises UsageError for fewer than two, or without a workspace."""
        chosen = [each for each in self.speakers(db) if set(each.numbers) & set(numbers)]
        if self._workspace is None:
            raise UsageError("people.toml is kept in a workspace, and this is a dataset on its own")
        if len(chosen) < 2:
            raise UsageError("choose at least two speakers that are one person")
        one = SamePerson.of(_one(chosen).names)
        apart = [each for each in self.joined() if not set(each.pairs()) & set(one.pairs())]
        together = [key for each in self.joined() if each not in apart for key in each.pairs()]
        write_people(self._workspace, [*apart, one.with_names(together)])

    def separate(self, number: int) -> None:
        """Remove one entry of people.toml, numbered from 0. Raises UsageError where there is none of that number."""
        entries = list(self.joined())
        if self._workspace is None or not 0 <= number < len(entries):
            raise UsageError("people.toml has no such entry; it may have changed since the page was opened")
        del entries[number]
        write_people(self._workspace, entries)


def _one(speakers: Sequence[Speaker]) -> Speaker:
    names: dict[str, list[str]] = {}
    for speaker in speakers:
        for language, own in speaker.names.items():
            names[language] = list(dict.fromkeys([*names.get(language, ()), *own]))
    numbers = tuple(number for speaker in speakers for number in speaker.numbers)
    return Speaker(numbers, names, sum(speaker.quotes for speaker in speakers))
