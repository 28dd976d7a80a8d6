"""The ablation changes the package by text: its changes must still apply."""

import subprocess
import sys
from pathlib import Path

ABLATION = Path(__file__).resolve().parents[2] / "benchmarks/align/ablation.py"


def test_all_changes_of_the_ablation_apply():
    run = subprocess.run([sys.executable, str(ABLATION), "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "changes apply" in run.stdout
