"""Sets of letters for regular expressions."""

from __future__ import annotations

import re

import pytest

from corpus_builder.text.letters import CAPITALS, SMALL
from corpus_builder.text.sentences import sentences


@pytest.mark.parametrize("capital", ["A", "Z", "É", "Ł", "Ž", "Ω", "Є", "Ґ", "Ў", "Ẽ"])
def test_capitals(capital: str) -> None:
    assert re.fullmatch(f"[{CAPITALS}]", capital)
    assert re.fullmatch(f"[{SMALL}]", capital.lower())
    assert not re.fullmatch(f"[{SMALL}]", capital)


@pytest.mark.parametrize("sign", ["1", "_", "-", "’", "ʼ", " "])
def test_signs_are_no_letters(sign: str) -> None:
    assert not re.fullmatch(f"[{CAPITALS}{SMALL}]", sign)


def test_a_sentence_may_begin_with_any_capital() -> None:
    assert sentences("«Ми тут. Ходімо!» Łukasz пішов.", "uk") == ["«Ми тут.", "Ходімо!»", "Łukasz пішов."]
