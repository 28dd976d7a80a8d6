"""What speaks against publishing a folder is told, all of it, before the Hub is asked anything."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.dataset.publish import inspect
from corpus_builder.dataset.publish.failures import explained
from corpus_builder.dataset.publish.files import RemoteFile, compare
from corpus_builder.errors import RunError, UsageError

from .conftest import write_dataset, write_rows

TRAIN = "data/sentences/train-00000-of-00001.parquet"


def faults(folder: Path, *, stand_off: bool = False) -> list[str]:
    with pytest.raises(UsageError) as raised:
        inspect(folder, stand_off=stand_off)
    assert raised.value.next_step
    return [line.removeprefix("  - ") for line in str(raised.value).splitlines()[1:]]


def test_a_sound_folder_and_its_rows(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"")
    found = inspect(folder)
    assert found.rows == {("sentences", "train"): 40, ("sentences", "test"): 4, ("documents", "train"): 6}
    assert sorted(found.files) == [
        "README.md",
        "data/documents/train-00000-of-00001.parquet",
        "data/sentences/test-00000-of-00001.parquet",
        TRAIN,
        "leakage.json",
    ]


def test_two_shards_of_a_split_are_counted_together(folder: Path) -> None:
    write_rows(folder / "data/sentences/train-00001-of-00002.parquet", 5)
    assert inspect(folder).rows["sentences", "train"] == 45


@pytest.mark.parametrize("licence", ["unknown", "''", "null", "[]"])
def test_a_licence_that_states_nothing(tmp_path: Path, licence: str) -> None:
    assert faults(write_dataset(tmp_path, licence=licence)) == [
        "README.md states no licence: set `licence` under [dataset] in the run config"
    ]


def test_a_list_of_licences_states_them(tmp_path: Path) -> None:
    assert inspect(write_dataset(tmp_path, licence="[mit, unknown, cc-by-4.0]")).licence == "mit, cc-by-4.0"


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("# No YAML", "README.md has no YAML between two lines of ---"),
        ("---\nlicense: mit\n", "README.md has no YAML between two lines of ---"),
        ("---\nlicense: [mit\n---\n", "the YAML of README.md cannot be read: "),
        ("---\nlicense: mit\n---\n", "the YAML of README.md has no configs"),
        ("---\nlicense: mit\nconfigs: [5]\n---\n", "README.md: a config needs config_name, and data_files"),
        (
            "---\nlicense: mit\nconfigs:\n- config_name: x\n  data_files: [{split: train, path: {a: b}}]\n---\n",
            "README.md: a config needs config_name, and data_files",
        ),
        (
            "---\nlicense: mit\nconfigs:\n- config_name: x\n  data_files: [{split: train, path: x/*}]\n---\n",
            "README.md: config x, split train: no file matches x/*",
        ),
    ],
)
def test_a_card_that_will_not_do(folder: Path, card: str, said: str) -> None:
    (folder / "README.md").write_text(card, encoding="utf-8")
    assert any(fault.startswith(said) for fault in faults(folder))


def _delete(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _write(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def _table(rows: list[dict[str, object]]) -> Callable[[Path], None]:
    return lambda folder: pq.write_table(pa.Table.from_pylist(rows), folder / TRAIN)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_delete("README.md"), "README.md, the card, is missing"),
        (_delete(TRAIN), "README.md: config sentences, split train: no file matches data/sentences/train-*.parquet"),
        (_delete("leakage.json"), "leakage.json is missing"),
        (_write("leakage.json", "{}"), "leakage.json cannot be read: KeyError: 'leaked'"),
        (_write("leakage.json", '{"leaked": 0.2, "limit": 0.01}'), "leakage.json: 20.00% of the test rows"),
        (_write("leakage.json", '{"leaked": NaN, "limit": 0.01}'), "leakage.json: nan% of the test rows"),
        (_write(TRAIN, "PAR1 and nothing else"), f"{TRAIN} is not a readable Parquet file"),
        (_table([{"id": "a"}]), f"{TRAIN} has no column translation"),
        (
            _table([{"id": 7, "translation": {"en": "x", "uk": "х"}}]),
            f"data/sentences/test-00000-of-00001.parquet and {TRAIN} have different columns",
        ),
        (lambda folder: write_rows(folder / TRAIN, 0), f"{TRAIN} has no rows"),
        (
            lambda folder: write_rows(folder / "data/old/train-0.parquet", 3),
            "data/old/train-0.parquet belongs to no config of README.md",
        ),
    ],
)
def test_a_spoilt_folder(folder: Path, spoil: Callable[[Path], object], said: str) -> None:
    spoil(folder)
    assert any(fault.startswith(said) for fault in faults(folder)), faults(folder)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path, licence="unknown")
    (folder / "leakage.json").unlink()
    write_rows(folder / TRAIN, 0)
    assert len(faults(folder)) >= 3


def test_without_a_test_split_there_is_nothing_to_leak(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path, rows={"train": 3})
    (folder / "leakage.json").unlink()
    assert inspect(folder).rows["sentences", "train"] == 3


def test_files_that_the_manifest_was_not_written_for(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"")
    (folder / "manifest.json").write_text(json.dumps({"files": {"gone.png": {"sha256": "0"}}}), encoding="utf-8")
    told = faults(folder)
    assert "gone.png is missing, by manifest.json" in told
    assert f"{TRAIN} is not in the manifest, by manifest.json" in told
    assert not any("DS_Store" in fault for fault in told)


STAND_OFF = {
    "id": "0" * 16,
    "hashes": {"uk": "f" * 32, "en": None},
    "section": "Економічна правда",
    "url": {"uk": "https://site.example/" + "a-very-long-address-" * 9},
    "spans": [{"block": 3, "start": 0, "end": 17, "sha256": "f" * 64}],
    "flags": ["merged"],
}


def stand_off(folder: Path, row: dict[str, object]) -> Path:
    for path in folder.rglob("*.parquet"):
        pq.write_table(pa.Table.from_pylist([row, STAND_OFF]), path)
    return folder


def test_a_folder_without_text_is_stand_off(folder: Path) -> None:
    stand_off(folder, STAND_OFF)
    pq.write_table(pa.table({"blocks": [["f" * 32]]}), folder / "editions.parquet")
    assert inspect(folder).files.keys() == inspect(folder, stand_off=True).files.keys()
    assert "editions.parquet" in inspect(folder).files


@pytest.mark.parametrize(
    ("extra", "column"),
    [
        ({"translation": {"uk": "Так."}}, "translation"),
        ({"title": "П'ять слів вже є текстом"}, "title"),
        ({"spans": [{"uk": "Перше речення з чотирма іншими словами."}]}, "spans"),
        ({"title": "字" * 65}, "title"),
        ({"note": {"a": [{"b": "one two\tthree\nfour five"}]}}, "note"),
    ],
)
def test_text_where_stand_off_was_asked_for(folder: Path, extra: dict[str, object], column: str) -> None:
    assert faults(stand_off(folder, STAND_OFF | extra), stand_off=True) == [
        f"the column {column} of data/documents/train-00000-of-00001.parquet and 2 more contains text, "
        "which --stand-off refuses"
    ]


def test_an_export_with_text_beside_stand_off_files(folder: Path) -> None:
    stand_off(folder, STAND_OFF)
    (folder / "rows.tmx").write_text("<tmx/>", encoding="utf-8")
    assert faults(folder, stand_off=True) == ["rows.tmx may contain text, which --stand-off refuses"]


def test_files_are_compared_by_what_the_hub_knows_of_them(tmp_path: Path) -> None:
    """The blob hash is what `printf hello | git hash-object --stdin` prints, the other what `sha256sum` does."""
    blob = "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"
    sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    here = {}
    for name in ("same", "same-lfs", "other", "other-lfs", "longer", "new"):
        here[name] = tmp_path / name
        here[name].write_bytes(b"hello")
    found = compare(
        here,
        {
            ".gitattributes": RemoteFile(9, "0" * 40, None),
            "same": RemoteFile(5, blob, None),
            "same-lfs": RemoteFile(5, "0" * 40, sha256),
            "other": RemoteFile(5, "0" * 40, None),
            "other-lfs": RemoteFile(5, blob, "0" * 64),
            "longer": RemoteFile(6, blob, None),
            "gone": RemoteFile(5, blob, None),
        },
    )
    assert (found.added, found.changed, found.removed) == (("new",), ("longer", "other", "other-lfs"), ("gone",))


def test_a_full_disk_is_told_as_one() -> None:
    """The client wraps what fails in an upload."""
    full = OSError(errno.ENOSPC, "No space left on device", "/home/me/.cache/huggingface/xet")
    wrapped = RuntimeError("Error while uploading")
    wrapped.__cause__ = full
    for error in (full, wrapped):
        told = explained(error, "uploading files", "https://hub.example")
        assert isinstance(told, RunError)
        assert str(told) == "disk full while uploading files: /home/me/.cache/huggingface/xet"
        assert "HF_HOME" in told.next_step
