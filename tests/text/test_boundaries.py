"""Places that could be boundaries though no mark says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.text.boundaries import Sign, beginnings, may_open, places
from corpus_builder.text.tokens import pieces


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Prices of bread rose again The bakers blame the harvest", "en", [("again", "The", Sign.OPENER)]),
        ("Prices rose again Bakers blame the harvest", "en", [("again", "Bakers", Sign.CAPITAL)]),
        ("They left Long Island by boat", "en", [("left", "Long", Sign.CAPITAL), ("Long", "Island", Sign.NAME)]),
        ("They moved to London", "en", []),
        ("It shuts in Oct. Ferries go on", "en", [("Oct.", "Ferries", Sign.MARK)]),
        ("It was calm, Ferries went", "en", [("calm,", "Ferries", Sign.PAUSE)]),
        ("an organist, Ann B. Lee", "en", [("organist,", "Ann", Sign.PAUSE)]),
        ('He wrote a book called "The Bakers".', "en", [("called", '"The', Sign.NAME)]),
        ("Хліб подорожчав Пекарі кажуть про врожай", "uk", [("подорожчав", "Пекарі", Sign.CAPITAL)]),
        ("Цены на хлеб выросли Это уже третий раз", "ru", [("выросли", "Это", Sign.OPENER)]),
        ("Die Preise steigen Der Bäcker klagt", "de", []),
    ],
)
def test_what_speaks_for_a_place(text, language, found):
    assert [(text[: p.end].split()[-1], text[p.start :].split()[0].strip(","), p.sign)
            for p in places(text, language)] == found  # fmt: skip


def test_a_word_that_stands_elsewhere_with_a_small_letter_is_no_name():
    small = beginnings(["Each survey of bakers costs money", "Bread costs more"])
    sentence = "Prices rose again Bakers blame the harvest Lviv and Bread differ"
    assert [p.sign for p in places(sentence, "en", small)] == [Sign.WORD, Sign.CAPITAL]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Prices rose The bakers", True),
        ('Prices rose "However, bakers', True),
        ("The bakers rose", False),
        ("A b.", False),
    ],
)
def test_a_quick_look_for_openers(text, expected):
    assert may_open(text, "en") == expected


@given(st.text('Aaй The. ,"«»—Це\u00a0(1)'), st.sampled_from(["uk", "ru", "en"]))
def test_only_white_space_lies_between_and_the_words_stay_the_same(text, language):
    before = 0
    for place in places(text, language):
        assert before < place.end < place.start < len(text)
        assert not text[place.end : place.start].strip()
        assert pieces(text[: place.end]) + pieces(text[place.start :]) == pieces(text)
        before = place.end
