"""A lone document without a lexicon: nothing is known of its words, so lengths and positions have to lead."""

from __future__ import annotations

import json
import random

import pytest

from corpus_builder.align.texts.command import align_texts

LINES = 30


def made_up(chance: random.Random, letters: str, words: int) -> str:
    return " ".join("".join(chance.choice(letters) for _ in range(chance.randint(2, 9))) for _ in range(words))


@pytest.mark.parametrize("level", ["segment", "sentence", "auto"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lines_of_two_unknown_languages_are_linked_by_their_lengths(tmp_path, level, seed):
    """No word of one edition ever matches one of the other, and none is repeated."""
    chance = random.Random(seed)
    sizes = [chance.choice((2, 4, 7, 11, 16, 23)) for _ in range(LINES)]
    (tmp_path / "in").mkdir()
    for language, letters in (("xx", "abcdefghijk"), ("yy", "бвгджзклмнп")):
        text = "".join(f"{made_up(chance, letters, size)}\n" for size in sizes)
        (tmp_path / "in" / f"t.{language}.txt").write_text(text, encoding="utf-8")
    align_texts(tmp_path / "in", tmp_path / "beads.jsonl", level=level, seed_lexicon=None)
    rows = [json.loads(line) for line in (tmp_path / "beads.jsonl").open(encoding="utf-8")]
    right = sum(row["segments"].get("xx") == row["segments"].get("yy") for row in rows)
    assert right >= LINES * 0.9
    assert len(rows) <= LINES * 1.1
