"""The scores of a pair's rows, taken from those of rows in more languages one by one and all at once."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.dataset.quotes import QUOTE_COLUMNS
from corpus_builder.dataset.rows import ALIGNER
from corpus_builder.quality import columns as quality
from corpus_builder.quality.columns import columns, narrowed, narrowed_columns, sources

NUMBERS = st.none() | st.sampled_from([-2.0, -0.5, 0.0, 0.5, 1.0, 2.0])


@pytest.mark.parametrize("languages", [("en", "uk"), ("ru", "uk"), ("en", "ru", "uk"), ("de", "en", "ru", "uk")])
@given(data=st.data())
def test_columns_are_narrowed_as_rows_are(languages: Sequence[str], data: st.DataObject) -> None:
    kinds, pair = columns(languages), languages[-2:]
    words = {"weakest_pair": st.sampled_from([None, "-".join(pair), "en-uk"]), "weakest_reason": st.just("pair: x")}
    rows = [{name: data.draw(words.get(name, NUMBERS), name) for name in kinds} for _ in range(2)]
    arrays = {name: pa.array([row[name] for row in rows], pa.type_for_alias(kind.replace("float64", "double")))
              for name, kind in kinds.items()}  # fmt: skip
    expected = [narrowed(row, pair) for row in rows]
    found = {name: values.to_pylist() for name, values in narrowed_columns(arrays, pair).items()}
    assert found == {name: [row[name] for row in expected] for name in expected[0]}
    few = {name: values for name, values in arrays.items() if name in sources(pair)}
    assert narrowed_columns(few, pair).keys() >= columns(pair).keys()


def test_a_score_of_a_single_pair_is_the_pairs_own() -> None:
    """A row in two languages, or one of which only two are translated by machine, has it under the bare name alone."""
    assert "numbers_agree_en_uk" not in columns(("en", "uk"))
    assert narrowed({"numbers_agree": 0.25}, ("en", "uk"))["numbers_agree"] == 0.25
    assert "machine_translation_ru_uk" not in columns(("en", "ru", "uk"))
    assert narrowed({"machine_translation": 0.75}, ("ru", "uk"))["machine_translation"] == 0.75


@pytest.mark.parametrize("scores", [ALIGNER, QUOTE_COLUMNS, quality])
def test_every_kind_of_scores_says_what_a_pair_has(scores: object) -> None:
    kinds = scores.columns(("en", "ru", "uk"))  # type: ignore[attr-defined]
    row = dict.fromkeys(kinds, None) | {"probability": 0.5}
    arrays = {name: pa.array([row[name]], pa.string() if kind == "string" else pa.float64())
              for name, kind in kinds.items() if name in scores.sources(("en", "uk"))}  # type: ignore[attr-defined]  # fmt: skip
    found = scores.narrowed_columns(arrays, ("en", "uk"))  # type: ignore[attr-defined]
    assert found["probability"].to_pylist() == [0.5]
    assert found.keys() == scores.narrowed(row, ("en", "uk")).keys()  # type: ignore[attr-defined]
