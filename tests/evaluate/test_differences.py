"""Differences of pairs of systems in every output, corrected for their number, with what to be careful of."""

from __future__ import annotations

import csv
import io
import json
from itertools import combinations

import numpy as np
import pytest

from corpus_builder.errors import UsageError
from corpus_builder.evaluate.choices import SignificanceTest, Unit
from corpus_builder.evaluate.differences import cautions, differences, matrix
from corpus_builder.evaluate.evaluation import Settings, evaluate
from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.outputs.tables import p_text, signed
from corpus_builder.evaluate.significance import Resampling, compare_systems, holm

from .conftest import OUTPUTS, REFERENCES, SOURCES, make_test


def symmetric(values):
    """A matrix of p-values from those of the pairs (0, 1), (0, 2), …"""
    size = next(size for size in range(2, 20) if size * (size - 1) // 2 == len(values))
    made = np.ones((size, size))
    for (one, other), value in zip(combinations(range(size), 2), values, strict=True):
        made[one, other] = made[other, one] = value
    return made


def slow_holm(values):
    """The definition, pair by pair: reject in order while p < level / (pairs left)."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    corrected, before = [0.0] * len(values), 0.0
    for step, place in enumerate(order):
        before = max(before, min(1.0, values[place] * (len(values) - step)))
        corrected[place] = before
    return corrected


@pytest.mark.parametrize("size", [2, 3, 5, 9])
def test_holm_is_its_definition(size):
    values = np.random.default_rng(size).random(size * (size - 1) // 2) ** 3
    assert holm(symmetric(values)) == pytest.approx(symmetric(slow_holm(values)))


def test_holm_keeps_false_alarms_of_a_family_rare():
    """Eight equal systems: without correction most test sets show a difference, with it at most about 5 % do."""
    generator = np.random.default_rng(1)
    raw = corrected = 0
    for _ in range(100):
        arrays = {"m": [np.stack([generator.normal(size=60), np.ones(60)], axis=1) for _ in range(8)]}
        means = {"m": lambda totals: totals[..., 0] / totals[..., 1]}
        tested = compare_systems(arrays, means, None, Resampling(trials=2000, resamples=100))["m"]
        raw += bool((tested.randomisation < 0.05).any())
        corrected += bool((holm(tested.randomisation) < 0.05).any())
    assert raw > 40
    assert corrected <= 10


def test_the_interval_of_a_difference_is_that_of_the_paired_means():
    generator = np.random.default_rng(2)
    shared = generator.normal(0, 5, 500)
    one, other = shared + generator.normal(0.3, 1, 500), shared + generator.normal(0, 1, 500)
    arrays = {"m": [np.stack([values, np.ones(500)], axis=1) for values in (one, other)]}
    means = {"m": lambda totals: totals[..., 0] / totals[..., 1]}
    tested = compare_systems(arrays, means, None, Resampling(resamples=4000))["m"]
    mean, error = (one - other).mean(), (one - other).std() / 500**0.5
    assert tested.difference_low[0, 1] == pytest.approx(mean - 1.96 * error, abs=0.02)
    assert tested.difference_high[0, 1] == pytest.approx(mean + 1.96 * error, abs=0.02)
    assert tested.difference_low[1, 0] == -tested.difference_high[0, 1]
    # far narrower than the intervals of the two systems suggest, because what they share cancels out
    assert tested.high[0] - tested.low[0] > 3 * (tested.difference_high - tested.difference_low)[0, 1]


def texts(count):
    """So many rows, and three systems: one good, one that drops a word, one that copies the source."""
    sources = [f"{SOURCES[n % 4]} And {n}." for n in range(count)]
    references = [f"{REFERENCES[n % 4]} І {n}." for n in range(count)]
    worse = [" ".join(text.split()[1:]) for text in references]
    return sources, references, {"good": references, "worse": worse, "copy": sources}


def evaluated(documents=None, count=60, names=("good", "worse", "copy"), metrics=("chrf", "ter"), **settings):
    sources, references, outputs = texts(count)
    facts = {} if documents is None else {"document": documents}
    test = make_test(sources, references, **facts)
    return evaluate(
        test, {name: outputs[name] for name in names}, make_metrics(metrics, test, MetricSettings()),
        Settings(**settings),
    )  # fmt: skip


@pytest.mark.parametrize("test", list(SignificanceTest))
def test_pairs_and_matrix_agree(test):
    evaluation = evaluated(test=test)
    for metric in ("chrf", "ter"):
        scores = dict(zip(evaluation.systems, evaluation.scores[metric], strict=True))
        pairs = differences(evaluation, metric)
        assert [(each.one, each.other) for each in pairs] == [("good", "worse"), ("good", "copy"), ("worse", "copy")]
        for each in pairs:
            assert each.delta == pytest.approx(scores[each.one] - scores[each.other])
            assert each.low <= each.delta <= each.high
            assert each.p <= each.corrected < 0.05
            assert each.significant
        cells = matrix(evaluation, metric)
        assert [cells[n][n] for n in range(3)] == [None] * 3
        assert cells[2][0].delta == -pairs[1].delta
        assert (cells[2][0].low, cells[2][0].high) == (-pairs[1].high, -pairs[1].low)


def test_ranks_go_by_corrected_p_values():
    evaluation = evaluated()
    corrected = holm(evaluation.tests[evaluation.unit]["chrf"].bootstrap)
    strict = evaluated(alpha=float(corrected.min()))
    assert [place.rank for place in evaluation.ranking["chrf"]] == [1, 2, 3]
    assert [place.rank for place in strict.ranking["chrf"]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("documents", "count", "words"),
    [
        (["a"] * 60, 60, "The test set is one document: no system is ranked"),
        (None, 1, "The test set is one segment: no system is ranked"),
        (None, 30, "Only 30 segments"),
        (None, 60, "Documents are not known"),
        ([str(n // 10) for n in range(60)], 60, "Only 6 documents"),
    ],
)
def test_small_samples_warn(documents, count, words):
    evaluation = evaluated(documents, count)
    assert any(words in caution for caution in cautions(evaluation))
    single = "is ranked" in words
    assert evaluation.ranked is not single
    if single:
        assert {place.rank for place in evaluation.ranking["chrf"]} == {None}
        assert not any(each.significant for each in differences(evaluation, "chrf"))


def test_enough_documents_are_resampled_and_nothing_warns():
    evaluation = evaluated([str(n // 2) for n in range(60)])
    assert evaluation.unit is Unit.DOCUMENTS
    assert cautions(evaluation) == []


def test_rows_without_a_document_are_documents_of_their_own():
    known = [str(n // 2) if n < 40 else None for n in range(60)]
    evaluation = evaluated(known)
    assert int(evaluation.test.documents.max()) + 1 == 20 + 20
    assert evaluation.unit is Unit.DOCUMENTS


def test_too_few_draws_for_so_many_pairs_warn():
    few = evaluated(resampling=Resampling(resamples=40))
    assert any("No difference of 3 pairs can be significant with 40 draws" in caution for caution in cautions(few))
    assert any("--resamples 120" in caution for caution in cautions(few))


def test_every_output_has_every_pair(run, lines, tmp_path):
    sources, references, outputs = texts(60)
    files = ["--source", str(lines("t.en", sources)), "--reference", str(lines("t.uk", references))]
    for name in ("good", "worse", "copy"):
        files += ["--system", f"{name}={lines(f'{name}.out', outputs[name])}"]
    paths = {kind: tmp_path / kind for kind in ("json", "csv", "latex", "html")}
    kinds = [part for kind, path in paths.items() for part in (f"--{kind}", str(path))]
    result = run(*files, *kinds, "--metric", "chrf", "--metric", "quote", "--no-language-check")
    assert result.exception is None, result.exception
    read = {kind: path.read_text(encoding="utf-8") for kind, path in paths.items()}
    found = json.loads(read["json"])
    assert found["significance"]["ranking_by"]["correction"] == "Holm"
    assert found["cautions"]
    pairs = {tuple(each["systems"]): each for each in found["differences"]["chrf"]}
    assert set(pairs) == {("good", "worse"), ("good", "copy"), ("worse", "copy")}
    rows = [row for row in csv.DictReader(io.StringIO(read["csv"])) if row["dimension"] == "difference"]
    assert {(row["metric"], row["system"], row["other"]) for row in rows} == {
        (metric, one, other) for metric in ("chrf", "quote") for one in outputs for other in outputs if one != other
    }
    for (one, other), each in pairs.items():
        (row,) = [r for r in rows if (r["metric"], r["system"], r["other"]) == ("chrf", one, other)]
        assert float(row["score"]) == each["delta"]
        assert float(row["p_corrected"]) == each["p_corrected"]
        delta = signed(each["delta"], 2)
        assert f"{one} − {other}" in result.output
        for kind, text in (("terminal", result.output), ("latex", read["latex"].replace("$-$", "−"))):
            assert delta in text, kind
            assert f"[{signed(each['low'], 2)}, {signed(each['high'], 2)}]" in text, kind
            assert p_text(each["p_corrected"]) in text, kind
            assert "Holm" in text, kind


def test_documents_need_a_name_each(run, files, lines):
    documents = lines("documents", ["a", "", "a", "b"])
    error = run(*files, "--system", f"m={lines('m.uk', OUTPUTS)}", "--documents", str(documents)).exception
    assert isinstance(error, UsageError)
    assert "--documents" in str(error)
    assert "1 of 4 lines are empty" in str(error)


@pytest.mark.parametrize(("value", "text"), [(1.234, "+1.23"), (-0.5, "−0.50"), (-0.001, "0.00"), (0.0, "0.00")])
def test_differences_have_signs(value, text):
    assert signed(value, 2) == text
