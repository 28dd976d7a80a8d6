"""The score per word of translations and of other texts, by which UNRELATED and SPREAD were chosen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from common import LANGUAGES, PAIRS, stories

from corpus_builder.align import calibration
from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.two.edition_pair import best
from corpus_builder.model import Document


def unrelated(sites: Iterable[Path]) -> None:
    """Scores per word of right pairs of editions and of wrong ones."""
    right, wrong = [], []
    for folder in sites:
        documents = stories(folder)[1]
        aligner = train(documents, LANGUAGES)
        for x, y in PAIRS:
            both = [document for document in documents if x in document.segments and y in document.segments]
            for k, document in enumerate(both):
                other = both[(k + 5) % len(both)]
                right.append(per_word(aligner, document, document, x, y))
                wrong.append(per_word(aligner, document, other, x, y))
    middle, spread = (min(right) + max(wrong)) / 2, float(np.std(wrong)) / 4
    print(
        f"UNRELATED   {calibration.UNRELATED} in the code; of {len(right)} right pairs {min(right):.4f} to "
        f"{max(right):.4f}, of {len(wrong)} wrong ones {min(wrong):.4f} to {max(wrong):.4f}; middle {middle:.4f}"
    )
    print(f"SPREAD      {calibration.SPREAD} in the code; {spread:.4f}")  # fmt: skip


def per_word(aligner: Aligner, one: Document, other: Document, x: str, y: str) -> float:
    document = Document(one.name, {x: one.segments[x], y: other.segments[y]})
    (((a, b), (pair, lattice)),) = aligner.lattices(document).items()
    return calibration.score_per_word(pair, best(lattice.arcs, pair.sizes), aligner.pair_state(a, b).model)
