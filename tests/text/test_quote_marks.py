"""Quotation marks: pairing by shape and by neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.text.quote_marks import pair


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Ні", – каже він. "Так"', ['"Ні"', '"Так"']),
        ("«Він сказав «так» учора», – пише газета.", ["«Він сказав «так» учора»", "«так»"]),
        ('"Він сказав "так" учора", – пише газета.', ['"Він сказав "так" учора"', '"так"']),
        ("„Досить“ і „Годі”", ["„Досить“", "„Годі”"]),
        ("“We won,” he said. ‘No’", ["“We won,”", "‘No’"]),
        ("He said: 'I don't know.' The workers' hall", ["'I don't know.'"]),
        (
            "\"As he put it, 'a decision has been made,'\" it writes",
            ["\"As he put it, 'a decision has been made,'\"", "'a decision has been made,'"],
        ),
        ("об'єкт, п’ять, О'Коннор", []),
        ("back in the '90s", []),
        ("»So«, sagt er.", ["»So«"]),
        ('(див. "Акт")', ['"Акт"']),
        ('мистецтво"), хто', []),
        ("кричал „Меня укусили!“», и всё", ["„Меня укусили!“"]),
    ],
)
def test_pairs(text: str, expected: list[str]) -> None:
    assert [text[q.start : q.end] for q in pair(text).pairs] == expected


def test_depth_counts_the_pairs_around() -> None:
    assert [q.depth for q in pair("«А «б» «в „г“»» «д»").pairs] == [0, 1, 1, 2, 0]


def test_marks_without_a_partner_are_reported() -> None:
    assert pair('"Перший абзац цитати.').unclosed == (0,)
    assert pair('Останній абзац цитати".').unopened == (21,)
    lost_inside = pair("«Він сказав: „Ні», – і пішов.")
    assert (len(lost_inside.pairs), lost_inside.unclosed) == (1, (13,))


@given(st.text(alphabet="\"'«»“”„‘’‚аб я.,-(\n", max_size=60))
def test_every_mark_is_in_one_place_at_most_and_pairs_nest(text: str) -> None:
    pairing = pair(text)
    ends = [at for q in pairing.pairs for at in (q.start, q.end - 1)]
    places = [*ends, *pairing.unclosed, *pairing.unopened]
    assert len(places) == len(set(places))
    assert all(text[at] in "\"'«»“”„‘’‚" for at in places)
    for one in pairing.pairs:
        for other in pairing.pairs:
            apart = one.end <= other.start or other.end <= one.start
            inside = (one.start - other.start) * (one.end - other.end) <= 0
            assert apart or inside


@given(
    st.recursive(
        st.just("слово"),
        lambda inner: st.tuples(st.sampled_from(["«»", "“”", '""']), inner).map(
            lambda t: f"{t[0][0]}там {t[1]} тут{t[0][1]}"
        ),
        max_leaves=3,
    )
)
def test_well_formed_quotations_leave_no_mark_over(text: str) -> None:
    pairing = pair(text)
    assert not pairing.unclosed
    assert not pairing.unopened
    assert 2 * len(pairing.pairs) == sum(c in '«»“”"' for c in text)
