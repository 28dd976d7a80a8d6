"""The index of texts against the definition of containment, computed the slow way."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.dataset.overlap import NEAR, SHORTEST, SKETCH, N, TextIndex, normalised

WORDS = st.lists(
    st.sampled_from(["вода", "міст", "дощ", "сніг", "the", "war", "day", "12", "47"]), min_size=1, max_size=14
)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=8)
LONG = "Прем'єр-міністр повідомив, що уряд затвердив програму відновлення мостів на 2026 рік."


def grams(text: str) -> set[str]:
    plain = normalised(text)
    return {plain[i : i + N] for i in range(len(plain) - N + 1)}


@given(TEXTS, TEXTS)
def test_containment_is_the_share_of_the_indexed_texts_n_grams(indexed: list[str], streamed: list[str]) -> None:
    found = TextIndex(indexed).matches(streamed, least=0.01)
    expected = {
        (i, j): len(grams(text) & grams(held)) / len(grams(held))
        for i, text in enumerate(streamed)
        for j, held in enumerate(indexed)
        if len(normalised(held)) >= SHORTEST and len(grams(held)) <= SKETCH and grams(text) & grams(held)
    }
    got = dict(zip(zip(found.text.tolist(), found.held.tolist(), strict=True), found.containment, strict=True))
    assert got.keys() >= expected.keys()
    assert all(abs(got[pair] - value) < 1e-9 for pair, value in expected.items())


@given(TEXTS)
def test_a_text_is_its_own_nearest(texts: list[str]) -> None:
    found = TextIndex(texts).matches(texts, least=0.01)
    score, nearest = found.best(len(texts), "held")
    for number, text in enumerate(texts):
        if len(normalised(text)) >= SHORTEST:
            assert score[number] == 1
            assert normalised(texts[nearest[number]]) == normalised(text)


def test_case_punctuation_and_spacing_do_not_hide_a_copy() -> None:
    found = TextIndex([LONG]).matches([LONG.upper().replace(",", " –") + "!!"])
    assert found.exact.tolist() == [True]


def test_a_changed_word_is_near_and_another_sentence_is_not() -> None:
    other = "Прем'єр-міністр повідомив, що поїде завтра до Одеси на зустріч із послами."
    found = TextIndex([LONG]).matches([LONG.replace("2026", "2027"), other])
    assert found.text.tolist() == [0]
    assert NEAR <= found.containment[0] < 1
    assert not found.exact[0]


def test_a_sentence_is_found_within_a_document() -> None:
    document = " ".join(f"Речення номер {i} про щось інше." for i in range(500)) + LONG
    found = TextIndex([LONG]).matches([document])
    assert found.containment.tolist() == [1.0]
    assert found.exact.tolist() == [False]


def test_short_texts_are_left_aside() -> None:
    assert len(TextIndex(["Деталі:"]).matches(["Деталі:"]).text) == 0


def test_equal_indexed_texts_are_all_found_and_common_phrases_lose_no_exact_copy() -> None:
    variants = [f"{LONG} {i:03}" for i in range(300)]
    found = TextIndex([*variants, variants[7]]).matches([variants[7]])
    assert {7, 300} <= set(found.held[found.exact].tolist())


def test_an_empty_index_finds_nothing() -> None:
    assert len(TextIndex([]).matches([LONG]).text) == 0
    assert np.array_equal(TextIndex([]).matches([LONG]).best(1, "text")[1], [-1])
