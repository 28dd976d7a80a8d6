"""Which edition of a story is of another article, by what the aligner says of each two editions."""

from __future__ import annotations

from itertools import combinations
from typing import Any, cast

from corpus_builder.align.aligner import Aligner
from corpus_builder.align.calibration import Footing
from corpus_builder.model import Alignment, Document, Segment
from corpus_builder.stages.related import Repeated, mispaired, related_editions

BOILERPLATE = (
    "Subscribe to our channel so as not to miss the main news.",
    "Select an error in the text with the mouse.",
)


class ByWords:
    """Stands for an aligner: two editions are related if they have a sentence in common."""

    def lattices(self, document: Document) -> dict[tuple[str, str], tuple[Any, Any]]:
        return {two: (None, [document.segments[x] for x in two]) for two in combinations(document.segments, 2)}

    def footing(self, _a: str, _b: str, _pair: None, sides: list[tuple[Segment, ...]]) -> Footing:
        one, other = ({segment.text for segment in side} for side in sides)
        return Footing(0.99 if one & other else 0.02)


ALIGNER = cast("Aligner", ByWords())


def edition(topic: str, *more: str) -> tuple[Segment, ...]:
    return tuple(Segment(text, 0) for text in (f"What is new about {topic} in the whole country.", *more))


def story(**editions: tuple[Segment, ...]) -> Document:
    return Document("7", editions)


def related(document: Document, repeated: Repeated) -> dict[str, float]:
    all_pairs = {two: ALIGNER.footing(*two, *lattice).related for two, lattice in ALIGNER.lattices(document).items()}
    return related_editions(document, Alignment("7", (), (), related=all_pairs), ALIGNER, repeated)


def everywhere(count: int) -> Repeated:
    return Repeated(story(uk=edition(str(i), *BOILERPLATE), en=edition(str(i), *BOILERPLATE)) for i in range(count))


def test_what_many_stories_have_relates_no_two_editions() -> None:
    wrong = story(uk=edition("a", *BOILERPLATE), en=edition("b", *BOILERPLATE))
    assert related(wrong, everywhere(4)) == {"en-uk": 0.99}
    assert related(wrong, everywhere(5)) == {"en-uk": 0.02}
    right = story(uk=edition("a", *BOILERPLATE), en=edition("a", *BOILERPLATE))
    assert related(right, everywhere(5)) == {"en-uk": 0.99}


def test_an_edition_of_boilerplate_alone_is_no_translation() -> None:
    empty = story(uk=edition("a", *BOILERPLATE), en=tuple(Segment(text, 0) for text in BOILERPLATE))
    assert related(empty, everywhere(5)) == {"en-uk": 0.0}


def test_short_sentences_that_many_stories_have_count() -> None:
    said = Repeated(story(uk=(Segment("He said so.", 0),)) for _ in range(9))
    document = story(uk=(Segment("He said so.", 0),), en=(Segment("He said so.", 0),))
    assert said.without(document) is document


def test_what_a_person_aligned_is_related() -> None:
    corrected = Document(
        "7", {x: tuple(Segment(text, 0) for text in BOILERPLATE) for x in ("uk", "en")}, ({"uk": (0,)},)
    )
    assert related(corrected, everywhere(5)) == {"en-uk": 0.99}


def test_an_edition_is_judged_by_all_of_its_pairs() -> None:
    assert mispaired({"en-ru": 0.03, "en-uk": 0.02, "ru-uk": 1.0}) == {"en": "en-ru 0.03, en-uk 0.02"}
    assert mispaired({"en-ru": 0.04, "en-uk": 0.88, "ru-uk": 1.0}) == {"en": "en-ru 0.04, en-uk 0.88"}
    assert mispaired({"en-ru": 0.14, "en-uk": 0.995, "ru-uk": 1.0}) == {}
    assert list(mispaired({"en-ru": 0.1, "en-uk": 0.2, "ru-uk": 0.3})) == ["en", "ru", "uk"]
    assert list(mispaired({"en-uk": 0.3})) == ["en", "uk"]
    assert mispaired({}) == {}
