"""Calibration, trilingual consistency, filters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.cli.quality import _filters as read_filters
from corpus_builder.errors import UsageError
from corpus_builder.quality import calibration as c
from corpus_builder.quality.batch import RowTexts
from corpus_builder.quality.columns import columns, narrowed
from corpus_builder.quality.consistency import consistency
from corpus_builder.quality.context import Context
from corpus_builder.quality.filters import Filter, accept, many
from corpus_builder.quality.reasons import reason_against
from corpus_builder.quality.scoring import score
from corpus_builder.workspace.score_writer import scores_table

LANGUAGES = ("uk", "ru", "en")
LEVELS = ("sentence", "block")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("of", ["pairs", "rows"])
def test_what_is_shipped_held_on_sites_held_back(level: str, of: str) -> None:
    measured = c.load().measured[level]["held-back"][of]
    assert measured["rows"] > 500
    assert measured["ece"] <= 0.035
    assert measured["right_at_0.9"] >= 0.9
    bins = measured["bins"]
    error = sum(one["rows"] * abs(one["mean"] - one["right"]) for one in bins) / measured["rows"]
    assert error == pytest.approx(measured["ece"], abs=0.001)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("title", ["held-back", "other-ground"])
def test_complete_held_where_nothing_was_fitted(level: str, title: str) -> None:
    measured = c.load().measured[level][title]
    assert measured["complete_rows"]["ece"] <= 0.06
    assert measured["complete_rows"]["right_at_0.9"] >= 0.95
    noticed = measured["omissions"]
    assert min(noticed["half"]["auc"], noticed["sentence"]["auc"]) >= 0.88
    assert noticed["complete"]["below_0.5"] <= 0.05


def test_reliability_of_known_probabilities() -> None:
    probability, right = np.array([0.95, 0.95, 0.15, 0.15]), np.array([1.0, 1.0, 1.0, 0.0])
    told = c.reliability(probability, right)
    assert told["ece"] == pytest.approx((2 * 0.05 + 2 * 0.35) / 4)
    assert told["brier"] == pytest.approx((2 * 0.05**2 + 0.85**2 + 0.15**2) / 4, abs=1e-4)
    assert told["right_at_0.9"] == 1.0


def test_fit_finds_the_model_that_made_the_rows() -> None:
    random = np.random.default_rng(3)
    x, y = random.standard_normal(20_000), random.standard_normal(20_000)
    right = (random.random(20_000) < c.sigmoid(0.5 + 2 * x - y)).astype(float)
    x[:500] = np.nan
    model = c.fit(["x", "y"], {"x": x, "y": y}, right, np.ones(20_000), 0.01)
    assert model.weights == pytest.approx([2, -1], rel=0.1)
    usual = model.log_odds({"x": np.array([np.nan]), "y": np.array([np.nan])})
    assert usual == pytest.approx([model.intercept])
    assert c.Logistic.of(model.as_data()).weights == pytest.approx(model.weights, abs=1e-4)


def test_one_bad_side_is_told_from_one_bad_pair() -> None:
    pairs = [("en", "ru"), ("en", "uk"), ("ru", "uk")]
    likely = [[0.9, 0.1, 0.2], [0.1, 0.9, 0.95], [0.1, 0.1, 0.1], [0.99, 0.99, 0.99]]
    added = np.array([[-2.0, 0.0]] * 3 + [[0.1, 0.0]])
    told = consistency(
        {pair: np.array([own[k] for own in likely]) for k, pair in enumerate(pairs)}, dict.fromkeys(pairs, added),
        ["language", "coverage"], np.array([0.1, 0.1, 0.1, 0.99]),
    )  # fmt: skip
    assert told.value.tolist() == [0.2, 0.9, 0.1, 0.99]
    assert told.weakest == ["en-uk", "en-ru", "en-ru", "en-ru"]
    assert told.reason == ["side uk: language", "pair: language", "all: language", None]


def test_a_weak_row_of_two_sides_has_a_reason_too() -> None:
    nan = math.nan
    two = {("en", "ru"): np.full(4, nan), ("en", "uk"): np.full(4, nan), ("ru", "uk"): np.array([0.3, 0.7, 0.95, 0.7])}
    added = np.array([[-2.0, 0.0], [-0.7, 0.0], [0.1, 0.0], [-0.1, 0.0]])
    for likely in (two, {("ru", "uk"): two["ru", "uk"]}):  # of a row of three languages, and of two
        told = consistency(likely, dict.fromkeys(likely, added), ["language", "coverage"], two["ru", "uk"])
        assert np.isnan(told.value).all()
        assert told.weakest == ["ru-uk"] * 4
        assert told.reason == ["pair: language", "pair: language", None, "pair: alignment"]
    nothing = consistency({("ru", "uk"): np.array([nan])}, {("ru", "uk"): added[:1]}, ["language", "coverage"],
                          np.array([nan]))  # fmt: skip
    assert (nothing.weakest, nothing.reason) == ([None], [None])


def test_the_row_of_a_pair_has_the_reason_where_it_is_the_weakest() -> None:
    row = {"weakest_pair": "en-uk", "weakest_reason": "pair: numbers_agree"}
    assert narrowed(row, ("uk", "en"))["weakest_reason"] == "pair: numbers_agree"
    assert narrowed(row, ("ru", "uk"))["weakest_reason"] is None
    assert narrowed({"weakest_reason": "pair: names_agree"}, ("uk", "en"))["weakest_reason"] == "pair: names_agree"


@pytest.mark.parametrize(
    ("quality", "words"),
    [
        ({"weakest_pair": "en-uk", "weakest_reason": "side en: length_ratio"}, "en-uk length_ratio (en)"),
        ({"weakest_pair": "en-uk", "weakest_reason": "all: coverage"}, "en-uk coverage (all pairs)"),
        ({"weakest_reason": "pair: names_agree", "numbers_agree": 0.0}, "names_agree"),
        ({"weakest_pair": None, "weakest_reason": None, "probability": 0.0, "coverage": 0.01, "names_agree": 0.0},
         "coverage, names_agree"),
        ({"probability": 0.99, "complete": 0.1, "names_agree": 1.0}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_reason_against_a_row_in_words(quality: dict[str, float | str | None], words: str) -> None:
    assert reason_against(quality, "sentences") == words


GOOD = {
    "uk": "Уряд 12 лютого виділив 1,5 млн гривень на лікарню у Львові.",
    "ru": "Правительство 12 февраля выделило 1,5 млн гривен на больницу во Львове.",
    "en": "On 12 February, the government allocated UAH 1.5 million to a hospital in Lviv.",
}


def of_row(row: RowTexts, languages: tuple[str, ...]) -> dict[str, object]:
    """The quality of one row as scores/ has it."""
    (one,) = scores_table([row], score([row], languages, "sentence", Context(), c.load()), languages).to_pylist()
    assert sorted(one["quality"]) == sorted(columns(languages))
    return dict(one["quality"])


def scored(**texts: str) -> dict[str, object]:
    row = RowTexts("7", "sentence", 0, {**GOOD, **texts}, {"en-ru": 0.99, "en-uk": 0.99, "ru-uk": 0.99}, 0.99, 20.0)
    return of_row(row, LANGUAGES)


def test_damage_lowers_the_probability_and_is_named() -> None:
    good = scored()
    number = scored(en=GOOD["en"].replace("1.5 million", "7.9 million"))
    assert number["numbers_agree_en_uk"] < good["numbers_agree_en_uk"] == 1.0  # type: ignore[operator]
    assert number["numbers_agree_ru_uk"] == 1.0
    assert number["probability_en_uk"] < good["probability_en_uk"]  # type: ignore[operator]
    copied = scored(uk=GOOD["ru"])
    assert copied["copied_ru_uk"] == 1.0
    assert copied["language_uk"] < 0.1  # type: ignore[operator]
    assert copied["probability_ru_uk"] < 0.7 < 0.9 < good["probability_ru_uk"]  # type: ignore[operator]
    assert copied["weakest_pair"] in ("en-uk", "ru-uk")  # the side that is bad
    truncated = scored(uk=GOOD["uk"][:15])
    assert truncated["probability_en_uk"] < 0.1  # type: ignore[operator]
    assert str(truncated["weakest_reason"]).startswith("side uk: ")


MORE = {
    "uk": ", а решту грошей обіцяв передати громаді восени після перевірки рахунків аудиторами",
    "ru": ", а остальные деньги обещал передать общине осенью после проверки счетов аудиторами",
    "en": ", and promised to hand over the rest of the money in autumn after auditors had checked the accounts",
}


@pytest.mark.parametrize("side", LANGUAGES)
def test_a_side_that_says_more_is_not_complete(side: str) -> None:
    whole, longer = scored(), scored(**{side: GOOD[side].removesuffix(".") + MORE[side] + "."})
    assert longer["complete"] < 0.5 < whole["complete"] <= whole["probability"]  # type: ignore[operator]
    other_two = "_".join(sorted({*LANGUAGES} - {side}))
    assert longer[f"complete_{other_two}"] == whole[f"complete_{other_two}"]


def test_the_same_text_twice_is_no_translation() -> None:
    copied = scored(ru=GOOD["uk"])
    assert copied["probability_ru_uk"] <= 0.05  # type: ignore[operator]
    names = {"uk": "Debian GNU/Linux 4.0", "ru": "Debian GNU/Linux 4.0", "en": "Debian GNU/Linux 4.0"}
    kept = scored(**names)
    assert kept["copied_ru_uk"] is None
    assert kept["probability_ru_uk"] > 0.5  # type: ignore[operator]


@pytest.mark.parametrize(
    "texts",
    [
        {
            "ru": "Выпущен Debian GNU/Linux 4.0",
            "uk": "Випущено Debian GNU/Linux 4.0",
            "en": "Debian GNU/Linux 4.0 released",
        },
        {"ru": "Обновление: iOS 18.2", "uk": "Оновлення: iOS 18.2", "en": "Update: iOS 18.2"},
        {
            "ru": "Получение Windows Server 2022",
            "uk": "Отримання Windows Server 2022",
            "en": "Getting Windows Server 2022",
        },
    ],
)
def test_short_rows_full_of_latin_names_are_not_near_0(texts: dict[str, str]) -> None:
    values = scored(**texts)
    for pair in ("en_ru", "en_uk", "ru_uk"):
        assert values[f"probability_{pair}"] > 0.5, pair  # type: ignore[operator]


def test_what_all_sides_say_is_complete() -> None:
    all_longer = scored(**{side: text.removesuffix(".") + MORE[side] + "." for side, text in GOOD.items()})
    assert all_longer["complete"] > 0.5  # type: ignore[operator]


def test_other_languages_get_no_value_rather_than_a_wrong_one() -> None:
    texts = {
        "de": "Die Regierung gab 12 Millionen Euro für das Krankenhaus.",
        "fr": "Le gouvernement a donné 12 millions.",
    }
    row = RowTexts("7", "sentence", 0, texts, {"de-fr": 0.9}, 0.9, 9.0)
    values = of_row(row, ("de", "fr"))
    assert values["language_de"] is None
    assert values["own_words_fr"] in (None, 1.0)
    assert "machine_translation" not in values
    assert isinstance(values["probability"], float)


def test_a_pair_has_the_same_bare_names() -> None:
    values = scored(en=GOOD["en"].replace("1.5", "7.9"))
    pair = narrowed(values, ("uk", "ru"))  # type: ignore[arg-type]
    assert sorted(pair) == sorted(columns(("uk", "ru")))
    assert pair["numbers_agree"] == values["numbers_agree_ru_uk"] == 1.0
    assert pair["probability"] == values["probability_ru_uk"]
    assert pair["complete"] == values["complete_ru_uk"]
    assert pair["coverage"] == min(values["coverage_ru_uk"], values["coverage_uk_ru"])  # type: ignore[type-var]


def test_filters() -> None:
    quality = {"probability": 0.7, "length_ratio": -3.5, "names_agree": None}
    assert accept(quality, "sentences", [Filter("probability", least=0.5), Filter("names_agree", least=0.9)]) is None
    assert accept(quality, "sentences", [Filter("probability", least=0.9)]) == ("probability >= 0.9", 0.7)
    assert accept(quality, "sentences", [Filter("length_ratio", greatest=3, absolute=True)]) == (
        "|length_ratio| <= 3",
        -3.5,
    )
    assert accept(quality, "sentences", [Filter("probability", least=0.9, levels=("paragraphs",))]) is None


@given(
    st.lists(st.floats(-5, 5) | st.none(), max_size=8),
    st.one_of(st.none(), st.floats(-5, 5)),
    st.one_of(st.none(), st.floats(-5, 5)),
    st.booleans(),
)
def test_a_filter_rejects_the_same_values_one_by_one_and_together(
    values: list[float | None], least: float | None, greatest: float | None, absolute: bool
) -> None:
    each = Filter("length_ratio", least, greatest, ("sentences",), absolute)
    numbers = np.array([math.nan if value is None else value for value in values], np.float64)
    alone = [each.rejects({"length_ratio": value}, "sentences") is not None for value in values]
    assert each.rejected(numbers, "sentences").tolist() == alone
    assert not each.rejected(numbers, "paragraphs").any()


@pytest.mark.parametrize("text", ["probability > 0.9", "probability<0.9", "probability == 1", "probability 0.9"])
def test_an_operator_that_is_none_names_those_that_are(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_filters(text)
    assert ">= (at least) and <= (at most)" in caught.value.next_step
    assert read_filters(" |token_ratio|<=3 ")[0].name == "|token_ratio| <= 3"


def test_a_filter_that_removes_much_says_of_what() -> None:
    assert "2 of 4 rows of sentences (50%)" in many("score >= 9", "sentences", 2, 4)
