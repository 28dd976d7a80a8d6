"""Simulated audits: how often the 95 % interval has the true precision in it, and how wide it is.

    python benchmarks/audit.py                                         made rows
    python benchmarks/audit.py --newsroom NEWSROOM --gold GOLD.JSONL --dataset DATASET --rows 100
                                                                       rows of a dataset built from the sample newsroom

Made rows: stories of 5 to 24 rows with a log-odds each that varies between and within stories; whether a row is right
is drawn from its log-odds, shifted, so that the published probability is too high, calibrated or too low. Rows of the
newsroom: the sentence pairs of one language pair as published; a row is right if it holds one and the same translation
unit on both sides, as `newsroom.py score` counts; headlines are left out. NEWSROOM is the folder of newsroom.py.

Beside it stands what the probability gives to a sample that is not stratified: as many rows drawn at random, judged
without mistakes, plain and prediction-powered; and the part of the stratified width that is left at best if the
probability were used within the strata as well as any straight line can, which is computed from all rows.

Two annotators judge as `audit new` hands out the rows, and call some right rows wrong and some wrong rows right. A row
that one alone saw and did not call right gets a second look, unless --no-second-looks; where two disagree, the
adjudicator sees the truth. 500 audits a setting. Figures: docs/audit.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus_builder.audit import estimates
from corpus_builder.audit.estimates import Estimates, estimate
from corpus_builder.audit.mistakes import Observed
from corpus_builder.audit.sampling import Candidate, Drawn, draw
from corpus_builder.audit.strata import Stratum, stratum_of
from corpus_builder.dataset.folder import DatasetFolder

MISTAKES = ((0.0, 0.0), (0.005, 0.05), (0.02, 0.1), (0.04, 0.2))
"""Share of right rows called wrong, share of wrong rows called right."""
SHIFTS = (-1.0, 0.0, 1.0, 2.0)
"""Shifts of the log-odds of made rows."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--audits", type=int, default=500)
    options.add_argument("--stories", type=int, default=500, help="stories of made rows")
    options.add_argument("--rows", type=int, default=300, help="rows of a sample")
    options.add_argument("--newsroom", type=Path, help="folder of newsroom.py")
    options.add_argument("--gold", type=Path, help="gold.jsonl of the site that the dataset was built from")
    options.add_argument("--dataset", type=Path)
    options.add_argument("--pair", default="en-uk")
    options.add_argument("--no-second-looks", action="store_true")
    a = options.parse_args()
    estimates.RESAMPLES = 200  # the bootstrap's figures need no more, and the rest is not touched by it
    print("rows          mistakes      truth   stratified     bootstrap      predicted      at random      the same, "
          "predicted  (share covered, width)")  # fmt: skip
    if a.dataset:
        rows, truth = newsroom(a.newsroom, a.gold, a.dataset, a.pair)
        print(f"{len(rows)} rows of {len({row.article_id for row in rows})} stories")
        for mistakes in MISTAKES:
            simulate("newsroom", rows, truth, mistakes, a)
        return
    for shift, mistakes in [*((s, MISTAKES[0]) for s in SHIFTS), *((0.0, m) for m in MISTAKES[1:]), (2.0, MISTAKES[2])]:
        simulate(f"shift {shift:+.1f}", *population(a.stories, shift), mistakes, a)


def simulate(name: str, rows: Sequence[Candidate], truth: np.ndarray, mistakes: tuple[float, float], a: Any) -> None:
    """Print how often the intervals of many audits have the truth, and their mean width."""
    true = float(truth.mean())
    covered, widths, centre = np.zeros(5), np.zeros(5), 0.0
    for seed in range(a.audits):
        drawn = draw(rows, a.rows, ("anna", "ben"), seed)
        observed = judged(drawn.rows, truth, mistakes, seed, second_looks=not a.no_second_looks)
        found = estimate(drawn.strata, observed, seed)
        assert found is not None
        centre += found.stratified.estimate / a.audits
        plain = at_random(rows, truth, a.rows, seed)
        intervals = (found.stratified, found.bootstrap, found.predicted, plain.stratified, plain.predicted)
        for k, interval in enumerate(intervals):
            covered[k] += interval.low <= true <= interval.high
            widths[k] += interval.width
    shown = "   ".join(f"{c / a.audits:.3f} {w / a.audits:.4f}" for c, w in zip(covered, widths, strict=True))
    print(f"{name:12}  {mistakes[0]:.3f} {mistakes[1]:.3f}  {true:.4f}   {shown}   mean {centre:.4f}"
          f"   at best {at_best(rows, truth, drawn.strata):.3f}", flush=True)  # fmt: skip


def at_random(rows: Sequence[Candidate], truth: np.ndarray, size: int, seed: int) -> Estimates:
    """The estimates from a simple random sample without mistakes."""
    chosen = np.random.default_rng(20_000 + seed).choice(len(rows), size, replace=False).tolist()
    mean = float(np.mean([row.probability for row in rows]))
    judgements = [
        Observed("all", rows[k].article_id, rows[k].probability, right=bool(truth[k]), said=(bool(truth[k]),),
                 shared=True, checked=True)
        for k in chosen
    ]  # fmt: skip
    found = estimate([Stratum("all", len(rows), mean, size)], judgements, seed)
    assert found is not None
    return found


def at_best(rows: Sequence[Candidate], truth: np.ndarray, strata: Sequence[Stratum]) -> float:
    """Of the standard deviation of the stratified estimate, the part that is left where the best slope is known."""
    yy = pp = yp = 0.0
    for stratum in strata:
        own = [k for k, row in enumerate(rows) if row.stratum == stratum.name]
        if len(own) < 2 or not stratum.sampled:
            continue
        y, p = truth[own].astype(float), np.array([rows[k].probability for k in own])
        weight = (stratum.rows / len(rows)) ** 2 / stratum.sampled * (1 - stratum.sampled / stratum.rows)
        yy, pp = yy + weight * y.var(), pp + weight * p.var()
        yp += weight * float(((y - y.mean()) * (p - p.mean())).mean())
    return float(np.sqrt(1 - yp**2 / (yy * pp))) if yy and pp else 1.0


def population(stories: int, shift: float) -> tuple[list[Candidate], np.ndarray]:
    """Made rows with their probability, and whether each is right."""
    chance = np.random.default_rng(1)
    rows: list[Candidate] = []
    truth: list[bool] = []
    for story in range(stories):
        of_story = chance.normal(0, 1)
        for _ in range(chance.integers(5, 25)):
            odds = chance.normal(4.8, 2.2) + of_story
            p = float(1 / (1 + np.exp(-odds)))
            side = "a" if chance.random() < 0.85 else "a\nb"
            rows.append(Candidate(len(rows), str(story), stratum_of(p, [side, "c"], ()), p))
            truth.append(bool(chance.random() < 1 / (1 + np.exp(-odds - shift))))
    return rows, np.array(truth)


def newsroom(folder: Path, gold_file: Path, dataset: Path, pair: str) -> tuple[list[Candidate], np.ndarray]:
    """The published sentence pairs of a dataset that was built from the newsroom, and whether each is right."""
    spec = importlib.util.spec_from_file_location("newsroom", folder / "newsroom.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["newsroom"] = module
    spec.loader.exec_module(module)
    gold = {each["article"]: each for each in map(json.loads, gold_file.read_text(encoding="utf-8").splitlines())}
    editions = {(k, x): module.Text(text) for k, each in gold.items() for x, text in each["paragraphs"].items()}
    rows: list[Candidate] = []
    truth: list[bool] = []
    for _, row in DatasetFolder(dataset).rows(f"sentences.{pair}"):
        story, texts = row["article_id"], row["translation"]
        titles = {module.squash(title) for title in gold[story]["title"].values()} if story in gold else set()
        if story not in gold or row["probability"] is None or titles & {module.squash(t or "") for t in texts.values()}:
            continue
        units = [editions[story, x].covered(editions[story, x].find(text) or [], 2) for x, text in texts.items()]
        stratum = stratum_of(row["probability"], list(texts.values()), row["flags"] or ())
        rows.append(Candidate(len(rows), story, stratum, row["probability"]))
        truth.append(units[0] == units[1] and len(units[0]) == 1 and min(units[0]) > 0)
    return rows, np.array(truth)


def judged(
    drawn: Sequence[Drawn], truth: np.ndarray, mistakes: tuple[float, float], seed: int, *, second_looks: bool
) -> list[Observed]:
    """What holds of each drawn row after all have judged and disagreements are decided."""
    chance = np.random.default_rng(10_000 + seed)
    out = []
    for each in drawn:
        right = bool(truth[each.candidate.number])
        wrongly = mistakes[0] if right else mistakes[1]
        said = [right != bool(chance.random() < wrongly) for _ in each.annotators]
        if second_looks and len(said) == 1 and not said[0]:
            said.append(right != bool(chance.random() < wrongly))
        out.append(
            Observed(
                each.candidate.stratum, each.candidate.article_id, each.candidate.probability,
                right=right if len(set(said)) > 1 else said[0], said=tuple(said), shared=len(each.annotators) > 1,
                checked=len(said) > 1, weight=1 / each.inclusion,
            )
        )  # fmt: skip
    return out


if __name__ == "__main__":
    main()
