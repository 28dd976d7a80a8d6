"""Every benchmark starts: its imports exist, and `--help` says how to run it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.warm_start import WarmProcess

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
SCRIPTS = sorted(
    path for path in BENCHMARKS.rglob("*.py") if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
)
SHELL_SCRIPTS = sorted(BENCHMARKS.rglob("*.sh"))


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(BENCHMARKS)) for path in paths]


@pytest.mark.parametrize("script", SCRIPTS, ids=names(SCRIPTS))
def test_help(script: Path, tmp_path: Path) -> None:
    run = f"sys.path.insert(0, {str(script.parent)!r}); runpy.run_path({str(script)!r}, run_name='__main__')"
    done = WarmProcess(["--help"], os.environ, tmp_path, f"import runpy, sys; {run}").wait(60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: ")


def test_modules_that_are_no_scripts_are_imported_by_one() -> None:
    modules = set(BENCHMARKS.rglob("*.py")) - set(SCRIPTS)
    for module in modules:
        importers = [
            script
            for script in {*SCRIPTS, *modules} - {module}
            if script.parent == module.parent
            and any(
                line.strip().startswith((f"from {module.stem} import", f"import {module.stem}"))
                for line in script.read_text(encoding="utf-8").splitlines()
            )
        ]
        assert importers, f"{module.relative_to(ROOT)} is neither a script nor imported by one"


@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=names(SHELL_SCRIPTS))
def test_shell_scripts_are_valid(script: Path) -> None:
    done = subprocess.run(["sh", "-n", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
