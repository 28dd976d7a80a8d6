"""How the records of a WARC file are packed one by one: gzip members, or zstandard frames with a shared dictionary.

The dictionary is in a skippable frame at the file's start, itself packed or not, by "WARC zstd compression"
(iipc.github.io/warc-specifications).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Protocol

import zstandard

from corpus_builder.errors import SkipPage

_FRAME = b"\x28\xb5\x2f\xfd"  # RFC 8878, 3.1.1
_DICTIONARY_FRAME = b"\x5d\x2a\x4d\x18"
_MAX_DICTIONARY = 16 * 2**20
"""Bytes of a dictionary. Chosen: the tools that write such files train dictionaries of 1 MB."""

_PIECE = 2**10
"""Bytes that are decompressed at a time: four of them may give 128 KB (RFC 8878, 3.1.1.2.2), so this gives 32 MB."""


class Decompressor(Protocol):
    """A decompressor of one member, as zlib and zstandard have it."""

    def decompress(self, data: bytes, /) -> bytes:
        """The next bytes."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def unused_data(self) -> bytes:
        """What followed its end."""


@dataclass(frozen=True)
class Packing:
    """A way of packing: the first bytes of a member, how many bytes to read at a time, what damage raises."""

    start: bytes
    block: int
    error: type[Exception]
    new: Callable[[], Decompressor]


def is_zstd(start: bytes) -> bool:
    """Whether the first bytes of a file are zstandard's."""
    return start.startswith((_FRAME, _DICTIONARY_FRAME))


def zstd_packing(file: BinaryIO) -> Packing:
    """The packing of a file at its start; the file then stands at its first record."""
    dictionary = _dictionary(file)
    return Packing(
        _FRAME,
        _PIECE,
        zstandard.ZstdError,
        lambda: zstandard.ZstdDecompressor(dict_data=dictionary).decompressobj(),
    )


def unzstd(file: BinaryIO, data: bytes, limit: int) -> bytes:
    """One record of a zstandard file, decompressed. Raises SkipPage `too_large` and `damaged_record`."""
    file.seek(0)
    reader = zstandard.ZstdDecompressor(dict_data=_dictionary(file)).stream_reader(BytesIO(data))
    try:
        record = reader.read(limit + 1)
    except zstandard.ZstdError as error:
        raise SkipPage("damaged_record", str(error)) from error
    if len(record) > limit:
        raise SkipPage("too_large", f"more than {limit:,} bytes once decoded")
    return bytes(record)


def _dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """The dictionary at the file's start, None where there is none or it is damaged: its records are damaged then."""
    if file.read(4) != _DICTIONARY_FRAME:
        file.seek(0)
        return None
    size = int.from_bytes(file.read(4), "little")
    data = file.read(min(size, _MAX_DICTIONARY))
    file.seek(8 + size)
    try:
        if data.startswith(_FRAME):
            data = zstandard.ZstdDecompressor().stream_reader(BytesIO(data)).read(_MAX_DICTIONARY)
        return zstandard.ZstdCompressionDict(data)
    except zstandard.ZstdError:
        return None
