"""The aligner on newsroom sites: `python benchmarks/align/newsroom_sites.py --seeds 1,2,3`.

Whole road: gold paragraphs, split into sentences, aligned, scored by newsroom.py score (mean over the seeds).
`--stories N` takes the first N of each site, `--lone` aligns each of them by itself, `--no-seed` without the lexicon.
As given: the site's texts through `corpus-builder align`, scored by score-beads; with the calibration of its beads.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from pathlib import Path

from common import LANGUAGES, aligned, bead_scores, site, stories, whole_road

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
        for key, f1 in whole_road(gold, found).items():
            road[key].append(f1)
        if not (a.only_road or a.stories or a.lone):
            with tempfile.TemporaryDirectory() as name:
                output = Path(name) / "beads.jsonl"
                align_texts(folder / "texts", output, LANGUAGES, seed=not a.no_seed)
                for key, f1 in bead_scores(folder / "texts", output).items():
                    given[key].append(f1)
                beads += judged(folder / "texts", output)
    for title, table in (("whole road", road), ("texts as given, strict", given)):
        for key, values in table.items():
            print(f"{title:24s}{key:18s}{sum(values) / len(values):.4f}   {' '.join(f'{v:.4f}' for v in values)}")
    if beads:
        calibration(beads)


def judged(folder: Path, output: Path) -> list[tuple[float, bool]]:
    """(probability, right) of every two-sided bead."""
    out = []
    gold: dict[tuple[str, str, str], set[tuple[tuple[int, ...], tuple[int, ...]]]] = {}
    for line in output.open(encoding="utf-8"):
        row = json.loads(line)
        languages = [x for x, lines in row["segments"].items() if lines]
        if len(languages) == 2:
            x, y = languages
            key = (row["document"], x, y)
            if key not in gold:
                lines = (folder / f"{row['document']}.{x}-{y}.gold").read_text().splitlines()
                sides = [[tuple(json.loads(side)) for side in line.split(":")[:2]] for line in lines]
                gold[key] = {(left, right) for left, right in sides}
            out.append((row["probability"], (tuple(row["segments"][x]), tuple(row["segments"][y])) in gold[key]))
    return out


def calibration(beads: list[tuple[float, bool]]) -> None:
    error = 0.0
    for k in range(10):
        here = [(p, right) for p, right in beads if min(int(p * 10), 9) == k]
        if here:
            mean, share = sum(p for p, _ in here) / len(here), sum(right for _, right in here) / len(here)
            error += abs(mean - share) * len(here) / len(beads)
    sure = [right for p, right in beads if p >= 0.9]
    brier = sum((p - right) ** 2 for p, right in beads) / len(beads)
    print(f"calibration of {len(beads)} beads: ECE {error:.4f}, Brier {brier:.4f}; p >= .9 keeps "
          f"{len(sure) / len(beads):.4f} at precision {sum(sure) / len(sure):.4f}")  # fmt: skip


if __name__ == "__main__":
    main()
