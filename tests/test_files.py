"""Names of files, and JSON files of the program's own that are damaged."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

import corpus_builder
from corpus_builder.align.model_files import load as load_aligner
from corpus_builder.align.model_files import save as save_aligner
from corpus_builder.align.state import AlignerState, PairState
from corpus_builder.align.words.translation_table import TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.cli import main
from corpus_builder.cli.terminal import console
from corpus_builder.crawl import CrawlOptions, index_warcs
from corpus_builder.crawl.options import CaptureRef
from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.lines import read_lines
from corpus_builder.extract import read_articles
from corpus_builder.files import json_of, read_json, reading, replacing, replacing_folder, require_file, shown
from corpus_builder.packed import text_lines
from corpus_builder.quality.survey import load as load_survey
from corpus_builder.sites import load_site
from corpus_builder.workspace.captures import read_capture_refs, write_capture_refs
from corpus_builder.workspace.duplicates import read_groups
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.splits import read_splits
from corpus_builder.workspace.tombstones import read_tombstones

DAMAGED = {
    "empty": b"",
    "cut": b'{"a": [1, 2',
    "deep": b"[" * 100_000,
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "a number": b"3",
    "a list of numbers": b"[1, 2]",
    "an object of numbers": b'{"a": 1, "pairs": 2, "lengths": 3, "format": 2, "stages": 4}',
    "null": b"null",
    "a long number": b"9" * 6000,
    "HTML": b"<html>",
}


def test_names_are_shown_with_the_bytes_that_are_not_utf8() -> None:
    assert shown(os.fsdecode("архів-".encode() + b"\xef\xff.html")) == "архів-\\xef\\xff.html"
    assert shown(Path("архів.html")) == "архів.html"
    assert shown("half \ud83d") == "half \\ud83d"
    assert shown(r"C:\udcef") == r"C:\udcef"


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_damaged_json_of_a_workspace_is_named(data: bytes, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "quality").mkdir()
    readers = {
        tmp_path / "quality" / "context.json": lambda: load_survey(tmp_path / "quality"),
        tmp_path / "quality" / "companions.parquet": lambda: read_groups(tmp_path / "quality" / "companions.parquet"),
        tmp_path / "lexicon" / "aligner.json": lambda: load_aligner(tmp_path / "lexicon"),
        workspace.splits: lambda: list(read_splits(workspace.splits)),
        workspace.tombstones: lambda: read_tombstones(workspace.tombstones),
    }
    for path, read in readers.items():
        path.write_bytes(data)
        with pytest.raises(RunError, match=rf"{path.name}|lexicon") as caught:
            read()
        assert caught.value.next_step


@pytest.mark.parametrize("damaged", ["aligner.json", "units.uk.txt", "uk-en.npz"])
@pytest.mark.parametrize("kept", [0, 0.3, 0.9])
def test_a_damaged_aligner_is_named(damaged: str, kept: float, tmp_path: Path) -> None:
    words = {"uk": [f"слово{n}" for n in range(50)], "en": [f"word{n}" for n in range(50)]}
    vocabularies = {language: Vocabulary(names, [1.0] * 50) for language, names in words.items()}
    numbers, ones = np.arange(50, dtype=np.int32), np.ones(50)
    table = TranslationTable.of(numbers, numbers, ones, ones, ones)
    state = AlignerState(("uk", "en"), vocabularies, {("uk", "en"): PairState(table)})
    save_aligner(state, tmp_path)
    assert load_aligner(tmp_path).languages == ("uk", "en")
    data = (tmp_path / damaged).read_bytes()
    (tmp_path / damaged).write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(RunError, match=tmp_path.name) as caught:
        load_aligner(tmp_path)
    assert caught.value.next_step


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_manifest_is_told_and_made_again(data: bytes, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.manifest.write_bytes(data)
    assert Manifest.open(workspace).outdated


def test_json_errors_have_their_place(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": 1,\n "b": }')
    with pytest.raises(RunError, match=r"a\.json cannot be read: Expecting value: line 2 column 7"):
        read_json(tmp_path / "a.json", "again")
    with pytest.raises(ValueError, match="nested too deep"):
        json_of('{"a":' * 50_000)
    with pytest.raises(RunError, match=r"a\.json cannot be read: it has no 'pairs'"), reading(tmp_path / "a.json", ""):
        raise KeyError("pairs")


@pytest.mark.parametrize("name", [b"na\xefve/\xff.html", "сторінка.html".encode(), b"50%ef.html", b"file:x.html"])
def test_captures_are_found_again_whatever_their_files_are_called(name: bytes, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    for path in (tmp_path / "pages" / os.fsdecode(name), workspace.crawl / os.fsdecode(name)):
        ref = CaptureRef("https://a.example/1", "uk", "1", "2025-12", str(path), 0, 10, "", "sha1:X")
        write_capture_refs(workspace, [ref])
        assert list(read_capture_refs(workspace)) == [ref]


def test_json_of_others_is_read_by_one_function() -> None:
    """What is nested too deep is a RecursionError of json.loads, which no reader expects."""
    root = Path(corpus_builder.__file__).parent
    calls = re.compile(r"\bjson\.loads?\((?!shipped|\(path or shipped|row\[|names\)|value\)|more\)|titles\))")
    elsewhere = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if path.name != "files.py" and calls.search(path.read_text(encoding="utf-8"))
    }
    assert not elsewhere


@pytest.mark.parametrize("as_bytes", [False, True])
def test_halves_of_characters_in_json_become_one_that_files_hold(as_bytes: bool) -> None:
    text = '{"a\\ud83d": ["\\uDE00 b", {"c": "\\ud83d\\ude00"}], "d": 1}'
    assert json_of(text.encode() if as_bytes else text) == {"a\ufffd": ["\ufffd b", {"c": "\U0001f600"}], "d": 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders")
def test_devices_and_pipes_are_no_inputs(tmp_path: Path) -> None:
    """They may never end, or never begin."""
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    site = load_site("sample")
    readers: list[Callable[[Path], object]] = [
        lambda path: index_warcs(path, site, CrawlOptions(site.languages)),
        lambda path: list(read_articles(path, site)),
        lambda path: list(text_lines(path)),
        lambda path: read_lines(path, "--source"),
    ]
    for path in (pipe, Path("/dev/zero")):
        for reader in readers:
            with pytest.raises(UsageError, match="is no file, but a device or a pipe"):
                reader(path)
    require_file(tmp_path)
    require_file(tmp_path / "none")


FULL_DISKS = [
    OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EFBIG, "File too large"),
    OSError("Error writing bytes to file. Detail: [errno 28] No space left on device"),
]  # fmt: skip


@pytest.mark.parametrize("error", FULL_DISKS, ids=str)
@pytest.mark.parametrize("writing", [replacing, replacing_folder])
def test_a_full_disk_is_told_with_the_file(
    error: OSError, writing: Callable[[Path], AbstractContextManager[Path]], tmp_path: Path
) -> None:
    def write() -> None:
        with writing(tmp_path / "a"):
            raise error

    with pytest.raises(RunError, match=f"cannot write {re.escape(str(tmp_path / 'a'))}") as caught:
        write()
    assert "free some space" in caught.value.next_step
    assert not list(tmp_path.iterdir())


def test_a_terminal_that_has_no_such_letters_gets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(main, "app", lambda: console().print("Київ"))
    main.run()
    out.flush()
    assert out.buffer.getvalue() == b"\\u041a\\u0438\\u0457\\u0432\n"  # type: ignore[attr-defined]
