"""`kill -9` at random moments: the next run carries on, and the dataset is the one of an undisturbed run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from corpus_builder.newspaper import NewspaperServer

KILLS = 10
# Seconds until a kill: from before the first request to after the last row of a build of the sample newspaper.
EARLIEST, LATEST = 0.4, 6.0


def start(workspace: Path, base_url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from corpus_builder.cli.main import run; run()", "build", "sample"]
    options = ["--base-url", base_url, "--workspace", str(workspace), "--workers", "1"]
    return subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()


def dataset(workspace: Path) -> Mapping[str, bytes]:
    folder = workspace / "dataset"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_kills_leave_the_dataset_as_it_would_have_been(tmp_path: Path) -> None:
    rnd = random.Random(20)
    with NewspaperServer() as server:
        finish(start(tmp_path / "undisturbed", server.base_url))
        expected = dataset(tmp_path / "undisturbed")
        assert len(expected) > 10
        kills = campaign = 0
        while kills < KILLS:
            campaign += 1
            workspace = tmp_path / f"killed-{campaign}"
            while kills < KILLS:
                process = start(workspace, server.base_url)
                try:
                    process.wait(rnd.uniform(EARLIEST, LATEST))
                    break  # it came to its end first; the next workspace begins again
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.communicate()
                    kills += 1
            finish(start(workspace, server.base_url))
            assert dataset(workspace) == expected
            warcs = sorted((workspace / "crawl" / "warc").glob("*.warc.gz"))
            assert warcs
            for warc in warcs:
                check = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(warc)], capture_output=True)
                assert check.returncode == 0, check.stdout.decode() + check.stderr.decode()
