"""Numbers, dates, times and units: what agrees though it is written otherwise, and what does not."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.quality import numbers
from corpus_builder.quality.batch import Batch, RowTexts
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import ScoreInput
from corpus_builder.text.quantities import numbers_agree, quantities, units

SAME = [
    ("uk", "12 лютого", "en", "on 12 February"),
    ("uk", "12.02.2025", "en", "12 February 2025"),
    ("ru", "12 февраля 2025 года", "uk", "12.02.2025"),
    ("uk", "1,5 млн", "en", "1.5 million"),
    ("uk", "1 500 осіб", "en", "1,500 people"),
    ("uk", "1500000 грн", "en", "UAH 1.5 million"),
    ("uk", "26 тис. військових", "en", "26,000 soldiers"),
    ("uk", "двадцять п'ять осіб", "en", "25 people"),
    ("uk", "25 осіб", "en", "twenty-five people"),
    ("ru", "триста шестьдесят пять дней", "uk", "365 днів"),
    ("en", "two hundred and fifty thousand", "uk", "250 тисяч"),
    ("uk", "о 20:00", "en", "at 8 p.m."),
    ("uk", "у 1990-х", "en", "in the 1990s"),
    ("uk", "у 90-х роках", "en", "in the 1990s"),
    ("uk", "XXI століття", "en", "the 21st century"),
    ("uk", "двадцятирічний хлопець", "en", "a 20-year-old"),
    ("uk", "$26 млрд", "en", "$26bn"),
    ("uk", "12,5%", "en", "12.5 per cent"),
    ("ru", "в мае", "uk", "у травні"),
    ("uk", "5 травня", "en", "5 May"),
    ("uk", "свиня вагою 295 кг", "en", "a 650-pound pig"),
    ("ru", "от 2,5 до 10 см", "en", "1 to 4 inches"),
    ("uk", "27 градусів", "en", "80 degrees"),
    ("uk", "45 миль (72 кілометри)", "ru", "72 км"),
    ("uk", "рахунок 1:0", "en", "a 1-0 defeat"),
    ("uk", "на грудневих виборах", "en", "in the December elections"),
    ("ru", "четыре пятых территории", "en", "80% of the territory"),
    ("uk", "дві цілих три десятих відсотка", "en", "2.3%"),
    ("ru", "полтора десятка человек", "en", "15 people"),
    ("en", "six dozen eggs", "uk", "72 яйця"),
    ("uk", "пройшло півроку", "en", "6 months passed"),
    ("en", "a year and a half later", "ru", "18 месяцев спустя"),
    ("ru", "полуторагодовалый ребёнок", "en", "an 18-month-old child"),
    ("uk", "дві доби", "en", "48 hours"),
    ("en", "half a kilogram", "ru", "500 г"),
    ("en", "2.5 km away", "uk", "за 2500 метрів"),
    ("ru", "от трёх до пяти тысяч солдат", "en", "between 3,000 and 5,000 soldiers"),
    ("en", "3-5 million", "uk", "від 3 млн до 5 млн"),
    ("ru", "двести пятьдесят три миллиона четыреста тысяч", "en", "253.4 million"),
    ("ru", "в две тысячи двадцать втором году", "en", "in 2022"),
    ("uk", "тисяча дев'ятсот дев'яносто перший", "en", "1991"),
    ("en", "nineteen ninety-one", "ru", "1991 год"),
    ("en", "2 and a half million", "uk", "2,5 млн"),
    ("uk", "розділ XLIV", "en", "chapter 44"),
    ("en", "the 2021-22 season", "ru", "сезон 2021/2022"),
    ("en", "open 24/7 from 5 May", "uk", "цілодобово з 5 травня"),
    ("uk", "температура 40 °C", "en", "104°F"),
    ("en", "call +380 44 123-45-67", "uk", "телефон (044) 123 45 67"),
    ("uk", "об 11.15", "en", "at 11:15"),
    ("en", "16.5 to 10.5", "uk", "16,5:10,5"),
    ("en", "1.12 million", "uk", "1,12 млн"),
    ("en", "5 millionaires", "uk", "5 мільйонерів"),
    ("uk", "у 2022 тиск упав", "en", "in 2022 the pressure fell"),
    ("uk", "ціни зросли втричі", "en", "prices grew 3 times"),
]
DIFFERENT = [
    ("uk", "12 лютого", "en", "on 13 February"),
    ("uk", "12 лютого", "en", "on 12 March"),
    ("uk", "1,5 млн", "en", "1.5 billion"),
    ("uk", "25 осіб", "en", "twenty-six people"),
    ("uk", "1 500 осіб", "en", "1,600 people"),
    ("uk", "свиня вагою 345 кг", "en", "a 650-pound pig"),
    ("ru", "5 миллионов женщин", "en", "8 million women"),
    ("uk", "три доби", "en", "48 hours"),
    ("ru", "три восьмых", "en", "62.5%"),
    ("en", "in 1991", "ru", "в тысяча девятьсот девяносто втором году"),
    ("en", "the 2021-22 season", "ru", "сезон 2021/2023"),
    ("en", "call +380 44 123-45-67", "uk", "телефон (044) 123 45 68"),
    ("en", "six dozen eggs", "uk", "62 яйця"),
]


@pytest.mark.parametrize(("a", "first", "b", "second"), SAME)
def test_the_same_quantities_agree(a: str, first: str, b: str, second: str) -> None:
    assert numbers_agree(quantities(first, a), quantities(second, b)) == 1.0


@pytest.mark.parametrize(("a", "first", "b", "second"), DIFFERENT)
def test_other_quantities_do_not(a: str, first: str, b: str, second: str) -> None:
    assert numbers_agree(quantities(first, a), quantities(second, b)) < 1.0


def test_worded_numbers_demand_nothing() -> None:
    assert math.isnan(numbers_agree(quantities("один із них", "uk"), quantities("they may march", "en")))
    assert math.isnan(numbers_agree(quantities("Ян спит", "ru"), quantities("Jan is asleep", "en")))


def test_currencies_and_percentages() -> None:
    texts = ["UAH 5 and 3 percent", "5 dollars", "five of them"]
    sides = [{"uk": "5 гривень і 3%" if "of" not in text else "Європа", "en": text} for text in texts]
    batch = Batch([RowTexts("", "sentence", 0, own) for own in sides], ("en", "uk"))
    agreement = numbers.units_agree(ScoreInput(batch, "sentence", Context()), "en", "uk")
    assert agreement.tolist()[:2] == [1.0, 0.0]
    assert math.isnan(agreement[2])
    assert units("Європа", "uk") == frozenset()
    assert units("один рубль, два рубли, 5 руб.", "ru") == {"RUB"}
    assert units("Марко Рубіо на рубежі в сорочці від Рубльова", "uk") == frozenset()


@given(st.lists(st.sampled_from([text for case in SAME for text in case[1::2]]), min_size=2, max_size=8))
def test_a_batch_reads_what_each_text_states(texts: list[str]) -> None:
    batch = Batch([RowTexts("", "", 0, {"uk": uk, "en": en}) for uk, en in pairwise(texts)], ("en", "uk"))
    read = [{language: quantities(text, language) for language, text in row.texts.items()} for row in batch.rows]
    expected = [numbers_agree(own["en"], own["uk"]) for own in read]
    np.testing.assert_array_equal(numbers.numbers_agree(ScoreInput(batch, "sentence", Context()), "en", "uk"), expected)


@given(st.text(max_size=80), st.text(max_size=80))
def test_agreement_is_symmetric_and_a_text_agrees_with_itself(one: str, other: str) -> None:
    a, b = quantities(one, "uk"), quantities(other, "en")
    forth, back = numbers_agree(a, b), numbers_agree(b, a)
    assert forth == back or (math.isnan(forth) and math.isnan(back))
    own = numbers_agree(a, a)
    assert math.isnan(own) or own == 1.0


@pytest.mark.parametrize(
    ("language", "text", "worded"),
    [
        ("ru", "семь других кандидатов", {7.0}),  # другий is "second" in Ukrainian
        ("uk", "Пол Міллс, мій гість BNPB", set()),  # пол is "half" in Russian, bn a billion in English
        ("fr", "six seconds", set()),
    ],
)
def test_number_words_are_those_of_the_language(language: str, text: str, worded: set[float]) -> None:
    assert quantities(text, language).worded == worded


@pytest.mark.parametrize(
    ("one", "text", "other", "translation"),
    [
        ("en", "It cost 1.5 million euros.", "uk", "Це коштувало півтора мільйона євро."),
        ("en", "It cost 1.5 million euros.", "ru", "Это стоило полтора миллиона евро."),
        ("en", "He paid 2,500 hryvnias.", "uk", "Він сплатив дві з половиною тисячі гривень."),
        ("en", "He paid 2,500 roubles.", "ru", "Он заплатил две с половиной тысячи рублей."),
        ("ru", "Это стоило 3500 рублей.", "en", "It cost three and a half thousand roubles."),
        ("en", "50 people came.", "uk", "Прийшло півсотні людей."),
        ("en", "500,000 people left.", "ru", "Уехало полмиллиона человек."),
        ("en", "It cost 250,000 dollars.", "uk", "Це коштувало чверть мільйона доларів."),
        ("en", "The 3-year-old boy was hurt.", "uk", "Постраждав трирічний хлопчик."),
        ("en", "The 3-year-old boy was hurt.", "ru", "Пострадал трёхлетний мальчик."),
        ("en", "A 45-year-old woman came.", "uk", "Прийшла сорокап'ятирічна жінка."),
        ("en", "A 40-year-old woman came.", "ru", "Пришла сорокалетняя женщина."),
        ("en", "67% voted.", "uk", "Проголосували дві третини."),
        ("ru", "Проголосовала треть.", "en", "33% voted."),
        ("en", "25% voted.", "ru", "Проголосовала четверть."),
        ("en", "It lasted 90 minutes.", "uk", "Це тривало півтори години."),
        ("en", "It lasted 1.5 hours.", "ru", "Это длилось 90 минут."),
        ("en", "It weighs 2 tonnes.", "uk", "Воно важить 2000 кг."),
        ("en", "Two-thirds voted.", "uk", "Проголосували 2/3."),
    ],
)
def test_halves_parts_compounds_and_other_units_agree(one: str, text: str, other: str, translation: str) -> None:
    assert numbers_agree(quantities(text, one), quantities(translation, other)) == 1.0


@pytest.mark.parametrize(
    ("one", "text", "other", "translation"),
    [
        ("en", "It cost 1.5 million euros.", "uk", "Це коштувало півтора мільярда євро."),
        ("en", "He paid 2,500 hryvnias.", "uk", "Він сплатив три з половиною тисячі гривень."),
        ("en", "The 4-year-old boy was hurt.", "uk", "Постраждав трирічний хлопчик."),
        ("en", "45% voted.", "uk", "Проголосували дві третини."),
        ("en", "It lasted 50 minutes.", "uk", "Це тривало півтори години."),
    ],
)
def test_other_halves_parts_and_compounds_do_not(one: str, text: str, other: str, translation: str) -> None:
    assert numbers_agree(quantities(text, one), quantities(translation, other)) < 1.0
