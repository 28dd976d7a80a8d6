"""The learned spelling: probabilities against sums over all ways of writing two words, and what it learns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.words import cognates, edit_transducer
from corpus_builder.align.words.document_arrays import encode
from corpus_builder.align.words.edit_transducer import likelihood_ratio
from corpus_builder.align.words.translation_table import TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.model import Document, Segment

RATIOS = np.array([[0.0, 0.3, 0.2, 0.1], [0.2, 6.0, 0.5, 0.4], [0.1, 0.6, 9.0, 0.2], [0.3, 0.1, 0.2, 7.0]])
codes = st.lists(st.integers(1, 3), max_size=6)


def by_hand(x, y):
    if not x and not y:
        return 1.0
    total = 0.0
    if x and y:
        total += RATIOS[x[0], y[0]] * by_hand(x[1:], y[1:])
    if x:
        total += RATIOS[x[0], 0] * by_hand(x[1:], y)
    if y:
        total += RATIOS[0, y[0]] * by_hand(x, y[1:])
    return total


@given(codes, codes)
@settings(max_examples=40)
def test_ratio_sums_over_all_ways_to_write_two_words(x, y):
    arrays = [np.array(side + [0] * (6 - len(side)), np.uint8) for side in (x, y)]
    found = likelihood_ratio(arrays[0], len(x), arrays[1], len(y), RATIOS, np.zeros((7, 7)), False)
    assert found == pytest.approx(by_hand(x, y))


STEMS = [
    "karta",
    "banda",
    "tomate",
    "radar",
    "motor",
    "patata",
    "nota",
    "drama",
    "altar",
    "manto",
    "trono",
    "rata",
    "tara",
    "monte",
    "torta",
]
CIPHER = str.maketrans("abdeknmoprt", "αβδεκνμοπρτ")
NOISE = ["lisku", "fegul", "wivis", "hulf", "jesig", "kilfu", "sigel"]


def editions(left, right):
    a, b = Vocabulary(), Vocabulary()
    return encode([Segment(" ".join(left), 0)], a), encode([Segment(" ".join(right), 0)], b)


def test_it_learns_how_one_alphabet_answers_to_another():
    rnd = np.random.default_rng(3)
    stems = sorted({"".join(rnd.choice(list("abdeknmoprt"), 6)) for _ in range(90)})
    left = stems + NOISE
    right = [word.translate(CIPHER) for word in stems] + ["ξυψφ", "ωσχυ", "ζηθξ", "ψυφω", "γιλξ", "θωηζ", "χφσψ"]
    a, b = editions(left, right)
    units = len(left)
    given_ = np.arange(units, dtype=np.int32)
    known = TranslationTable.of(a.units[given_], b.units[given_], np.full(units, 9.0),
                       np.bincount(a.units, minlength=a.units.max() + 1) * 9.0,
                       np.bincount(b.units, minlength=b.units.max() + 1) * 9.0)  # fmt: skip
    spelling = cognates.learn([(a, b)], known)
    fresh = editions(["mantan", "taporet", "odem"], ["μανταν", "ταπορετ", "ξυψφ"])
    rows, columns, values = cognates.find(*fresh, "learned", spelling)
    x = np.repeat(np.arange(3), np.diff(rows)).tolist()
    alike = dict(zip(zip(x, columns.tolist(), strict=True), values.tolist(), strict=True))
    assert alike[0, 0] > 0.5
    assert alike[1, 1] > 0.5
    assert all(v < 0.2 for (x, y), v in alike.items() if x != y)


def test_numbers_and_marks_are_alike_only_if_equal():
    a, b = editions(["1997", "1998", '"', "paris"], ["1997", '"', "1999", "london"])
    spelling = cognates.learn([(a, b)], TranslationTable.empty())
    for source in ("identical", "table", "learned"):
        rows, columns, values = cognates.find(a, b, source, spelling)
        x = np.repeat(np.arange(len(rows) - 1), np.diff(rows))
        assert list(zip(x.tolist(), columns.tolist(), values.tolist(), strict=True)) == [(0, 0, 1.0), (2, 1, 1.0)]


def test_table_for_cyrillic_and_learned_for_latin():
    latin, cyrillic = Vocabulary(), Vocabulary()
    encode([Segment("der Berg ruft", 0)], latin)
    encode([Segment("гора кличе", 0)], cyrillic)
    assert cognates.choose("auto", latin, latin) == "learned"
    assert cognates.choose("auto", latin, cyrillic) == "table"
    assert cognates.choose("identical", latin, latin) == "identical"
    assert cognates.choose("auto", Vocabulary(), latin) == "table"


def stories(n=6):
    rnd = np.random.default_rng(5)
    words = STEMS + NOISE
    out = []
    for k in range(n):
        lines = [" ".join(rnd.choice(words, 8)) + f" {rnd.integers(50)}." for _ in range(9)]
        other = [line.replace("t", "d").replace("k", "c") for line in lines]
        out.append(Document(f"s{k}", {x: tuple(Segment(t, i) for i, t in enumerate(ts))
                                      for x, ts in (("aa", lines), ("bb", other))}))  # fmt: skip
    return out


def test_what_was_learned_is_saved(tmp_path):
    documents = stories()
    aligner = train(documents, ("aa", "bb"), seed_lexicon=None)
    known = aligner.pair_state("aa", "bb")
    assert known.method == "learned"
    assert known.spelling is not None
    aligner.save(tmp_path)
    again = Aligner.load(tmp_path)
    read = again.pair_state("aa", "bb")
    assert read.method == "learned"
    for one, other in zip(known.spelling, read.spelling, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [again.align(d) for d in documents] == [aligner.align(d) for d in documents]


def test_words_without_a_common_alphabet_are_not_all_taken_for_cognates():
    rnd = np.random.default_rng(1)
    left = ["".join(rnd.choice(list("abcdefghik"), rnd.integers(3, 9))) for _ in range(300)]
    right = ["".join(rnd.choice(list("абвгдежзик"), rnd.integers(3, 9))) for _ in range(300)]
    a, b = editions(left, right)
    pairs = np.arange(250, dtype=np.int32)
    known = TranslationTable.of(a.units[pairs], b.units[pairs], np.full(250, 9.0), np.full(a.units.max() + 1, 9.0),
                       np.full(b.units.max() + 1, 9.0))  # fmt: skip
    rows, *_ = cognates.find(a, b, "learned", cognates.learn([(a, b)], known))
    assert rows[-1] < 0.02 * len(a.kinds) * len(b.kinds)


def test_alphabets_are_coded_and_read_back():
    letters = np.array([ord(x) for x in "abzя"], np.uint16)
    code = edit_transducer.coded(letters)
    assert code[ord("я")] == 4
    assert code[ord("c")] == 5
    assert code[0] == 0
    np.testing.assert_array_equal(edit_transducer.alphabet(code), letters)
