"""`cmd:COMMAND`: a shell command that reads source segments and writes translations, one per line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.shell import digests, run_lines
from corpus_builder.evaluate.testset import Pair


class CommandOptions(BaseModel):
    """Options of a cmd: system. `batch` is the number of segments per run of the command, `timeout` is in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch: int = Field(default=500, ge=1)
    timeout: float = Field(default=3600, gt=0)


class CommandTranslator:
    """Runs a command per batch of lines.

    Its identity includes the contents of every file that the command names, so a changed script is another system.
    Where a batch has documents of several lines, an empty line follows each, and it must follow their translations too.
    """

    takes_documents: ClassVar[bool] = True

    def __init__(self, command: str, pair: Pair, options: CommandOptions) -> None:
        if not command.strip():
            raise UsageError("cmd: the command is missing", next_step="give it as --system NAME=cmd:./translate.sh")
        self._command = command
        self._options = options
        self.identity: Mapping[str, object] = {
            "kind": "cmd",
            "command": command,
            "files": digests(command),
            "pair": str(pair),
        }

    def translate(self, segments: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """Yield one piece per batch."""
        for start in range(0, len(segments), self._options.batch):
            batch = segments[start : start + self._options.batch]
            if any("\n" in segment for segment in batch):
                lines = [line for document in batch for line in (*document.split("\n"), "")]
                yield dict(zip(batch, self._documents(batch, self._run(lines)), strict=True))
            else:
                yield dict(zip(batch, self._run(batch), strict=True))

    def _documents(self, batch: Sequence[str], lines: Sequence[str]) -> list[str]:
        """The documents between the empty lines; as many as were read."""
        ends = [place for place, line in enumerate(lines) if not line.strip()]
        expected = [place for place, line in enumerate("\n\n".join([*batch, ""]).split("\n")[:-1]) if not line]
        if ends != expected:
            raise RunError(
                f"cmd:{self._command} read {len(batch)} documents with an empty line after each, and wrote empty lines "
                "in other places",
                next_step="it must write a line per line, and an empty line for an empty line; "
                "or evaluate segments instead of documents",
            )
        starts = [0, *(end + 1 for end in ends)]
        return ["\n".join(lines[start:end]) for start, end in zip(starts, ends, strict=False)]

    def _run(self, lines: Sequence[str]) -> list[str]:
        advice = "set a longer timeout or a smaller batch for this system in --systems-config"
        return run_lines(self._command, lines, self._options.timeout, advice)
