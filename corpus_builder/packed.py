"""Text files as users have them: plain, or compressed with gzip, bzip2, xz or zstandard, as their first bytes say.

A file that is cut short or damaged, and text that is not UTF-8, become an error that names file and line.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from corpus_builder.errors import RunError
from corpus_builder.files import shown

_ZSTD_STEP = 2**10
"""Bytes of zstandard that are decompressed at a time. Chosen: a block of 4 bytes may stand for 128 KB (RFC 8878), so
that no more than 32 MB come of them.
"""

_STEP = 2**20
"""Bytes that are read at a time. Chosen: small in memory."""

_DAMAGED = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, decompressed. Raises RunError, which names the file, where it cannot be read."""
    try:
        with path.open("rb") as raw, _stream(raw) as stream:
            yield stream
    except _DAMAGED as error:
        raise RunError(
            f"{shown(path)}: the compressed file is damaged or cut short: {error}",
            next_step="test it with the program that compressed it (gzip -t, xz -t, …), and get it again",
        ) from error
    except OSError as error:
        damaged = error.strerror is None  # bz2
        raise RunError(
            f"{shown(path)} cannot be read: {error.strerror or error}",
            next_step="the file is damaged; get it again" if damaged else "check the path",
        ) from error


@contextmanager
def _stream(raw: io.BufferedReader) -> Iterator[BinaryIO]:
    start = raw.peek(6)
    if start.startswith(b"\x1f\x8b"):  # RFC 1952
        with gzip.GzipFile(fileobj=raw) as stream:
            yield cast(BinaryIO, stream)
    elif start.startswith(b"BZh"):
        with bz2.BZ2File(raw) as bzip2:
            yield cast(BinaryIO, bzip2)
    elif start.startswith(b"\xfd7zXZ\x00"):
        with lzma.LZMAFile(raw) as xz:
            yield cast(BinaryIO, xz)
    elif start.startswith(b"\x28\xb5\x2f\xfd"):  # RFC 8878
        yield cast(BinaryIO, io.BufferedReader(_Zstd(raw)))
    else:
        yield raw


class _Zstd(io.RawIOBase):
    """A file of zstandard frames; zstandard's own reader takes a frame that is cut short for a whole one."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self._raw = raw
        self._frame: Any = None
        self._packed = self._data = b""

    def readable(self) -> bool:
        """That it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes. Raises EOFError where a frame is damaged or cut short."""
        from zstandard import ZstdDecompressor, ZstdError

        while not self._data:
            self._packed = self._packed or self._raw.read(_ZSTD_STEP)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError("the last frame is not whole")
                return 0
            self._frame = self._frame or ZstdDecompressor().decompressobj()
            try:
                self._data = self._frame.decompress(self._packed)
            except ZstdError as error:
                raise EOFError(str(error)) from error
            self._packed = b""
            if self._frame.eof:
                self._packed, self._frame = self._frame.unused_data, None
        size = min(len(buffer), len(self._data))
        buffer[:size], self._data = self._data[:size], self._data[size:]
        return size


def text_lines(path: Path) -> Iterator[str]:
    """The lines of a text file in UTF-8, without line feeds. Raises RunError, which names file and line."""
    number = 0
    try:
        with unpacked(path) as stream:
            for line in stream:
                number += 1
                try:
                    text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError:
                    while stream.read(_STEP):  # a damaged file is told by its end, not by what it unpacks to
                        pass
                    raise
                yield text.removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise RunError(
            f"{shown(path)}, line {number}: not UTF-8",
            next_step=f"convert it, e.g. with iconv -f windows-1251 -t utf-8 {shown(path)}",
        ) from error
    except RunError as error:
        after = f" (after line {number:,})" if number else ""
        raise RunError(f"{error}{after}", next_step=error.next_step) from error


def all_strings(value: object) -> Iterator[str]:
    """Every string in a value of JSON or of a row."""
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            left += reversed(list(value.values()))
        elif isinstance(value, list):
            left += reversed(value)
