"""What several areas of the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no reason to fail: tests that must be fast measure it themselves.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and the newsroom; tests that need it skip where it is absent."""
    if not (SHARED / "newsroom" / "newsroom.py").is_file():
        pytest.skip("needs ../shared, the folder of real data beside the checkout")
    return SHARED


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes are named by their length: what is compressed differs with the clock, and pytest-xdist compares names."""
    return f"{len(val)}-bytes" if isinstance(val, bytes) else None
