"""The command itself: it serves what it printed, and its mistakes are explained."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from corpus_builder.look.source import find

from .corpus import write

pytest.importorskip("uvicorn", reason="needs the extra look")
COMMAND = [sys.executable, "-c", "from corpus_builder.cli.start import run; run()", "look"]


def test_it_serves_on_loopback_until_it_is_stopped(tmp_path: Path) -> None:
    workspace = write(tmp_path / "workspace")
    process = subprocess.Popen(
        [*COMMAND, str(workspace.root), "--no-browser"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        # The socket listens once the server runs.
        answer = httpx.HTTPTransport(retries=8)
        with httpx.Client(transport=answer, timeout=30) as client:
            assert "Sentence rows by pair" in client.get(address).text
            assert client.get(address.rpartition("/")[0][:-3] + "/").status_code == 403
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors


def test_a_folder_without_a_dataset_is_a_mistake_of_usage(tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 2
    assert "no dataset in" in done.stderr
    assert "next: " in done.stderr


def test_the_server_answers_before_what_the_pages_need_is_imported() -> None:
    code = (
        "import sys, uvicorn, corpus_builder.cli.look, corpus_builder.look.server, corpus_builder.look.guard; "
        "print(sorted({'numpy', 'pyarrow', 'scipy', 'pydantic', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_index_that_cannot_be_read_ends_the_command(tmp_path: Path) -> None:
    workspace = write(tmp_path / "workspace")
    index = find(workspace.root).index()
    index.parent.mkdir()
    index.write_bytes(b"no database")
    done = subprocess.run([*COMMAND, str(workspace.root), "--no-browser"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(index) in done.stderr
