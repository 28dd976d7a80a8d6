"""Archives that are no WARC files of responses: each is refused by a message that says how to convert it.

The first bytes say what a file is, not its name.
"""

from __future__ import annotations

import re
import zlib
from itertools import islice
from pathlib import Path

from zstandard import ZstdError

from corpus_builder.crawl.packing import is_zstd, zstd_packing
from corpus_builder.crawl.warcread import MEMBER_START, RECORD_START, walk
from corpus_builder.errors import UsageError
from corpus_builder.remote import name_of, open_place

_SNIFF = 512
"""Bytes that tell what a file is. Chosen: a record's first line has 10, a gzip header with a file name some 50."""

_FIRST_RECORDS = 3
"""Records that tell whether a file has responses. WET and WAT files: a warcinfo, then one record per page."""

_HEAD = 2**12
"""Bytes of these records that are kept. Chosen: WARC headers have less than 2 KB."""

_RESPONSE = re.compile(rb"^WARC-Type:[ \t]*(?:response|revisit|request)\b", re.IGNORECASE | re.MULTILINE)
_TEXT = re.compile(rb"^WARC-Type:[ \t]*conversion\b", re.IGNORECASE | re.MULTILINE)
_METADATA = re.compile(rb"^WARC-Type:[ \t]*metadata\b", re.IGNORECASE | re.MULTILINE)
_JSON = re.compile(rb"^Content-Type:[ \t]*application/json\b", re.IGNORECASE | re.MULTILINE)

_ZIP = b"PK\x03\x04"
_ARC = b"filedesc://"
_PACKED = {
    b"BZh": ("compressed with bzip2", "bunzip2 -k"),
    b"\xfd7zXZ\x00": ("compressed with xz", "unxz -k"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "7z x"),
}


def is_warc(path: Path | str) -> bool:
    """Whether a file is a WARC file by its first bytes, packed or not; or by its name, as its start may be damaged."""
    named = name_of(path).name.endswith((".warc", ".warc.gz", ".warc.zst"))
    return named or RECORD_START.match(_start(path)) is not None


def is_archive(path: Path | str) -> bool:
    """Whether a file is a WARC file, or an archive that `check_kind` refuses."""
    return is_warc(path) or _conversion(path) is not None


def check_kind(path: Path | str) -> None:
    """Raise UsageError for WACZ, ARC, WET and WAT files, with the command that converts them."""
    if conversion := _conversion(path):
        kind, command = conversion
        raise UsageError(f"{path} is {kind}, which is not read", next_step=command)
    try:
        records = [record.data for record in islice(walk(path, _HEAD), _FIRST_RECORDS)]
    except OSError:
        return  # the reader counts it
    heads = [data.partition(b"\r\n\r\n")[0] for data in records]
    if any(_RESPONSE.search(head) for head in heads):
        return
    if any(_TEXT.search(head) for head in heads):
        kind = "a WET file, which has the text of pages without their HTML"
    elif any(_METADATA.search(head) and _JSON.search(head) for head in heads):
        kind = "a WAT file, which has the metadata of pages without their HTML"
    else:
        return
    raise UsageError(
        f"{path} is {kind}",
        next_step="give the WARC file that it was made from: in Common Crawl's paths /wet/ or /wat/ is /warc/ there",
    )


def _conversion(path: Path | str) -> tuple[str, str] | None:
    """What an archive is that is not read, and how to convert it."""
    start = _start(path)
    if start.startswith(_ZIP) and name_of(path).suffix.lower() == ".wacz":
        folder = str(path)[: -len(".wacz")]
        return "a WACZ file", f"run: unzip '{path}' 'archive/*' -d '{folder}'; then give --warc '{folder}/archive'"
    if start.startswith(_ARC):
        return "an ARC file", f"run: warcio recompress '{path}' '{path}.warc.gz'; then give the new file"
    for magic, (kind, command) in _PACKED.items():
        if start.startswith(magic):
            return kind, f"run: {command} '{path}'; then give what it writes"
    return None


def _start(path: Path | str) -> bytes:
    """The first bytes of a file, decompressed where it is gzip; b"" where they cannot be read."""
    try:
        with open_place(path, _SNIFF) as file:
            start = file.read(_SNIFF)
            if is_zstd(start):
                file.seek(0)
                packing = zstd_packing(file)
                return packing.new().decompress(file.read(packing.block))
        if start.startswith(MEMBER_START[:2]):
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, _SNIFF)
    except (OSError, zlib.error, ZstdError):
        return b""
    return start
