"""The scores of a dataset's rows and the metrics of MT outputs read the same numbers, names, months and quotations.

Each fact is written in two ways in each language. The metric compares the two ways in one language, the score each way
of one language with the other way of another language.
"""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest

from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.quality import names, numbers, punctuation
from corpus_builder.quality.batch import Batch, RowTexts
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import ScoreInput

from .conftest import make_test

Ways = dict[str, tuple[str, str]]

AGREE: dict[str, Ways] = {
    "figures and words": {
        "uk": ("25 осіб", "двадцять п'ять осіб"),
        "ru": ("25 человек", "двадцать пять человек"),
        "en": ("25 people", "twenty-five people"),
    },
    "hundreds in words": {
        "uk": ("365 днів", "триста шістдесят п'ять днів"),
        "ru": ("365 дней", "триста шестьдесят пять дней"),
        "en": ("365 days", "three hundred and sixty-five days"),
    },
    "thousands": {
        "uk": ("26 тис. військових", "26 000 військових"),
        "ru": ("26 тыс. военных", "26 000 военных"),
        "en": ("26 thousand soldiers", "26,000 soldiers"),
    },
    "separators of thousands": {
        "uk": ("1 500 осіб", "1500 осіб"),
        "ru": ("1\u00a0500 человек", "1500 человек"),
        "en": ("1,500 people", "1500 people"),
    },
    "millions of a currency": {
        "uk": ("1,5 млн грн", "1 500 000 гривень"),
        "ru": ("1,5 млн грн", "1 500 000 гривен"),
        "en": ("UAH 1.5m", "1,500,000 hryvnias"),
    },
    "billions of dollars": {
        "uk": ("$5 млрд", "5 мільярдів доларів"),
        "ru": ("$5 млрд", "5 миллиардов долларов"),
        "en": ("$5bn", "$5 billion"),
    },
    "decimals and percent": {
        "uk": ("12,5%", "12,50 відсотка"),
        "ru": ("12,5%", "12,50 процента"),
        "en": ("12.5%", "12.50 per cent"),
    },
    "dates": {
        "uk": ("12.02.2025", "12 лютого 2025 року"),
        "ru": ("12.02.2025", "12 февраля 2025 года"),
        "en": ("12/02/2025", "12 February 2025"),
    },
    "months by figures and by name": {
        "uk": ("05.05", "5 травня"),
        "ru": ("05.05", "5 мая"),
        "en": ("5/5", "5 May"),
    },
    "months of the year": {
        "uk": ("У вересні торік", "торік у вересні"),
        "ru": ("В сентябре", "в сентябре прошлого года"),
        "en": ("in September", "last September"),
    },
    "times of the day": {
        "uk": ("о 20:00", "о 20 годині"),
        "ru": ("в 20:00", "в 20 часов"),
        "en": ("at 20:00", "at 8 p.m."),
    },
    "decades": {
        "uk": ("у 90-х роках", "у 1990-х"),
        "ru": ("в 90-х годах", "в 1990-х"),
        "en": ("in the 90s", "in the 1990s"),
    },
    "centuries": {
        "uk": ("21 століття", "XXI століття"),
        "ru": ("21 век", "XXI век"),
        "en": ("the 21st century", "the twenty-first century"),
    },
}  # fmt: skip
DIFFER: dict[str, tuple[float, Ways]] = {
    "other numbers": (0.0, {
        "uk": ("25 осіб", "26 осіб"),
        "ru": ("25 человек", "26 человек"),
        "en": ("25 people", "26 people"),
    }),
    "another scale": (0.0, {
        "uk": ("1,5 млн", "1,5 млрд"),
        "ru": ("1,5 млн", "1,5 млрд"),
        "en": ("1.5 million", "1.5 billion"),
    }),
    "a number in other words": (0.0, {
        "uk": ("25 осіб", "двадцять шість осіб"),
        "ru": ("25 человек", "двадцать шесть человек"),
        "en": ("25 people", "twenty-six people"),
    }),
    "a dropped number": (2 / 3, {
        "uk": ("25 осіб і 7 міст", "25 осіб"),
        "ru": ("25 человек и 7 городов", "25 человек"),
        "en": ("25 people and 7 towns", "25 people"),
    }),
    "another month": (0.5, {
        "uk": ("12 лютого", "12 березня"),
        "ru": ("12 февраля", "12 марта"),
        "en": ("12 February", "12 March"),
    }),
    "no number at all": (0.0, {
        "uk": ("25 осіб", "багато осіб"),
        "ru": ("25 человек", "много людей"),
        "en": ("25 people", "many people"),
    }),
}  # fmt: skip
NUMBERS = [(case, 1.0, ways) for case, ways in AGREE.items()] + [(case, *rest) for case, rest in DIFFER.items()]


def metric(name: str, language: str, reference: str, output: str) -> float:
    """The metric of one output, from 0 to 1; NaN where there is nothing to score."""
    source = "ru" if language == "uk" else "uk"
    (made,) = make_metrics([name], make_test(["x"], [reference], pair=f"{source}-{language}"), MetricSettings())
    return float(made.scores(made.statistics([output]).sum(axis=0))) / 100


def row(**texts: str) -> ScoreInput:
    """What scores are computed from, for one row."""
    return ScoreInput(Batch([RowTexts("", "sentence", 0, texts)], tuple(texts)), "sentence", Context())


def rows(ways: Ways) -> list[tuple[str, str, ScoreInput]]:
    """Single rows of each two languages, with the first way of one and the second way of the other."""
    return [(a, b, row(**{a: ways[a][0], b: ways[b][1]})) for a, b in permutations(ways, 2)]


@pytest.mark.parametrize(("case", "expected", "ways"), NUMBERS, ids=[case for case, _, _ in NUMBERS])
def test_numbers(case: str, expected: float, ways: Ways) -> None:
    for language, (one, other) in ways.items():
        assert metric("number", language, one, other) == pytest.approx(expected), (case, language)
        assert metric("number", language, other, one) == pytest.approx(expected), (case, language)
    for a, b, single in rows(ways):
        np.testing.assert_allclose(numbers.numbers_agree(single, a, b), [expected], err_msg=f"{case} {a} {b}")


def test_where_no_number_is_stated_neither_says_anything() -> None:
    assert math.isnan(metric("number", "uk", "одна з них", "дві з них"))
    single = row(uk="одна з них", ru="две из них")
    assert np.isnan(numbers.numbers_agree(single, "ru", "uk")).all()


NAMES: list[tuple[str, float, Ways]] = [
    ("cases", 1.0, {
        "uk": ("у місті говорив Зеленський", "у місті бачили Зеленського"),
        "ru": ("в городе говорил Зеленский", "в городе видели Зеленского"),
        "en": ("in town they met Zelensky", "in town, Zelenskyy's car"),
    }),
    ("spellings of a town", 1.0, {
        "uk": ("люди їдуть у Київ", "мешканці та гості Києва"),
        "ru": ("люди едут в Киев", "жители и гости Киева"),
        "en": ("they go to Kyiv", "they went to Kiev"),
    }),
    ("first names that languages change", 1.0, {
        "uk": ("тоді прийшов Микола", "там був і Микола"),
        "ru": ("тогда пришёл Николай", "там был и Николай"),
        "en": ("then came Mykola", "then came Nikolai"),
    }),
    ("other names", 0.0, {
        "uk": ("учора був Харків", "учора був Херсон"),
        "ru": ("вчера был Харьков", "вчера был Херсон"),
        "en": ("it was in Kharkiv", "it was in Kherson"),
    }),
    ("a dropped name", 0.0, {
        "uk": ("учора приїхав Путін", "учора хтось приїхав"),
        "ru": ("вчера приехал Путин", "вчера кто-то приехал"),
        "en": ("yesterday came Putin", "yesterday someone came"),
    }),
]  # fmt: skip


@pytest.mark.parametrize(("case", "expected", "ways"), NAMES, ids=[case for case, _, _ in NAMES])
def test_names(case: str, expected: float, ways: Ways) -> None:
    for language, (one, other) in ways.items():
        assert metric("name", language, one, other) == expected, (case, language)
    for a, b, single in rows(ways):
        np.testing.assert_array_equal(names.names_agree(single, a, b), [expected], err_msg=f"{case} {a} {b}")


def test_months_and_weekdays_are_no_names_for_either() -> None:
    text = "they came on Monday, the fifth of August"
    assert math.isnan(metric("name", "en", text, text))
    single = row(en=text, uk="вони приїхали")
    assert np.isnan(names.names_agree(single, "en", "uk")).all()


@pytest.mark.parametrize("marks", ["«»", "“”", "„“", '""', "''", "‘’", "»«"])
def test_quotation_marks_of_any_shape(marks: str) -> None:
    reference, output = "Він сказав: «Так, буде мир».", f"Він сказав: {marks[0]}Так, буде мир{marks[1]}."
    assert metric("quote", "uk", reference, output) == 1.0
    assert punctuation.agreement(row(uk=reference, ru=output), "ru", "uk").tolist() == [1.0]
    without = output.translate(dict.fromkeys(map(ord, marks)))
    assert metric("quote", "uk", reference, without) == 0.0
    assert punctuation.agreement(row(uk=reference, ru=without), "ru", "uk")[0] < 1.0


def test_an_apostrophe_is_no_quotation_mark_for_either() -> None:
    text = "П'ять сімей об’єдналися"
    assert math.isnan(metric("quote", "uk", text, text))
    assert punctuation.agreement(row(uk=text, ru="Пять семей объединились"), "ru", "uk").tolist() == [1.0]
