"""Names, numbers and quotations of the reference: found, missed, and not to be counted."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest

from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.metrics.names import known_names, names_in, same_name
from corpus_builder.evaluate.metrics.numbers import numbers_in

from .conftest import OUTPUTS, SOURCES, make_test


@pytest.mark.parametrize("module", ["metrics.names", "metrics.numbers", "metrics.quotes", "systems", "translators"])
def test_examples(module):
    tested = doctest.testmod(importlib.import_module(f"corpus_builder.evaluate.{module}"))
    assert tested.attempted > 0
    assert tested.failed == 0


def counts(name, outputs, *references, pair="en-uk"):
    (metric,) = make_metrics([name], make_test(["x"] * len(outputs), *references, pair=pair), MetricSettings())
    return metric.statistics(outputs).astype(int).tolist()


def test_the_sample(sample):
    metrics = make_metrics(["name", "number", "quote"], sample, MetricSettings())
    scores = {metric.name: float(metric.scores(metric.statistics(OUTPUTS).sum(axis=0))) for metric in metrics}
    # names: Десну, Олена, Коваль, Чернігові; numbers: 12, 1500; the one quotation has lost its marks
    assert scores == {"name": 100.0, "number": 100.0, "quote": 0.0}


def test_a_copy_of_the_source_has_the_numbers_and_no_ukrainian_name(sample):
    metrics = make_metrics(["name", "number"], sample, MetricSettings())
    scores = {metric.name: float(metric.scores(metric.statistics(SOURCES).sum(axis=0))) for metric in metrics}
    assert scores == {"name": 0.0, "number": 50.0}  # "1,500" is one and a half in Ukrainian


@pytest.mark.parametrize(
    ("one", "other"),
    [("десну", "десною"), ("чернігові", "чернігова"), ("олена", "олени"), ("шевченко", "шевченка"), ("kyiv", "kyiv's")],
)
def test_inflections_are_one_name(one, other):
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(("one", "other"), [("марк", "марія"), ("сша", "схід"), ("львів", "луцьк"), ("ян", "яна")])
def test_different_names(one, other):
    assert not same_name(one, other)


def test_a_word_that_is_capitalised_for_its_place_alone_is_no_name():
    known = known_names(["Старий міст закрили. Новий відкрили.", "Учора Київ бачив, як старий міст закрили."])
    assert known == {"київ"}


def test_headlines_in_capitals_teach_nothing_but_names_are_found_in_them():
    texts = ["Old Bridge Over Desna Closed", "They closed the old bridge over the Desna on Monday, and I saw it."]
    known = known_names(texts)
    assert known == {"desna"}
    assert names_in(texts[0], known) == ["desna"]


def test_each_word_of_the_output_renders_one_name():
    references = ["Учора пані Коваль бачила там пана Коваля.", "Там був Коваль."]
    assert counts("name", ["Вчора Коваль бачила його.", "Там нікого."], references) == [[1, 2], [0, 1]]


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("1 234 567 осіб", "uk", ["1234567"]),
        ("1,234,567.50 dollars", "en", ["1234567.5"]),
        ("3,5 і 3.5", "uk", ["3.5", "3.5"]),
        ("2024 2025", "uk", ["2024", "2025"]),
        ("о 17:30", "uk", ["17", "30"]),
        ("007 та 0,50", "uk", ["7", "0.5"]),
        ("4 тис., 1,25 мільярда", "uk", ["4000", "1250000000"]),
        ("12 thousand and $3.2 million", "en", ["12000", "3200000"]),
        ("без чисел", "uk", []),
    ],
)
def test_numbers(text, language, values):
    assert numbers_in(text, language) == values


def test_small_numbers_may_be_spelled_out_in_the_output():
    assert counts("number", ["У п’ятьох селах", "у селах"], ["У 5 селах", "У 5 селах"]) == [[1, 1], [0, 1]]
    assert counts("number", ["пять сёл"], ["5 сёл"], pair="uk-ru") == [[1, 1]]


def test_a_number_counts_as_often_as_it_stands():
    assert counts("number", ["5 і 6"], ["5 і 5"]) == [[1, 2]]


def test_quotations_of_any_marks_are_matched_one_to_one():
    reference = ["«Ми переможемо», – сказала вона. «Це точно», – додав він."]
    assert counts("quote", ['Вона сказала: "Ми переможемо". “Це точно”, – додав він.'], reference) == [[2, 2]]
    assert counts("quote", ["«Ми переможемо, це точно», – сказали вони."], reference) == [[1, 2]]
    assert counts("quote", ["«Погода гарна», – сказала вона."], reference) == [[0, 2]]


def test_of_several_references_the_best_counts():
    assert counts("number", ["5 сіл"], ["5 сіл і 3 міста"], ["5 сіл"]) == [[1, 1]]


def test_without_anything_to_find_there_is_no_score():
    (metric,) = make_metrics(["quote"], make_test(["x"], ["без цитат"]), MetricSettings())
    assert np.isnan(metric.scores(metric.statistics(["«цитата»"]).sum(axis=0)))
