"""Fit the calibration of `probability` and measure it on held-back sites.

    python benchmarks/quality/calibrate.py [--work DIR] [--write]

Fitted on newsroom sites of the seeds 1 to 5, on two rough ones (10, 11) and on the sample newspaper; measured on the
seeds 6 to 8 and on a rough site with more than twice the usual differences between editions (seed 9). `--write` writes
data/quality/calibration.json.
Needs ../shared (the newsroom and its corpus); takes some minutes, most of them the aligner's.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from gold import LANGUAGES, ROOT, SHARED, GoldSite, aligned_site, newsroom
from noise import Noise

from corpus_builder.quality import calibration as c
from corpus_builder.quality.batch import Batch, RowTexts
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import column
from corpus_builder.quality.scores import compute
from corpus_builder.quality.survey import load
from corpus_builder.workspace.lexicon import read_lexicon

FIT, ROUGH_FIT = (1, 2, 3, 4, 5), (10, 11)
HELD_BACK, ROUGH = (6, 7, 8), 9
ROUGH_RATES = {"drop": 0.15, "insert": 0.15, "move": 0.4, "merge": 0.2}
LEVELS = ("sentence", "block")
PENALTY = 3.0
RIGHT = "right"
DAMAGED = 0.02
"""How many rows in a hundred are taken to have an error in the text that the aligner does not see."""
PAIRS = [(a, b) for a in sorted(LANGUAGES) for b in sorted(LANGUAGES) if a < b]


def site_of(name: str, folder: Path) -> GoldSite:
    """A site by its name: newspaper, a seed of the newsroom, or rough-SEED."""
    if name == "newspaper":
        return aligned_site("newspaper", ROOT / "data/newspaper/gold.jsonl", folder, "sample")
    kind, _, seed = name.rpartition("-")
    rates = ROUGH_RATES if kind == "rough" else {}
    return aligned_site(name if kind else f"newsroom-{seed}", newsroom(int(seed), folder, **rates), folder)


def read_site(name: str, folder: Path, damaged: bool) -> dict[str, dict[str, dict[str, Any]]]:
    """By level the rows of a site as the aligner made them ("natural") and, where asked for, damaged ones ("made")."""
    site = site_of(name, folder)
    context = context_of(site)
    made = {level: evidence_rows(site, level, context) for level in LEVELS} if damaged else {}
    return {level: {"natural": natural_rows(site, level, context), "made": made.get(level, {})} for level in LEVELS}


def context_of(site: GoldSite) -> Context:
    return load(site.run.workspace.quality).with_translations(read_lexicon(site.run.workspace.lexicon))


def evidence_rows(site: GoldSite, level: str, context: Context) -> dict[str, Any]:
    """Right pairs, and of each one with every kind of error that its texts give ground for: features by name, the kind
    [rows] ("right" for none), and what the aligner said before the damage.
    """
    rows = [judged for judged in site.rows if judged.row.level == level]
    noise = Noise({lang: [j.row.texts[lang] for j in rows if lang in j.row.texts] for lang in LANGUAGES})
    made: dict[tuple[str, str], list[tuple[RowTexts, str]]] = defaultdict(list)
    for judged in rows:
        for pair in PAIRS:
            if judged.right.get("-".join(pair)):
                texts = judged.row.texts
                clean = {language: texts[language] for language in pair}
                row = replace(judged.row, texts=clean)
                made[pair].append((row, RIGHT))
                # Numbers and names stand in a part of the rows only, so they are tried in each.
                for kind in sorted({*noise.random.sample(list(noise.kinds), 2), "number swapped", "name swapped"}):
                    if damaged := noise.kinds[kind](texts, pair):
                        made[pair].append((replace(row, texts={**clean, **damaged}), kind))
    parts = []
    for pair, own in made.items():
        found = compute(Batch([row for row, _ in own], LANGUAGES, context.vocabulary), level, context)
        said = {"alignment": found[column("alignment", pair)], "score": np.array([row.score for row, _ in own])}
        parts.append(({**c.features(found, pair, level, context), **said}, [kind for _, kind in own]))
    kinds = np.array([kind for _, own in parts for kind in own])
    values = {name: np.concatenate([part[name] for part, _ in parts]) for name in parts[0][0]}
    said = {name: values.pop(name) for name in ("alignment", "score")}
    return {"values": values, "kind": kinds, **said}


def fit_evidence(values: dict[str, np.ndarray], kinds: np.ndarray) -> c.Evidence:
    """A model for each kind of error, right rows and damaged ones weighing the same."""
    models = {}
    for kind in sorted(set(kinds.tolist()) - {RIGHT}):
        own = (kinds == RIGHT) | (kinds == kind)
        right = (kinds[own] == RIGHT).astype(float)
        weight = np.where(right > 0, 1.0, right.sum() / (right == 0).sum())
        models[kind] = c.fit(list(values), {name: all_[own] for name, all_ in values.items()}, right, weight, PENALTY)
    return c.Evidence(models)


def natural_rows(site: GoldSite, level: str, context: Context) -> dict[str, Any]:
    """Pairs as the aligner made them: features by name, what the aligner says, right; and of each its row."""
    rows = [judged for judged in site.rows if judged.row.level == level]
    found = compute(Batch([judged.row for judged in rows], LANGUAGES, context.vocabulary), level, context)
    scores = np.array([judged.row.score for judged in rows])
    parts: dict[str, list[np.ndarray]] = defaultdict(list)
    features = []
    for pair in PAIRS:
        name = "-".join(pair)
        at = np.array([i for i, judged in enumerate(rows) if name in judged.right], int)
        features.append({key: own[at] for key, own in c.features(found, pair, level, context).items()})
        parts["alignment"].append(found[column("alignment", pair)][at])
        parts["score"].append(scores[at])
        parts["right"].append(np.array([rows[i].right[name] for i in at], float))
        parts["row"].append(at)
    values = {key: np.concatenate([own[key] for own in features]) for key in features[0]}
    return {"values": values} | {key: np.concatenate(own) for key, own in parts.items()}


def judged(part: dict[str, Any], evidence: c.Evidence) -> dict[str, Any]:
    """Natural rows with what the probability is made of in the place of their features."""
    odds = evidence.log_odds(part["values"])
    return c.with_aligner(odds, part["alignment"], part["score"]) | {key: part[key] for key in ("right", "row")}


def together(parts: list[dict[str, Any]]) -> dict[str, Any]:
    offset, rows = 0, []
    for part in parts:
        rows.append(part["row"] + offset)
        offset += int(part["row"].max()) + 1 if len(part["row"]) else 0
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]} | {"row": np.concatenate(rows)}


def by_row(pairs: dict[str, Any], probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each row the least probability of its pairs, and whether all are right."""
    least, right = defaultdict(lambda: 1.0), defaultdict(lambda: 1.0)
    for row, p, r in zip(pairs["row"].tolist(), probability.tolist(), pairs["right"].tolist(), strict=True):
        least[row] = min(least[row], p)
        right[row] = min(right[row], r)
    return np.array(list(least.values())), np.array([right[row] for row in least])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("build/calibration"), help="where sites and workspaces lie")
    parser.add_argument("--workers", type=int, default=2, help="sites read at a time")
    parser.add_argument("--write", action="store_true", help="write data/quality/calibration.json")
    options = parser.parse_args()
    if not SHARED.is_dir():
        parser.exit(2, f"needs {SHARED}\n")
    fitted_on = ["newspaper", *map(str, FIT), *(f"rough-{seed}" for seed in ROUGH_FIT)]
    held_back = {"held-back": [str(seed) for seed in HELD_BACK], "rough": [f"rough-{ROUGH}"]}
    names = [*fitted_on, *(name for own in held_back.values() for name in own)]
    with ProcessPoolExecutor(options.workers) as pool:
        work = [pool.submit(read_site, name, options.work.absolute(), name in fitted_on) for name in names]
        read = {name: one.result() for name, one in zip(names, work, strict=True)}
    data: dict[str, Any] = {"evidence": {}, "probability": {}, "row": {}, "measured": {}}
    for level in LEVELS:
        made = [read[name][level]["made"] for name in fitted_on]
        kinds = np.concatenate([part["kind"] for part in made])
        right = (kinds == RIGHT).astype(float)
        values = {name: np.concatenate([part["values"][name] for part in made]) for name in made[0]["values"]}
        evidence = fit_evidence(values, kinds)
        natural = together([judged(read[name][level]["natural"], evidence) for name in fitted_on])
        # Some rows with an error in the text that the aligner did not see, so that contrary evidence still counts.
        unseen = [np.concatenate([part[name] for part in made])[right == 0] for name in ("alignment", "score")]
        damaged = c.with_aligner(evidence.log_odds(values)[right == 0], *unseen)
        both = {name: np.concatenate([natural[name], own]) for name, own in damaged.items()}
        count, extra = len(natural["right"]), len(unseen[0])
        rights = np.concatenate([natural["right"], np.zeros(extra)])
        probability = c.fit(list(both), both, rights, np.repeat([1.0, DAMAGED * count / extra], [count, extra]), 1.0)
        least, all_right = by_row(natural, c.sigmoid(probability.log_odds(natural)))
        least = np.concatenate([least, c.sigmoid(probability.log_odds(damaged))])
        all_right = np.concatenate([all_right, np.zeros(extra)])
        shares = np.repeat([1.0, DAMAGED * (len(least) - extra) / extra], [len(least) - extra, extra])
        row = c.fit(["least"], {"least": c.log_odds(least)}, all_right, shares, 0.1)
        data["evidence"][level], data["probability"][level] = evidence.as_data(), probability.as_data()
        data["row"][level] = row.as_data()
        print(f"\n{level}: fitted on {len(right)} pairs for evidence, {len(natural['right'])} for probability, "
              f"of which {int((natural['right'] == 0).sum())} wrong")  # fmt: skip
        named = zip(probability.names, probability.weights, strict=True)
        print("  " + ", ".join(f"{name} {weight:.2f}" for name, weight in named))
        measured = {}
        for title, names_of in held_back.items():
            pairs = together([judged(read[name][level]["natural"], evidence) for name in names_of])
            p = c.sigmoid(probability.log_odds(pairs))
            least, all_right = by_row(pairs, p)
            rows = c.sigmoid(row.log_odds({"least": c.log_odds(least)}))
            own = {"pairs": c.reliability(p, pairs["right"]), "rows": c.reliability(rows, all_right)}
            said = ~np.isnan(pairs["alignment"])
            own["aligner_alone"] = c.reliability(c.sigmoid(pairs["alignment"][said]), pairs["right"][said])
            measured[title] = own
            for of, table in own.items():
                print(f"  {title:10s} {of:14s} n={table['rows']:5d} ECE {table['ece']:.4f} Brier {table['brier']:.4f} "
                      f"right at >=.9 {table['right_at_0.9']}")  # fmt: skip
            print(f"  {title:10s} AUC of pairs {auc(p, pairs['right']):.3f}, of the aligner alone "
                  f"{auc(pairs['alignment'][said], pairs['right'][said]):.3f}")  # fmt: skip
        data["measured"][level] = measured
    data["from"] = {
        "command": "python benchmarks/quality/calibrate.py --write",
        "fitted_on": "the sample newspaper, and newsroom sites of NTREX-128 (CC BY-SA 4.0), seeds 1 to 5 "
        "and, as rough as below, 10 and 11",
        "measured_on": "newsroom sites of the seeds 6 to 8 (held-back), and one with "
        + ", ".join(f"{k} {v:g}" for k, v in ROUGH_RATES.items()) + ", seed 9 (rough)",
    }  # fmt: skip
    if options.write:
        path = ROOT / c.FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"\nwrote {path}")


def auc(score: np.ndarray, right: np.ndarray) -> float:
    """The probability that a right one scores higher than a wrong one (ties count half)."""
    from scipy.stats import rankdata

    ranks = rankdata(score)
    good = int((right > 0).sum())
    bad = len(right) - good
    return float((ranks[right > 0].sum() - good * (good + 1) / 2) / (good * bad)) if good and bad else float("nan")


if __name__ == "__main__":
    main()
