"""A lone document without a lexicon: nothing is known of its words, so lengths and positions have to lead."""

from __future__ import annotations

import json
import random

import pytest

from corpus_builder.align.texts import lines
from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.texts.lines import segmentations

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


def run(tmp_path, left, right):
    (tmp_path / "in").mkdir()
    for language, texts in (("xx", left), ("yy", right)):
        (tmp_path / "in" / f"t.{language}.txt").write_text("".join(f"{x}\n" for x in texts), encoding="utf-8")
    told: list[str] = []
    align_texts(tmp_path / "in", tmp_path / "beads.jsonl", level="auto", seed_lexicon=None, notify=told.append)
    return [json.loads(line) for line in (tmp_path / "beads.jsonl").open(encoding="utf-8")], told


def test_a_document_that_is_no_translation_is_named(tmp_path):
    chance = random.Random(5)
    left = [made_up(chance, "abcdefghijk", chance.randint(2, 20)) for _ in range(40)]
    right = [made_up(chance, "бвгджзклмнп", chance.randint(2, 20)) for _ in range(40)]
    rows, told = run(tmp_path, left, right)
    assert all(row["probability"] < 0.5 for row in rows if all(row["segments"].values()) and len(row["segments"]) > 1)
    lonely = [row["probability"] for row in rows if sum(map(bool, row["segments"].values())) < 2]
    assert sum(lonely) > 0.6 * len(lonely)
    assert len(told) == 1
    assert told[0].startswith("1 of 1 documents (t): most beads have a probability below .5")


@pytest.mark.parametrize("split", [False, True])
def test_auto_compares_clauses_only_if_many_lines_are_split_differently(tmp_path, monkeypatch, split):
    """Page numbers and rows of stars in one edition do not matter."""
    chance = random.Random(3)
    lines_of_names = [made_up(chance, "abcdefghijk", 8) for _ in range(60)]
    left, right = list(lines_of_names), list(lines_of_names)
    if split:
        left = [piece for x in left for piece in (x[: x.index(" ", 20)], x[x.index(" ", 20) + 1 :])]
    for k in range(0, len(right), 7):
        right[k:k] = ["* * *", f"{k}"]
    levels = []
    monkeypatch.setattr(lines, "segmentations", lambda text: levels.append(text.level) or segmentations(text))
    run(tmp_path, left, right)
    assert bool(levels) == split


def test_a_reversed_document_is_not_lost_with_certainty(tmp_path):
    """Every line has its counterpart, but far away, and nothing but lengths is known."""
    chance = random.Random(8)
    sizes = [chance.randint(2, 20) for _ in range(40)]
    left, right = ([made_up(chance, x, n) for n in sizes] for x in ("abcdefghijk", "бвгджзклмнп"))
    rows, told = run(tmp_path, left, right[::-1])
    assert rows
    assert max(row["probability"] for row in rows) < 0.9
    assert told


def test_the_order_of_lines_tells_a_translation_where_no_word_is_known(tmp_path):
    chance = random.Random(9)
    sizes = [chance.choice((1, 3, 6, 10, 15, 21, 28)) for _ in range(60)]
    left, right = ([made_up(chance, x, n) for n in sizes] for x in ("abcdefghijk", "бвгджзклмнп"))
    rows, told = run(tmp_path, left, right)
    assert not told
    assert sum(row["probability"] > 0.7 for row in rows) > 0.8 * len(rows)
