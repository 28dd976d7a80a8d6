"""A folder for language files of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus_builder.languages import FOLDERS, forget


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder; languages that a test adds from it are unknown again after the test."""
    monkeypatch.setenv(FOLDERS, "")
    path = tmp_path / "languages"
    path.mkdir()
    yield path
    monkeypatch.undo()
    forget()
