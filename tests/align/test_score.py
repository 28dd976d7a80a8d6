"""`align score`: strict and lax measures of beads against gold."""

from __future__ import annotations

import importlib.util
import json
import types
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_builder.align.texts.score import score
from corpus_builder.cli.main import app
from corpus_builder.errors import NothingProduced, UsageError


def write(folder: Path, beads: list[tuple[list[int], list[int]]], gold: str) -> tuple[Path, Path]:
    found = folder / "beads.jsonl"
    rows = ({"document": "a.b", "segments": {"de": left, "fr": right}} for left, right in beads)
    found.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "a.b.de-fr.gold").write_text(gold)
    return found, folder


GOLD = "[0]:[0]\n[1, 2]:[1]\n[3]:[]\n[4]:[2]\n"
BEADS = [([0], [0]), ([1], [1]), ([2], []), ([3], []), ([4], [3]), ([], [2])]


def test_strict_and_lax_by_hand(tmp_path: Path) -> None:
    found = score(*write(tmp_path, BEADS, GOLD))["de-fr"]
    assert (found.strict.precision, found.strict.recall) == (2 / 6, 1 / 3)  # 0:0 and 3:; of three two-sided ones 0:0
    assert (found.lax.precision, found.lax.recall) == (3 / 6, 2 / 3)  # and 1:1, which shares a link with 1,2:1
    assert (found.beads, found.gold, found.documents) == (6, 3, 1)


def test_the_other_direction_is_the_same_for_strict(tmp_path: Path) -> None:
    found, gold = write(tmp_path, BEADS, GOLD)
    (gold / "a.b.de-fr.gold").rename(gold / "a.b.fr-de.gold")
    (gold / "a.b.fr-de.gold").write_text("[0]:[0]\n[1]:[1, 2]\n[]:[3]\n[2]:[4]\n")
    assert score(found, gold)["fr-de"].strict.precision == 2 / 6


def test_it_agrees_with_the_newsrooms_scorer(tmp_path: Path, shared: Path) -> None:
    spec = importlib.util.spec_from_file_location("newsroom", shared / "newsroom/newsroom.py")
    assert spec is not None
    assert spec.loader is not None
    newsroom = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(newsroom)
    found, gold = write(tmp_path, BEADS, GOLD)
    report = tmp_path / "report"
    newsroom.score_beads(types.SimpleNamespace(alignments=str(found), gold=str(gold), json=str(report)))
    [own] = score(found, gold).values()
    [other] = json.loads(report.read_text()).values()
    for kind in ("strict", "lax"):
        assert other[kind] == {x: round(getattr(getattr(own, kind), x), 4) for x in ("precision", "recall", "f1")}


@pytest.mark.parametrize("line", ["[0]", "[0]:x", "{}:{", "[null]:[0]", "0:0"])
def test_a_line_that_is_no_bead_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match="line 2 is no bead"):
        score(*write(tmp_path, BEADS, f"[0]:[0]\n{line}\n"))


def test_nothing_to_compare(tmp_path: Path) -> None:
    found, gold = write(tmp_path, [], GOLD)
    with pytest.raises(NothingProduced):
        score(found, gold)
    with pytest.raises(UsageError, match="no gold"):
        score(found, tmp_path / "none")


def test_the_command_and_a_folder_of_texts_share_a_name(tmp_path: Path) -> None:
    found, gold = write(tmp_path, BEADS, GOLD)
    done = CliRunner().invoke(app, ["align", "score", str(found), "--gold", str(gold), "--json"])
    assert json.loads(done.output)["de-fr"]["beads"] == 6
    texts = tmp_path / "texts"
    texts.mkdir()
    for language, lines in (("en", "One sentence.\nTwo of them.\n"), ("uk", "Одне речення.\nДва.\n")):
        (texts / f"x.{language}.txt").write_text(lines, encoding="utf-8")
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(app, ["align", str(texts), "-o", str(out), "--languages", "en,uk"])
    assert done.exit_code == 0, done.output
    assert out.read_text()
    assert "corpus-builder align texts -o" in CliRunner().invoke(app, ["align", "-h"], env={"COLUMNS": "200"}).output
