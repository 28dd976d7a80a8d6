"""`cmd:COMMAND`: a shell command that reads source segments, one a line, and writes their translations, one a line."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.testset import Pair


class CommandOptions(BaseModel):
    """Options of a cmd: system. `batch` segments are given to one run of the command; `timeout` is in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch: int = Field(default=500, ge=1)
    timeout: float = Field(default=3600, gt=0)


class CommandTranslator:
    """Runs a command per batch of lines.

    Its identity holds the contents of every file that the command names, so a changed script is another system.
    """

    def __init__(self, command: str, pair: Pair, options: CommandOptions) -> None:
        if not command.strip():
            raise UsageError("cmd: what is the command?", next_step="give it as NAME=cmd:./translate.sh")
        self._command = command
        self._options = options
        self.identity: Mapping[str, object] = {
            "kind": "cmd",
            "command": command,
            "files": _digests(command),
            "pair": str(pair),
        }

    def translate(self, segments: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """Yield one piece per batch."""
        for start in range(0, len(segments), self._options.batch):
            batch = segments[start : start + self._options.batch]
            yield dict(zip(batch, self._run(batch), strict=True))

    def _run(self, batch: Sequence[str]) -> list[str]:
        try:
            done = subprocess.run(
                self._command,
                shell=True,
                input="".join(f"{segment}\n" for segment in batch).encode(),
                capture_output=True,
                timeout=self._options.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise RunError(
                f"cmd:{self._command} took longer than {self._options.timeout:g} s for {len(batch)} lines",
                next_step="give the system a longer timeout or a smaller batch in --systems-config",
            ) from error
        said = done.stderr.decode(errors="replace").strip()
        if done.returncode:
            last = said.splitlines()[-1] if said else "it said nothing"
            raise RunError(f"cmd:{self._command} ended with exit status {done.returncode}: {last}")
        try:
            lines = done.stdout.decode().removesuffix("\n").split("\n")
        except UnicodeDecodeError as error:
            raise RunError(f"cmd:{self._command} wrote something that is not UTF-8") from error
        if len(lines) != len(batch):
            written = 0 if lines == [""] else len(lines)
            raise RunError(
                f"cmd:{self._command} read {len(batch)} lines and wrote {written}",
                next_step="it must write one line for each line that it reads" + (f"; it said: {said}" if said else ""),
            )
        return [line.removesuffix("\r") for line in lines]


def _digests(command: str) -> list[str]:
    """Hashes of the files that a command names, in the order in which it names them."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"cmd:{command} is not a shell command: {error}") from error
    files = (Path(word) for word in words)
    return [
        hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file() and file.stat().st_size < 1 << 24
    ]
