"""Scores that are read off texts alone: names, languages, copying, punctuation, coverage, length, order."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.languages import known_languages
from corpus_builder.languages import language as language_facts
from corpus_builder.quality import copying, coverage, languages, length_model, machine_translation, names, punctuation
from corpus_builder.quality.batch import Array, Batch, RowTexts
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import ScoreInput
from corpus_builder.quality.word_translations import Translations, WordTranslations

NOTHING = WordTranslations()


def batch(**texts: str) -> Batch:
    return Batch([RowTexts("", "sentence", 0, texts)], tuple(texts))


def rows(lexicon: WordTranslations = NOTHING, foreign: Mapping[str, frozenset[str]] = {}, **texts: str) -> ScoreInput:
    return ScoreInput(batch(**texts), "sentence", Context(foreign=foreign, translations=lexicon))


def value(values: Array) -> float:
    return float(values[0])


def agree(one: str, other: str, lexicon: WordTranslations = NOTHING) -> float:
    return value(names.names_agree(rows(lexicon, uk=one, en=other), "uk", "en"))


def both(one: Translations, other: Translations) -> WordTranslations:
    return WordTranslations({("uk", "en"): one, ("en", "uk"): other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("київ", "kyiv"), ("києва", "kiev"), ("киев", "київ"), ("львів", "львов"), ("львові", "lviv"),
        ("володимира", "владимиром"), ("олександр", "alexander"), ("зеленського", "zelenskyy's"),
        ("харкова", "kharkiv"), ("запоріжжя", "zaporizhzhia"), ("микола", "николай"), ("трампа", "trump"),
    ],
)  # fmt: skip
def test_one_name_in_several_spellings_and_endings(one: str, other: str) -> None:
    assert agree(f"це {one.title()}", f"the {other}") == 1.0
    assert agree(f"це {one}", f"the {other.title()}") == 1.0


@pytest.mark.parametrize(("one", "other"), [("харків", "херсон"), ("мерц", "меркель"), ("путін", "пушилін")])
def test_names_that_begin_alike_differ(one: str, other: str) -> None:
    assert agree(f"це {one.title()}", f"the {other}") == 0.0


def test_names_agree_by_sound_and_by_lexicon() -> None:
    here = "Учора Мерц говорив із Туском про Німеччину."
    own = batch(uk=here)
    found = own.read("uk", names.names).names
    assert [own.vocabulary.words.entries[i] for i in found.flat] == ["мерц", "туском", "німеччину"]
    there = "On Tuesday, Merz spoke to Tusk about Germany."
    assert agree(here, there) == pytest.approx(4 / 6)
    german = both({"німе": frozenset({"germ"})}, {"germ": frozenset({"німе"})})
    assert agree(here, there, german) == 1.0
    assert agree(here, "On Tuesday, Merz spoke to Macron about Germany.", german) == pytest.approx(4 / 6)


def language(text: str, code: str) -> float:
    return value(languages.own_language(rows(**{code: text}), code))


def test_language_of_a_side() -> None:
    assert language("Росія знову обстріляла Харків уночі", "uk") > 0.99
    assert language("Россия вновь обстреляла Харьков этой ночью", "uk") < 0.05
    assert math.isnan(language("Reuters", "uk"))
    assert math.isnan(language("Es war einmal ein König in Thule", "de"))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Die Regierung hat am Mittwoch beschlossen, das Gesetz nicht zu ändern."),
        ("en", "Le gouvernement a annoncé que les impôts ne seraient pas augmentés."),
        ("en", "Rząd przyjął nową ustawę o ochronie konsumentów."),
        ("en", "To není možné, řekl ministr."),
        ("en", "Guvernul a adoptat o nouă lege privind protecția consumatorilor."),
        ("ru", "Президентът заяви, че страната няма да промени позицията си."),
        ("ru", "Влада је усвојила нови закон о заштити потрошача."),
        ("ru", "Претседателот изјави дека земјата нема да го промени ставот."),
        ("ru", "Үкімет тұтынушыларды қорғау туралы жаңа заң қабылдады."),
        ("uk", "Гэты тыдзень чакаецца дождж і моцны вецер па ўсёй краіне."),
        ("uk", "Министърът каза, че парите ще бъдат изплатени до края на годината."),
    ],
)
def test_languages_that_nobody_asked_for_do_not_pass(code: str, text: str) -> None:
    assert language(text, code) < 0.2


@pytest.mark.parametrize(
    "text",
    [
        "Но что будет, когда нет мира и его никто не ищет?",
        "Потому что когда нам говорят правду, нам легче слушать.",
        "Наши войска наступают и удерживают города.",
        "Президент сказал, что не может согласиться с таким решением.",
    ],
)
def test_words_tell_russian_in_a_ukrainian_edition_where_no_letter_does(text: str) -> None:
    assert not set("ыэъё") & set(text)
    assert language(text, "uk") < 0.2
    assert language(text, "ru") > 0.9


def test_beside_a_sentence_in_another_language_the_edition_says_less() -> None:
    texts = [
        "Президент подписал указы о наградах.",
        "Война началась внезапно.",
        "Совет принял закон о выборах, это всё.",
    ]
    near, far = (
        Batch([RowTexts(str(i * apart), "sentence", i, {"uk": text}) for i, text in enumerate(texts)], ("uk",))
        for apart in (0, 1)
    )
    beside, alone = (languages.own_language(ScoreInput(one, "sentence", Context()), "uk")[1] for one in (near, far))
    assert beside < min(alone, 0.5)


@pytest.mark.parametrize(
    "text", ["Debian GNU/Linux 4.0", "Microsoft Windows Server 2022", "GitHub Actions: https://github.com"]
)
def test_names_alone_are_in_no_language(text: str) -> None:
    assert math.isnan(language(text, "ru"))
    assert math.isnan(language(text, "uk"))


def letters(text: str, code: str) -> float:
    return value(languages.clean_letters(rows(**{code: text}), code))


def test_letters_of_another_script_or_language() -> None:
    assert letters("Кoли рак свисне", "uk") == pytest.approx(2 / 3)  # a Latin o
    assert letters("Это было вчера", "uk") == pytest.approx(1 / 3)
    assert letters("iPhone коштує 5 доларів", "uk") == 1.0


def test_words_of_another_edition() -> None:
    counts = {"uk": {"було": 50, "вчора": 9, "місто": 40}, "ru": {"было": 50, "вчера": 9, "город": 40},
              "en": {"town": 99}}  # fmt: skip
    foreign = languages.foreign_words(counts)
    assert foreign["uk"] == {"было", "вчера", "город"}
    assert foreign["en"] == frozenset()
    side = rows(foreign=foreign, uk="Вчера було місто")
    assert value(languages.own_words(side, "uk")) == pytest.approx(2 / 3)


def copied(one: str, other: str) -> float:
    return value(copying.copied(rows(uk=one, en=other), "uk", "en"))


def repeated(text: str) -> float:
    return value(copying.repeated(rows(uk=text), "uk"))


def test_copied_and_repeated_text() -> None:
    text = "Це все одно й те саме речення"
    assert copied(text, "It is the very same sentence") == 0.0
    assert copied(text, text) == 1.0
    assert repeated(text) == 0.0
    assert repeated("раз два три раз два три раз два три") > 0.5
    assert math.isnan(copied(text, "12 — 14"))


def marks(one: str, other: str) -> float:
    return value(punctuation.agreement(rows(uk=one, en=other), "uk", "en"))


def test_punctuation() -> None:
    question = "Хто там (і чому)?"
    assert marks(question, "Who is there (and why)?") == 1.0
    assert marks(question, "Nobody is there") < 0.6
    assert marks("Він сказав: «Так».", "He said: 'Yes'.") == 1.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_shares_stay_between_0_and_1(one: str, other: str) -> None:
    both_sides = rows(uk=one, en=other)
    values = [
        marks(one, other), copied(one, other), repeated(one), letters(one, "uk"), agree(one, other),
        value(coverage.covered(both_sides, "uk", "en")), value(machine_translation.suspicion(both_sides, "uk", "en")),
    ]  # fmt: skip
    assert all(math.isnan(each) or 0 <= each <= 1 for each in values)


def test_coverage_weighs_rare_words() -> None:
    town = {("uk", "en"): {"міст": frozenset({"town"})}}
    weights = {"en": {"the": 1.0, "town": 1.0, "tern": 2.0}}

    def share(lexicon: WordTranslations) -> float:
        return value(coverage.covered(rows(lexicon, uk="місто Тернопіль", en="the town Ternopil"), "uk", "en"))

    assert share(WordTranslations(town, {"en": {"the": 0.0}})) == 1.0
    assert share(WordTranslations({}, weights)) == pytest.approx(0.5)


def test_length_model_finds_ratio_and_spread_despite_bad_rows() -> None:
    random = np.random.default_rng(1)
    a = random.uniform(20, 300, 5000)
    b = 0.9 * a * np.exp(random.standard_normal(5000) * np.sqrt(0.01 + 0.8 / a))
    b[:300] *= 3
    model = length_model.fit(a.tolist(), b.tolist())
    assert model.ratio == pytest.approx(0.9, abs=0.02)
    lengths = np.array([30.0, 100.0, 250.0])
    assert model.fixed + model.by_length / lengths == pytest.approx(0.01 + 0.8 / lengths, rel=0.3)
    z = model.z(np.array([100.0, 100.0, np.nan]), np.array([90.0, 200.0, 90.0]))
    assert abs(z[0]) < 0.5
    assert z[1] > 4
    assert np.isnan(z[2])


def test_literal_order_and_calques() -> None:
    known = {
        "уряд": "прав",
        "сьог": "сего",
        "ухва": "прин",
        "прог": "прог",
        "підт": "подд",
        "мало": "мало",
        "бізн": "бизн",
    }
    lexicon = WordTranslations({("uk", "ru"): {one: frozenset({other}) for one, other in known.items()}})
    uk = "уряд сьогодні ухвалив нову програму підтримки малого бізнесу"

    def literal(ru: str) -> float:
        return value(machine_translation.literal(rows(lexicon, uk=uk, ru=ru), "uk", "ru"))

    close = literal("правительство сегодня приняло новую программу поддержки малого бизнеса")
    assert close > literal("малый бизнес поддержат: новая программа сегодня принята правительством") + 0.2
    calques = rows(lexicon, uk="Він приймає участь у слідуючому засіданні", ru="Он участвует в заседании")
    assert value(machine_translation.calques(calques.batch, "uk")) == 2
    assert value(machine_translation.suspicion(calques, "uk", "ru")) == 0.5
    assert math.isnan(value(machine_translation.suspicion(rows(lexicon, uk="Дощ", ru="Дождь"), "uk", "ru")))


def test_words_left_standing_are_suspicious() -> None:
    ru = "Правительство сегодня приняло новую программу поддержки малого бизнеса"
    foreign = {"uk": frozenset({"программу", "поддержки"})}
    clean = rows(foreign=foreign, uk="Уряд сьогодні ухвалив нову програму підтримки малого бізнесу", ru=ru)
    left = rows(foreign=foreign, uk="Уряд сьогодні ухвалив нову программу поддержки малого бізнесу", ru=ru)
    low, high = (value(machine_translation.suspicion(each, "ru", "uk")) for each in (clean, left))
    assert high > low + 0.2


CALQUES = [item for code in known_languages() for item in language_facts(code).machine_translation.calques.items()]


@pytest.mark.parametrize(("part", "pattern"), CALQUES)
def test_every_calque_has_the_part_it_is_looked_for_by(part: str, pattern: str) -> None:
    assert all(part in alternative for alternative in re.sub(r"\(\?:[^)]*\)", "", pattern).split("|"))


@pytest.mark.parametrize("equal", [1.0, 0.9, 0.6])
def test_equally_long_rows_leave_room_for_others(equal: float) -> None:
    random = np.random.default_rng(5)
    first = random.integers(20, 200, 2_000).astype(float)
    off = np.where(random.random(2_000) < equal, 0.0, random.normal(0.0, 0.1, 2_000))
    second = np.maximum(np.round(first * np.exp(off)), 1.0)
    model = length_model.fit(first.tolist(), second.tolist())
    assert (np.abs(model.z(first, second)) > 4).mean() < 0.005
    a_little, twice = model.z(np.array([100.0, 100.0]), np.array([115.0, 200.0]))
    assert abs(a_little) < 3
    assert twice > 6
