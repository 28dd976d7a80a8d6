"""Which columns of a table have which part of an article.

A long table has an edition a row: `id`, `language` and `text` or `paragraphs`. A wide table has a story a row, with a
column for each language: `uk_text`, `text_ru`, `textEn`, "Text (en-GB)", or simply `en`. Usual other names are known
(`_OTHER_NAMES`). A run config can name other columns (`[articles]`, docs/build.md).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus_builder.errors import UsageError
from corpus_builder.languages import cached, language
from corpus_builder.languages.codes import code as code_of
from corpus_builder.languages.codes import is_code

BODIES = ("text", "paragraphs")
FIELDS = ("id", "language", *BODIES, "title", "url", "date", "section", "authors", "tags")
"""The parts of an article that a column can have."""

_OF_A_LANGUAGE = tuple(name for name in FIELDS if name not in ("id", "language"))
_OTHER_NAMES = {
    "id": ("article_id", "story_id", "news_id", "doc_id", "document_id", "group_id"),
    "language": ("lang", "language_code", "lang_code", "locale"),
    "text": ("body", "content", "article_text", "full_text", "fulltext", "article_body", "body_text"),
    "title": ("headline",),
    "url": ("link", "source_url", "article_url"),
    "date": ("published", "published_at", "publication_date", "published_date", "date_published", "pub_date", "pubdate",
             "publish_date", "datetime"),
    "section": ("category", "rubric"),
    "authors": ("author", "byline"),
    "tags": ("keywords",),
}  # fmt: skip
"""What columns of a field are called where none has its name: as in schema.org, RSS, Trafilatura and newspaper."""

_SHOWN = 20
"""Most names of columns in a message. Chosen: a table has fewer; a file that is no table may have thousands."""

_REGION = 2
"""Letters of a region behind a language (RFC 5646)."""

_NO_WORD = re.compile(r"[^0-9A-Za-z\u0370-\U0010ffff]+")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")

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
        elif chosen is None and (called := _called(name, index)):
            shared[name] = called
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
    """How columns name a language: its code, its English name, the first letters of that, which are the code of ISO
    639-2 of most (eng, ukr, rus), and what else people call it (ua)."""
    known = language(code)
    name = known.name.lower()
    return frozenset(filter(None, (code, name, name[:3], *known.also_called)))


def _folded(name: str) -> str:
    """A name in small letters with "_" between its words.

    >>> [_folded(name) for name in ("Text (uk)", "pubDate", " ID ", "en-GB")]
    ['text_uk', 'pub_date', 'id', 'en_gb']
    """
    return _NO_WORD.sub("_", _CAPITAL.sub("_", name)).strip("_").lower()


def _called(field: str, index: Mapping[str, str]) -> str | None:
    """The column with a field's name, else with another usual one."""
    return next((index[name] for name in (field, *_OTHER_NAMES.get(field, ())) if name in index), None)


def _named(path: str, column: str, index: Mapping[str, str], names: Sequence[str]) -> str:
    """A column that the config names."""
    if _folded(column) not in index:
        raise UsageError(
            f"{path} has no column {column}; it has {_listed(names)}", next_step="change [articles] of the run config"
        )
    return index[_folded(column)]


def _is_long(shared: Mapping[str, str]) -> bool:
    return "language" in shared and any(name in shared for name in BODIES)


_LONGEST_NAME = 200
"""Characters of a name of a column in which a language is looked for. Chosen: several times what people write. The
first line of a damaged file may have a million parts, each of which is looked for in the others.
"""


def _by_language(names: Sequence[str], languages: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The columns of a wide table by their names: language, field, column.

    Texts of languages that the run does not have are among them, so that each is counted.
    """
    names = [name for name in names if len(name) <= _LONGEST_NAME]
    found = [entry for name in names for code in languages for entry in _of_language(name, code, _names_of(code))]
    yield from found
    known = {name for _, _, name in found}
    for name in names if found else ():
        for part in _folded(name).split("_"):
            if name not in known and is_code(part) and part not in FIELDS:
                yield from (entry for entry in _of_language(name, code_of(part), {part}) if entry[1] in BODIES)


def _of_language(column: str, code: str, aliases: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """The field of a column that has a name of a language in its own, perhaps with a region (en-GB)."""
    parts = _folded(column).split("_")
    for place, part in enumerate(parts):
        if part not in aliases:
            continue
        behind = parts[place + 1 :]
        rests = [[*parts[:place], *behind]]
        if behind and len(behind[0]) == _REGION:
            rests.append([*parts[:place], *behind[1:]])
        for rest in map("_".join, rests):
            field = "text" if not rest else next((name for name in _OF_A_LANGUAGE if _called(name, {rest: rest})), None)
            if field:
                yield code, field, column
                return


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
