"""A shell command that reads lines and writes one for each: a translator, or a scorer."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

from corpus_builder.errors import RunError, UsageError

# Bytes below which a file that a command names is hashed. Chosen: scripts and configs are smaller, models are larger.
_HASHED = 1 << 24


def run_lines(command: str, lines: Sequence[str], timeout: float, advice: str) -> list[str]:
    """What a command writes for these lines, a line each. `timeout` is in seconds, `advice` for one that takes longer.

    Raises:
        RunError: it fails, takes too long, or writes another number of lines or no UTF-8.
    """
    try:
        done = subprocess.run(
            command,
            shell=True,
            input="".join(f"{line}\n" for line in lines).encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RunError(
            f"cmd:{command} took longer than {timeout:g} s for {len(lines)} lines",
            next_step=advice,
        ) from error
    messages = done.stderr.decode(errors="replace").strip()
    if done.returncode:
        last = messages.splitlines()[-1] if messages else "no message"
        raise RunError(f"cmd:{command} ended with exit status {done.returncode}: {last}")
    try:
        answers = done.stdout.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise RunError(f"the output of cmd:{command} is not UTF-8") from error
    if len(answers) != len(lines):
        written = 0 if answers == [""] else len(answers)
        raise RunError(
            f"cmd:{command} read {len(lines)} lines and wrote {written}",
            next_step="it must write one line per line that it reads"
            + (f"; its message: {messages}" if messages else ""),
        )
    return [line.removesuffix("\r") for line in answers]


def digests(command: str) -> list[str]:
    """Hashes of the files that a command names, in the order in which it names them."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"cmd:{command} is not a shell command: {error}") from error
    files = (Path(word) for word in words)
    return [
        hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file() and file.stat().st_size < _HASHED
    ]
