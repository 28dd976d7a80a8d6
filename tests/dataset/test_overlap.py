"""The index of texts against the definition of containment, computed the slow way."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus_builder.dataset.overlap import NEAR, SHORTEST, SKETCH, Matches, N, TextSketches, normalised
from corpus_builder.dataset.text_index import TextIndex, save_sketches, write_index

WORDS = st.lists(
    st.sampled_from(["вода", "міст", "дощ", "сніг", "the", "war", "day", "12", "47"]), min_size=1, max_size=14
)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=8)
LONG = "Прем'єр-міністр повідомив, що уряд затвердив програму відновлення мостів на 2026 рік."


def search(
    indexed: Sequence[str], streamed: Sequence[str], least: float = NEAR, parts: int = 1
) -> tuple[Matches, NDArray[np.int64]]:
    """What texts hold of others, which were sketched in some parts; and the number of each of these in the index."""
    with tempfile.TemporaryDirectory() as name:
        folder, paths = Path(name), []
        for part in range(parts):
            sketches = TextSketches()
            for text in indexed[len(indexed) * part // parts : len(indexed) * (part + 1) // parts]:
                sketches.add(text)
            paths.append(folder / f"{part}.npz")
            save_sketches(paths[-1], sketches)
        numbers = write_index(paths, folder / "index")
        return TextIndex(folder / "index").find(streamed, least), numbers


def grams(text: str) -> set[str]:
    plain = normalised(text)
    return {plain[i : i + N] for i in range(len(plain) - N + 1)}


@given(TEXTS, TEXTS, st.integers(1, 3))
def test_containment_is_the_share_of_the_indexed_texts_n_grams(
    indexed: list[str], streamed: list[str], parts: int
) -> None:
    found, numbers = search(indexed, streamed, 0.01, parts)
    assert [numbers[indexed.index(text)] for text in indexed] == numbers.tolist(), "equal texts have one number"
    expected = {
        (i, numbers[j]): len(grams(text) & grams(held)) / len(grams(held))
        for i, text in enumerate(streamed)
        for j, held in enumerate(indexed)
        if len(normalised(held)) >= SHORTEST and len(grams(held)) <= SKETCH and grams(text) & grams(held)
    }
    got = dict(zip(zip(found.text.tolist(), found.held.tolist(), strict=True), found.containment, strict=True))
    assert got.keys() >= expected.keys()
    assert all(abs(got[pair] - value) < 1e-9 for pair, value in expected.items())


@given(TEXTS, st.integers(1, 3))
def test_a_text_is_its_own_nearest(texts: list[str], parts: int) -> None:
    found, numbers = search(texts, texts, 0.01, parts)
    score, nearest = found.best(len(texts), "text")
    for number, text in enumerate(texts):
        if len(normalised(text)) >= SHORTEST:
            assert score[number] == 1
            assert nearest[number] == numbers[number]
        else:
            assert numbers[number] == -1


def test_parts_make_no_difference() -> None:
    texts = [f"{LONG} {i % 7:03}" for i in range(30)]
    one, first = search(texts, texts, 0.01)
    for parts in (2, 5, 30):
        other, numbers = search(texts, texts, 0.01, parts)
        assert first.tolist() == numbers.tolist()
        for name in ("text", "held", "containment", "exact"):
            assert np.array_equal(getattr(one, name), getattr(other, name))


def test_case_punctuation_and_spacing_do_not_hide_a_copy() -> None:
    found, _ = search([LONG], [LONG.upper().replace(",", " –") + "!!"])
    assert found.exact.tolist() == [True]


def test_a_changed_word_is_near_and_another_sentence_is_not() -> None:
    other = "Прем'єр-міністр повідомив, що поїде завтра до Одеси на зустріч із послами."
    found, _ = search([LONG], [LONG.replace("2026", "2027"), other])
    assert found.text.tolist() == [0]
    assert NEAR <= found.containment[0] < 1
    assert not found.exact[0]


def test_a_sentence_is_found_within_a_document() -> None:
    document = " ".join(f"Речення номер {i} про щось інше." for i in range(500)) + LONG
    found, _ = search([LONG], [document])
    assert found.containment.tolist() == [1.0]
    assert found.exact.tolist() == [False]


def test_short_texts_are_left_aside() -> None:
    found, numbers = search(["Деталі:"], ["Деталі:"])
    assert len(found.text) == 0
    assert numbers.tolist() == [-1]


def test_common_phrases_lose_no_exact_copy() -> None:
    variants = [f"{LONG} {i:03}" for i in range(300)]
    found, numbers = search([*variants, variants[7]], [variants[7]])
    assert numbers[300] == 7
    assert 7 in found.held[found.exact].tolist()


def test_an_empty_index_finds_nothing() -> None:
    found, _ = search([], [LONG])
    assert len(found.text) == 0
    assert np.array_equal(found.best(1, "text")[1], [-1])
