"""A task runs again exactly when its key or its outputs changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_builder.errors import UsageError
from corpus_builder.workspace.layout import Workspace, sweep
from corpus_builder.workspace.manifest import LAYOUT, Manifest, code_version, task_key


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w")


def recorded(workspace: Workspace) -> Path:
    output = workspace.root / "articles" / "2025-12.parquet"
    output.parent.mkdir(parents=True)
    output.write_bytes(b"whole")
    Manifest.open(workspace).record("extract", "2025-12", "key", [output], {"pages": 3}, 0.5)
    return output


def test_a_task_is_fresh_until_its_key_or_output_changes(workspace: Workspace) -> None:
    output = recorded(workspace)
    manifest = Manifest.open(workspace)
    assert manifest.fresh("extract", "2025-12", "key")
    assert not manifest.fresh("extract", "2025-12", "other key")
    assert not manifest.fresh("extract", "2025-11", "key")
    output.write_bytes(b"torn")
    assert not manifest.fresh("extract", "2025-12", "key")
    output.unlink()
    assert not manifest.fresh("extract", "2025-12", "key")


def test_only_a_task_that_used_an_extra_depends_on_its_version(workspace: Workspace) -> None:
    manifest = Manifest.open(workspace)
    manifest.record("extract", "used", "key", [], {}, 0.5, "trafilatura 2.0")
    manifest.record("extract", "unused", "key", [], {}, 0.5)
    manifest = Manifest.open(workspace)
    assert manifest.fresh("extract", "used", "key", "trafilatura 2.0")
    assert not manifest.fresh("extract", "used", "key", "trafilatura not installed")
    assert manifest.fresh("extract", "unused", "key", "trafilatura not installed")


def test_files_that_a_task_no_longer_makes_are_removed(workspace: Workspace) -> None:
    output = recorded(workspace)
    other = output.with_name("other.parquet")
    other.write_bytes(b"other")
    Manifest.open(workspace).record("extract", "2025-12", "new key", [other], {}, 0.5)
    assert not output.exists()
    assert other.exists()


def test_shards_that_are_gone_are_forgotten_with_their_files(workspace: Workspace) -> None:
    output = recorded(workspace)
    manifest = Manifest.open(workspace)
    manifest.keep_only("extract", ["2025-11"])
    assert not output.exists()
    assert Manifest.open(workspace).counts("extract") == {}


ENTRY = '{"key": "key", "outputs": {}, "counts": {}, "seconds": 1.0}'


@pytest.mark.parametrize(
    "damage",
    [
        "", "{", "[]", '{"config": {}, "stages": {"extract": {"a": {"key": 1}}}}',
        *(
            f'{{"layout": {LAYOUT}, "stages": {{"extract": {{"2025-12": {entry}}}}}}}'
            for entry in ("[]", ENTRY.replace("{}", '"a"', 1), ENTRY.replace('"counts": {}', '"counts": 3'),
                          ENTRY.replace("1.0", '"soon"'))
        ),
    ],
)  # fmt: skip
def test_a_damaged_manifest_means_that_all_runs_again(workspace: Workspace, damage: str) -> None:
    recorded(workspace)
    workspace.manifest.write_text(damage)
    assert Manifest.open(workspace).counts("extract") == {}
    assert not Manifest.open(workspace).fresh("extract", "2025-12", "key")


def test_keys_tell_inputs_apart_and_do_not_depend_on_the_order_of_keys() -> None:
    assert task_key({"a": 1, "b": 2}) == task_key({"b": 2, "a": 1}) != task_key({"a": 1, "b": 3})


def test_the_code_version_is_that_of_the_packages_named() -> None:
    assert code_version("model") == code_version("model") != code_version("errors")
    assert code_version("align") != code_version("align", "model")
    with pytest.raises(FileNotFoundError):
        code_version("no.such.module")


def test_a_workspace_takes_one_run_at_a_time(workspace: Workspace) -> None:
    with workspace.locked(), pytest.raises(UsageError, match="another run"), workspace.locked():
        pass
    with workspace.locked():
        pass


def test_what_a_killed_run_left_half_written_is_swept(workspace: Workspace) -> None:
    half = workspace.root / "articles" / ".2025-12.parquet.77.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    folder = workspace.root / ".dataset.part" / "data"
    folder.mkdir(parents=True)
    (folder / ".train.parquet.77.part").write_bytes(b"half")
    sweep(workspace.root)
    assert list(workspace.root.rglob("*")) == [half.parent]
