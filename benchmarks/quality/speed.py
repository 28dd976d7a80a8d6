"""Speed and memory of scoring: rows a second of each score on one core, and peak memory over many rows.

    python benchmarks/quality/speed.py WORKSPACE [--rows N] [--texts N]

The sentences of a workspace that a build has scored are scored again, each score by itself and then all together, over
and over until there are N rows. Seconds are of the process, so other work on the machine does not count. What several
scores share is counted where it is first asked for; cutting texts into tokens is `reading`.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus_builder.quality.batch import Batch, RowTexts
from corpus_builder.quality.calibration import load as load_calibration
from corpus_builder.quality.components import Components
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import ScoreInput
from corpus_builder.quality.scores import SCORES
from corpus_builder.quality.scoring import BATCH, score
from corpus_builder.quality.sketches import ROWS, SketchWriter, near_pairs
from corpus_builder.quality.survey import load
from corpus_builder.stages.candidates import candidates
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.lexicon import read_lexicon
from corpus_builder.workspace.stories import aligned_stories

WITH_MODEL = ("fertility", "alignment")
"""Scores of a model that is trained or asked: sentencepiece, and the aligner's own probability."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--rows", type=int, default=20_000, help="rows for memory")
    parser.add_argument("--texts", type=int, default=0, help="made-up rows to find near-duplicates in")
    options = parser.parse_args()
    workspace = Workspace(options.workspace.absolute())
    context = load(workspace.quality).with_translations(read_lexicon(workspace.lexicon))
    stories = [
        [row for row in candidates(aligned.story, aligned.beads) if row.level == "sentence"]
        for path in sorted(workspace.aligned.glob("*.parquet"))
        for aligned in aligned_stories(workspace, path.stem)
    ]
    half = len(stories) // 2
    first, second = ([row for rows in own for row in rows] for own in (stories[:half], stories[half:]))
    languages = sorted({language for row in first + second for language in row.texts})
    _seconds(first, languages, context)  # loops are compiled and models loaded once a process
    known = len(context.vocabulary.tokens)
    fresh = _seconds(second, languages, context)
    new = len(context.vocabulary.tokens) - known
    again = _seconds(second, languages, context)
    pairs = sum(len(row.texts) * (len(row.texts) - 1) // 2 for row in second)
    print(f"{len(second)} rows in {', '.join(languages)}, {pairs} pairs, with {new:,} tokens that {len(first)} rows "
          "before them lacked")  # fmt: skip
    print("pairs a second of one core (both sides and directions of a pair), with those tokens new, and known:")
    for name in again:
        print(f"  {name:20s} {pairs / fresh[name]:12,.0f} {pairs / again[name]:12,.0f}")
    for title, but in (("without a model", WITH_MODEL), ("all", ())):
        told = [sum(seconds for name, seconds in own.items() if name not in but) for own in (fresh, again)]
        print(f"  {title:20s} {pairs / told[0]:12,.0f} {pairs / told[1]:12,.0f}   "
              f"(rows of three sides {len(second) / told[0]:,.0f} and {len(second) / told[1]:,.0f})")  # fmt: skip
    calibration, done = load_calibration(), 0
    rows = first + second
    started, before = time.process_time(), _peak()
    while done < options.rows:
        for batch in _batches(rows):
            done += len(score(batch, languages, "sentence", context, calibration).flags)
    seconds = time.process_time() - started
    print(f"all together, with probability and consistency: {done / seconds:,.0f} rows of three sides a second")
    print(f"peak memory {before} MB before, {_peak()} MB after {done:,} rows")
    if options.texts:
        started = time.process_time()
        groups = _near_duplicates(_made_up(options.texts), options.texts)
        seconds = time.process_time() - started
        print(f"{groups} group of near-duplicates in {options.texts:,} texts: {seconds:.0f} s, peak {_peak()} MB")


def _near_duplicates(texts: Iterator[dict[str, str]], count: int) -> int:
    """How many groups of near-duplicates there are among so many texts."""
    with TemporaryDirectory() as folder:
        writer = SketchWriter(Path(folder), "row", ROWS)
        for number, text in enumerate(texts):
            writer.add(number, text)
        writer.close()
        groups = Components(count)
        for path in list(Path(folder).iterdir()):
            for earlier, later in near_pairs([path], [0], ROWS, Path(folder)):
                groups.link(earlier, later)
        return len({group for items, first in groups.parts() for group in first[items != first].tolist()})


def _seconds(rows: list[RowTexts], languages: list[str], context: Context) -> dict[str, float]:
    """Of each score the seconds it takes of the process; what several share is counted as `reading`."""
    found = dict[str, float]()
    for batch in _batches(rows):
        started = time.process_time()
        scored = ScoreInput(Batch(batch, languages, context.vocabulary), "sentence", context)
        found["reading"] = found.get("reading", 0.0) + time.process_time() - started
        for one in SCORES.values():
            started = time.process_time()
            for part in one.parts(languages):
                one.values(scored, part)
            found[one.name] = found.get(one.name, 0.0) + time.process_time() - started
    return found


def _made_up(count: int) -> Iterator[dict[str, str]]:
    """Texts of twelve words by chance, and the same sentence every two hundred."""
    chosen, vocabulary = random.Random(1), [f"w{i}" for i in range(5_000)]
    for i in range(count):
        yield {"en": " ".join(chosen.choices(vocabulary, k=12)) if i % 200 else "Follow our channel for all the news"}


def _batches(rows: list[RowTexts]) -> list[list[RowTexts]]:
    waiting = iter(rows)
    return list(iter(lambda: list(islice(waiting, BATCH)), []))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
