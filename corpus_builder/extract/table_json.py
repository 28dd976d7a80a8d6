"""The objects of a JSON file: one a line (JSON lines), or in a list, or one behind another with line ends inside.

Which of these a file is, its first line says. A list may be longer than memory holds: one object is read at a time. One
that is damaged is its own problem. One that is never closed, as in a file that was cut off, ends the reading, since
nothing tells it from those behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from corpus_builder.errors import RunError
from corpus_builder.extract.table_lines import TextFile, read_lines
from corpus_builder.files import json_of, shown

_MAX_OBJECT = 64 * 2**20
"""Most characters of an object. Chosen: as of a line (table_lines.py)."""

_BEGINS_OTHER_THAN_LINES = re.compile(r"\s*+(?:\[\s*+(?:\{|$)|\{\s*+$)")
_BRACKET = re.compile(r'["{}\[\]]')
_IN_STRING = re.compile(r'"|\\.?')

_BEGINS_AN_OBJECT = re.compile(r'\s*+\{\s*+"')
_GOES_ON = re.compile(r'\s*+(?:[{}\]]|"[^"]{0,200}+"\s*+:)')

JsonRow = tuple[int, dict[str, Any] | str]
"""The number of the line where an object begins, and the object, or why it cannot be read."""


def is_json(file: TextFile) -> bool:
    """Whether a file begins as JSON does."""
    first = _first_line(file)
    return bool(_BEGINS_OTHER_THAN_LINES.match(first) or _BEGINS_AN_OBJECT.match(first))


def json_rows(file: TextFile) -> Iterator[JsonRow]:
    """The objects of a file. Raises RunError for a damaged file, with the line."""
    if _BEGINS_OTHER_THAN_LINES.match(_first_line(file)):
        yield from _Objects(file).rows()
        return
    for line in read_lines(file):
        if line.problem or line.text.strip():
            yield line.number, line.problem or _object(line.text)


def _first_line(file: TextFile) -> str:
    """The first line with text, or its beginning."""
    return next((line.text for line in read_lines(file, whole=False) if line.problem or line.text.strip()), "")


def _object(text: str, *, strict: bool = True) -> dict[str, Any] | str:
    """The object of a JSON text, or the problem with it."""
    try:
        value = json_of(text, strict=strict)
    except ValueError as error:
        return f"not a JSON object: {error}"[:200]
    if isinstance(value, dict):
        return value
    return "not a JSON object, but a list" if isinstance(value, list) else "not a JSON object"


class _Objects:
    """Reads the objects of a list, or those that stand one behind another, by their brackets.

    A string may have line ends, against the rules. One that is not closed ends where a line begins as an object does
    or goes on.
    """

    def __init__(self, file: TextFile) -> None:
        self._file = file
        self._number = 0  # of the line
        self._in_list = self._in_string = self._escaped = False
        self._depth = 0  # brackets around the place, without those of the list
        self._parts: list[str] = []  # what was read of an object
        self._begins = self._size = 0  # its line, and the characters of its parts
        self._problem = ""  # with the bytes of a line, which are U+FFFD then

    def rows(self) -> Iterator[JsonRow]:
        """The objects. Raises RunError where one is never closed."""
        for piece in read_lines(self._file, whole=False):
            if piece.number != self._number:
                self._in_string = self._in_string and not _GOES_ON.match(piece.text)
                self._escaped = False
                self._take("\n")
            self._number = piece.number
            self._problem = self._problem or piece.problem
            yield from self._piece(piece.text)
        if self._depth:
            raise RunError(
                f"{shown(self._file.path)}:{self._begins}: the object that begins here is never closed",
                next_step="the file is damaged or was cut off; correct it, or get it again",
            )

    def _piece(self, text: str) -> Iterator[JsonRow]:
        start = 0  # of what is not taken
        place, self._escaped = int(self._escaped), False
        while match := (_IN_STRING if self._in_string else _BRACKET).search(text, place):
            mark, place = match[0], match.end()
            if mark == '"':
                self._in_string = not self._in_string
            elif self._in_string:
                self._escaped = mark == "\\"  # the character that it is for is in the next piece
            elif self._depth == 0:
                yield from self._between(text[start : match.start()])
                start = self._outside(match)
            elif mark in "{[":
                self._depth += 1
            elif self._depth > 1:
                self._depth -= 1
            else:
                self._take(text[start:place])
                self._depth, start = 0, place
                yield self._row()
        if self._depth:
            self._take(text[start:])
        else:
            yield from self._between(text[start:])

    def _outside(self, match: re.Match[str]) -> int:
        """Take a bracket that is in no object; from where the text is not taken then."""
        if match[0] == "[" and not self._in_list:
            self._in_list = True
        elif match[0] in "{[":
            self._depth, self._begins = 1, self._number
            return match.start()
        else:
            self._in_list = False
        return match.end()

    def _between(self, text: str) -> Iterator[JsonRow]:
        """Values that are no objects, among them."""
        if text.strip(" \t\r\n,"):
            yield self._number, "not a JSON object"

    def _take(self, text: str) -> None:
        if self._depth and self._size <= _MAX_OBJECT:
            self._parts.append(text)
            self._size += len(text)

    def _row(self) -> JsonRow:
        """The object that has ended."""
        text, too_long = "".join(self._parts), self._size > _MAX_OBJECT
        self._parts, self._size = [], 0
        if too_long:
            return self._begins, f"its object is longer than {_MAX_OBJECT:,} characters"
        return self._begins, (self._problem if "\ufffd" in text else "") or _object(text, strict=False)
