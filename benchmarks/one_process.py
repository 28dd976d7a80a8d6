"""Memory and processor seconds of the stages that one process runs for the whole corpus: group, and split.

    python benchmarks/one_process.py [--stories 20000 200000]

Workspaces are made up that have only what these stages read: `SHARD_STORIES` stories of three editions in a shard, with
`ROWS` rows of sentences and two of blocks each, all of which have near-duplicates, in each language; one story in ten
has a reprint, and one in five shares a sentence with another. Every stage runs in a process of its own. Printed are its
processor seconds, its peak memory, how much more that is than for a corpus of one shard, and these bytes by story.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from corpus_builder.parquet import write_tables
from corpus_builder.quality.companions import write_sentences
from corpus_builder.stages.build import build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import STAGES
from corpus_builder.stages.stage import Source
from corpus_builder.workspace.duplicates import links_file, sketches_of
from corpus_builder.workspace.layout import Workspace

SHARD_STORIES = 1_000
"""Stories of a shard. Chosen: of 3,000 pages in three languages."""
ROWS = 3
SENTENCES = 30
"""Sentences of a story that are compared with those of others. Chosen: ten in each edition."""
LANGUAGES = ("en", "ru", "uk")


def main() -> None:
    """Measure, and print a row for each stage and number of stories."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, nargs="+", default=[20_000, 200_000])
    args = parser.parse_args()
    print(f"{'stage':6} {'stories':>10} {'rows':>10} {'s':>7} {'peak MB':>8} {'more MB':>8} {'bytes a story':>14}")
    least: dict[str, float] = {}
    for stories in (SHARD_STORIES, *args.stories):
        with tempfile.TemporaryDirectory() as folder:
            make(Workspace.at(folder), stories)
            for stage in ("group", "split"):
                command = [sys.executable, __file__, "--stage", stage, folder]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                seconds, peak = json.loads(done.stdout.splitlines()[-1])
                more = peak - least.setdefault(stage, peak)
                print(
                    f"{stage:6} {stories:10,} {stories * (ROWS + 2):10,} {seconds:7.1f} {peak:8.0f} {more:8.0f} "
                    f"{more * 2**20 / stories:14.0f}",
                    flush=True,
                )


def run_stage(name: str, folder: str) -> None:
    """Run a stage on a workspace in this process; print its processor seconds and its peak memory in MB."""
    run = build_run(load_config("sample"), Path(folder), source=Source(warc=f"{folder}/*.warc.gz"), workers=1)
    next(stage for stage in STAGES if stage.name == name).run(run)
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([own.ru_utime + own.ru_stime, own.ru_maxrss / 1024]))


def make(workspace: Workspace, stories: int) -> None:
    """Write what the stages read of so many stories."""
    for number, first in enumerate(range(0, stories, SHARD_STORIES)):
        _shard(workspace, f"2025-{number:05}", first)
    links_file(workspace, "x").parent.mkdir(parents=True)
    for kind, items, groups in (
        ("sentence", stories * ROWS, stories * ROWS // 20),
        ("block", stories * 2, stories * 2 // 20),
        ("story", stories // 10 * 2, stories // 10),
    ):
        later = np.arange(groups, items)
        for language in LANGUAGES:
            np.stack((later % groups, later), axis=1).tofile(links_file(workspace, f"{kind}.{language}"))


def _shard(workspace: Workspace, shard: str, first: int) -> None:
    ids = [f"{8_000_000 + first + n}" for n in range(SHARD_STORIES)]
    sketches = sketches_of(workspace, shard)
    sketches.folder.mkdir(parents=True)
    for level, rows in (("sentence", ROWS), ("block", 2)):
        places = [(story, position) for story in range(SHARD_STORIES) for position in range(rows)]
        np.array(places, np.uint32).tofile(sketches.rows(level))
    sketches.write_stories(ids)
    write_sentences(sketches.sentences, _sentences(first))
    day = f"2025-{first // SHARD_STORIES % 12 + 1:02}-01T00:00:00+02:00"
    table = {
        "article_id": [x for x in ids for _ in LANGUAGES],
        "language": [*LANGUAGES] * SHARD_STORIES,
        "published": [day] * (SHARD_STORIES * len(LANGUAGES)),
    }
    schema = pa.schema([(name, pa.string()) for name in table])
    write_tables(workspace.articles / f"{shard}.parquet", schema, [pa.table(table, schema=schema)])


def _sentences(first: int) -> Iterator[tuple[int, int]]:
    """The hashes of a shard's sentences: stories of five and one have one in common, all others differ."""
    for story in range(SHARD_STORIES):
        for sentence in range(SENTENCES):
            number = first + story - (story % 5 == 1 and sentence == 0)
            yield (number * SENTENCES + sentence) * 0x9E3779B97F4A7C15 % 2**64, story


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stage"]:
        run_stage(*sys.argv[2:])
    else:
        main()
