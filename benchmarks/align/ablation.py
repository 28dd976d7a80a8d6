"""Ablation: `python benchmarks/align/ablation.py [--only PART,…] [--list] [--check]`.

One part at a time is removed or changed, in a copy of the package; rows are printed as they are done. `--check` only
tries whether all changes still apply. Each row gives
strict F1 on Text+Berg dev (no seed; the level `auto`, and lines as they are), and for a newsroom site (development
seed 1) the mean F1 of paragraphs and sentences over the pairs: of the whole site, of 40 stories without the seed
lexicon, and of the first 30 stories each by itself. `--only` takes the names of rows or their beginnings.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import corpus_builder

PACKAGE = Path(corpus_builder.__file__).resolve().parent
Edit = tuple[str, str, str]
"""(file, text to replace, new text); `NAME =` matches its whole line."""
_SOURCE = 'return "learned" if _latin(a) and _latin(b) else "table"'
_TABLE = '    if method == "table":\n'
_NOWHERE = """    if True:
        return SparseRows(np.zeros(len(a.kinds) + 1, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32))
"""
_SEEDED = "    if source is True:\n"
_SHARES = "    shares = smoothed / "


def _without(groups: str) -> list[Edit]:
    """Training gives next to no prior to the shapes of some groups."""
    return [
        ("align/training.py", _SHARES, f"    smoothed[:-2][np.unique(GROUP[{groups}])] = 1e-9\n{_SHARES}"),
        ("align/training.py", "import EXTENT, ", "import PLAIN, EXTENT, "),
    ]


PARTS: dict[str, list[Edit]] = {
    "nothing": [],
    "cognates: none": [
        ("align/words/cognates.py", _SOURCE, 'return "table"'),
        ("align/words/cognates.py", _TABLE, _NOWHERE + _TABLE),
    ],
    "cognates: identical": [("align/words/cognates.py", _SOURCE, 'return "identical"')],
    "cognates: table": [("align/words/cognates.py", _SOURCE, 'return "table"')],
    "cognates: learned": [("align/words/cognates.py", _SOURCE, 'return "learned"')],
    "cognates as priors of links": [("align/words/ibm1.py", "COGNATE_WEIGHT =", "COGNATE_WEIGHT = 0.0")],
    "first four letters (whole words)": [("text/tokens.py", "PREFIX =", "PREFIX = 40")],
    "punctuation": [("text/tokens.py", "MARK =", 'MARK = r"[^\\s\\S]"')],
    "seed lexicon": [("align/words/seed_lexicon.py", _SEEDED, _SEEDED + "        return None\n")],
    "leave-one-out": [("align/words/translation_table.py", "LEAVE_OUT =", "LEAVE_OUT = 0.0")],
    "agreement of directions": [("align/words/ibm1.py", "agree=iteration > 0", "agree=False")],
    "diagonal": [("align/words/ibm1.py", "DIAGONAL =", "DIAGONAL = 0.0")],
    "rounds (one only)": [("align/training.py", "ROUNDS, MORE_ROUNDS =", "ROUNDS, MORE_ROUNDS = 1, 1")],
    "more rounds for few segments": [("align/training.py", "ROUNDS, MORE_ROUNDS =", "ROUNDS, MORE_ROUNDS = 4, 4")],
    "margin": [("align/two/word_scores.py", "MARGIN =", "MARGIN = 0.0")],
    "length": [("align/two/bead_scores.py", "LENGTH =", "LENGTH = 0.0")],
    "learned priors": [
        ("align/training.py", "(priors=priors, ", "(priors=first_priors(), "),
        ("align/training.py", "import EXTENT, ", "import first_priors, EXTENT, "),
    ],
    "usual shares of shapes": [("align/training.py", "USUAL =", "USUAL = 1.0")],
    "block ends": [
        ("align/training.py", "= _log_ratio(totals.inside, totals.everywhere), _association(totals.ends)",
         "= np.zeros((2, 2)), np.zeros((2, 2))"),
        ("align/two/lattice_model.py", "np.array([[0.0, -1.0], [0.0, -1.0]]), np.array([[0.0, -0.3], [-0.3, 0.3]])",
         "np.zeros((2, 2)), np.zeros((2, 2))"),
    ],
    "labels and kinds": [
        ("align/two/bead_scores.py", "SAME_ROLE, OTHER_ROLE, ONE_ROLE =", "SAME_ROLE = OTHER_ROLE = ONE_ROLE = 0.0")
    ],
    "holes": [*_without("PLAIN:"), ("align/bead_shapes.py", "- 3 * (np.arange", "- 30 * (np.arange")],
    "2-2, 2-3, 3-2 and 3-3": _without("7:PLAIN"),
    "third edition": [("align/aligner.py", "if len(present) < 3 or", "if True or")],
    "path by expected F1 (best score)": [("align/two/edition_pair.py", "values =", "    values = arcs.score")],
    "segmentations (clauses only)": [("align/texts/pooling.py", "= pool(distributions)", "= distributions[0]")],
    "segmentations (lines and clauses)": [
        ("align/texts/pooling.py", "= pool(distributions)", "= pool(distributions[:2])")
    ],
    "segmentations (no chunks)": [
        ("align/texts/pooling.py", "= pool(distributions)", "= pool(distributions[:3])")
    ],
    "splitting sentences jointly": [
        (
            "align/aligner.py",
            "joint_cuts(document, [bead for bead in alignment.beads if not known(bead)], evidence)",
            "{}",
        )
    ],
    "moved segments": [
        ("align/two/moved.py", "ENOUGH =", "ENOUGH = 1e9"),
        ("align/two/runs.py", "ENOUGH =", "ENOUGH = 1e9"),
    ],
    "temperature (.7 for 1)": [("align/two/lattice.py", "TEMPERATURE =", "TEMPERATURE = 0.7")],
}  # fmt: skip
MEASURE = """
import sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from common import LANGUAGES, aligned, site, stories, whole_pipeline
from textberg import cut, strict
from corpus_builder.align.aligner import train

def pipeline(gold, found):
    values = whole_pipeline(gold, found)
    for config in ("paragraphs", "sentences"):
        scores = [f1 for key, f1 in values.items() if key.startswith(config)]
        print(f"{sum(scores) / len(scores):.4f}", end="  ", flush=True)

for level in ("auto", "segment"):
    print(f"{strict(cut(1), level, 'auto'):.4f}", end="  ", flush=True)
for limit, seed in ((None, True), (40, None)):
    gold, documents = stories(site(1), limit)
    pipeline(gold, aligned(train(documents, LANGUAGES, seed_lexicon=seed), documents))
gold, documents = stories(site(1), 30)
pipeline(gold, [found for d in documents for found in aligned(train([d], LANGUAGES), [d])])
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="", metavar="PART,…")
    options.add_argument("--list", action="store_true", help="the names of the rows")
    options.add_argument("--check", action="store_true", help="only try whether the changes apply")
    a = options.parse_args()
    wanted = [name.strip() for name in a.only.split(",") if name.strip()]
    unknown = [name for name in wanted if not any(part.startswith(name) for part in PARTS)]
    if unknown:
        sys.exit(f"no part {', '.join(unknown)}; the parts are: {', '.join(PARTS)}")
    chosen = [part for part in PARTS if not wanted or any(part.startswith(name) for name in wanted)]
    if a.list:
        print("\n".join(chosen))
        return
    if a.check:
        for name in chosen:
            with tempfile.TemporaryDirectory() as folder:
                patched(PARTS[name], name, Path(folder))
        print(f"{len(chosen)} changes apply")
        return
    print(f"{'':34s}Text+Berg: auto, lines  site: par, sent   40, no seed: par, sent   lone: par, sent")
    for name in chosen:
        print(f"{name:34s}", end="", flush=True)
        measured(PARTS[name], name)


def patched(edits: list[Edit], name: str, folder: Path) -> None:
    """Copy the package into a folder and change some of its lines."""
    package = folder / "corpus_builder"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    for file, old, new in edits:
        text = (package / file).read_text(encoding="utf-8")
        if old.endswith(" ="):
            changed = re.sub(rf"^ *{old}.*$", lambda _, new=new: new, text, count=1, flags=re.MULTILINE)
        else:
            changed = text.replace(old, new)
        if changed == text:
            sys.exit(f"{name}: {old!r} is not in {file}")
        compile(changed, file, "exec")
        (package / file).write_text(changed, encoding="utf-8")


def measured(edits: list[Edit], name: str) -> None:
    """Print the figures of a changed copy of the package."""
    here = str(Path(__file__).resolve().parent)
    with tempfile.TemporaryDirectory() as folder:
        patched(edits, name, Path(folder))
        shutil.copytree(PACKAGE.parent / "data", Path(folder) / "data")
        environment = {"PYTHONPATH": folder, "PATH": "/usr/bin:/bin"}
        command = [sys.executable, "-c", MEASURE, here]
        run = subprocess.run(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, check=False)
        print(run.stderr.strip().splitlines()[-1] if run.returncode else "", flush=True)


if __name__ == "__main__":
    main()
