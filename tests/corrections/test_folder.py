"""The folder of corrections: its files, what is wrong in them, and two windows at once."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.corrections.beads import CorrectedBead, Corrections, Place, corrections_file, text_hash
from corpus_builder.corrections.folder import Conflict, change, forget_corrections, read_correction, read_corrections
from corpus_builder.errors import ConfigError

HASH = text_hash("words")


def bead(block: int, *languages: str) -> CorrectedBead:
    names = languages or ("en", "uk")
    places = tuple(Place(language=name, block=block, start=0, end=9, hash=HASH) for name in names)
    return CorrectedBead(languages=("en", "ru", "uk"), places=places)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    change(tmp_path, "77", [], [bead(3), bead(1), bead(2, "ru")])
    assert read_corrections(tmp_path) == {"77": read_correction(tmp_path, "77")}
    assert read_correction(tmp_path, "77").beads == (bead(1), bead(3), bead(2, "ru"))
    assert (tmp_path / "77.json").read_text(encoding="utf-8").count("\n") == 9  # a bead a line


def test_beads_are_replaced_one_by_one(tmp_path: Path) -> None:
    change(tmp_path, "77", [], [bead(1), bead(2)])
    change(tmp_path, "77", [bead(1)], [bead(1, "en"), bead(1, "uk")])
    assert set(read_correction(tmp_path, "77").beads) == {bead(1, "en"), bead(1, "uk"), bead(2)}
    change(tmp_path, "77", read_correction(tmp_path, "77").beads, [])
    assert list(tmp_path.glob("*.json")) == []


@pytest.mark.parametrize(
    ("removed", "added"), [([bead(5)], []), ([], [bead(2, "en")]), ([bead(1), bead(5)], [bead(7)])]
)
def test_a_window_that_shows_an_older_state_changes_nothing(
    tmp_path: Path, removed: list[CorrectedBead], added: list[CorrectedBead]
) -> None:
    before = change(tmp_path, "77", [], [bead(1), bead(2)])
    with pytest.raises(Conflict, match="another window"):
        change(tmp_path, "77", removed, added)
    assert read_correction(tmp_path, "77") == before


def _correct(folder: Path, block: int) -> None:
    for k in range(10):
        change(folder, "77", [bead(block + k - 1)] if k else [], [bead(block + k)])


@pytest.mark.parametrize("processes", [True, False])
def test_two_windows_at_once_lose_nothing(tmp_path: Path, processes: bool) -> None:
    starts = [100, 200, 300]
    if processes:
        with ProcessPoolExecutor(3) as pool:
            list(pool.map(_correct, [tmp_path] * 3, starts))
    else:
        threads = [threading.Thread(target=_correct, args=(tmp_path, start)) for start in starts]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert read_correction(tmp_path, "77").beads == (bead(109), bead(209), bead(309))


ODD = ["../../etc/passwd", "a/b", "CON", "", "x" * 400, "стаття", ".hidden", "A", "a", "a b", "a_b", "\ud800", "1.json"]


def test_every_article_id_has_a_file_of_its_own_in_the_folder(tmp_path: Path) -> None:
    ids = [each for each in ODD if each]
    for number, article_id in enumerate(ids):
        if article_id.isprintable():
            change(tmp_path, article_id, [], [bead(number)])
    found = read_corrections(tmp_path)
    assert {key: each.beads[0].places[0].block for key, each in found.items()} == {
        each: number for number, each in enumerate(ids) if each.isprintable()
    }
    assert len({name.lower() for name in map(corrections_file, ids)}) == len(ids)


@given(st.text(min_size=1))
def test_a_file_name_is_one_name(article_id: str) -> None:
    name = corrections_file(article_id)
    assert Path(name).name == name
    assert len(name.encode()) <= 255
    assert not name.startswith(".")


def damaged(**over: Any) -> dict[str, Any]:
    place = {"language": "en", "block": 1, "start": 0, "end": 9, "hash": HASH}
    one = {"languages": ["en", "uk"], "places": [place, {**place, "language": "uk"}]}
    return {"format": 1, "article_id": "77", "beads": [one], **over}


PLACE = {"language": "en", "block": 1, "start": 5, "end": 20, "hash": HASH}
BROKEN: list[tuple[Any, str]] = [
    ("{", "77.json cannot be read"),
    ("[" * 100_000, "77.json cannot be read"),
    ([], "must have an object"),
    (damaged(beeds=[]), "key beeds: unknown key .did you mean beads"),
    (damaged(format=2), "key format"),
    (damaged(beads=[{"languages": ["en"], "places": [PLACE | {"end": 5}]}]), "key beads.0.places.0: end 5 must"),
    (damaged(beads=[{"languages": ["en"], "places": [PLACE | {"end": 10**400}]}]), "key beads.0.places.0.end"),
    (damaged(beads=[{"languages": ["en"], "places": [PLACE | {"block": -1}]}]), "key beads.0.places.0.block"),
    (damaged(beads=[{"languages": ["en"], "places": [PLACE | {"hash": "x"}]}]), "key beads.0.places.0.hash"),
    (damaged(beads=[{"languages": ["uk"], "places": [PLACE]}]), "key beads.0: places in en, which"),
    (damaged(beads=[{"languages": ["en"], "places": []}]), "key beads.0.places"),
    (damaged(beads=[*damaged()["beads"], {"languages": ["en"], "places": [PLACE]}]),
     "beads 0 and 1 both have en, block 1, 5 to 9"),
    (damaged(article_id="78"), "the corrections of 78 belong into 78.json"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), BROKEN, ids=[message for _, message in BROKEN])
def test_what_is_wrong_in_a_file_is_named_with_its_place(tmp_path: Path, content: Any, message: str) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (tmp_path / "77.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as error:
        read_corrections(tmp_path)
    assert "77.json" in str(error.value)
    assert error.value.next_step


def test_the_files_of_stories_that_were_taken_down_are_removed(tmp_path: Path) -> None:
    for article_id in ("a/b", "77", "78"):
        change(tmp_path, article_id, [], [bead(1)])
    assert forget_corrections(tmp_path, ["a/b", "78", "other"]) == 2
    assert read_corrections(tmp_path) == {"77": Corrections(article_id="77", beads=(bead(1),))}
