"""What each part is worth: `python benchmarks/align/ablation.py`.

One part at a time is taken away in a copy of the package. Each line gives strict F1 on Text+Berg dev (no seed), and
for a newsroom site (development seed 1) the mean F1 of paragraphs and sentences over the pairs: of the whole site, and
of 40 stories without the seed lexicon.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import corpus_builder

PACKAGE = Path(corpus_builder.__file__).resolve().parent
PARTS = [
    ("nothing", "", "", ""),
    ("cognates", "cognates.py", r"^THRESHOLD = .*", "THRESHOLD = 9.0"),
    ("leaving the document out", "lexicon.py", r"^OWN = .*", "OWN = 0.0"),
    ("agreement of directions", "ibm.py", r"iteration > 0\)", "False)"),
    ("diagonal", "ibm.py", r"^DIAGONAL = .*", "DIAGONAL = 0.0"),
    ("margin", "scores.py", r"^MARGIN = .*", "MARGIN = 0.0"),
    ("length", "lattice.py", r"^LENGTH = .*", "LENGTH = 0.0"),
    ("edges of blocks", "training.py", r"_log_ratio\(inside, adjacent\),?\s*_association\(ends\)",
     "0 * _log_ratio(inside, adjacent), 0 * _association(ends)"),
    ("labels and kinds", "lattice.py", r"^SAME_ROLE, OTHER_ROLE, ONE_ROLE = .*",
     "SAME_ROLE = OTHER_ROLE = ONE_ROLE = 0.0"),
    ("usual shares", "training.py", r"^USUAL = .*", "USUAL = 1.0"),
    ("third edition", "aligner.py", r"if len\(present\) < 3:", "if True:"),
    ("moved segments", "moved.py", r"^ENOUGH = .*", "ENOUGH = 1e9"),
    ("more rounds", "training.py", r"^ROUNDS, MORE_ROUNDS = .*", "ROUNDS, MORE_ROUNDS = 4, 4"),
]  # fmt: skip
MEASURE = """
import sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from common import LANGUAGES, SHARED, aligned, bead_scores, site, stories, whole_road
from corpus_builder.align import train
from corpus_builder.align.tool import align_texts
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    for file in ("dev.de.txt", "dev.fr.txt", "dev.de-fr.gold"):
        (folder / file).write_bytes((SHARED / "data/textberg" / file).read_bytes())
    align_texts(folder, folder / "beads.jsonl", ("de", "fr"), seed=None)
    out = [bead_scores(folder, folder / "beads.jsonl")["de-fr"]]
for limit, seed in ((None, True), (40, None)):
    gold, documents = stories(site(1), limit)
    road = whole_road(gold, aligned(train(documents, LANGUAGES, seed_lexicon=seed), documents))
    for config in ("paragraphs", "sentences"):
        values = [f1 for key, f1 in road.items() if key.startswith(config)]
        out.append(sum(values) / len(values))
print("  ".join(f"{value:.4f}" for value in out))
"""


def main() -> None:
    here = str(Path(__file__).resolve().parent)
    print(f"{'taken away':26s}Text+Berg  site: par, sent  40 stories: par, sent")
    for name, file, pattern, replacement in PARTS:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "corpus_builder"
            shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
            shutil.copytree(PACKAGE.parent / "data/lexicon", Path(folder) / "data/lexicon")
            if file:
                path = copy / "align" / file
                text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
                if not count:
                    sys.exit(f"{name}: {pattern!r} is not in {file}")
                path.write_text(text, encoding="utf-8")
            environment = {"PYTHONPATH": folder, "PATH": "/usr/bin:/bin"}
            command = [sys.executable, "-c", MEASURE, here]
            run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            print(f"{name:26s}{run.stdout.strip() or run.stderr.strip().splitlines()[-1]}", flush=True)


if __name__ == "__main__":
    main()
