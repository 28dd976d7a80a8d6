"""The scores over arrays come to what they are defined as, text by text: on texts by chance, and on a site's."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.quality import copying, coverage, languages, machine_translation, names, punctuation, surplus
from corpus_builder.quality.batch import Batch, RowTexts
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import ScoreInput
from corpus_builder.quality.token_vocabulary import TokenVocabulary
from corpus_builder.quality.word_translations import WordTranslations
from corpus_builder.resources import shipped
from corpus_builder.text.names import read_names

from . import reference

WORDS = ["Київ", "києва", "Kyiv", "уряд", "government", "Уряд", "і", "«Так»", "'tis", "п'ять", "п’яти", "1\u00a0500",
         "1,5", "2019", "—", "(", "...", "сказав:", "Мерц.", "Merz", "USA", "Стінмаєр", "кoт", "было", "ё", "a", "раз",
         "два", "\n", "Why?", "students'", "“", "Івано-Франківськ", "ГУР", "стра\u0301на", "це…»", "12%"]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=24).map(lambda own: " ".join(own).strip())
PAIRS = list(permutations(("en", "ru", "uk"), 2))
THERE = {"уряд": frozenset({"gove", "było"}), "раз": frozenset({"два", "one"}), "київ": frozenset({"a", "kyiv"})}
LEXICON = WordTranslations(dict.fromkeys(PAIRS, THERE), {"en": {"gove": 3.0}, "uk": {"уряд": 2.5, "раз": 1.0}})
FOREIGN = frozenset({"было", "раз"})
USUAL = 0.7
CONTEXT = Context(
    foreign=dict.fromkeys(("en", "ru", "uk"), FOREIGN),
    usual={("sentence", f"coverage_{a}_{b}"): (USUAL, 0.1) for a, b in PAIRS},
    translations=LEXICON,
)


def check(texts_of_rows: list[dict[str, str]], vocabulary: TokenVocabulary | None = None) -> None:
    """Hold every score of the rows against its definition."""
    batch = Batch(
        [RowTexts(str(i), "sentence", 0, texts) for i, texts in enumerate(texts_of_rows)],
        ("en", "ru", "uk"),
        vocabulary,
    )
    rows = ScoreInput(batch, "sentence", CONTEXT)

    def same(found: np.ndarray, expected: list[float], what: str) -> None:
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=f"{what}: {texts_of_rows}")

    for a, b in PAIRS:
        own = np.flatnonzero(batch.present(a) & batch.present(b))
        sides = [(texts_of_rows[i][a], texts_of_rows[i][b]) for i in own]
        there, back, weights = LEXICON.of(a, b), LEXICON.of(b, a), LEXICON.weights.get(b, {})
        expected = [reference.covered(x, y, there, weights) for x, y in sides]
        same(coverage.covered(rows, a, b)[own], expected, "coverage")
        expected = [reference.surplus(x, y, there, weights, USUAL) for x, y in sides]
        same(surplus.surplus(rows, a, b)[own], expected, "surplus")
        expected = [reference.names_agree(x, y, there, back) for x, y in sides]
        same(names.names_agree(rows, a, b)[own], expected, "names")
        expected = [reference.literal(x, y, there) for x, y in sides]
        same(machine_translation.literal(rows, a, b)[own], expected, "order")
        same(copying.copied(rows, a, b)[own], [reference.copied(x, y, "en" not in (a, b)) for x, y in sides], "copied")
        same(punctuation.agreement(rows, a, b)[own], [reference.punctuation(x, y) for x, y in sides], "punctuation")
    for language in ("en", "ru", "uk"):
        own = np.flatnonzero(batch.present(language))
        texts = [texts_of_rows[i][language] for i in own]
        same(copying.repeated(rows, language)[own], [reference.repeated(x) for x in texts], "repeated")
        expected = [reference.clean_letters(x, language) for x in texts]
        same(languages.clean_letters(rows, language)[own], expected, "letters")
        expected = [reference.own_language(x, language) for x in texts]
        same(languages.own_language(rows, language)[own], expected, "language")
        assert [[*map(list, read_names(text)[:2])] for text in texts] == [[*reference.names(text)] for text in texts]
        expected = [reference.own_words(x, FOREIGN) for x in texts]
        same(languages.own_words(rows, language)[own], expected, "own words")


@given(st.lists(st.dictionaries(st.sampled_from(["en", "ru", "uk"]), TEXTS, min_size=2), min_size=1, max_size=4))
def test_scores_of_texts_by_chance(rows: list[dict[str, str]]) -> None:
    check(rows)


def test_scores_of_news_with_a_vocabulary_that_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus_builder.quality.token_vocabulary._MOST", 1_000)
    vocabulary = TokenVocabulary()
    records = [json.loads(line) for line in (shipped("data/newspaper") / "gold.jsonl").open(encoding="utf-8")][:12]
    for record in records:
        rows = [
            {lang: "\n".join(record["paragraphs"][lang][k]["texts"]) for lang, (k, *_) in bead.items()}
            for bead in record["beads"]
            if len(bead) > 1 and all(bead.values())
        ]
        check(rows, vocabulary)
    assert len(vocabulary.tokens) < 4_000


def test_a_bead_of_two_lines_ends_a_sentence() -> None:
    batch = Batch([RowTexts("", "", 0, {"uk": "Дощ у\nКиєві й Одесі"})], ("uk",))
    found = batch.read("uk", names.names).names
    assert [batch.vocabulary.words.entries[i] for i in found.flat] == ["одесі"]
