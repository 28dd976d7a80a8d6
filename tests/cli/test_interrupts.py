"""Signals to real processes: one line, status 130, and no worker that outlives its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus_builder.cli.interrupts import interruptible
from corpus_builder.newspaper import NewspaperServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads the children of a process in /proc"),
]

LINE = "stopped; run the same command to carry on\n"
WORKERS = """
import time
from corpus_builder.cli.interrupts import interruptible
from corpus_builder.stages.executor import Workers
with interruptible():
    list(Workers(2).map(time.sleep, [300, 300]))
"""
COMMAND = "from corpus_builder.cli.start import run; print('begins', flush=True); run()"
AT_IMPORT = """
import os, sys
moment = sys.argv.pop(1)
class Interrupt:
    def find_spec(name, path, target=None):
        if name == moment:
            sys.meta_path.remove(Interrupt)
            os.kill(os.getpid(), 2)
sys.meta_path.insert(0, Interrupt)
from corpus_builder.cli.start import run
run()
"""
PATIENCE = 30.0


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_minds_signals,
    )


def _minds_signals() -> None:
    """What started the tests may ignore some (nohup, a shell's background jobs), and processes inherit that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def children(process: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def with_workers() -> tuple[subprocess.Popen[str], list[int]]:
    """A process with two workers and multiprocessing's resource tracker."""
    process = start(WORKERS)
    end = time.monotonic() + PATIENCE
    while len(found := children(process.pid)) < 3:
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.02)
    return process, found


def gone(processes: list[int]) -> bool:
    end = time.monotonic() + PATIENCE
    while any(map(runs, processes)):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("delay", [0.0, 2.0], ids=["while workers start", "while they work"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("group", [False, True], ids=["to the parent", "to all"])
def test_signals_end_a_run_and_its_workers(number: signal.Signals, group: bool, delay: float) -> None:
    process, workers = with_workers()
    time.sleep(delay)
    (os.killpg if group else os.kill)(process.pid, number)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (130, LINE)
    assert gone(workers)


@pytest.mark.parametrize("delay", [0.0, 2.0], ids=["while workers start", "while they work"])
def test_workers_end_with_a_parent_that_is_killed(delay: float) -> None:
    process, workers = with_workers()
    time.sleep(delay)
    process.kill()
    process.wait()
    assert gone(workers)
    process.communicate()


def test_nohup_goes_on_ignoring_sighup() -> None:
    code = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + WORKERS.replace("300", "0.5")
    process = start("import os\n" + code.replace("with inter", "os.kill(os.getpid(), signal.SIGHUP)\nwith inter"))
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(
    "module",
    [
        "json.scanner",
        "typer",
        "corpus_builder.cli.interrupts",
        "corpus_builder.cli.main",
        "multiprocessing",
        "corpus_builder.cli.evaluate",
        "corpus_builder.sites.load",
    ],
)
def test_ctrl_c_while_modules_are_imported(module: str) -> None:
    process = start(AT_IMPORT, module, "sites")
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (130, LINE)


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.4, 0.8, 1.5, 3.0, 5.0])
def test_ctrl_c_at_any_moment_of_a_build(delay: float, tmp_path: Path) -> None:
    """While modules are imported, while the site is crawled, while editions are aligned."""
    with NewspaperServer() as server:
        options = ["--base-url", server.base_url, "--workspace", str(tmp_path / "workspace"), "--workers", "2"]
        process = start(COMMAND, "build", "sample", *options)
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert errors.endswith(LINE)
    assert "Traceback" not in errors


SWALLOWED = """
import os, signal, sys, time
from corpus_builder.cli.interrupts import interruptible
class Deleted:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})
        time.sleep(0.001)
with interruptible(to_the_end=True):
    Deleted()
    time.sleep(20)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interruption_while_an_object_is_deleted_is_not_lost(name: str) -> None:
    process = start(SWALLOWED.format(name=name))
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (130, LINE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_at_the_very_end_change_nothing(number: signal.Signals) -> None:
    code = (
        "import atexit, os, time\n"
        f"atexit.register(lambda: (os.kill(os.getpid(), {int(number)}), time.sleep(0.2)))\n"
        "import sys; sys.argv = ['corpus-builder', '--version']\n"
        "from corpus_builder.cli.start import run; run()"
    )
    process = start(code)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")


def test_a_time_out_is_no_interruption() -> None:
    async def slow() -> None:
        await asyncio.wait_for(asyncio.sleep(60), 0.01)

    with pytest.raises(TimeoutError), interruptible():
        asyncio.run(slow())
