"""The development part of Text+Berg, without a model and a seed lexicon: `python benchmarks/align/textberg.py`.

`--parts` also divides it into 2 and 4 documents of one corpus, and aligns each half by itself: a guard against figures
that hold for one division only.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from common import SHARED, bead_scores

from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.words.cognates import Choice

Bead = tuple[list[int], list[int]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cognates", default="auto", choices=("auto", "identical", "table", "learned"))
    options.add_argument("--levels", default="segment,clause,auto")
    options.add_argument("--parts", action="store_true", help="in 2 and 4 documents, and each half by itself, too")
    a = options.parse_args()
    for level in a.levels.split(","):
        found = f"{strict(cut(1), level, a.cognates):.4f}"
        if a.parts:
            two, four = strict(cut(2), level, a.cognates), strict(cut(4), level, a.cognates)
            halves = [strict([half], level, a.cognates) for half in cut(2)]
            found += f"; as 2 documents {two:.4f}, as 4 {four:.4f}, halves alone {halves[0]:.4f} and {halves[1]:.4f}"
        print(f"{level:10s} strict F1 {found}", flush=True)


def cut(parts: int) -> list[tuple[list[str], list[str], list[Bead]]]:
    """The text in so many documents, each (German lines, French lines, gold), cut between beads of gold."""
    folder = SHARED / "data/textberg"
    german, french = ((folder / f"dev.{x}.txt").read_text(encoding="utf-8").split("\n")[:-1] for x in ("de", "fr"))
    rows = [line.split(":")[:2] for line in (folder / "dev.de-fr.gold").read_text().splitlines()]
    gold: list[Bead] = [(json.loads(left), json.loads(right)) for left, right in rows]
    out = []
    for k in range(parts):
        own = gold[round(len(gold) * k / parts) : round(len(gold) * (k + 1) / parts)]
        left, right = ([i for bead in own for i in bead[side]] for side in (0, 1))
        beads = [([i - min(left) for i in one], [j - min(right) for j in other]) for one, other in own]
        out.append((german[min(left) : max(left) + 1], french[min(right) : max(right) + 1], beads))
    return out


def write_documents(documents: Sequence[tuple[list[str], list[str], list[Bead]]], folder: Path) -> None:
    """Texts and gold as `align` and newsroom.py read them."""
    for k, (german, french, gold) in enumerate(documents):
        (folder / f"d{k}.de.txt").write_text("".join(f"{line}\n" for line in german), encoding="utf-8")
        (folder / f"d{k}.fr.txt").write_text("".join(f"{line}\n" for line in french), encoding="utf-8")
        (folder / f"d{k}.de-fr.gold").write_text("".join(f"{left}:{right}\n" for left, right in gold))


def strict(documents: Sequence[tuple[list[str], list[str], list[Bead]]], level: str, cognates: Choice) -> float:
    """Strict F1 of documents that are aligned as one corpus."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_documents(documents, folder)
        align_texts(folder, folder / "beads.jsonl", ("de", "fr"), level=level, seed_lexicon=None, cognates=cognates)
        try:
            return bead_scores(folder, folder / "beads.jsonl")["de-fr"]
        except ZeroDivisionError:  # the scorer's, where nothing was linked
            return 0.0


if __name__ == "__main__":
    main()
