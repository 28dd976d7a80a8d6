"""people.toml: names that a person said belong to one speaker. Written by the workbench or by hand, read by the report.

    [[person]]
    uk = ["Пєсков"]
    en = ["Peskov", "Dmitry Peskov"]

A build never changes or deletes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus_builder.errors import ConfigError
from corpus_builder.files import replacing
from corpus_builder.toml import read_toml
from corpus_builder.workspace.layout import Workspace

_FORM = '[[person]] with lists of names by language, as uk = ["Пєсков"]'


@dataclass(frozen=True, slots=True)
class SamePerson:
    """One entry: names by language, each language and name once."""

    names: tuple[tuple[str, tuple[str, ...]], ...]

    @staticmethod
    def of(names: Mapping[str, Iterable[str]]) -> SamePerson:
        """From names by language."""
        return SamePerson(tuple((language, tuple(dict.fromkeys(own))) for language, own in names.items()))

    def pairs(self) -> list[tuple[str, str]]:
        """Every (language, name)."""
        return [(language, name) for language, own in self.names for name in own]

    def with_names(self, more: Iterable[tuple[str, str]]) -> SamePerson:
        """The same with more names."""
        names = {language: list(own) for language, own in self.names}
        for language, name in more:
            names.setdefault(language, []).append(name)
        return SamePerson.of(names)


def read_people(workspace: Workspace) -> tuple[SamePerson, ...]:
    """The entries; none where there is no file. Raises ConfigError that names what is wrong in it."""
    path = workspace.people
    if not path.is_file():
        return ()
    data = read_toml(path)
    entries = data.get("person", [])
    if unknown := sorted(set(data) - {"person"}):
        raise ConfigError(f"{path}, key {unknown[0]}: unknown key", next_step=f"write {_FORM}")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(f"{path}, key person: not a list of tables", next_step=f"write {_FORM}")
    for number, entry in enumerate(entries, 1):
        for language, own in entry.items():
            if not isinstance(own, list) or not all(isinstance(name, str) and name for name in own):
                raise ConfigError(
                    f"{path}, person {number}, key {language}: not a list of names", next_step=f"write {_FORM}"
                )
    return tuple(SamePerson.of(entry) for entry in entries)


def write_people(workspace: Workspace, people: Sequence[SamePerson]) -> None:
    """Write all entries."""
    lines = ["# Names that belong to one speaker. The workbench writes this file; the next export reads it."]
    for person in people:
        lines += ["", "[[person]]"]
        # What JSON escapes in a string, TOML's basic strings escape in the same way, but for DEL.
        lines += [
            f"{json.dumps(language)} = {json.dumps(list(own), ensure_ascii=False)}".replace("\x7f", "\\u007f")
            for language, own in person.names
        ]
    with replacing(workspace.people) as part:
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
