"""Which errors in a parallel corpus are noticed: AUC per kind of noise, beside the filters of others on the same rows.

    python benchmarks/quality/detection.py [--work DIR] [--peers PYTHON] [--rows N]

Right pairs of sentences of a held-back newsroom site, and as many with an error put into them (noise.py). AUC is the
probability that a right pair scores above a damaged one (0.5: not noticed). Of this project: `evidence`, what the texts
alone say (no aligner), and the best single score. Of others, where --peers names a Python that has them (`pip install
opusfilter bicleaner-hardrules`): the best OpusFilter filter for each kind, chosen afterwards, and the number of
hardrules that fire.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from calibrate import PAIRS, auc, context_of
from gold import LANGUAGES, SHARED, aligned_site, newsroom
from noise import Noise

from corpus_builder.quality import calibration as c
from corpus_builder.quality.batch import Batch, RowTexts
from corpus_builder.quality.score import Worst
from corpus_builder.quality.scores import SCORES, compute

SEED = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("build/calibration"), help="where sites and workspaces lie")
    parser.add_argument("--peers", type=Path, help="a Python with opusfilter and hardrules")
    parser.add_argument("--rows", type=int, default=1500, help="right pairs")
    parser.add_argument(
        "--seed", type=int, default=SEED, help="of the site and of the errors; 1 to 5 are for developing"
    )
    options = parser.parse_args()
    if not SHARED.is_dir():
        parser.exit(2, f"needs {SHARED}\n")
    work = options.work.absolute()
    site = aligned_site(f"held-back-{options.seed}", newsroom(options.seed, work), work)
    context, rows = context_of(site), _rows(site, options.rows, options.seed)
    ours, seconds = _ours(rows, context)
    peers = _peers(rows, options.peers, work) if options.peers else {}
    kinds = list(dict.fromkeys(row["kind"] for row in rows if row["kind"] != "right"))
    good = sum(row["kind"] == "right" for row in rows)
    print(f"{good} right pairs, {len(rows)} in all; {len(rows) / seconds:.0f} pairs/s")
    print(f"{'kind':16s}  rows  evidence  {'best score':>26s}  {'best OpusFilter':>30s}  hardrules")
    for kind in kinds:
        cells = {name: _auc(values, rows, kind) for name, values in {**ours, **peers}.items()}
        own = _best({name: cells[name] for name in ours if name != "evidence"})
        theirs = _best({name: cells[name] for name in peers if name != "hardrules"})
        hard = f"{cells['hardrules']:9.3f}" if "hardrules" in cells else "        -"
        count = sum(row["kind"] == kind for row in rows)
        print(f"{kind:16s} {count:5d}  {cells['evidence']:8.3f}  {own:>26s}  {theirs:>30s}  {hard}")


def _rows(site: Any, count: int, seed: int) -> list[dict[str, Any]]:
    right = [
        (judged.row.texts, pair)
        for judged in site.rows
        if judged.row.level == "sentence"
        for pair in PAIRS
        if judged.right.get("-".join(pair))
    ]
    noise = Noise({x: [texts[x] for texts, _ in right if x in texts] for x in LANGUAGES}, seed=seed)
    noise.random.shuffle(right)
    rows = []
    for texts, pair in right[:count]:
        rows.append({"pair": pair, "texts": [texts[x] for x in pair], "kind": "right"})
        for kind, damage in noise.kinds.items():
            if damaged := damage(texts, pair):
                rows.append({"pair": pair, "texts": [{**texts, **damaged}[x] for x in pair], "kind": kind})
    return rows


def _ours(rows: list[dict[str, Any]], context: Any) -> tuple[dict[str, np.ndarray], float]:
    """The evidence and each score of every row, the greater the better; and the seconds that it took."""
    evidence = c.load().evidence["sentence"]
    out: dict[str, np.ndarray] = defaultdict(lambda: np.full(len(rows), np.nan))
    started = time.perf_counter()
    for pair in PAIRS:
        at = [i for i, row in enumerate(rows) if tuple(row["pair"]) == pair]
        texts = [RowTexts("", "sentence", 0, dict(zip(pair, rows[i]["texts"], strict=True))) for i in at]
        found = compute(Batch(texts, LANGUAGES, context.vocabulary), "sentence", context)
        out["evidence"][at] = evidence.log_odds(c.features(found, pair, "sentence", context))
        for name, score in SCORES.items():
            values = found[name]
            out[name][at] = (
                values if score.worst is Worst.LEAST else -np.abs(values) if score.worst is Worst.FARTHEST else -values
            )
    return {name: values for name, values in out.items() if name != "alignment"}, time.perf_counter() - started


def _peers(rows: list[dict[str, Any]], python: Path, work: Path) -> dict[str, np.ndarray]:
    given, answered = work / "detection-rows.json", work / "detection-peers.json"
    given.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    subprocess.run([python, Path(__file__).with_name("peers.py"), given, answered], check=True)
    return {name: np.array(values, float) for name, values in json.loads(answered.read_text()).items()}


def _auc(values: np.ndarray, rows: list[dict[str, Any]], kind: str) -> float:
    """Among right rows and those of a kind; a missing value counts as the median of right rows."""
    kinds = np.array([row["kind"] for row in rows])
    own = np.isin(kinds, ["right", kind])
    right = kinds[own] == "right"
    seen = values[own]
    known = seen[right & ~np.isnan(seen)]
    usual = float(np.median(known)) if len(known) else 0.0
    return auc(np.nan_to_num(seen, nan=usual), right.astype(float))


def _best(cells: dict[str, float]) -> str:
    if not cells:
        return "-"
    name = max(cells, key=lambda key: cells[key])
    return f"{name} {cells[name]:.3f}"


if __name__ == "__main__":
    main()
