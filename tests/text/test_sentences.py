"""Sentence splitting: the rules one by one, and what must hold for any text."""

import pytest

from corpus_builder.text.sentences import sentences


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("uk", ['"Ми переможемо. Це точно", – сказав він.']),
        ("uk", ['"Ми переможемо.', 'Це точно".']),
        ("en", ['"We will win. It is certain," he said.', "Nobody argued."]),
        ("en", ["He works in the U.S. Army.", "She works in the U.S.", "They met there."]),
        ("ru", ["В. О. Зеленский приехал на ул. Садовую в 10.30.", "Его ждали."]),
        ("de", ["Das war am 5. Mai.", "Es regnete."]),
    ],
)
def test_sentences_come_apart_again(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected
