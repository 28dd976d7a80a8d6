"""A command in a process of its own whose slow imports are done already.

Such processes are forked from one that has the modules: a test that runs a command dozens of times pays for its imports
once. What reads the environment while it is imported must not be among the modules.
"""

from __future__ import annotations

import multiprocessing
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_RUN = """
import os, sys
os.environ.clear()
os.environ.update(environment)
for number, name in ((1, out), (2, err)):
    os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), number)
sys.argv[1:] = arguments
exec(before)
from corpus_builder.cli.main import run
run()
"""


def preload(modules: Sequence[str]) -> None:
    """What later commands of this test session find imported; to be called before the first of them."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(modules))


class WarmCommand:
    """`corpus-builder ARGUMENTS`, started; what it prints is kept in `folder`, which must be its own."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, before: str = ""
    ) -> None:
        self.out, self.err, self.arguments = folder / "out", folder / "err", list(arguments)
        names = {"environment": dict(environment), "out": str(self.out), "err": str(self.err),
                 "arguments": self.arguments, "before": before}  # fmt: skip
        self._process = multiprocessing.get_context("forkserver").Process(target=exec, args=(_RUN, names))
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
