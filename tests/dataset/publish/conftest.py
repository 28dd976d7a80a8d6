"""A small dataset folder, a stand-in for the Hub, and the command as a process of its own.

The Hub's client reads its environment when it is imported, so every run is a new process, and the client is not among
the modules that are imported beforehand.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warm_start import COMMAND, WarmProcess

from .hub_standin import WRITER, StandIn

REPO = "lab/news"


def write_rows(path: Path, count: int, first: int = 0) -> None:
    rows = [{"id": f"{n:016x}", "translation": {"en": f"Row {n}.", "uk": f"Рядок {n}."}} for n in range(first, count)]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def write_dataset(
    folder: Path, *, licence: str = "mit", rows: Mapping[str, int] | None = None, documents: bool = True
) -> Path:
    """A folder with the configs `sentences` and `documents`; `rows` by split of the first."""
    configs = {"sentences": dict(rows or {"train": 40, "test": 4})} | ({"documents": {"train": 6}} if documents else {})
    lines = ["---", f"license: {licence}", "configs:"]
    for config, splits in configs.items():
        lines += [f"- config_name: {config}", "  data_files:"]
        for split, count in splits.items():
            write_rows(folder / "data" / config / f"{split}-00000-of-00001.parquet", count)
            lines += [f"  - split: {split}", f"    path: data/{config}/{split}-*.parquet"]
    (folder / "README.md").write_text("\n".join([*lines, "---", "", "# Новини", ""]), encoding="utf-8")
    (folder / "leakage.json").write_text(json.dumps({"limit": 0.01, "leaked": 0.0}), encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@dataclass(frozen=True)
class Publisher:
    """Runs the command against a stand-in, after `before`; what it prints and its status come back."""

    home: Path
    endpoint: str
    token: str = WRITER
    extra: Mapping[str, str] = field(default_factory=dict)
    before: str = ""

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
        return {
            **own,
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(self.home),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "COLUMNS": "200",
            **({"HF_TOKEN": self.token} if self.token else {}),
            **self.extra,
        }

    def start(self, folder: Path, *options: str) -> WarmProcess:
        repo = () if "--repo" in options else ("--repo", REPO)
        self.home.mkdir(parents=True, exist_ok=True)
        said = Path(tempfile.mkdtemp(dir=self.home.parent, prefix="said"))
        return WarmProcess(
            ["publish", str(folder), *repo, *options], self.environment, said, f"{self.before}\n{COMMAND}"
        )

    def __call__(self, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
        done = self.start(folder, *options).wait(120)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def python(self, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environment, capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def hub() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "dataset")


@pytest.fixture
def publish(hub: StandIn, tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "home", hub.endpoint)
