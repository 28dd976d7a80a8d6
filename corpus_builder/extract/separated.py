"""The records of a CSV or TSV file.

CSV has quotation marks as RFC 4180 says. TSV as a rule has none: databases and `cut` write a text as it is. So a text
that begins with a quotation mark keeps it, and one with line ends goes on in lines that have too few cells.
Spreadsheets and pandas write TSV with the quotation marks of CSV; `_has_quoting` looks which of the two a file is.

A quotation mark that is never closed must not swallow the records behind it. A record that breaks the rules is read
with marks in a cell that are not doubled, or its first line without rules, if that gives the right number of cells.
Else this line alone is a problem, and reading goes on with the next one.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from corpus_builder.extract.table_lines import Line

_MAX_FIELD = min(sys.maxsize, 2**31 - 1)
"""Most characters of a CSV field: what the csv module allows at most. Its default, 128 KB, is less than a long read."""

_MAX_LINES = 2_000
"""Most lines of a record. Chosen: a text of as many paragraphs; more is a quotation mark that is never closed."""

_MAX_LINES_WITHOUT_RULES = 200
"""The same where quotation marks are not doubled, or in TSV without quoting. Chosen: the paragraphs of a long read."""

_MAX_RECORD = 2**26
"""Characters from which on a record takes no further line. Chosen: as of a line (table_lines.py)."""

_SAMPLE = 1_000
"""Lines in which the separator and the quoting of a file are looked for. Chosen: read in milliseconds."""

_SAMPLE_CHARACTERS = 2**22
"""Most characters of these lines. Chosen: 4 kB a row; a file may have lines of megabytes."""

_MOST_SEPARATORS = 8
"""Other characters that are tried as separators. Chosen: a header has one or two that are neither letters nor marks."""

_MAY_SEPARATE = re.compile(r"""[^\w\s"'().\-]|[\x1c-\x1f]""")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_ESCAPES = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\n", "t": "\t", "\\": "\\"}


class Record(NamedTuple):
    """The cells of a record, and the line where it begins. `problem` says why it has none, "" for most."""

    number: int
    cells: Sequence[str]
    problem: str = ""


def separated_records(
    lines: Iterable[Line],
    separator: str,
    recognised: Callable[[Sequence[str]], int],
    ends_with_text: Callable[[Sequence[str]], bool],
) -> Iterator[Record]:
    """The header of a file as a record, then its other records, those with a problem too.

    `separator` is the usual one for the name of the file. Another one is used where `recognised`, which counts names of
    columns in a header, finds more with it. `ends_with_text` says of a header whether its last column has texts: then
    lines without a separator behind a record of TSV belong to its text. Each record has as many cells as the header, or
    fewer: empty cells at its end may be missing.
    """
    csv.field_size_limit(_MAX_FIELD)
    waiting = iter(lines)
    sample = _sample(waiting)
    header = next((line for line in sample if line.text and not line.text.lower().startswith("sep=")), None)
    if header is None:
        return
    others = islice(dict.fromkeys(_MAY_SEPARATE.findall(header.text)), _MOST_SEPARATORS)
    separators = dict.fromkeys((separator, ",", ";", "\t", "|", *others))
    names = max((_header(header.text, each) for each in separators), key=lambda found: recognised(found[1]))
    separator, cells = names
    yield Record(header.number, cells)
    body = [line for line in sample if line.number > header.number]
    quoting = separator != "\t" or _has_quoting(header.text, [line.text for line in body], len(cells))
    yield from _Records(body, waiting, separator, len(cells), quoting=quoting, ends_with_text=ends_with_text(cells))


def _sample(lines: Iterator[Line]) -> list[Line]:
    sample: list[Line] = []
    characters = 0
    for line in islice(lines, _SAMPLE):
        sample.append(line)
        characters += len(line.text)
        if characters > _SAMPLE_CHARACTERS:
            break
    return sample


def _header(text: str, separator: str) -> tuple[str, list[str]]:
    """A separator, and the names of columns with it."""
    try:
        cells = next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error:
        cells = text.split(separator)
    return separator, [cell.strip() for cell in cells]


def _has_quoting(header: str, lines: Sequence[str], width: int) -> bool:
    """Whether a TSV file has the quotation marks of CSV.

    For it speak a header in them, doubled ones in a cell, and a cell that goes on in the next line. Against it speaks a
    cell with others, or one that is never closed although the next line is a whole record.
    """
    if all(map(_QUOTED.fullmatch, header.split("\t"))):
        return True
    votes = 0
    for line, following in pairwise([*lines, None]):
        if line is None or '"' not in line:
            continue
        goes_on = following is not None and following.count("\t") < width - 1
        whole = line.count("\t") >= width - 1
        for cell in line.split("\t"):
            if _QUOTED.fullmatch(cell):
                votes += '""' in cell[1:-1]
            elif cell.startswith('"') and cell.count('"') % 2 and goes_on:
                votes += 1
            elif whole and '"' in cell:
                votes -= 1
    return votes > 0


class _Records:
    """The records of the lines of `sample`, then those of `lines`."""

    def __init__(
        self,
        sample: Iterable[Line],
        lines: Iterator[Line],
        separator: str,
        width: int,
        *,
        quoting: bool,
        ends_with_text: bool,
    ) -> None:
        self._waiting = deque(sample)
        self._lines = lines
        self._separator = separator
        self._width = width
        self._quoting = quoting
        self._ends_with_text = ends_with_text

    def __iter__(self) -> Iterator[Record]:
        while (line := self._next()) is not None:
            if line.problem:
                yield Record(line.number, (), line.problem)
            elif line.text.strip(" \r"):
                yield self._record(line)

    def _next(self) -> Line | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def _record(self, line: Line) -> Record:
        if not self._quoting:
            return self._plain(line)
        if '"' not in line.text:
            return self._checked(line.number, line.text.split(self._separator))
        readings = [self._quoted, self._with_bare_marks, self._unquoted]
        if self._separator == "\t":
            readings = [self._quoted, self._unquoted, self._with_bare_marks]
        records = (reading(line) for reading in readings)
        broken = Record(line.number, (), "its quotation marks are not closed, or not doubled in a cell")
        return next(filter(None, records), broken)

    def _plain(self, line: Line) -> Record:
        """The record that begins in a line of TSV without quoting, where a text may go on in the next lines."""
        taken = [line]
        separators = line.text.count(self._separator)
        while separators < self._width - 1 and len(taken) < _MAX_LINES_WITHOUT_RULES and (following := self._next()):
            taken.append(following)
            separators += following.text.count(self._separator)
        if separators != self._width - 1:
            self._give_back(taken)
            taken = taken[:1]
        elif self._ends_with_text:
            taken += self._rest_of_text()
        problem = next((each.problem for each in taken if each.problem), "")
        if problem:
            return Record(line.number, (), problem)
        text = "\n".join(each.text for each in taken)
        return self._checked(line.number, [_unescaped(cell) for cell in text.split(self._separator)])

    def _rest_of_text(self) -> Iterator[Line]:
        """The lines without a separator that follow."""
        for _ in range(_MAX_LINES_WITHOUT_RULES):
            following = self._next()
            if following is None:
                return
            if following.problem or self._separator in following.text:
                self._waiting.appendleft(following)
                return
            yield following

    def _checked(self, number: int, cells: Sequence[str]) -> Record:
        """A record with the right number of cells, or with the problem that it has too many."""
        if len(cells) > self._width and any(cells[self._width :]):
            return Record(number, (), f"it has {len(cells)} cells, and the header has {self._width}")
        return Record(number, cells[: self._width])

    def _quoted(self, line: Line) -> Record | None:
        """The record that begins in a line, by the rules of CSV; None where it breaks them."""
        taken = [line]
        characters = len(line.text)

        def texts() -> Iterator[str]:
            nonlocal characters
            yield line.text + "\n"
            while len(taken) < _MAX_LINES and characters < _MAX_RECORD and (following := self._next()):
                taken.append(following)
                characters += len(following.text)
                yield following.text + "\n"

        try:
            cells = next(csv.reader(texts(), delimiter=self._separator, strict=True))
        except (csv.Error, StopIteration):
            cells = []
        swallows = self._separator == "\t" and any(map(self._is_whole, taken[1:]))
        if not cells or any(cells[self._width :]) or swallows or (len(cells) < self._width and len(taken) > 1):
            self._give_back(taken)
            return None
        return self._joined(taken, cells)

    def _give_back(self, taken: Sequence[Line]) -> None:
        """Read the lines behind the first once more."""
        self._waiting.extendleft(reversed(taken[1:]))

    def _joined(self, taken: Sequence[Line], cells: Sequence[str]) -> Record:
        problem = next((line.problem for line in taken if line.problem), "")
        return Record(taken[0].number, () if problem else cells[: self._width], problem)

    def _is_whole(self, line: Line) -> bool:
        """Whether a line of TSV is a record by itself."""
        return line.text.count("\t") >= self._width - 1

    def _with_bare_marks(self, line: Line) -> Record | None:
        """The record that begins in a line and has quotation marks in a quoted cell that are not doubled.

        It ends where another record seems to follow, and must then have the right number of cells. The first cell of
        the other record is alike, and it has as many cells as this one has before its first quotation mark.
        """
        taken = [line]
        while (following := self._next()) and not self._is_like(following, line):
            taken.append(following)
            if len(taken) > _MAX_LINES_WITHOUT_RULES:
                self._give_back(taken)
                return None
        self._waiting.extendleft([following] if following else [])
        text = "\n".join(each.text for each in taken).rstrip("\n")
        cells = _cells_with_bare_marks(text, self._separator)
        if len(cells) == self._width:
            return self._joined(taken, cells)
        self._give_back(taken)
        return None

    def _is_like(self, line: Line, first: Line) -> bool:
        """Whether a line may begin a record as `first` does."""
        cells_before = first.text.partition('"')[0].count(self._separator)
        return line.text.count(self._separator) >= cells_before and self._kind(line) == self._kind(first)

    def _kind(self, line: Line) -> str:
        """What a line's first cell looks like: "0" for a number, "a-0" for a word and a number."""
        return _LETTERS.sub("a", _DIGITS.sub("0", line.text.split(self._separator, 1)[0]))

    def _unquoted(self, line: Line) -> Record | None:
        """A line whose quotation marks are part of its texts."""
        cells = line.text.split(self._separator)
        if len(cells) != self._width or (self._separator != "\t" and any(map(_is_enclosed, cells))):
            return None
        return Record(line.number, cells)


def _cells_with_bare_marks(text: str, separator: str) -> list[str]:
    """The cells of a record where only a quotation mark before a separator or the end closes a cell; none where one is
    never closed.

    >>> _cells_with_bare_marks('1,"He said "no" twice",2', ",")
    ['1', 'He said "no" twice', '2']
    """
    cells: list[str] = []
    place = 0
    ends = ("", separator)
    while True:
        if text[place : place + 1] == '"':
            end = text.find('"', place + 1)
            while end >= 0 and text[end + 1 : end + 2] not in ends:
                doubled = text[end + 1] == '"' and text[end + 2 : end + 3] not in ends
                end = text.find('"', end + 1 + doubled)
            if end < 0:
                return []
            cells.append(text[place + 1 : end].replace('""', '"'))
            place = end + 1
        else:
            end = text.find(separator, place)
            end = end if end >= 0 else len(text)
            cells.append(text[place:end])
            place = end
        if place >= len(text):
            return cells
        place += 1


def _is_enclosed(cell: str) -> bool:
    """Whether a cell looks quoted: its marks are not part of the text."""
    return len(cell) > 1 and cell.startswith('"') and cell.endswith('"')


def _unescaped(cell: str) -> str:
    r"""A cell as databases write it: \n, \t and \\ for what cannot be in a cell, \N for none.

    Left as it is where it has another character behind a backslash.
    """
    if "\\" not in cell:
        return cell
    if cell == r"\N":
        return ""
    if any(match[1] not in _ESCAPED for match in _ESCAPES.finditer(cell)):
        return cell
    return _ESCAPES.sub(lambda match: _ESCAPED[match[1]], cell)
