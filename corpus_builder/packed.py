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
from corpus_builder.files import require_file, shown

_GZIP = b"\x1f\x8b"  # RFC 1952
_BZIP2 = b"BZh"
_XZ = b"\xfd7zXZ\x00"
_ZSTD = b"\x28\xb5\x2f\xfd"  # RFC 8878

_ZSTD_STEP = 2**10
"""Bytes of zstandard that are decompressed at a time. Chosen: a block of 4 bytes may stand for 128 KB (RFC 8878), so
that no more than 32 MB come of them.
"""

_STEP = 2**20
"""Bytes that are read at a time. Chosen: small in memory."""

_XZ_MEMORY = 2**28
"""Bytes that unpacking xz may take. Chosen: `xz -9` needs 65 MiB (its manual); a file may ask for 4 GiB."""

ENDINGS = (".gz", ".bz2", ".xz", ".zst")
"""How names of compressed files end. What a file is, its first bytes say."""

DAMAGED = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
"""What reading a damaged file raises; bzip2 raises an OSError without `strerror`."""


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, decompressed. Raises RunError, which names the file, where it cannot be read.

    Raises UsageError for a device or a pipe.
    """
    require_file(path)
    try:
        with path.open("rb") as raw, unpacking(raw) as stream:
            yield stream
    except DAMAGED as error:
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


def is_packed(path: Path) -> bool:
    """Whether a file is compressed."""
    with path.open("rb") as raw:
        return raw.read(6).startswith((_GZIP, _BZIP2, _XZ, _ZSTD))


@contextmanager
def unpacking(raw: io.BufferedReader[Any]) -> Iterator[BinaryIO]:
    """The bytes of an open file, decompressed in bounded memory. Reading raises DAMAGED and OSError."""
    start = raw.peek(6)
    if start.startswith(_GZIP):
        with gzip.GzipFile(fileobj=raw) as stream:
            yield cast(BinaryIO, stream)
    elif start.startswith(_BZIP2):
        with bz2.BZ2File(raw) as bzip2:
            yield cast(BinaryIO, bzip2)
    elif start.startswith(_XZ):
        yield cast(BinaryIO, io.BufferedReader(_Xz(raw)))
    elif start.startswith(_ZSTD):
        yield cast(BinaryIO, io.BufferedReader(_Zstd(raw)))
    else:
        yield raw


class _Xz(io.RawIOBase):
    """A file of xz streams; lzma's own reader takes as much memory as the file asks for."""

    def __init__(self, raw: io.BufferedReader[Any]) -> None:
        self._raw = raw
        self._stream: lzma.LZMADecompressor | None = None
        self._packed = b""

    def readable(self) -> bool:
        """That it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes. Raises EOFError where a stream is cut short, LZMAError where it is damaged."""
        data = b""
        while not data:
            if not self._packed and (self._stream is None or self._stream.needs_input):
                self._packed = self._raw.read(_STEP)
                if not self._packed:
                    if self._stream is not None:
                        raise EOFError("the last stream is not whole")
                    return 0
            if self._stream is None:
                self._packed = self._packed.lstrip(b"\0")  # padding between streams
                if not self._packed:
                    continue
                self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
            data = self._stream.decompress(self._packed, len(buffer))
            self._packed = b""
            if self._stream.eof:
                self._packed, self._stream = self._stream.unused_data, None
        buffer[: len(data)] = data
        return len(data)


class _Zstd(io.RawIOBase):
    """A file of zstandard frames; zstandard's own reader takes a frame that is cut short for a whole one."""

    def __init__(self, raw: io.BufferedReader[Any]) -> None:
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
