"""Speed and memory of scoring: rows a second of each score on one core, and peak memory over many rows.

    python benchmarks/quality/speed.py WORKSPACE [--rows N] [--texts N]

The sentences of a workspace that a build has scored are scored again, over and over until there are N rows. A row is a
pair (or, for scores of a side, a side). Seconds are of the process, so other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from corpus_builder.pipeline.scoring import aligned_stories, candidates, read_lexicon
from corpus_builder.pipeline.workspace import Workspace
from corpus_builder.quality.batch import Batch, Candidate
from corpus_builder.quality.calibration import load as load_calibration
from corpus_builder.quality.context import load
from corpus_builder.quality.duplicates import ROWS, near_duplicates
from corpus_builder.quality.scores import SCORES, Seen
from corpus_builder.quality.scoring import BATCH, score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--rows", type=int, default=20_000, help="rows for memory")
    parser.add_argument("--texts", type=int, default=0, help="made-up rows to find near-duplicates in")
    options = parser.parse_args()
    workspace = Workspace(options.workspace.absolute())
    context = load(workspace.quality).with_lexicon(read_lexicon(workspace.lexicon))
    rows = [
        row
        for path in sorted(workspace.aligned.glob("*.parquet"))
        for story, beads in aligned_stories(workspace, path.stem)
        for row in candidates(story, [bead for bead in beads if bead.level == "sentence"])
    ]
    languages = sorted({language for row in rows for language in row.texts})
    for one in SCORES.values():  # models are loaded and words looked up once a process
        for part in one.parts(languages):
            one.compute(Seen(Batch(rows, languages), "sentence", context), part)
    print(f"{len(rows)} rows in {', '.join(languages)}; rows a second of one core:")
    for one in SCORES.values():
        seen, count = Seen(Batch(rows, languages), "sentence", context), 0
        started = time.process_time()
        for part in one.parts(languages):
            one.compute(seen, part)
            count += sum(all(language in row.texts for language in part) for row in rows)
        print(f"  {one.name:20s} {count / (time.process_time() - started):12,.0f}")
    calibration, done = load_calibration(), 0
    started, before = time.process_time(), _peak()
    while done < options.rows:
        for batch in _batches(rows):
            done += sum(1 for _ in score(batch, languages, "sentence", context, calibration))
    seconds = time.process_time() - started
    print(f"all together, with probability and consistency: {done / seconds:,.0f} trilingual rows a second")
    print(f"peak memory {before} MB before, {_peak()} MB after {done:,} rows")
    if options.texts:
        started = time.process_time()
        groups = near_duplicates(_made_up(options.texts), ROWS)
        seconds = time.process_time() - started
        print(f"{len(groups)} group of near-duplicates in {options.texts:,} texts: {seconds:.0f} s, peak {_peak()} MB")


def _made_up(count: int) -> Iterator[dict[str, str]]:
    """Texts of twelve words by chance, and the same sentence every two hundred."""
    chosen, vocabulary = random.Random(1), [f"w{i}" for i in range(5_000)]
    for i in range(count):
        yield {"en": " ".join(chosen.choices(vocabulary, k=12)) if i % 200 else "Follow our channel for all the news"}


def _batches(rows: list[Candidate]) -> list[list[Candidate]]:
    waiting = iter(rows)
    return list(iter(lambda: list(islice(waiting, BATCH)), []))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
