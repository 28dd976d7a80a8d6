"""Which columns of a table have which part of an article.

A long table has an edition a row: `id`, `language` and `text` or `paragraphs`. A wide table has a story a row, with a
column for each language: `uk_text`, `text_ru`, `eng_text`, or simply `en`. A run config can name other columns
(`[articles]`, docs/build.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus_builder.errors import UsageError
from corpus_builder.languages import cached, language

BODIES = ("text", "paragraphs")
FIELDS = ("id", "language", *BODIES, "title", "url", "date", "section", "authors", "tags")
"""The parts of an article that a column can have."""

_OF_A_LANGUAGE = tuple(name for name in FIELDS if name not in ("id", "language"))
_SHOWN = 20
"""Most names of columns in a message. Chosen: a table has fewer; a file that is no table may have thousands."""

Record = Mapping[str, Any]
"""An edition as a table has it: its values by field (FIELDS)."""


@dataclass(frozen=True)
class TableOptions:
    """How to read a table. `columns` has the names of columns by field, or by field and language; fields that it lacks
    are looked for by their usual names. `encoding` is the charset of text files (None: it is found), `date_format` the
    form of dates, as strptime has it (None: any that is known).
    """

    columns: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    encoding: str | None = None
    date_format: str | None = None


@dataclass(frozen=True)
class Columns:
    """The columns of a table by field: those of all languages, and in a wide table those of each one."""

    shared: Mapping[str, str]
    wide: Mapping[str, Mapping[str, str]]

    def names(self) -> set[str]:
        """The names of all columns that are used."""
        return {*self.shared.values(), *(name for columns in self.wide.values() for name in columns.values())}

    def bodies(self) -> set[str]:
        """The columns that have bodies."""
        parts = (self.shared, *self.wide.values())
        return {columns[name] for columns in parts for name in BODIES if name in columns}

    def required(self) -> set[str]:
        """The columns that every record must have: in a long table the id, the language and a body."""
        if self.wide:
            return {self.shared["id"]} if "id" in self.shared else set()
        body = next(name for name in BODIES if name in self.shared)
        return {self.shared[name] for name in ("id", "language", body)}

    def records(self, row: Mapping[str, Any], number: str) -> Iterator[Record]:
        """The editions of a row; in a wide table, those that have a body. `number` is the id of a row without one."""
        shared = {name: row.get(column) for name, column in self.shared.items()}
        if not self.wide:
            yield shared
            return
        if "id" not in self.shared:
            shared["id"] = number
        for code, columns in self.wide.items():
            record = {**shared, **{name: row.get(column) for name, column in columns.items()}, "language": code}
            if any(_is_filled(record.get(name)) for name in BODIES):
                yield record


def find_columns(path: str, names: Sequence[str], options: TableOptions, languages: Sequence[str]) -> Columns:
    """The columns of a table in `path` with these names. Raises UsageError where some are missing or there twice."""
    index = {_folded(name): name for name in reversed(names)}
    shared: dict[str, str] = {}
    wide: dict[str, dict[str, str]] = {}
    for name in FIELDS:
        chosen = options.columns.get(name)
        for code, column in chosen.items() if isinstance(chosen, Mapping) else ():
            wide.setdefault(code, {})[name] = _named(path, column, index, names)
        if isinstance(chosen, str):
            shared[name] = _named(path, chosen, index, names)
        elif chosen is None and name in index:
            shared[name] = index[name]
    if not any(name in columns for columns in wide.values() for name in BODIES) and not _is_long(shared):
        for code, name, column in _by_language(names, languages):
            wide.setdefault(code, {}).setdefault(name, column)
    wide = {code: columns for code, columns in wide.items() if any(name in columns for name in BODIES)}
    if wide:
        shared = {name: column for name, column in shared.items() if name not in ("language", *BODIES)}
    columns = Columns(shared, wide)
    _check(path, columns, names)
    return columns


def language_code(text: str, languages: Iterable[str]) -> str:
    """The code of a language as tables name it ("en-GB", "eng", "Ukrainian"); other text in small letters.

    >>> [language_code(text, ["uk", "en"]) for text in ("UK", "en_GB", "eng", "Ukrainian", "fr")]
    ['uk', 'en', 'en', 'uk', 'fr']
    """
    subtag = re.split(r"[-_]", text.strip().lower(), maxsplit=1)[0]
    return next((code for code in languages if subtag in _names_of(code)), subtag)


@cached
def _names_of(code: str) -> frozenset[str]:
    """How columns name a language: its code, its English name, and the first letters of that, which are the code of ISO
    639-2 of most (eng, ukr, rus)."""
    name = language(code).name.lower()
    return frozenset(filter(None, (code, name, name[:3])))


def _folded(name: str) -> str:
    return name.strip().lower()


def _named(path: str, column: str, index: Mapping[str, str], names: Sequence[str]) -> str:
    """A column that the config names."""
    if _folded(column) not in index:
        raise UsageError(
            f"{path} has no column {column}; it has {_listed(names)}", next_step="change [articles] of the run config"
        )
    return index[_folded(column)]


def _is_long(shared: Mapping[str, str]) -> bool:
    return "language" in shared and any(name in shared for name in BODIES)


def _by_language(names: Sequence[str], languages: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The columns of a wide table by their names: language, field, column."""
    for column in names:
        parts = re.split(r"[_.\- ]", _folded(column))
        for code in languages:
            aliases = _names_of(code)
            if len(parts) == 1 and parts[0] in aliases:
                yield code, "text", column
            elif len(parts) == 2:
                for part, other in (parts, parts[::-1]):
                    if part in aliases and other in _OF_A_LANGUAGE:
                        yield code, other, column


def _check(path: str, columns: Columns, names: Sequence[str]) -> None:
    missing = []
    if not columns.wide:
        missing = [name for name in ("id", "language") if name not in columns.shared]
        if not any(name in columns.shared for name in BODIES):
            missing.append("text (or paragraphs)")
    if missing:
        raise UsageError(
            f"{path} has no column {', '.join(missing)}; it has {_listed(names)}",
            next_step="rename its columns to id, language, text or paragraphs, and if known title, url, date; "
            "or name them in [articles] of the run config (docs/build.md)",
        )
    for name in sorted(columns.names()):
        if sum(_folded(other) == _folded(name) for other in names) > 1:
            raise UsageError(f"{path} has the column {name} twice", next_step="rename one of them")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return (", ".join(str(name)[: _SHOWN * 2] for name in names[:_SHOWN]) or "none") + more


def _is_filled(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], b"") and value == value
