"""Simulated audits: `python benchmarks/audit.py`. How often the 95 % interval has the true precision in it.

The rows are made: stories of 5 to 24 rows with a log-odds each that varies between and within stories; whether a row is
right is drawn from its log-odds, shifted, so that the published probability is too high, calibrated or too low. Two
annotators judge 300 rows as `audit new` hands them out, and call some right rows wrong and some wrong rows right; where
they disagree, the adjudicator sees the truth. 500 audits a setting. Figures: docs/audit.md.
"""

from __future__ import annotations

import argparse

import numpy as np

from corpus_builder.audit import estimates
from corpus_builder.audit.estimates import Observed, estimate
from corpus_builder.audit.sampling import Candidate, draw
from corpus_builder.audit.strata import stratum_of

SETTINGS = ((-1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (2.0, 0.0, 0.0), (0.0, 0.005, 0.05), (0.0, 0.02, 0.1))
"""Shift of the log-odds, share of right rows called wrong, share of wrong rows called right."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--audits", type=int, default=500)
    options.add_argument("--stories", type=int, default=500)
    a = options.parse_args()
    estimates.RESAMPLES = 200  # the bootstrap's figures need no more, and the rest is not touched by it
    print("shift  errors of annotators   truth   stratified     bootstrap      predicted  (share covered, width)")
    for shift, missed, passed in SETTINGS:
        rows, truth = population(a.stories, shift)
        true = float(truth.mean())
        covered, widths = np.zeros(3), np.zeros(3)
        for seed in range(a.audits):
            drawn = draw(rows, 300, ("anna", "ben"), seed)
            said = judged(drawn.rows, truth, missed, passed, seed)
            observed = [
                Observed(d.candidate.stratum, d.candidate.article_id, d.candidate.probability, right)
                for d, right in zip(drawn.rows, said, strict=True)
            ]
            found = estimate(drawn.strata, observed, seed)
            assert found is not None
            for k, interval in enumerate((found.stratified, found.bootstrap, found.predicted)):
                covered[k] += interval.low <= true <= interval.high
                widths[k] += interval.width
        shown = "   ".join(f"{c / a.audits:.3f} {w / a.audits:.4f}" for c, w in zip(covered, widths, strict=True))
        print(f"{shift:+5.1f}  {missed:.3f} {passed:.3f}            {true:.4f}   {shown}", flush=True)


def population(stories: int, shift: float) -> tuple[list[Candidate], np.ndarray]:
    """Rows with their probability, and whether each is right."""
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


def judged(drawn, truth: np.ndarray, missed: float, passed: float, seed: int) -> list[bool]:  # type: ignore[no-untyped-def]
    """What holds of each drawn row after all have judged and disagreements are decided."""
    chance = np.random.default_rng(10_000 + seed)
    out = []
    for each in drawn:
        right = bool(truth[each.candidate.number])
        said = {right != bool(chance.random() < (missed if right else passed)) for _ in each.annotators}
        out.append(right if len(said) > 1 else said.pop())
    return out


if __name__ == "__main__":
    main()
