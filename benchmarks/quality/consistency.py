"""Does trilingual consistency tell one bad side from one bad pair?

    python benchmarks/quality/consistency.py [--work DIR] [--seed N] [--rows N]

Rows of three sides of a newsroom site, right in all pairs. A bad side is made by an error of noise.py in one side; it
is told where `weakest_reason` names that side. A bad pair is made by halves: of two sides, one has lost its first third
and the other its last, so that each still has most of what the third side says but little of one another; it is told
where `weakest_pair` is that pair and no side is blamed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from calibrate import PAIRS, context_of
from gold import LANGUAGES, SHARED, aligned_site, newsroom
from noise import Noise

from corpus_builder.quality.batch import RowTexts
from corpus_builder.quality.calibration import load
from corpus_builder.quality.scoring import score

KINDS = ("misaligned", "wrong language", "untranslated", "truncated", "merged", "boilerplate")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("build/calibration"), help="where sites and workspaces lie")
    parser.add_argument("--seed", type=int, default=6, help="of the site; 1 to 5 are for developing")
    parser.add_argument("--rows", type=int, default=1000)
    options = parser.parse_args()
    if not SHARED.is_dir():
        parser.exit(2, f"needs {SHARED}\n")
    work = options.work.absolute()
    site = aligned_site(f"held-back-{options.seed}", newsroom(options.seed, work), work)
    context = context_of(site)
    whole = [judged.row for judged in site.rows if judged.row.level == "sentence" and len(judged.right) == 3
             and all(judged.right.values())][: options.rows]  # fmt: skip
    noise = Noise({language: [row.texts[language] for row in whole] for language in LANGUAGES}, options.seed)

    def told(rows: list[RowTexts]) -> tuple[list[str | None], list[str | None]]:
        values = score(rows, LANGUAGES, "sentence", context, load()).values
        return list(values["weakest_pair"]), list(values["weakest_reason"])

    _, reasons = told(whole)
    print(f"{len(whole)} right rows: {sum(not reason for reason in reasons)} without a reason, "
          f"{sum(str(reason).startswith('side') for reason in reasons)} with a side blamed")  # fmt: skip
    print(f"{'one bad side':16s}  rows  that side  another  a pair  all  nothing")
    for kind in KINDS:
        made = list(_bad_sides(whole, kind, noise))
        _, reasons = told([row for row, _ in made])
        where = [(reason or "nothing").partition(":")[0] for reason in reasons]
        right = sum(own == f"side {side}" for own, (_, side) in zip(where, made, strict=True))
        sides, pair, every = (sum(own.startswith(x) for own in where) for x in ("side", "pair", "all"))
        nothing = len(made) - sides - pair - every
        print(f"{kind:16s} {len(made):5d}  {right / len(made):9.3f}  {(sides - right) / len(made):7.3f}  "
              f"{pair / len(made):6.3f} {every / len(made):4.2f}  {nothing / len(made):7.3f}")  # fmt: skip
    made = list(_bad_pairs(whole, noise))
    pairs, reasons = told([row for row, _ in made])
    weakest = sum(found == "-".join(pair) for found, (_, pair) in zip(pairs, made, strict=True))
    blamed = sum(str(reason).startswith("side") for reason in reasons)
    print(f"one bad pair: {len(made)} rows, it is the weakest in {weakest / len(made):.3f}, a side is blamed in "
          f"{blamed / len(made):.3f}")  # fmt: skip


def _bad_sides(rows: list[RowTexts], kind: str, noise: Noise) -> Iterator[tuple[RowTexts, str]]:
    for row in rows:
        damaged = noise.kinds[kind](row.texts, noise.random.choice(PAIRS))
        if damaged:
            yield replace(row, texts={**row.texts, **damaged}), next(iter(damaged))


def _bad_pairs(rows: list[RowTexts], noise: Noise) -> Iterator[tuple[RowTexts, tuple[str, str]]]:
    for row in rows:
        pair = noise.random.choice(PAIRS)
        a, b = (row.texts[language].split() for language in pair)
        if min(len(a), len(b)) >= 9:
            cut = {pair[0]: " ".join(a[len(a) // 3 :]), pair[1]: " ".join(b[: -(len(b) // 3)])}
            yield replace(row, texts={**row.texts, **cut}), pair


if __name__ == "__main__":
    main()
