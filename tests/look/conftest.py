"""A workbench on the small workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_builder.look.build import ensure
from corpus_builder.look.source import Source, find
from corpus_builder.look.store import Store

from .corpus import write


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """The small workspace with its index."""
    found = find(write(tmp_path / "workspace").root)
    ensure(found, lambda _: None)
    return found


@pytest.fixture
def store(source: Source) -> Store:
    """The index of the small workspace."""
    return Store(source.index())
