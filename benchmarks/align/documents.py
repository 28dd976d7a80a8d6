"""Does the aligner recognise editions that are not translations? `python benchmarks/align/documents.py --seed 1`.

AUC of the document's probability for right pairs and for pairs of different stories; and a corpus in which every
English edition is moved to another story before training.
"""

from __future__ import annotations

import argparse

import numpy as np
from common import LANGUAGES, PAIRS, site, stories

from corpus_builder.align.aligner import train
from corpus_builder.model import Document


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    a = options.parse_args()
    _, documents = stories(site(a.seed))
    aligner = train(documents, LANGUAGES)
    for x, y in PAIRS:
        both = [d for d in documents if x in d.segments and y in d.segments]
        right = [aligner.align(_two(d, d, x, y)).probability for d in both]
        wrong = [aligner.align(_two(d, both[(k + 5) % len(both)], x, y)).probability for k, d in enumerate(both)]
        one, two = np.array(right)[:, None], np.array(wrong)[None]
        auc = float((one > two).mean() + 0.5 * (one == two).mean())
        print(f"{x}-{y}: AUC {auc:.5f}; right pairs below .5: {sum(p < 0.5 for p in right)} of {len(right)}, "
              f"wrong ones above: {sum(p > 0.5 for p in wrong)} of {len(wrong)}")  # fmt: skip
    english = [d.segments["en"] for d in documents if "en" in d.segments]
    turned = iter(english[7:] + english[:7])
    shuffled = [
        Document(d.name, {x: next(turned) if x == "en" else s for x, s in d.segments.items()}) for d in documents
    ]
    aligner = train(shuffled, LANGUAGES)
    for x, y in PAIRS:
        there = [aligner.align(_two(d, d, x, y)) for d in shuffled if x in d.segments and y in d.segments]
        beads = [bead.probability for alignment in there for bead in alignment.beads if len(bead.languages) > 1]
        likely = sum(alignment.probability > 0.5 for alignment in there)
        print(f"English shuffled, {x}-{y}: documents above .5: {likely} of {len(there)}; "
              f"linked beads {len(beads)}, of these at .9 or more {sum(p >= 0.9 for p in beads)}")  # fmt: skip


def _two(one: Document, other: Document, x: str, y: str) -> Document:
    return Document(one.name, {x: one.segments[x], y: other.segments[y]})


if __name__ == "__main__":
    main()
