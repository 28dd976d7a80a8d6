"""The aligner on newsroom sites: `python benchmarks/align/newsroom_sites.py --seeds 1,2,3`.

Whole pipeline: gold paragraphs, split into sentences, aligned, scored by newsroom.py score (mean over the seeds).
`--stories N` takes the first N of each site, `--lone` aligns each of them by itself, `--no-seed` uses no seed lexicon.
As given: the site's texts through `corpus-builder align`, scored by score-beads, with the calibration of the beads.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from common import LANGUAGES, aligned, bead_scores, calibration_error, judged, site, stories, whole_pipeline

from corpus_builder.align.aligner import train
from corpus_builder.align.texts.command import align_texts


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1,2,3,4,5")
    options.add_argument("--stories", type=int)
    options.add_argument("--lone", action="store_true")
    options.add_argument("--no-seed", action="store_true")
    options.add_argument("--only-road", action="store_true", help="leave out the texts as given")
    a = options.parse_args()
    seeds = [int(seed) for seed in a.seeds.split(",")]
    road: dict[str, list[float]] = defaultdict(list)
    given: dict[str, list[float]] = defaultdict(list)
    beads: list[tuple[float, bool]] = []
    for seed in seeds:
        folder = site(seed)
        gold, documents = stories(folder, a.stories)
        if a.lone:
            found = [f for d in documents for f in aligned(train([d], LANGUAGES, seed_lexicon=not a.no_seed), [d])]
        else:
            found = aligned(train(documents, LANGUAGES, seed_lexicon=not a.no_seed), documents)
        for key, f1 in whole_pipeline(gold, found).items():
            road[key].append(f1)
        if not (a.only_road or a.stories or a.lone):
            with tempfile.TemporaryDirectory() as name:
                output = Path(name) / "beads.jsonl"
                align_texts(folder / "texts", output, LANGUAGES, seed_lexicon=not a.no_seed)
                for key, f1 in bead_scores(folder / "texts", output).items():
                    given[key].append(f1)
                beads += judged(folder / "texts", output)
    for title, table in (("whole pipeline", road), ("texts as given, strict", given)):
        for key, values in table.items():
            print(f"{title:24s}{key:18s}{sum(values) / len(values):.4f}   {' '.join(f'{v:.4f}' for v in values)}")
    if beads:
        calibration(beads)


def calibration(beads: list[tuple[float, bool]]) -> None:
    p, right = (np.array(column, np.float64) for column in zip(*beads, strict=True))
    sure = p >= 0.9
    print(
        f"calibration of {len(beads)} beads: ECE {calibration_error(p, right):.4f}, "
        f"Brier {((p - right) ** 2).mean():.4f}; p >= .9 keeps {sure.mean():.4f} at precision {right[sure].mean():.4f}"
    )


if __name__ == "__main__":
    main()
