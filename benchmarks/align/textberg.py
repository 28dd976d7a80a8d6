"""Text+Berg's development part, with no model and no seed lexicon: `python benchmarks/align/textberg.py`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from common import SHARED, bead_scores

from corpus_builder.align.tool import align_texts


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("dev.de.txt", "dev.fr.txt", "dev.de-fr.gold"):
            (folder / file).write_bytes((SHARED / "data/textberg" / file).read_bytes())
        for level in ("segment", "clause", "auto"):
            align_texts(folder, folder / "beads.jsonl", ("de", "fr"), level=level, seed=None)
            print(f"{level:10s} strict F1 {bead_scores(folder, folder / 'beads.jsonl')['de-fr']:.4f}")


if __name__ == "__main__":
    main()
