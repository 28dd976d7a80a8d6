"""Compressed text: read whatever its name says, and named with its place where it is damaged."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from corpus_builder.dataset.excluded import index_excluded
from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.training import training_texts
from corpus_builder.packed import all_strings, text_lines

LINES = [f"Рядок {number}: {random.Random(number).randbytes(30).hex()}" for number in range(2000)]
TEXT = "".join(f"{line}\n" for line in LINES).encode()
HALF = len(TEXT) // 2


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def two_frames(data: bytes) -> bytes:
    return zstd(data[:HALF]) + zstd(data[HALF:])


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "gzip of two members": lambda data: gzip.compress(data[:HALF]) + gzip.compress(data[HALF:]),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstandard": zstd,
    "zstandard of two frames": two_frames,
}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_lines_are_read_whatever_the_file_is_called(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    (tmp_path / "test.uk").write_bytes(pack(b"\xef\xbb\xbf" + TEXT.replace(b"\n", b"\r\n")))
    assert list(text_lines(tmp_path / "test.uk")) == LINES


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0], ids=lambda share: f"{share:.0%}")
@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_a_file_that_is_cut_short_is_an_error_and_no_shorter_text(
    pack: Callable[[bytes], bytes], share: float, tmp_path: Path
) -> None:
    data = pack(TEXT)
    path = tmp_path / "train.uk.gz"
    path.write_bytes(data[: int(len(data) * share) - 3])
    with pytest.raises(RunError, match=r"train\.uk\.gz") as caught:
        list(text_lines(path))
    assert caught.value.next_step
    with pytest.raises(RunError, match=r"--trained-on .*train\.uk\.gz"):
        list(training_texts(str(path)))
    with pytest.raises(UsageError, match=r"exclude: .*train\.uk\.gz"):
        index_excluded([str(path)], tmp_path / "index")


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_noise_inside_is_an_error_with_the_last_line(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    data = bytearray(pack(TEXT))
    start = len(data) * 2 // 3
    data[start : start + 50] = random.Random(2).randbytes(50)
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(RunError, match=r"a\.txt: the compressed file is damaged|a\.txt cannot be read"):
        list(text_lines(tmp_path / "a.txt"))


def test_text_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_bytes("one\nдва\n".encode() + "три\n".encode("cp1251"))
    with pytest.raises(RunError, match=r"a\.tsv, line 3: not UTF-8") as caught:
        list(text_lines(tmp_path / "a.tsv"))
    assert "iconv" in caught.value.next_step


@pytest.mark.parametrize("line", ["[" * 100_000, '{"a": 1', '{"a": ' + "9" * 5000 + "}", "text"])
def test_json_lines_are_named_with_their_line(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n\n' + line + "\n")
    with pytest.raises(UsageError, match=r"exclude: .*a\.jsonl, line 3: not JSON: "):
        index_excluded([str(tmp_path / "a.jsonl")], tmp_path / "index")
    with pytest.raises(RunError, match=r"a\.jsonl, line 3: not JSON: "):
        list(training_texts(str(tmp_path / "a.jsonl")))


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"na\xefve.txt")
    path.write_bytes(b"\xff\n")
    with pytest.raises(RunError, match=r"na\\xefve\.txt, line 1"):
        list(text_lines(path))


def test_strings_come_in_their_order_however_deep() -> None:
    deep: list[object] = ["e"]
    for _ in range(10_000):
        deep = [deep]
    assert list(all_strings({"x": ["a", {"y": "b"}, 3, None], "z": ["c", "d", deep]})) == list("abcde")
