"""The lines of a table in a text file, whatever its compression, charset and line ends.

The file is read twice. `open_text` finds its charset: what its byte order mark or its zero bytes say, else UTF-8 and,
for the lines that are not valid UTF-8, the Cyrillic charset that all of these together are in (web/charset.py). So a
file that was put together from two charsets is read, too. `read_lines` then reads it a line at a time. A line in no
charset, or longer than memory should hold, comes with its problem.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from corpus_builder.errors import RunError, UsageError
from corpus_builder.files import shown
from corpus_builder.packed import DAMAGED, unpacking
from corpus_builder.web.charset import cyrillic_charset, is_damaged_utf8

_MAX_LINE = 64 * 2**20
"""Most characters of a line. Chosen: thirty times the longest article that is read (tables.py)."""

_LONGEST = 2**28
"""Bytes of a line from which on a file is no table. Chosen: a zip bomb unpacks to gigabytes without a line end."""

_PIECE = 2**20
"""Most characters of a piece of a line. Chosen: small in memory, and few of them."""

_BLOCK = 2**16
"""Bytes in which byte order mark, zero bytes and line ends are looked for. Chosen: a few rows of news."""

_SAMPLE = 2**20
"""Bytes of lines that are not UTF-8 from which their charset is found. Chosen: the shares of letters are steady long
before (benchmarks/charset.py has passages of 40 characters).
"""

_ENOUGH_BYTES = 8
"""Bytes beyond ASCII from which on a charset is guessed. Chosen: a word or two of Cyrillic; the one accented letter of
an English text must not become Cyrillic.
"""

# The first bytes of files that are not text, and how to make text of them.
_NOT_TEXT = {
    b"PK\x03\x04": ("a ZIP file, as .xlsx is", "unpack it, or save the sheet as CSV"),
    b"\xd0\xcf\x11\xe0": ("a file of Microsoft Office", "save it as CSV"),
    b"SQLite format 3": ("an SQLite database", "export its table as CSV"),
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKE_WINDOWS_1252 = bytes(
    byte
    for byte in range(0x80, 0x100)
    if bytes([byte]).decode("cp1251", "ignore") == bytes([byte]).decode("cp1252", "ignore") != ""
)
"""Quotation marks, dashes and signs, which windows-1251 and windows-1252 have at the same places."""


_NAMES = {"utf-8": "UTF-8, nor in a Cyrillic charset of 8 bits", "utf-8-sig": "UTF-8"}


class Line(NamedTuple):
    """A line without its end; `number` counts from 1. `problem` says why it cannot be used, "" for most."""

    number: int
    text: str
    problem: str = ""


@dataclass(frozen=True)
class TextFile:
    """A text file with its charset. `eight_bit` is that of its lines that are not UTF-8; `mixed`: others are UTF-8."""

    path: Path
    charset: str
    newline: str = "\n"
    eight_bit: str | None = None
    mixed: bool = False


def first_bytes(path: Path) -> bytes:
    """The first bytes of a file, unpacked if it is compressed. Raises RunError where it cannot be read."""
    with _reading(path), _binary(path) as binary:
        return binary.read(_BLOCK)


def open_text(path: Path, encoding: str | None = None) -> TextFile:
    """Find the charset and the line ends of a file; `encoding` names a charset that is known.

    Raises UsageError for a file that is not text or an unknown charset, RunError for a damaged one.
    """
    block = first_bytes(path)
    for start, (what, next_step) in _NOT_TEXT.items():
        if block.startswith(start):
            raise UsageError(f"{shown(path)} is {what}", next_step=next_step)
    charset = encoding or _marked(block)
    if charset:
        return TextFile(path, charset, _newline(_decoded(block, charset)))
    newline = _newline(_decoded(block, "utf-8"))
    sample, mixed, length = bytearray(), False, 0
    with _reading(path) as place, _binary(path) as binary:
        while line := binary.readline(_MAX_LINE):
            ends = line.endswith(b"\n") or newline == "\r"
            length = 0 if ends else length + len(line)
            if length > _LONGEST:
                raise RunError(f"{shown(path)}:{place.line + 1}: a line of more than {_LONGEST:,} bytes is no row")
            place.line += ends
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                if len(sample) < _SAMPLE and not is_damaged_utf8(line):
                    sample += line[:_SAMPLE]
            else:
                mixed = True
    enough = len(_beyond_ascii(sample)) >= _ENOUGH_BYTES
    eight_bit = cyrillic_charset(bytes(sample)) if enough else None
    return TextFile(path, "utf-8", newline, eight_bit, mixed)


def read_lines(file: TextFile, *, whole: bool = True) -> Iterator[Line]:
    """The lines of a file in order; where they need not be `whole`, those beyond the limit in pieces, with one number.

    Raises RunError, with the line, where the file is damaged.
    """
    errors = "replace" if file.charset.startswith(("utf-16", "utf-32")) else "surrogateescape"
    with (
        _reading(file.path) as place,
        _binary(file.path) as binary,
        io.TextIOWrapper(binary, encoding=file.charset, errors=errors, newline=file.newline) as text,
    ):
        begins = True
        while line := text.readline(_MAX_LINE if whole else _PIECE):
            place.line += begins
            begins = whole or line.endswith(file.newline)
            if whole and len(line) == _MAX_LINE and not line.endswith(file.newline):
                while (rest := text.readline(_MAX_LINE)) and not rest.endswith(file.newline):
                    pass
                yield Line(place.line, "", f"its line is longer than {_MAX_LINE:,} characters")
            else:
                yield _line(place.line, line.rstrip("\r\n").lstrip("\ufeff"), file)


def _line(number: int, text: str, file: TextFile) -> Line:
    """A line whose bytes that are not in the file's charset are escaped as surrogates."""
    try:
        text.encode("utf-8")
        return Line(number, text)
    except UnicodeEncodeError:
        raw = text.encode(file.charset, "surrogateescape")
    charset = _charset_of_line(raw, file)
    try:
        return Line(number, raw.decode(charset or "utf-8"))
    except UnicodeDecodeError:
        return Line(
            number, raw.decode(charset or "utf-8", "replace"), f"it is not in {_NAMES.get(file.charset, file.charset)}"
        )


def _charset_of_line(raw: bytes, file: TextFile) -> str | None:
    """The charset of a line that is not in the file's charset; None where it is unknown."""
    if file.charset != "utf-8" or is_damaged_utf8(raw):
        return None
    beyond = _beyond_ascii(raw)
    if file.eight_bit and (not file.mixed or len(beyond) >= _ENOUGH_BYTES):
        return file.eight_bit
    return None if beyond.translate(None, _LIKE_WINDOWS_1252) else "cp1252"


def _beyond_ascii(raw: bytes | bytearray) -> bytes:
    return bytes(raw).translate(None, bytes(range(0x80)))


def _marked(block: bytes) -> str | None:
    """The charset that the first bytes show: a byte order mark, or UTF-16 where two ASCII characters begin the file."""
    for mark, charset in _MARKS:
        if block.startswith(mark):
            return charset
    zeros = [byte == 0 for byte in block[:4]]
    if zeros == [False, True, False, True]:
        return "utf-16-le"
    return "utf-16-be" if zeros == [True, False, True, False] else None


def _decoded(block: bytes, charset: str) -> str:
    try:
        return block.decode(charset, "ignore")
    except (LookupError, ValueError) as error:
        raise UsageError(f"unknown charset {charset!r}", next_step='name one as "windows-1251"') from error


def _newline(text: str) -> str:
    """The end of lines: "\r" in files of old Macintosh computers."""
    return "\r" if "\r" in text and "\n" not in text else "\n"


@dataclass
class _Place:
    """The last line that was read."""

    line: int = 0


@contextmanager
def _reading(path: Path) -> Iterator[_Place]:
    """Raise RunError with the place for a file that cannot be read or is damaged."""
    place = _Place()
    try:
        yield place
    except DAMAGED as error:
        raise _damaged(path, place, error) from error
    except UnicodeError as error:
        raise UsageError(
            f"{shown(path)}:{place.line + 1}: not in the charset that [articles] encoding names",
            next_step="name another one, or none: it is found from the bytes",
        ) from error
    except OSError as error:
        if error.strerror is None:  # bzip2
            raise _damaged(path, place, error) from error
        raise RunError(f"{shown(path)}:{place.line + 1}: {error.strerror}") from error


def _damaged(path: Path, place: _Place, error: Exception) -> RunError:
    return RunError(
        f"{shown(path)}:{place.line + 1}: the compressed file is damaged or cut off: {error}",
        next_step="test it with the program that compressed it (gzip -t, xz -t, …), and fetch or write it again",
    )


@contextmanager
def _binary(path: Path) -> Iterator[BinaryIO]:
    """A file's bytes, unpacked where its first bytes say that it is compressed."""
    with io.BufferedReader(path.open("rb", buffering=0), _BLOCK) as raw, unpacking(raw) as stream:
        yield stream
