"""Is machine translation suspected? AUC of `machine_translation` between people's translations and Apertium's.

    python benchmarks/quality/machine.py WORKSPACE

WORKSPACE is a build of a newsroom site; what it learned of words is used. A pair of people's (uk, ru) is held against
the same with one side replaced by Apertium's translation of the other, in both ways, on
    news         NTREX-128: both sides are people's translations of a third language, so they part in order and words
    direct       Tatoeba: one side is a person's translation of the other, sentences of eight words or more
and only on the half of the documents (of the pairs) that the score was not developed on. Needs ../shared and Debian's
packages (benchmarks/apertium_uk_ru.sh).
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import zlib
from pathlib import Path

import numpy as np
from calibrate import auc
from gold import ROOT, SHARED

from corpus_builder.quality.batch import Batch, RowTexts
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import ScoreInput
from corpus_builder.quality.scores import SCORES
from corpus_builder.quality.survey import load
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.lexicon import read_lexicon

PART = ("ru", "uk")
Sides = tuple[list[str], list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    workspace = Workspace(parser.parse_args().workspace.absolute())
    context = load(workspace.quality).with_translations(read_lexicon(workspace.lexicon))
    for name, (ru, uk) in (("news", _news()), ("direct", _direct())):
        people = _suspicion((ru, uk), context)
        for way, machine in (
            ("rus-ukr", (ru, _translated(ru, "rus-ukr"))),
            ("ukr-rus", (_translated(uk, "ukr-rus"), uk)),
        ):
            found = _suspicion(machine, context)
            known = ~np.isnan(people) & ~np.isnan(found)
            both, made = np.concatenate([found[known], people[known]]), np.repeat([1.0, 0.0], known.sum())
            print(f"{name:7s} {way}  {known.sum():4d} pairs  AUC {auc(both, made):.3f}  median of people's "
                  f"{np.median(people[known]):.2f}, of the machine's {np.median(found[known]):.2f}")  # fmt: skip


def _news() -> Sides:
    with (SHARED / "data/ntrex/ntrex.tsv").open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if _held_back(row["document"])
        ]
    return [row["ru"] for row in rows], [row["uk"] for row in rows]


def _direct() -> Sides:
    sides = [(SHARED / f"data/tatoeba/rus-ukr.{x}").read_text(encoding="utf-8").splitlines() for x in ("rus", "ukr")]
    pairs = [
        two for two in zip(*sides, strict=True) if min(len(text.split()) for text in two) >= 8 and _held_back(two[0])
    ]
    return [ru for ru, _ in pairs], [uk for _, uk in pairs]


def _held_back(key: str) -> bool:
    return zlib.crc32(key.encode()) % 2 == 1


def _translated(texts: list[str], way: str) -> list[str]:
    """Apertium's translations, a line a text."""
    command = ["sh", str(ROOT / "benchmarks/apertium_uk_ru.sh"), way]
    done = subprocess.run(command, input="\n".join(texts) + "\n", capture_output=True, text=True, check=True)
    made = done.stdout.splitlines()
    assert len(made) == len(texts)
    return made


def _suspicion(sides: Sides, context: Context) -> np.ndarray:
    rows = [RowTexts("", "sentence", 0, dict(zip(PART, texts, strict=True))) for texts in zip(*sides, strict=True)]
    return SCORES["machine_translation"].values(
        ScoreInput(Batch(rows, PART, context.vocabulary), "sentence", context), PART
    )


if __name__ == "__main__":
    main()
