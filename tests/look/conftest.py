"""A workbench on the small workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus_builder.look.build import ensure
from corpus_builder.look.source import Source, find
from corpus_builder.look.store import Store

from .browsing import CHROMIUM
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for the tests that have the marks of browsing.py."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        # Chromium has no sandbox where tests run as root, as in containers.
        launched = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()
