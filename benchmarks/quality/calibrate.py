"""Fit the calibration of `probability` and `complete`; measure it on documents and a ground that it was not fitted on.

    python benchmarks/quality/calibrate.py [--work DIR] [--write]

Fitted on newsroom sites of two thirds of the documents of NTREX-128 (five seeds, and two rough ones) and on the sample
newspaper. Measured on newsroom sites of the other third (`held-back`), on a rough one of these with more than twice the
usual differences between editions (`rough`), and on newsroom sites of pages of debian.org (`other-ground`): headings,
lists and commands. `--write` writes data/quality/calibration.json.
Needs ../shared (the newsroom and its corpora); takes some minutes, most of them the aligner's.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from complete_rows import COMPLETE, omission_rows, table
from gold import FITTED, LANGUAGES, ROOT, SHARED, GoldSite, aligned_site, newsroom
from noise import Noise

from corpus_builder.quality import calibration as c
from corpus_builder.quality.batch import Batch, RowTexts
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import column
from corpus_builder.quality.scores import compute
from corpus_builder.quality.survey import load
from corpus_builder.workspace.lexicon import read_lexicon

ROUGH_RATES = {"drop": 0.15, "insert": 0.15, "move": 0.4, "merge": 0.2}
FIT: Mapping[str, dict[str, Any] | None] = {
    "newspaper": None,
    **{f"fit-{seed}": {"seed": seed, "documents": FITTED} for seed in (1, 2, 3, 4, 5)},
    **{f"fit-rough-{seed}": {"seed": seed, "documents": FITTED, **ROUGH_RATES} for seed in (10, 11)},
}
"""The sites that are fitted on, by name; None is the sample newspaper."""
MEASURED: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "held-back": {f"held-back-{seed}": {"seed": seed} for seed in (6, 7, 8)},
    "rough": {"held-back-rough-9": {"seed": 9, **ROUGH_RATES}},
    "other-ground": {
        f"debian-{seed}": {"seed": seed, "documents": ":", "corpus": "debian/debian-dev.tsv"} for seed in (6, 7, 8)
    },
}
MEASURED_ON = {
    "held-back": "three newsroom sites of 41 documents of NTREX-128 (news) that nothing was fitted on",
    "rough": "a newsroom site of the same 41 documents with more than twice the usual differences between editions",
    "other-ground": "three newsroom sites of 23 pages of debian.org (headings, lists, commands), a kind of text that "
    "nothing was fitted on",
}
LEVELS = ("sentence", "block")
PENALTY = 3.0
RIGHT = "right"
DAMAGED = 0.02
"""How many rows in a hundred are taken to have an error in the text that the aligner does not see."""
INCOMPLETE = 0.1
"""How many right rows are taken to lack something on one side. Chosen: one in ten; readers of samples of real editions
may correct it.
"""
PAIRS = [(a, b) for a in sorted(LANGUAGES) for b in sorted(LANGUAGES) if a < b]


def site_of(name: str, folder: Path) -> GoldSite:
    """A site by its name in `FIT` or `MEASURED`."""
    options = {**FIT, **{name: own for sites in MEASURED.values() for name, own in sites.items()}}[name]
    if options is None:
        return aligned_site(name, ROOT / "data/newspaper/gold.jsonl", folder, "sample")
    return aligned_site(name, newsroom(folder=folder, **options), folder)


def read_site(name: str, folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """By level the rows of a site as the aligner made them ("natural"), for fitting also damaged ones ("made"), and
    complete and incomplete ones ("omitted").
    """
    site = site_of(name, folder)
    context = context_of(site)
    return {
        level: {
            "natural": natural_rows(site, level, context),
            "made": evidence_rows(site, level, context) if name in FIT else {},
            "omitted": table(omission_rows(site, level), level, context),
        }
        for level in LEVELS
    }


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
    fitted_on = [*FIT]
    names = [*fitted_on, *(name for own in MEASURED.values() for name in own)]
    with ProcessPoolExecutor(options.workers) as pool:
        work = [pool.submit(read_site, name, options.work.absolute()) for name in names]
        read = {name: one.result() for name, one in zip(names, work, strict=True)}
    kinds_of_model = ("evidence", "probability", "row", "complete", "complete_row", "measured")
    data: dict[str, Any] = {kind: {} for kind in kinds_of_model}
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
        for title, names_of in MEASURED.items():
            pairs = together([judged(read[name][level]["natural"], evidence) for name in names_of])
            p = c.sigmoid(probability.log_odds(pairs))
            least, all_right = by_row(pairs, p)
            rows = c.sigmoid(row.log_odds({"least": c.log_odds(least)}))
            own = {"pairs": c.reliability(p, pairs["right"]), "rows": c.reliability(rows, all_right)}
            said = ~np.isnan(pairs["alignment"])
            own["aligner_alone"] = c.reliability(c.sigmoid(pairs["alignment"][said]), pairs["right"][said])
            measured[title] = own
            for of, told in own.items():
                print(f"  {title:12s} {of:14s} n={told['rows']:5d} ECE {told['ece']:.4f} Brier {told['brier']:.4f} "
                      f"right at >=.9 {told['right_at_0.9']}")  # fmt: skip
            print(f"  {title:10s} AUC of pairs {auc(p, pairs['right']):.3f}, of the aligner alone "
                  f"{auc(pairs['alignment'][said], pairs['right'][said]):.3f}")  # fmt: skip
        models = Models(evidence, probability, row)
        complete, complete_row = fit_complete([read[name][level]["omitted"] for name in fitted_on])
        data["complete"][level], data["complete_row"][level] = complete.as_data(), complete_row.as_data()
        for title, names_of in MEASURED.items():
            omitted = [read[name][level]["omitted"] for name in names_of]
            measured[title] |= measure_complete(omitted, models, complete, complete_row, title)
        data["measured"][level] = measured
    data["from"] = {
        "command": "python benchmarks/quality/calibrate.py --write",
        "fitted_on": "the sample newspaper, and newsroom sites of 82 documents of NTREX-128 (CC BY-SA 4.0)",
        "measured_on": MEASURED_ON,
        "incomplete": INCOMPLETE,
    }  # fmt: skip
    if options.write:
        path = ROOT / c.FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"\nwrote {path}")


class Models(NamedTuple):
    """The models of a level that make the probability."""

    evidence: c.Evidence
    probability: c.Logistic
    row: c.Logistic

    def pairs(self, part: dict[str, Any]) -> np.ndarray:
        """The probability of the pairs of a table of `complete_rows`."""
        odds = self.evidence.log_odds(part["evidence"])
        return c.sigmoid(self.probability.log_odds(c.with_aligner(odds, part["alignment"], part["score"])))


def fit_complete(parts: list[dict[str, Any]]) -> tuple[c.Logistic, c.Logistic]:
    """The model of completeness of pairs, and that of rows by the least of their pairs; one in ten is incomplete."""
    complete = np.concatenate([part["complete"] for part in parts])
    values = {name: np.concatenate([part["values"][name] for part in parts]) for name in parts[0]["values"]}
    model = c.fit(list(values), values, complete, shares_of(complete), PENALTY)
    least, whole = rows_of(parts, [c.sigmoid(model.log_odds(part["values"])) for part in parts])
    return model, c.fit(["least"], {"least": c.log_odds(least)}, whole, shares_of(whole), 0.1)


def shares_of(complete: np.ndarray) -> np.ndarray:
    """The weight of each row, so that `INCOMPLETE` of them are incomplete."""
    incomplete = INCOMPLETE / (1 - INCOMPLETE) * complete.sum() / (complete == 0).sum()
    return np.where(complete > 0, 1.0, incomplete)


def rows_of(parts: list[dict[str, Any]], of_pairs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Of each row the least value of its pairs, and whether all are complete."""
    told = [
        by_row({"row": part["row"], "right": part["complete"]}, own) for part, own in zip(parts, of_pairs, strict=True)
    ]
    return np.concatenate([least for least, _ in told]), np.concatenate([whole for _, whole in told])


def measure_complete(
    parts: list[dict[str, Any]], models: Models, complete: c.Logistic, complete_row: c.Logistic, title: str
) -> dict[str, Any]:
    """How well `complete` holds on pairs and rows of which one in ten is incomplete, and which omissions it notices."""
    likely = [models.pairs(part) for part in parts]
    of_pairs = [p * c.sigmoid(complete.log_odds(part["values"])) for p, part in zip(likely, parts, strict=True)]
    least, whole = rows_of(parts, of_pairs)
    rows = c.sigmoid(complete_row.log_odds({"least": c.log_odds(least)}))
    said, truth = np.concatenate(of_pairs), np.concatenate([part["complete"] for part in parts])
    kinds = np.concatenate([part["kind"] for part in parts])
    measured: dict[str, Any] = {}
    for of, p, right in (("complete_pairs", said, truth), ("complete_rows", rows, whole)):
        chosen = np.random.default_rng(1).random(len(p)) < shares_of(right)
        measured[of] = c.reliability(p[chosen], right[chosen])
        print(f"  {title:12s} {of:14s} n={chosen.sum():5d} ECE {measured[of]['ece']:.4f} "
              f"complete at >=.9 {measured[of]['right_at_0.9']}")  # fmt: skip
    noticed = {}
    for kind in sorted(set(kinds.tolist()) - {COMPLETE}):
        own = (kinds == kind) | (kinds == COMPLETE)
        noticed[kind] = {
            "auc": round(auc(said[own], truth[own]), 3),
            "below_0.5": round(float((said[kinds == kind] < 0.5).mean()), 3),
        }
    noticed[COMPLETE] = {"below_0.5": round(float((said[kinds == COMPLETE] < 0.5).mean()), 3)}
    print(f"  {title:12s} " + ", ".join(f"{kind} {own}" for kind, own in noticed.items()))
    return measured | {"omissions": noticed}


def auc(score: np.ndarray, right: np.ndarray) -> float:
    """The probability that a right one scores higher than a wrong one (ties count half)."""
    from scipy.stats import rankdata

    ranks = rankdata(score)
    good = int((right > 0).sum())
    bad = len(right) - good
    return float((ranks[right > 0].sum() - good * (good + 1) / 2) / (good * bad)) if good and bad else float("nan")


if __name__ == "__main__":
    main()
