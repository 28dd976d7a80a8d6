"""Thousands of quotations take time in proportion, wherever they stand and whatever is around them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus_builder.model import Block, BlockKind
from corpus_builder.quotes import find_quotes
from tests.growth import assert_in_proportion

TEXTS: dict[str, Callable[[int], list[str]]] = {
    "nested": lambda n: ["«Слово «два» і три» " * n],
    "attributions without full stops": lambda n: ["«Ми переможемо сьогодні», – сказав він, " * n],
    "attributions": lambda n: ["«Ми переможемо сьогодні», – сказала вона. " * n],
    "one dash after the other": lambda n: ["– Ми переможемо, – сказав він. – Це точно. " * n],
    "dialogue": lambda n: ["– Ми переможемо завтра, – сказав Іван Петренко. – Це точно."] * n,
    "ASCII marks, an odd number": lambda n: ['"Слово два і три, – сказав Петро Іванов. ' * n + '"'],
    "opened in each block": lambda n: ["«Слово два і три. "] * n,
    "interrupted": lambda n: ["«" + "Слово, – сказав він, – " * n + "»"],
    "names": lambda n: ["Петро Іванов " * n + " сказав: «Так, ми переможемо»."],
    "different names": lambda n: [f"Петро Ів{'абвгдежзик'[i % 10] * (i % 50)}нов сказав, що так. " for i in range(n)],
    "reported": lambda n: ["Петро Іванов сказав, що він переможе. " * n],
    "a role, no name": lambda n: ["«Так, ми переможемо завтра», – сказав міністр. " * n],
    "different words in marks": lambda n: [" ".join(f"«слово {i} і ще» " for i in range(n))],
    "colons": lambda n: ["Петро Іванов сказав: «Так». " * n],
    "editors": lambda n: ["«Так " + " [він – ред.]" * n + "»"],
    "white space": lambda n: ["«Так " + " " * n + "слово»"],
    "closing marks": lambda n: ["»" * n],
    "opening marks": lambda n: ["«" * n],
    "prepositions": lambda n: ["За словами " + "в " * n + "«слово»"],
    "English": lambda n: ["“We will win,” John Smith said. " * n],
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("language", ["uk", "en"])
def test_time_grows_in_proportion(name: str, language: str) -> None:
    assert_in_proportion(
        lambda size: [Block(BlockKind.PARAGRAPH, text) for text in TEXTS[name](size)],
        lambda blocks: find_quotes(blocks, language),
        100,
    )


def test_what_is_nested_in_one_quotation_has_an_end() -> None:
    """Each quotation has its limit in a block; those within another one had none, and took half a millisecond each."""
    text = "«Ми " + "«слово два» і " * 5000 + "переможемо», – сказав Петро Іванов."
    assert 0 < len(find_quotes([Block(BlockKind.PARAGRAPH, text)], "uk")) <= 2001
