"""What several tests of datasets share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .small_dataset import ROWS, write_rows


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "dataset", ROWS)
