"""Correcting a story: what is shown, and each change of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus_builder.corrections.beads import CorrectedBead
from corpus_builder.corrections.editing import ShownBead, State, confirm_all, edit, shown, version
from corpus_builder.corrections.folder import Conflict, change, read_correction
from corpus_builder.corrections.measure import is_complete
from corpus_builder.corrections.validity import Checked, checked
from corpus_builder.errors import UsageError
from corpus_builder.model import Block, BlockKind, Edition, PlacedBead, Span, Story

TEXTS = {"uk": ("Раз. Два.", "Три."), "ru": ("Раз. Два. Три.",), "en": ("Zero.", "One. Two.", "Three.")}


def story(**texts: Sequence[str]) -> Story:
    editions = {
        language: Edition("s", "77", language, "", tuple(Block(BlockKind.PARAGRAPH, text) for text in blocks))
        for language, blocks in (texts or TEXTS).items()
    }
    return Story("s", "77", editions)


U1, U2, U3 = Span("uk", 0, 0, 4), Span("uk", 0, 5, 9), Span("uk", 1, 0, 4)
R1, R2, R3 = Span("ru", 0, 0, 4), Span("ru", 0, 5, 9), Span("ru", 0, 10, 14)
E0, E1, E2, E3 = Span("en", 0, 0, 5), Span("en", 1, 0, 4), Span("en", 1, 5, 9), Span("en", 2, 0, 6)


def placed(*beads: Sequence[Span]) -> list[PlacedBead]:
    return [PlacedBead("77", "sentence", k, tuple(spans), 1.0, 0.9, {}, (), 1.0) for k, spans in enumerate(beads)]


BUILT = placed([U1, R1, E1], [U2, R2, E2, E3], [U3, R3], [E0])


def spans(beads: Sequence[ShownBead]) -> list[set[Span]]:
    return [set(bead.spans) for bead in beads]


def test_beads_are_shown_in_reading_order() -> None:
    assert spans(shown(story(), BUILT, Checked())) == [{E0}, {U1, R1, E1}, {U2, R2, E2, E3}, {U3, R3}]
    moved = placed([U1], [U2, E1], [U3, R1], [R2], [R3, E3], [E0], [E2])
    assert spans(shown(story(), moved, Checked())) == [{E0}, {U1}, {U2, E1}, {E2}, {U3, R1}, {R2}, {R3, E3}]


def test_a_side_is_moved_and_moved_back(tmp_path: Path) -> None:
    done = edit(tmp_path, story(), BUILT, [(U2, R2, E2, E3), (U3, R3)], [(U2, R2, E2), (U3, R3, E3)])
    assert spans(done.beads) == [{E0}, {U1, R1, E1}, {U2, R2, E2}, {U3, R3, E3}]
    assert [bead.state for bead in done.beads] == [State.ALIGNER, State.ALIGNER, State.HUMAN, State.HUMAN]
    back = edit(tmp_path, story(), BUILT, done.undo_seen, done.undo_beads)
    assert back.beads == shown(story(), BUILT, Checked())
    assert not list(tmp_path.glob("*.json"))


def test_undo_gives_back_what_a_person_had_made(tmp_path: Path) -> None:
    first = edit(tmp_path, story(), BUILT, [(U1, R1, E1)], [(U1, R1, E1)])
    second = edit(tmp_path, story(), BUILT, [(U1, R1, E1), (U3, R3)], [(U1, E1), (R1,), (U3, R3)])
    assert edit(tmp_path, story(), BUILT, second.undo_seen, second.undo_beads).beads == first.beads


def test_a_sentence_is_split_inside(tmp_path: Path) -> None:
    built = placed([U1, U2, Span("ru", 0, 0, 9), E1, E2], [U3, R3, E3], [E0])
    done = edit(tmp_path, story(), built, [built[0].spans], [(U1, R1, E1), (U2, R2, E2)])
    assert spans(done.beads) == [{E0}, {U1, R1, E1}, {U2, R2, E2}, {U3, R3, E3}]


def test_what_corrections_leave_of_a_bead_is_open(tmp_path: Path) -> None:
    edit(tmp_path, story(), BUILT, [], [(U2, E1)])
    beads = shown(story(), BUILT, checked(read_correction(tmp_path, "77"), story()))
    assert {frozenset(bead.spans): bead.state for bead in beads} == {
        frozenset({E0}): State.ALIGNER, frozenset({U1, R1}): State.OPEN, frozenset({U2, E1}): State.HUMAN,
        frozenset({R2, E2, E3}): State.OPEN, frozenset({U3, R3}): State.ALIGNER,
    }  # fmt: skip


def test_what_was_built_from_a_correction_that_is_gone_is_open() -> None:
    built = [PlacedBead("77", "sentence", 0, (U1, E1), 1.0, 1.0, {}, (), 1.0, "human")]
    assert [bead.state for bead in shown(story(), built, Checked())] == [State.OPEN]


def test_another_window_is_noticed(tmp_path: Path) -> None:
    edit(tmp_path, story(), BUILT, [(U2, R2, E2, E3)], [(U2, R2, E2), (E3,)])
    before = read_correction(tmp_path, "77")
    for seen, beads in ([(U2, R2, E2, E3)], [(U2, R2, E2, E3)]), ([(U3, R3)], [(U3, R3, E3)]):
        with pytest.raises(Conflict):
            edit(tmp_path, story(), BUILT, seen, beads)
    assert read_correction(tmp_path, "77") == before
    edit(tmp_path, story(), BUILT, [(U1, R1, E1)], [(U1, R1, E1)])  # other segments
    assert len(read_correction(tmp_path, "77").beads) == 3


@pytest.mark.parametrize("beads", [[(Span("en", 1, 0, 99),)], [(Span("de", 0, 0, 1),)], [(Span("en", 1, 4, 5),)], [()]])
def test_a_place_without_words_is_refused(tmp_path: Path, beads: list[tuple[Span, ...]]) -> None:
    with pytest.raises(UsageError):
        edit(tmp_path, story(), BUILT, [], beads)
    assert not list(tmp_path.glob("*.json"))


def test_a_whole_story_is_confirmed(tmp_path: Path) -> None:
    edit(tmp_path, story(), BUILT, [(U1, R1, E1)], [(U1, E1), (R1,)])
    seen = version(shown(story(), BUILT, checked(read_correction(tmp_path, "77"), story())))
    beads = confirm_all(tmp_path, story(), BUILT, seen)
    assert {bead.state for bead in beads} == {State.HUMAN}
    assert is_complete(story(), [bead.spans for bead in beads])
    with pytest.raises(Conflict):
        confirm_all(tmp_path, story(), BUILT, seen)


def test_correcting_a_changed_page_replaces_what_no_longer_fits(tmp_path: Path) -> None:
    old = story(uk=("Раз.", "Два."), en=("One.", "Two."))
    change(tmp_path, "77", [], [CorrectedBead.of(old, [Span(x, k, 0, 4) for x in ("uk", "en")]) for k in (0, 1)])
    new = story(uk=("Нове.", "Раз!", "Два."), en=("One.", "Two."))
    fresh = (Span("uk", 1, 0, 4), Span("en", 0, 0, 4))
    done = edit(tmp_path, new, placed([Span("uk", 0, 0, 5)], fresh), [fresh], [fresh])
    assert [bead.state for bead in done.beads] == [State.ALIGNER, State.HUMAN, State.HUMAN]
    found = read_correction(tmp_path, "77").beads
    assert [[(p.language, p.block) for p in bead.places] for bead in found] == [
        [("en", 0), ("uk", 1)], [("en", 1), ("uk", 2)],
    ]  # fmt: skip
