"""On WMT22's English-Ukrainian systems: the official scores, and sacrebleu's p-values."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest

from corpus_builder.evaluate.lines import read_lines, read_test_set
from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.significance import Resampling, compare_systems
from corpus_builder.evaluate.testset import Pair, TestSet

STEM = "generaltest2022.en-uk."


def read(wmt22: Path) -> TestSet:
    return read_test_set(wmt22 / f"{STEM}src.en", [wmt22 / f"{STEM}ref.A.uk"], Pair("en", "uk"))


def test_official_scores_to_four_decimals(wmt22: Path) -> None:
    test = read(wmt22)
    metrics = make_metrics(["bleu", "chrf"], test, MetricSettings())
    with (wmt22 / "official-scores.en-uk.tsv").open(encoding="utf-8") as file:
        official = {(row["system"], row["metric"]): row["score"] for row in csv.DictReader(file, delimiter="\t")}
    systems = sorted({system for system, _ in official})
    assert len(systems) == 9
    for system in systems:
        outputs = read_lines(wmt22 / f"{STEM}hyp.{system}.uk", "system")
        for metric in metrics:
            score = float(metric.scores(metric.statistics(outputs).sum(axis=0)))
            assert f"{score:.4f}" == f"{float(official[system, f'{metric.name}-all']):.4f}", (system, metric.name)


@pytest.mark.slow
def test_p_values_are_sacrebleus_within_resampling_noise(wmt22: Path) -> None:
    test = read(wmt22)
    # systems between 26.2 and 27.3 BLEU, of which some differ and some do not
    names = ("Online-Y", "eTranslation", "Online-G")
    outputs = {name: read_lines(wmt22 / f"{STEM}hyp.{name}.uk", "system") for name in names}
    metrics = make_metrics(["bleu", "chrf"], test, MetricSettings())
    tested = compare_systems(
        {metric.name: [metric.statistics(lines) for lines in outputs.values()] for metric in metrics},
        {metric.name: metric.scores for metric in metrics},
        None,
        Resampling(),
    )
    compared = []
    for kind, ours in (("bs", "bootstrap"), ("ar", "randomisation")):
        theirs = {"BLEU": BLEU(), "chrF2": CHRF()}
        _, results = PairedTest(list(outputs.items()), theirs, test.references, kind, n_samples=1000)()
        for name, title in (("bleu", "BLEU"), ("chrf", "chrF2")):
            for other in range(1, len(names)):
                p = results[title][other].p_value
                compared.append((float(getattr(tested[name], ours)[0, other]), p))
    # Both are estimates from 1,000 resamples: twice the variance of one, and four standard deviations of it.
    for ours, theirs in compared:
        noise = 4 * (2 * max(theirs, 0.001) * (1 - theirs) / 1000) ** 0.5
        assert ours == pytest.approx(theirs, abs=noise + 0.002)
    assert any(p > 0.2 for _, p in compared)
    assert any(p < 0.01 for _, p in compared)
