"""Commands and scripts in processes of their own whose slow imports are done already.

Such processes are forked from one that has the modules: a test that runs dozens of commands pays for its imports
once. What reads the environment while it is imported, as
huggingface_hub does, must not be among them.
"""

from __future__ import annotations

import multiprocessing
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_START = """
import os, sys
os.environ.clear()
os.environ.update(environment)
for number, name in ((1, out), (2, err)):
    os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), number)
sys.argv[1:] = arguments
exec(code, {"__name__": "__main__"})
"""
COMMAND = """
from corpus_builder.cli.main import run
run()
"""


_FORKSERVER = multiprocessing.get_context("forkserver")
_FORKSERVER.set_forkserver_preload([
    "corpus_builder.align.aligner", "corpus_builder.cli.main", "corpus_builder.quality.scores",
    "corpus_builder.stages.build", "fsspec", "httpx", "jinja2", "lxml.html", "pyarrow.parquet", "tqdm.auto", "typer",
    "yaml",
])  # fmt: skip


class WarmProcess:
    """Code that runs with `arguments`, by default the command; what it prints is kept in `folder`, which is its own."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, code: str = COMMAND
    ) -> None:
        self.out, self.err, self.arguments = folder / "out", folder / "err", list(arguments)
        names = {"environment": dict(environment), "out": str(self.out), "err": str(self.err),
                 "arguments": self.arguments, "code": code}  # fmt: skip
        self._process = _FORKSERVER.Process(target=exec, args=(_START, names))
        self._process.start()

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float) -> subprocess.CompletedProcess[str]:
        """Its status, negative for a signal, and what it has printed. TimeoutError: it was still running."""
        self._process.join(timeout)
        status = self._process.exitcode
        if status is None:
            self._process.kill()
            raise TimeoutError(f"{self.arguments} took over {timeout} s")
        said = (path.read_text(encoding="utf-8") if path.exists() else "" for path in (self.out, self.err))
        return subprocess.CompletedProcess(self.arguments, status, *said)
