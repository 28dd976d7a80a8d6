"""Seeded mutations of everything that the program reads: no traceback, no time-out, no great memory, exact offsets.

    python benchmarks/fuzz.py [--count 10000] [--first 0]
    python benchmarks/fuzz.py --kind WARC --seed 17 [--save FILE]

Each input is one of the sample newspaper (and of ../shared where it is present), mutated one to three times: bytes
flipped, cut, doubled, two files spliced, another charset or declaration, nesting, huge attributes, control bytes,
surrogates, bidi marks, numbers. It is read as the program reads it. What may come of it is an edition, a drop with its
reason, or an error class of the project. Faults are any other exception (also one that a page's drop hides), more than
10 seconds of processor time, a process of more than 2 GB, and an edition with an offset (of a sentence, link, edit,
quotation, speaker, cue) that does not index the text that it claims. A fault is printed with the command that repeats
it, and the exit status is 1. Counts are by kind and outcome; a file of several pages has several outcomes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

SECONDS = 10.0
"""Processor seconds that one input may take."""

MEGABYTES = 2_000
"""Resident memory that the process may take, in MB."""

_HANGS = 120.0
"""Seconds after which a process is ended that does not answer. Chosen: SECONDS on a machine that many others use."""

_ADDRESS_SPACE = 12 * 2**30
"""Bytes of data that a process may claim, so that a fault does not take the machine down."""


_VALUES = 0.7
"""Share of the inputs of kinds with `values` that stay well-formed. Chosen: most others end at the first bracket."""


class Result(NamedTuple):
    """What became of one input: its outcomes, the fault ("" if none), processor seconds, peak memory so far in MB."""

    outcomes: list[str]
    fault: str
    seconds: float
    megabytes: float


def made(kind: str, seed: int) -> tuple[bytes, list[str], random.Random]:
    """The input of a seed, the names of its mutations, and the random numbers that are left for reading it."""
    from fuzz_kinds import KINDS
    from fuzz_mutations import mutated, with_other_values

    draw = random.Random(f"{kind} {seed}")
    inputs = _inputs(kind)
    if KINDS[kind].values and draw.random() < _VALUES:
        data, names = with_other_values(draw.choice(inputs), draw), ["with other values"]
    else:
        data, names = mutated(draw.choice(inputs), draw.choice(inputs), draw)
    return KINDS[kind].pack(data, draw), names, draw


_INPUTS: dict[str, list[bytes]] = {}


def _inputs(kind: str) -> list[bytes]:
    from fuzz_kinds import KINDS

    if kind not in _INPUTS:
        _INPUTS[kind] = KINDS[kind].inputs()
    return _INPUTS[kind]


def tried(kind: str, seed: int) -> Result:
    """Read the input of a seed."""
    from fuzz_kinds import run

    data, _, draw = made(kind, seed)
    outcomes, fault = [], ""
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        try:
            outcomes = run(kind, data, Path(folder), draw)
        except Exception:  # noqa: BLE001 (what is looked for)
            fault = traceback.format_exc()
    used = time.process_time() - begun
    if not fault and used > SECONDS:
        fault = f"{used:.1f} seconds"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Result(outcomes, fault or (f"{peak:,.0f} MB" if peak > MEGABYTES else ""), used, peak)


def _serve(connection: Connection) -> None:
    """Read what the parent names until it closes the connection."""
    import logging

    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_DATA, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    while True:
        try:
            connection.send(tried(*connection.recv()))
        except EOFError:
            return


class Reader:
    """A process that reads one input after the other; another takes its place where it hangs, dies or grows."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self._connection, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def read(self, kind: str, seed: int) -> Result:
        """The result of a seed."""
        self._connection.send((kind, seed))
        result = Result([], f"no answer within {_HANGS:g} seconds", _HANGS, 0.0)
        try:
            if self._connection.poll(_HANGS):
                received = self._connection.recv()
                assert isinstance(received, Result)
                result = received
                if result.megabytes <= MEGABYTES:
                    return result
        except EOFError:
            self._process.join(5)
            result = Result([], f"the process died with {self._process.exitcode}", 0.0, 0.0)
        self.close()
        self._start()
        return result

    def close(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.kill()
        self._process.join()


def campaign(count: int, first: int) -> int:
    """Read `count` inputs, the kinds in turn; print faults and the table. Returns the number of faults."""
    from fuzz_kinds import KINDS

    reader = Reader()
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    slowest: dict[str, tuple[float, int]] = dict.fromkeys(KINDS, (0.0, 0))
    inputs: Counter[str] = Counter()
    peak, faults = 0.0, 0
    for number in range(count):
        kind, seed = list(KINDS)[number % len(KINDS)], first + number // len(KINDS)
        result = reader.read(kind, seed)
        inputs[kind] += 1
        counts[kind].update(result.outcomes or (["nothing"] if not result.fault else []))
        slowest[kind] = max(slowest[kind], (result.seconds, seed))
        peak = max(peak, result.megabytes)
        if result.fault:
            faults += 1
            counts[kind]["FAULT"] += 1
            print(f'\nbenchmarks/fuzz.py --kind "{kind}" --seed {seed}\n{result.fault}', flush=True)
    reader.close()
    print("| kind | inputs | outcomes | slowest |\n|---|---:|---|---:|")
    for kind, found in counts.items():
        seconds, seed = slowest[kind]
        told = ", ".join(f"{outcome} {number:,}" for outcome, number in found.most_common())
        print(f"| {kind} | {inputs[kind]:,} | {told} | {seconds:.2f} s |")
    print(f"\n{count:,} inputs, {faults} faults; the largest process took {peak:,.0f} MB")
    return faults


def main() -> int:
    """Read many inputs, or one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="number of inputs, the kinds in turn")
    parser.add_argument("--first", type=int, default=0, help="seed of the first input of each kind")
    parser.add_argument("--kind", help="read the input of one seed of this kind, and print everything about it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path, help="write this input to a file")
    args = parser.parse_args()
    if not args.kind:
        return 1 if campaign(args.count, args.first) else 0
    data, names, _ = made(args.kind, args.seed)
    if args.save:
        args.save.write_bytes(data)
    result = tried(args.kind, args.seed)
    print(json.dumps({"mutations": names, "bytes": len(data), **result._asdict()}, ensure_ascii=False, indent=1))
    print(result.fault)
    return 1 if result.fault else 0


if __name__ == "__main__":
    sys.exit(main())
