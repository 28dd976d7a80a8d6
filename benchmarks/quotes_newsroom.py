"""Quotations of three editions, found and aligned on newsroom sites: how many of the certain ones are rows.

    python benchmarks/quotes_newsroom.py                              seeds 1 to 3
    python benchmarks/quotes_newsroom.py --seeds 1 --show             print every missed one, and where it is missing
    python benchmarks/quotes_newsroom.py --folder ~/newsroom          keep the sites and the workspaces in this folder

Makes a site of NTREX documents with ../shared/newsroom/newsroom.py, builds its dataset from the pages, and counts as
`newsroom.py score` does: a unit with exactly one span in marks of at least four words and 20 characters in each edition
is a certain quotation; it is found if one row has it in all editions, up to a fifth of its letters.
Two kinds of these cannot be in any dataset of quotations, so the recall is also given without them: `cut`, spans that
begin or end with a space in some edition, which are between two quotations or are cut off by an inner one; and `alone`,
those of stories of which the site has a single edition. Rows are counted by form.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
NEWSROOM = SHARED / "newsroom/newsroom.py"

Words = Mapping[str, str]
"""Letters and digits of a quotation, by language."""


def load_newsroom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("newsroom", NEWSROOM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(folder: Path, seed: int) -> tuple[Path, Path]:
    """The gold and the dataset of a site; what is in the folder already is only updated."""
    site, workspace = folder / f"site{seed}", folder / f"work{seed}"
    if not (site / "gold.jsonl").is_file():
        corpus = SHARED / "data/ntrex/ntrex.tsv"
        run(str(NEWSROOM), "make", "--corpus", str(corpus), "--out", str(site), "--seed", str(seed))
    run(
        "-c",
        "from corpus_builder.cli.main import run; run()",
        "build",
        "pravda",
        "--pages",
        str(site / "pages"),
        "-w",
        str(workspace),
    )
    return site / "gold.jsonl", workspace / "dataset"


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def alike(found: str | None, wanted: str) -> bool:
    """As in `newsroom.py score`: one contains the other and is at most a quarter longer."""
    if not found or not (found in wanted or wanted in found):
        return False
    return min(len(found), len(wanted)) >= 0.8 * max(len(found), len(wanted))


def beyond(story: Mapping[str, Any], quote: Words) -> str | None:
    """Why no row can have a certain quotation; None if one can."""
    if len(story["paragraphs"]) == 1:
        return "alone"
    return "cut" if any(words != words.strip() for words in quote.values()) else None


def why_missed(wanted: Words, rows: list[Words]) -> str:
    """The editions that no row has, or that they are in several rows."""
    absent = [x for x, words in wanted.items() if not any(alike(row.get(x), words) for row in rows)]
    return f"missing in {', '.join(absent)}" if absent else "in all editions, but in several rows"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--folder", type=Path, help="keep sites and workspaces in this folder (default: delete them)")
    parser.add_argument("--show", action="store_true", help="print every certain quotation that is missed")
    arguments = parser.parse_args()
    if not NEWSROOM.is_file():
        sys.exit(f"file not found: {NEWSROOM}")
    with tempfile.TemporaryDirectory() as scratch:
        lines = [
            measure(int(seed), arguments.folder or Path(scratch), arguments.show) for seed in arguments.seeds.split(",")
        ]
    print("| seed | certain | found | recall | cut | alone | recall of the rest | rows | speech | mentioned | mixed |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    print("\n".join(lines))


def measure(seed: int, folder: Path, show: bool) -> str:
    newsroom = load_newsroom()
    gold, dataset = build(folder, seed)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for row in newsroom.rows_of(dataset, "quotes"):
        rows[str(row["article_id"])].append(row)
        counts["rows"] += 1
        sides = {x for x, words in row["translation"].items() if words}
        forms = {row["form"][x] for x in sides}
        counts["mentioned" if forms == {"mentioned"} else "mixed" if "mentioned" in forms else "speech"] += 1
    for story in map(json.loads, gold.open(encoding="utf-8")):
        held = [
            {x: newsroom.squash(words) for x, words in row["translation"].items()} for row in rows[story["article"]]
        ]
        for quote in story["quotes"]:
            wanted = {x: newsroom.squash(words) for x, words in quote.items()}
            reason = beyond(story, quote)
            counts["sure"] += 1
            counts[reason or "rest"] += 1
            if any(all(alike(row.get(x), words) for x, words in wanted.items()) for row in held):
                counts["found"] += 1
                counts["rest found"] += reason is None
            elif show:
                print(f"{seed} {story['article']} {reason or ''} {why_missed(wanted, held)}")
                for language, words in quote.items():
                    print(f"    {language}: {words}")
    return (
        f"| {seed} | {counts['sure']} | {counts['found']} | {counts['found'] / counts['sure']:.3f} "
        f"| {counts['cut']} | {counts['alone']} | {counts['rest found'] / counts['rest']:.3f} "
        f"({counts['rest found']}/{counts['rest']}) "
        f"| {counts['rows']} | {counts['speech']} | {counts['mentioned']} | {counts['mixed']} |"
    )


if __name__ == "__main__":
    main()
