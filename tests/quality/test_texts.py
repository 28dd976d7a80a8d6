"""Scores that are read off texts alone: names, languages, copying, punctuation, coverage, length, order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.quality import coverage, languages, length, order
from corpus_builder.quality.copying import copied, repeated, word_runs
from corpus_builder.quality.names import names, names_agree, same_name
from corpus_builder.quality.punctuation import agreement, marks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("київ", "kyiv"), ("києва", "kiev"), ("киев", "київ"), ("львів", "львов"), ("львові", "lviv"),
        ("володимира", "владимиром"), ("олександр", "alexander"), ("зеленського", "zelenskyy's"),
        ("харкова", "kharkiv"), ("запоріжжя", "zaporizhzhia"), ("микола", "николай"), ("трампа", "trump"),
    ],
)  # fmt: skip
def test_one_name_in_several_spellings_and_endings(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(("one", "other"), [("харків", "херсон"), ("мерц", "меркель"), ("путін", "пушилін")])
def test_names_that_begin_alike_differ(one: str, other: str) -> None:
    assert not same_name(one, other)


def test_names_agree_by_sound_and_by_lexicon() -> None:
    here = names("Учора Мерц говорив із Туском про Німеччину.", "uk")
    assert here.names == ("мерц", "туском", "німеччину")
    there = names("On Tuesday, Merz spoke to Tusk about Germany.", "en")
    assert names_agree(here, there, {}, {}) == pytest.approx(4 / 6)
    german = {"німе": frozenset({"germ"})}, {"germ": frozenset({"німе"})}
    assert names_agree(here, there, *german) == 1.0
    other = names("On Tuesday, Merz spoke to Macron about Germany.", "en")
    assert names_agree(here, other, *german) == pytest.approx(4 / 6)


def test_language_of_a_side() -> None:
    assert languages.own_language("Росія знову обстріляла Харків уночі", "uk") > 0.99
    assert languages.own_language("Россия вновь обстреляла Харьков этой ночью", "uk") < 0.01
    assert math.isnan(languages.own_language("Reuters", "uk"))
    assert math.isnan(languages.own_language("Es war einmal ein König in Thule", "de"))


def test_letters_of_another_script_or_language() -> None:
    assert languages.clean_letters("Кoли рак свисне", "uk") == pytest.approx(2 / 3)  # a Latin o
    assert languages.clean_letters("Это было вчера", "uk") == pytest.approx(1 / 3)
    assert languages.clean_letters("iPhone коштує 5 доларів", "uk") == 1.0


def test_words_of_another_edition() -> None:
    counts = {"uk": {"було": 50, "вчора": 9, "місто": 40}, "ru": {"было": 50, "вчера": 9, "город": 40},
              "en": {"town": 99}}  # fmt: skip
    foreign = languages.foreign_words(counts)
    assert foreign["uk"] == {"было", "вчера", "город"}
    assert foreign["en"] == frozenset()
    assert languages.own_words(["вчера", "було", "місто"], foreign["uk"]) == pytest.approx(2 / 3)


def test_copied_and_repeated_text() -> None:
    a, b = word_runs("Це все одно й те саме речення", "uk"), word_runs("It is the very same sentence", "en")
    assert copied(a, b) == 0.0
    assert copied(a, a) == 1.0
    assert repeated(a) == 0.0
    assert repeated(word_runs("раз два три раз два три раз два три", "uk")) > 0.5
    assert math.isnan(copied(a, word_runs("12 — 14", "en")))


def test_punctuation() -> None:
    question = marks("Хто там (і чому)?", "uk")
    assert agreement(question, marks("Who is there (and why)?", "en")) == 1.0
    assert agreement(question, marks("Nobody is there", "en")) < 0.6


@given(st.text(max_size=60), st.text(max_size=60))
def test_shares_stay_between_0_and_1(one: str, other: str) -> None:
    values = [
        agreement(marks(one, "uk"), marks(other, "en")),
        copied(word_runs(one, "uk"), word_runs(other, "en")),
        repeated(word_runs(one, "uk")),
        languages.clean_letters(one, "uk"),
        names_agree(names(one, "uk"), names(other, "en"), {}, {}),
        coverage.covered(coverage.content(one, "uk"), coverage.content(other, "en"), {}, {}),
    ]
    assert all(math.isnan(value) or 0 <= value <= 1 for value in values)


def test_coverage_weighs_rare_words() -> None:
    there = {"міст": frozenset({"town"})}
    a, b = coverage.content("місто Тернопіль", "uk"), coverage.content("the town Ternopil", "en")
    assert coverage.covered(a, b, there, {"the": 0.0}) == 1.0
    assert coverage.covered(a, b, {}, {"the": 1.0, "town": 1.0, "tern": 2.0}) == pytest.approx(0.5)


def test_length_model_finds_ratio_and_spread_despite_bad_rows() -> None:
    random = np.random.default_rng(1)
    a = random.uniform(20, 300, 5000)
    b = 0.9 * a * np.exp(random.standard_normal(5000) * np.sqrt(0.01 + 0.8 / a))
    b[:300] *= 3
    model = length.fit(a.tolist(), b.tolist())
    assert model.ratio == pytest.approx(0.9, abs=0.02)
    lengths = np.array([30.0, 100.0, 250.0])
    assert model.fixed + model.by_length / lengths == pytest.approx(0.01 + 0.8 / lengths, rel=0.3)
    z = model.z(np.array([100.0, 100.0, np.nan]), np.array([90.0, 200.0, 90.0]))
    assert abs(z[0]) < 0.5
    assert z[1] > 4
    assert np.isnan(z[2])


def test_literal_order_and_calques() -> None:
    uk = coverage.content("уряд сьогодні ухвалив нову програму підтримки малого бізнесу", "uk")
    ru = coverage.content("правительство сегодня приняло новую программу поддержки малого бизнеса", "ru")
    free = coverage.content("малый бизнес поддержат: новая программа сегодня принята правительством", "ru")
    known = {
        "уряд": "прав",
        "сьог": "сего",
        "ухва": "прин",
        "прог": "прог",
        "підт": "подд",
        "мало": "мало",
        "бізн": "бизн",
    }
    there = {one: frozenset({other}) for one, other in known.items()}
    assert order.literal(uk, ru, there) > order.literal(uk, free, there) + 0.2
    assert order.calques("Він приймає участь у слідуючому засіданні", "uk") == 2
    assert math.isnan(order.suspicion(math.nan, 0))
    assert order.suspicion(math.nan, 2) == 0.5
