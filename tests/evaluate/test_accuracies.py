"""Names, numbers and quotations of the reference: found, missed, and not to be counted."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest

from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.metrics.base import Signature
from corpus_builder.evaluate.metrics.names import known_names, names_in

from .conftest import OUTPUTS, SOURCES, make_test


@pytest.mark.parametrize("module", ["metrics.base", "metrics.names", "metrics.quotes", "systems", "translators"])
def test_examples(module):
    tested = doctest.testmod(importlib.import_module(f"corpus_builder.evaluate.{module}"))
    assert tested.attempted > 0
    assert tested.failed == 0


def test_signatures():
    test = make_test(["x"], ["y"], ["z"])
    name, number, quote = make_metrics(["name", "number", "quote"], test, MetricSettings())
    assert str(name.signature) == "nrefs:2|match:letters|version:2"
    assert str(number.signature) == "nrefs:2|match:value|version:2"
    assert str(quote.signature) == "nrefs:2|match:bigrams-0.3|version:1"
    assert number.signature != Signature.of(nrefs=2, match="value", version=1)
    assert str(number.signature.replace(match="form")) == "nrefs:2|match:form|version:2"


def counts(name, outputs, *references, pair="en-uk"):
    (metric,) = make_metrics([name], make_test(["x"] * len(outputs), *references, pair=pair), MetricSettings())
    return metric.statistics(outputs).astype(int).tolist()


def test_the_sample(sample):
    metrics = make_metrics(["name", "number", "quote"], sample, MetricSettings())
    scores = {metric.name: float(metric.scores(metric.statistics(OUTPUTS).sum(axis=0))) for metric in metrics}
    # names: Десну, Олена, Коваль, Чернігові; numbers: 12, March, 1500; the one quotation has lost its marks
    assert scores == {"name": 100.0, "number": 100.0, "quote": 0.0}


def test_a_copy_of_the_source_has_the_figures_and_no_ukrainian_name_or_month(sample):
    metrics = make_metrics(["name", "number"], sample, MetricSettings())
    scores = {metric.name: float(metric.scores(metric.statistics(SOURCES).sum(axis=0))) for metric in metrics}
    # both state 12 and 1500, and the reference березня; "March" is no month in Ukrainian
    assert scores == {"name": 0.0, "number": 80.0}


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


def test_numbers_may_be_in_words_on_either_side():
    assert counts("number", ["У п’ятьох селах", "у селах"], ["У 5 селах", "У 5 селах"]) == [[1, 1], [0, 1]]
    assert counts("number", ["У 5 селах", "у селах"], ["У п’ятьох селах", "У п’ятьох селах"]) == [[1, 1], [0, 0]]
    assert counts("number", ["пять сёл"], ["5 сёл"], pair="uk-ru") == [[1, 1]]


def test_an_invented_number_counts_against_the_output():
    assert counts("number", ["У 5 селах, 7 червня"], ["У 5 селах"]) == [[2, 4]]


def test_quotations_of_any_marks_are_matched_one_to_one():
    reference = ["«Ми переможемо», – сказала вона. «Це точно», – додав він."]
    assert counts("quote", ['Вона сказала: "Ми переможемо". “Це точно”, – додав він.'], reference) == [[2, 2]]
    assert counts("quote", ["«Ми переможемо, це точно», – сказали вони."], reference) == [[1, 2]]
    assert counts("quote", ["«Погода гарна», – сказала вона."], reference) == [[0, 2]]


def test_of_several_references_the_best_counts():
    assert counts("number", ["5 сіл"], ["5 сіл і 3 міста"], ["5 сіл"]) == [[2, 2]]


def test_without_anything_to_find_there_is_no_score():
    (metric,) = make_metrics(["quote"], make_test(["x"], ["без цитат"]), MetricSettings())
    assert np.isnan(metric.scores(metric.statistics(["«цитата»"]).sum(axis=0)))


def test_a_name_with_letters_of_another_language_is_a_miss():
    reference = ["Вчера там были и Харьков, и Одесса."]
    assert counts("name", ["Учора там були і Харків, і Одеса."], reference, pair="uk-ru") == [[1, 2]]
    assert counts("name", ["Вчера там были и Харькове, и Одеса."], reference, pair="uk-ru") == [[2, 2]]
