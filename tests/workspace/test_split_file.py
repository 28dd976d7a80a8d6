"""splits.json: read a line at a time as it is written here, and as a whole as a person writes it."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from corpus_builder.errors import RunError
from corpus_builder.workspace.splits import add_splits, read_splits, write_splits

SPLITS = {"10": "train", "9": "test", "а\u2028б": "validation", 'with "quotes" and \\': "train", "": "test"}


def test_it_is_the_json_that_it_has_always_been(tmp_path: Path) -> None:
    for splits in (SPLITS, {}, {"1": "train"}):
        path, own = tmp_path / "splits.json", dict(sorted(splits.items()))
        write_splits(path, own.items())
        assert path.read_text(encoding="utf-8") == json.dumps(own, ensure_ascii=False, indent=0) + "\n"
        assert list(read_splits(path)) == list(own.items())


@pytest.mark.parametrize(
    "text",
    [
        '{"2": "test", "1": "train"}',
        '{\n"2": "test",\n"1": "train"\n}\n',
        '{\n  "1": "train",\n  "2": "test"\n}',
        '{\r\n"1": "train",\r\n"2": "test"\r\n}\r\n',
        '{\n"1": "train",\n"2": "train",\n"2": "test"\n}\n',
        '{\n"\\u0031": "train",\n"2": "test"\n}\n',
    ],
    ids=["one line", "another order", "indented", "carriage returns", "twice", "escaped"],
)
def test_a_file_that_a_person_wrote_is_read_in_order(text: str, tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    path.write_bytes(text.encode())
    assert list(read_splits(path)) == [("1", "train"), ("2", "test")]


@pytest.mark.parametrize(
    "text",
    [
        '{\n"1": "train"\n"2": "test"\n}\n',
        '{\n"1": "train",\n}\n',
        '{\n"1": "train",\n"2": "tset"\n}\n',
        '{\n"1": "train"\n}\n}\n',
        '{\n"1": "train",\n"2": "test"\n',
        "{\n,\n}\n",
    ],
    ids=["no comma", "a comma too many", "no split", "two ends", "no end", "nothing between commas"],
)
def test_a_damaged_file_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=r"splits\.json cannot be read"):
        list(read_splits(path))


def test_stories_are_added_and_those_that_are_there_stay(tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    add_splits(path, [("2", "test"), ("4", "train")])
    add_splits(path, [("1", "validation"), ("2", "train"), ("3", "test"), ("5", "train")])
    assert list(read_splits(path)) == [
        ("1", "validation"), ("2", "test"), ("3", "test"), ("4", "train"), ("5", "train")
    ]  # fmt: skip


def test_memory_does_not_grow_with_the_stories(tmp_path: Path) -> None:
    def peak(stories: int) -> int:
        path = tmp_path / f"{stories}.json"
        write_splits(path, ((f"{n:09}", "train") for n in range(stories)))
        tracemalloc.start()
        add_splits(path, ((f"{n:09}", "test") for n in range(stories, stories + 10)))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)  # imports
    assert peak(4_000) < peak(400) + 50_000
