from __future__ import annotations

from corpus_builder.model import Block, BlockKind, Edition, PlacedBead, Span, Story
from corpus_builder.quality.reasons import reason_against
from corpus_builder.report import story as views
from corpus_builder.report.story import shown_story


def test_a_story_is_shown_with_labels_at_the_head_of_blocks_and_long_ones_cut() -> None:
    blocks = (
        Block(BlockKind.TITLE, "Заголовок"),
        Block(BlockKind.PARAGRAPH, "Перше. Друге.", label="source", label_text="Джерело"),
        Block(BlockKind.PARAGRAPH, "ж" * 10_000),
    )
    editions = {x: Edition("s", "7", x, f"https://x.example/{x}", blocks) for x in ("en", "uk")}
    places = [(0, 0, 9), (1, 0, 6), (1, 7, 13), (2, 0, 10_000)]
    beads = [
        PlacedBead("7", "sentence", i, (Span("uk", *place), Span("en", *place)), 1.0, 0.9, {"en-uk": 0.9}, (), 0.8)
        for i, place in enumerate(places)
    ]
    more = [PlacedBead("7", "sentence", i, (Span("uk", 0, 0, 9),), 0.0, 1.0, {}, (), 0.8) for i in range(4, 160)]
    scores = {
        ("sentence", 0): ({"probability": 0.4, "complete": 0.3, "probability_en_uk": 0.4, "weakest_pair": "en-uk",
                           "weakest_reason": "pair: names_agree"}, ("near_duplicate",)),
    }  # fmt: skip
    shown = shown_story(
        Story("s", "7", editions), [*beads, *more], ("uk", "ru", "en"), scores, reason_against, [("near_test", "x")]
    )
    assert [edition.language for edition in shown.editions] == ["uk", "en"]
    assert shown.editions[0].title == "Заголовок"
    assert shown.probability == 0.8
    pieces = [bead.sides["uk"][0] for bead in shown.beads["sentence"]]
    assert [(p.text, p.label, p.opens_block) for p in pieces[:3]] == [
        ("Заголовок", None, True), ("Перше.", "Джерело", True), ("Друге.", None, False),
    ]  # fmt: skip
    assert len(pieces[3].text) == views.CHARACTERS + 2
    assert len(pieces) == views.BEADS
    assert shown.cut == {"block": 0, "sentence": 10}
    first, second = shown.beads["sentence"][:2]
    assert (first.probability, first.complete, first.reason) == (0.4, 0.3, "en-uk names_agree")
    assert (first.pairs, first.flags) == ({"en-uk": 0.4}, ("near_duplicate",))
    assert (second.probability, second.pairs, second.reason) == (None, {}, "")
    assert shown.dropped == (("near_test", "x"),)
