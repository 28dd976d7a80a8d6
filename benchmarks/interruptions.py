"""A build is interrupted at random moments: what it prints, what it leaves behind, and whether the next run carries on.

The sample newspaper is served on loopback and built (`build sample --limit N --workers 2`) in a process group of its
own. At a moment drawn uniformly from the time of a whole build the group gets Ctrl-C (SIGINT) or SIGTERM in turn. Then

- the exit status is 130, or 0 where the build had ended,
- the last line on standard error is the one that says how to carry on, and no traceback is anywhere,
- no process of the group is left,
- every `--compare`-th time the same command is run again, to its end: its files are those of a build that was never
  interrupted.

    python benchmarks/interruptions.py [--trials 200] [--minutes 10] [--seed 1]

It stops after `--minutes`, and prints how many trials there were. Found: docs/build.md, "Interrupted builds".
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from corpus_builder.cli.start import STOPPED
from corpus_builder.newspaper import NewspaperServer

COMMAND = "from corpus_builder.cli.start import run; run()"
COMPARED = (
    "articles/*.parquet",
    "aligned/*.parquet",
    "quotes/*.parquet",
    "scores/*.parquet",
    "dataset/data/*/*.parquet",
)
PATIENCE = 120.0
"""Seconds until a process that does not end is a fault. Chosen: many times what a whole build takes."""


def started(server: NewspaperServer, workspace: Path, limit: int) -> subprocess.Popen[str]:
    """A build in a process group of its own."""
    options = ["--base-url", server.base_url, "--workspace", str(workspace), "--limit", str(limit), "--workers", "2"]
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "build", "sample", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def left_over(session: int) -> list[str]:
    """The processes of a session that still run: pid and command."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, fields = stat.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _, _, own = fields.split()[:4]
        if int(own) == session and state != "Z":
            found.append(f"{name})")
    return found


def files(workspace: Path) -> dict[str, str]:
    """The hashes of what a build made."""
    return {
        path.relative_to(workspace).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in COMPARED
        for path in sorted(workspace.glob(pattern))
    }


def trial(process: subprocess.Popen[str], moment: float, number: signal.Signals) -> tuple[str, list[str]]:
    """Interrupt a build at a moment; what came of it in a word, and its faults."""
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, number)
    try:
        output, errors = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "hangs", [f"it does not end within {PATIENCE:g} s"]
    if process.returncode == -number and not output + errors:
        return "before the first line of Python", []
    faults = []
    if "Traceback" in output + errors:
        faults.append(f"a traceback: {errors[-2000:]}")
    if process.returncode == 130 and errors.splitlines()[-1:] != [STOPPED]:
        faults.append(f"another last line: {errors[-500:]!r}")
    if process.returncode not in (0, 130):
        faults.append(f"exit status {process.returncode}: {errors[-2000:]}")
    end = time.monotonic() + 5  # workers end a moment after their parent
    while (left := left_over(process.pid)) and time.monotonic() < end:
        time.sleep(0.05)
    if left:
        faults.append(f"processes left: {', '.join(left)}")
        os.killpg(process.pid, signal.SIGKILL)
    return {0: "had ended", 130: "stopped"}.get(process.returncode, f"status {process.returncode}"), faults


def main() -> None:
    """Run the trials and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--compare", type=int, default=20, help="carry on and compare every so many trials")
    parser.add_argument("--limit", type=int, default=2, help="stories of the build")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background jobs ignore it
    chance, outcomes, done, compared = random.Random(options.seed), Counter[str](), 0, 0
    with NewspaperServer() as server, tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        for name in ("first", "whole"):  # the first one waits for the disk
            start = time.monotonic()
            whole = started(server, Path(folder) / name, options.limit)
            _, errors = whole.communicate(timeout=10 * PATIENCE)
            if whole.returncode:
                sys.exit(errors)
            seconds = time.monotonic() - start
        expected = files(Path(folder) / "whole")
        print(f"a whole build takes {seconds:.1f} s and makes {len(expected)} files that are compared", flush=True)
        faulty = 0
        for done in range(1, options.trials + 1):
            if time.monotonic() - began > 60 * options.minutes:
                done -= 1
                break
            workspace, number = Path(folder) / f"{done}", (signal.SIGINT, signal.SIGTERM)[done % 2]
            moment = chance.uniform(0, seconds)
            outcome, faults = trial(started(server, workspace, options.limit), moment, number)
            if done % options.compare == 0:
                compared += 1
                again = started(server, workspace, options.limit)
                _, errors = again.communicate(timeout=10 * PATIENCE)
                if again.returncode or files(workspace) != expected:
                    faults.append(f"the next run differs, exit status {again.returncode}: {errors[-500:]}")
            outcomes[f"{number.name} {outcome}"] += 1
            faulty += bool(faults)
            for fault in faults:
                print(f"{number.name} after {moment:.2f} s: {fault}", flush=True)
        minutes = (time.monotonic() - began) / 60
    print(f"{done} interruptions in {minutes:.1f} minutes: {dict(outcomes)}")
    print(f"carried on and compared: {compared}; faulty: {faulty}")
    sys.exit(faulty > 0)


if __name__ == "__main__":
    main()
