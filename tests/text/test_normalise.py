"""Normalising text: what it changes, what it leaves, and the way back."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.text.normalise import normalise, original

# What pages hold, mixed with what they should not: letters, all kinds of space, invisible and control characters,
# accents apart from their letters, marks, and bytes of UTF-8 read as another charset.
PIECES = st.one_of(
    st.text(
        alphabet=st.sampled_from(
            " \t\n\u00a0\u2009\u00ad\u200b\u200d\ufeff\x00\x07\x96\"«»„“”'’iіїйй\u0306\u0301ÐÑâ°ѕР"
        ),
        max_size=6,
    ),
    st.text(max_size=6),
    st.sampled_from(
        ["Київ", "Подія".encode().decode("latin-1"), "Подія".encode().decode("cp1251", "replace"), '«так"']
    ),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("\n\t Київ — столиця\n", "Київ — столиця"),
        ("Об'єднані\u00a0сили", "Об'єднані сили"),
        ("столи\u00adця", "столиця"),
        ("без\u200b шва\ufeff", "без шва"),
        ("a\u200b \u200bb", "a b"),
        ("\u200b a", "a"),
        ("й та ї", "й та ї"),
        ("дзвін\x07ок", "дзвінок"),
        ('«Подія" сталася', "«Подія» сталася"),
        ('„Подія" сталася', "„Подія“ сталася"),
        ('"Подія» сталася', '"Подія" сталася'),
        ("«“Подія” сталася»", "«“Подія” сталася»"),
        ('5" труба, «завод»', '5" труба, «завод»'),
        ("Ціна 20 °C і “лапки” лишаються", "Ціна 20 °C і “лапки” лишаються"),
        ("ﬁ та … лишаються", "ﬁ та … лишаються"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        (" ", ""),
        ("", ""),
    ],
)
def test_what_it_makes(raw: str, text: str) -> None:
    done = normalise(raw)
    assert done.text == text
    assert original(done.text, done.edits) == raw


@pytest.mark.parametrize("charset", ["latin-1", "cp1251"])
def test_mojibake_is_read_again(charset: str) -> None:
    text = "Переговори тривають: Україна та Молдова домовилися про спільний проєкт"
    broken = text.encode().decode(charset, "replace")
    if "\ufffd" in broken:
        broken = text.replace("и", "і").encode().decode(charset, "replace")
    done = normalise(broken)
    assert original(done.text, done.edits) == broken
    assert done.text in (text, text.replace("и", "і"))


@given(TEXTS)
def test_the_way_back_is_exact(raw: str) -> None:
    done = normalise(raw)
    assert original(done.text, done.edits) == raw


@given(TEXTS)
def test_the_text_is_tidy(raw: str) -> None:
    text = normalise(raw).text
    assert text == text.strip()
    assert "  " not in text
    assert not re.search(r"[^\S ]|[\x00-\x1f\u00ad\u200b\ufeff]", text)
    assert unicodedata.is_normalized("NFC", text)


@given(TEXTS)
def test_edits_rise_and_lie_inside(raw: str) -> None:
    done = normalise(raw)
    place = 0
    for edit in done.edits:
        assert place <= edit.start <= edit.end <= len(done.text)
        place = edit.end


@given(TEXTS, st.integers(0, 40))
def test_places_lead_to_the_same_words(raw: str, offset: int) -> None:
    """What stands before a place in the original is what stands before its place in the text, normalised."""
    done = normalise(raw)
    offset = min(offset, len(raw))
    [place] = done.places([offset])
    assert 0 <= place <= len(done.text)
    kept = [edit for edit in done.edits if edit.end <= place]
    before = original(done.text[:place], [edit for edit in kept if edit.end <= place])
    inside = any(edit.start < place < edit.end or edit.end == place for edit in done.edits)
    assert inside or before == raw[: len(before)]


def test_places_in_plain_and_in_changed_text() -> None:
    done = normalise("\n\tсто\u00adлиця, так")
    assert done.text == "столиця, так"
    assert done.places([0, 2, 5, 6, 11, len("\n\tсто\u00adлиця, так")]) == [0, 0, 3, 3, 8, 12]


@given(TEXTS, st.integers(0, 20))
def test_without_head_is_the_rest(raw: str, length: int) -> None:
    done = normalise(raw)
    length = min(length, len(done.text))
    rest = done.without_head(length)
    assert rest.text == done.text[length:]
    cut_through = any(edit.start < length < edit.end for edit in done.edits)
    assert cut_through or raw.endswith(original(rest.text, rest.edits))
