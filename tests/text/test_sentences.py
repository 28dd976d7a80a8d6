"""Sentence splitting: rule by rule, on the gold, and what must hold for any text."""

import itertools
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.text.quote_marks import pair
from corpus_builder.text.sentences import sentences, split

GOLD = Path(__file__).resolve().parents[2] / "data/gold/sentences"
LANGUAGES = ("uk", "ru", "en")


def cases(language: str) -> Iterator[tuple[str, list[str]]]:
    for line in (GOLD / f"{language}.tsv").read_text(encoding="utf-8").splitlines():
        category, text = line.split("\t")
        yield category, text.split(" ¦ ")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("uk", ['"Ми переможемо. Це точно", – сказав він.']),
        ("uk", ['"Ми переможемо.', 'Це точно".']),
        ("uk", ["У 2021 р. Рада ухвалила закон.", "Завод закрили у 2021 р.", "Цех стоїть досі."]),
        ("uk", ["Він мешкає в м. Рівне.", "До школи – 300 м.", "До лікарні – кілометр."]),
        ("en", ['"We will win. It is certain," he said.', "Nobody argued."]),
        ("en", ["He works in the U.S. Army.", "She works in the U.S.", "They met there."]),
        ("en", ['"Really?" Anna Smith asked.', '"Really!"', "The crowd cheered."]),
        ("ru", ["В. О. Зеленский приехал на ул. Садовую в 10.30.", "Его ждали."]),
        ("ru", ["– Кто там?", "– Почтальон, – ответил голос.", "– Откройте!"]),
        ("uk", ["Вона – ти уявляєш? – Марія Петренко.", "Він – ваш друг?", "– Так."]),
        ("ru", ["Он – вот так удача! – Иван Петров.", "– Вы врач?", "– Иван болен."]),
        ("uk", ["Перша пол. ХХ ст. Україна була під владою.", "Цех закрили у ХХ ст.", "Завод стоїть."]),
        ("uk", ["Живе в Київській обл.", "Туди йти годину.", "Про це каже прес-секр. Коваль.", "Він 17-м.", "Карти."]),
        ("uk", ["Кошти на рах. № 26001.", "Дякуємо!"]),
        ("en", ["See Tab. 2 and App. B.", "They explain it."]),
        ("de", ["Das war am 5. Mai.", "Es regnete."]),
        ("fr", ["Il est venu.", "Elle est partie !", "Pourquoi ?"]),
        ("zz", ["One.", "Two."]),
        ("hi", ["वह आया।", "क्या सच है?", "हाँ।"]),
        ("ar", ["هل أنت هنا؟", "نعم."]),
        ("ur", ["وہ آیا۔", "وہ گیا۔"]),
        ("el", ["Πού είσαι;", "Εδώ.", "Ναι\u037e", "Ήρθε."]),
        ("en", ["He came; she left.", "A; B?"]),
    ],
)
def test_sentences_come_apart_again(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["他来了。", "她走了！", "真的吗？！", "“你好。”", "他说了3．5米。"]),
        ("ja", ["彼は来た。", "「行こう。」と言った。", "『終わり。』"]),
    ],
)
def test_sentences_of_scripts_without_spaces_end_without_a_gap(language: str, expected: list[str]) -> None:
    assert sentences("".join(expected), language) == expected


def test_long_quotation_is_split_although_an_attribution_follows() -> None:
    long = "Це перше речення цитати, і в ньому справді дуже багато слів про врожай та погоду. "
    assert len(sentences(f'"{long}Це друге", – сказав він.', "uk")) == 2


def test_line_break_ends_a_sentence_even_without_a_mark() -> None:
    assert split("Headline\n\n  and (text\nmore) ", "en") == [(0, 8), (12, 21), (22, 27)]


@pytest.mark.parametrize("text", ["", " ", "\n \t\n", "\u00a0"])
def test_no_sentence_in_white_space(text: str) -> None:
    assert split(text, "uk") == []


def test_strange_language_codes_read_no_file_elsewhere() -> None:
    assert sentences("One. Two.", "../uk") == ["One.", "Two."]


# Measured by benchmarks/sentences.py --only ours --part all; may only fall.
@pytest.mark.parametrize(("language", "most_wrong"), [("uk", 0), ("ru", 0), ("en", 0)])
def test_errors_on_the_gold_do_not_grow(language: str, most_wrong: int) -> None:
    everything = list(cases(language))
    assert len(everything) >= 300
    wrong = [expected for _, expected in everything if sentences(" ".join(expected), language) != expected]
    assert len(wrong) <= most_wrong, wrong


def assert_exact(text: str, spans: list[tuple[int, int]]) -> None:
    """The spans rise, hold no white space at their ends, and leave nothing but white space out."""
    edges = [0, *itertools.chain.from_iterable(spans), len(text)]
    assert edges == sorted(edges)
    gaps = [text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]
    pieces = [text[start:end] for start, end in spans]
    assert not "".join(gaps).strip()
    assert all(piece and piece == piece.strip() for piece in pieces)
    assert "".join(itertools.chain.from_iterable(zip(gaps, [*pieces, ""], strict=True))) == text


TANGLED = st.lists(
    st.one_of(
        st.sampled_from(list(".!?…\"'«»“”„‘’()[]–—-,;: \n\u00a0")),
        st.sampled_from(
            ["Він", "т.", "д.", "U.S.", "Mr.", "р.", "В.", "12", "1)", "Yahoo!", "said", "УП. Життя", "не"]
        ),
        st.text(max_size=3),
    ),
    max_size=40,
).map("".join)


@given(TANGLED, st.sampled_from([*LANGUAGES, "de"]))
def test_offsets_are_exact_on_any_text(text: str, language: str) -> None:
    assert_exact(text, split(text, language))


@given(TANGLED, st.sampled_from(LANGUAGES))
def test_sentences_on_lines_of_their_own_are_never_joined(text: str, language: str) -> None:
    once = sentences(text, language)
    assert len(sentences("\n".join(once), language)) >= len(once)


def test_ten_thousand_mutations_of_the_gold() -> None:
    rnd = random.Random(4)
    texts = [(language, " ".join(expected)) for language in LANGUAGES for _, expected in cases(language)]
    for _ in range(10_000):
        language, text = rnd.choice(texts)
        letters = list(text)
        for _ in range(rnd.randint(1, 5)):
            at = rnd.randrange(len(letters))
            letters[at] = rnd.choice(
                ("", letters[at] * 2, rnd.choice("\"'«»“”„.!?…()– "), rnd.choice("аbЇ7\u0301"), " ")
            )
        mutated = "".join(letters)
        assert_exact(mutated, split(mutated, rnd.choice((language, "de"))))


WORDS = st.lists(st.sampled_from(["рада", "мир", "дім", "час", "ранок"]), min_size=1, max_size=3).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=3), st.sampled_from(['""', "«»", "“”", "„“"]), WORDS)
def test_short_attributed_quotation_stays_balanced(said: list[str], marks: str, before: str) -> None:
    quotation = marks[0] + ". ".join(words.capitalize() for words in said) + marks[1]
    text = f"{before.capitalize()}. {quotation}, – сказав він. {before.capitalize()}."
    pieces = sentences(text, "uk")
    assert pieces[1] == f"{quotation}, – сказав він."
    assert not any(pair(piece).unclosed or pair(piece).unopened for piece in pieces)


@given(st.lists(WORDS, min_size=1, max_size=4), st.sampled_from(["()", "[]"]))
def test_brackets_stay_balanced(inside: list[str], marks: str) -> None:
    bracket = marks[0] + ". ".join(words.capitalize() for words in inside) + marks[1]
    assert sentences(f"Він {bracket} пішов. Потім повернувся.", "uk") == [f"Він {bracket} пішов.", "Потім повернувся."]


@pytest.mark.parametrize(
    "unit", ["a. ", "А. Б. ", ".", "(", '"', "«", " ", "\n", "(a", '"A. B. ', '?" Smith ', ".[1", "! — "]
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    """Far from tight: a quadratic step takes minutes here."""
    start = time.perf_counter()
    split(unit * (200_000 // len(unit)), "en")
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("uk", "Про це написала газ. «Українська правда» у вівторок."),
        ("uk", "Архієп. Климент, прот. Сергій та ігум. Ісая прийшли."),
        ("uk", "Зав. каф. Олена Коваль і дир. Петренко згодні."),
        ("uk", "Див. дод. Б і табл. 4 на с. 12."),
        ("uk", "Перша пол. ХХ століття була важкою."),
        ("ru", "Роман напечатал ж. «Нева» в мае."),
        ("ru", "Митр. Кирилл и архиеп. Климент пришли."),
        ("ru", "См. прил. Г и рис. 2."),
        ("en", "See Sec. IV, Vol. III and Ch. Two."),
        ("en", "Mme. Macron met Bp. Tutu at Pt. Reyes."),
    ],
)
def test_offices_titles_and_designations_end_no_sentence(language: str, text: str) -> None:
    assert sentences(text, language) == [text]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("uk", "Його звати Пол.", "Вейд уступився за нього."),
        ("ru", "Завезли хлеб, соль и т. д.", "Потом магазин закрыли."),
        ("uk", "Завезли борошно, цукор тощо, і т. д.", "У місті тихо."),
        ("en", "He paid 5 min.", "The rest came later."),
    ],
)
def test_they_still_end_one_elsewhere(language: str, first: str, second: str) -> None:
    assert sentences(f"{first} {second}", language) == [first, second]
