"""A slice of the mutations of benchmarks/fuzz.py: none leads to a traceback, and each can be repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "benchmarks/fuzz.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_two_hundred_mutations() -> None:
    done = fuzz("--count", "200", "--first", "70000")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert "200 inputs, 0 faults" in done.stdout


def test_a_seed_is_repeatable() -> None:
    first, second = (json.loads(fuzz("--kind", "table", "--seed", "3").stdout) for _ in range(2))
    assert first["mutations"] == second["mutations"]
    assert first["outcomes"] == second["outcomes"]
    assert first["bytes"] == second["bytes"] > 0
