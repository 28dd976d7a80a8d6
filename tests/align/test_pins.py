"""Beads that a person corrected are kept exactly, and the rest is aligned around them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache

import pytest

from corpus_builder.align.aligner import Aligner, train
from corpus_builder.model import Alignment, Document, Segment

LANGUAGES = ("en", "ru", "uk")
Known = tuple[Mapping[str, tuple[int, ...]], ...]


def sentences(language: str, count: int, seed: int) -> tuple[Segment, ...]:
    """Made-up sentences; those of the same seed share their words in all languages, with an ending of the language."""
    rng = random.Random(seed)
    texts = [" ".join(f"w{rng.randrange(300)}{language}" for _ in range(rng.randrange(4, 12))) for _ in range(count)]
    return tuple(Segment(text, k // 3) for k, text in enumerate(texts))


def story(seed: int, known: Known = (), languages: tuple[str, ...] = LANGUAGES, count: int = 12) -> Document:
    return Document(f"story {seed}", {language: sentences(language, count, seed) for language in languages}, known)


@cache
def aligner() -> Aligner:
    return train([story(seed) for seed in range(60)], LANGUAGES, seed_lexicon=None)


def groups(alignment: Alignment) -> list[dict[str, tuple[int, ...]]]:
    return [{x: numbers for x, numbers in bead.segments.items() if numbers} for bead in alignment.beads]


def random_known(rng: random.Random, languages: tuple[str, ...], count: int) -> Known:
    """Beads of any kind: crossing, with holes, of many segments, of one language."""
    free = {language: list(range(count)) for language in languages}
    beads = []
    for _ in range(rng.randrange(1, 5)):
        bead = {}
        for language in rng.sample(languages, rng.randrange(1, len(languages) + 1)):
            size = min(rng.choice((1, 1, 1, 2, 3, 5)), len(free[language]))
            if len(languages) > 1 and size:
                bead[language] = tuple(sorted(rng.sample(free[language], size)))
                free[language] = [k for k in free[language] if k not in bead[language]]
        beads.append(bead)
    return tuple(beads)


@pytest.mark.parametrize("languages", [("en", "uk"), LANGUAGES], ids=["two", "three"])
@pytest.mark.parametrize("seed", range(40))
def test_known_beads_are_kept_exactly_whatever_they_are(languages: tuple[str, ...], seed: int) -> None:
    rng = random.Random(seed)
    known = random_known(rng, languages, 12)
    document = story(seed % 7, known, languages)
    alignment = aligner().align(document)
    found = groups(alignment)
    for bead in known:
        if len(bead) > 1:
            assert bead in found
            certain = next(b for b, group in zip(alignment.beads, found, strict=True) if group == bead)
            assert certain.probability == 1.0
            assert set(certain.pairs.values()) == {1.0}
        for language, numbers in bead.items() if len(bead) == 1 else ():
            assert all({language: (k,)} in found for k in numbers)
    for language in languages:
        assert sorted(k for group in found for k in group.get(language, ())) == list(range(12))


def test_the_rest_is_aligned_around_an_anchor() -> None:
    """Nothing says which of the identical lines belong together, but what a person linked divides them."""
    line = Segment("w1 w2 w3 w4 w5", 0)
    texts = {"en": (line,) * 6, "uk": (line,) * 6}
    found = groups(aligner().align(Document("same", texts, ({"en": (1,), "uk": (3,)},))))
    assert {"en": (1,), "uk": (3,)} in found
    linked = [(group["en"][0], group["uk"][0]) for group in found if len(group) == 2]
    assert all((i < 1) == (j < 3) for i, j in linked if (i, j) != (1, 3))


@pytest.mark.parametrize("known", [{"en": (2,), "uk": (9,)}, {"en": (4, 5, 6, 7, 8), "uk": (4,)}, {"en": (3,)}])
def test_what_is_not_corrected_stays_as_it_was_where_it_can(known: Mapping[str, tuple[int, ...]]) -> None:
    before, after = (groups(aligner().align(story(3, k, ("en", "uk")))) for k in ((), (known,)))
    untouched = [
        group for group in before if not any(set(group.get(x, ())) & set(known.get(x, ())) for x in ("en", "uk"))
    ]
    if known == {"en": (2,), "uk": (9,)}:  # what lies between the two is crossed by it
        untouched = [group for group in untouched if group["en"][0] < 2 or group["en"][0] > 9]
    assert untouched
    assert all(group in after for group in untouched)


def test_training_learns_from_known_beads() -> None:
    """Two documents of lines of one length without a word in common: what a person said of them tells the lines of a
    third apart, and nothing else does."""
    names = "abcdefghij"

    def line(language: str, number: int) -> Segment:
        return Segment(" ".join(f"{letter}{names[number] * 3}{language}" for letter in "klmnop"), 0)

    def lone(name: str, order: list[int], corrected: bool) -> Document:
        turned = order[3:] + order[:3]  # the first three lines of en are the last ones of uk
        known = tuple({"en": (k,), "uk": (turned.index(n),)} for k, n in enumerate(order)) if corrected else ()
        return Document(
            name, {"en": tuple(line("en", n) for n in order), "uk": tuple(line("uk", n) for n in turned)}, known
        )

    rng = random.Random(5)
    orders = [rng.sample(range(10), 10) for _ in range(2)]
    test = lone("test", rng.sample(range(10), 10), False)

    def right(corrected: bool) -> int:
        taught = [lone(f"{k}", order, corrected) for k, order in enumerate(orders)]
        found = groups(train(taught, ("en", "uk"), seed_lexicon=None).align(test))
        return sum((group["uk"][0] + 3) % 10 == group["en"][0] for group in found if len(group) == 2)

    assert right(True) >= 7
    assert right(False) <= 2


def test_a_sample_has_the_corrected_documents_first() -> None:
    documents = [story(seed, ({"en": (0,), "uk": (0,)},) if seed == 17 else (), count=3) for seed in range(30)]
    learned = train(documents, LANGUAGES, seed_lexicon=None, sample=1)
    alone = train([documents[17]], LANGUAGES, seed_lexicon=None)
    assert learned.state.pairs["en", "uk"].trained_on.keys() == alone.state.pairs["en", "uk"].trained_on.keys()


def test_sentences_of_known_beads_are_not_split() -> None:
    text = "w1 w2 w3. w4 w5 w6."
    texts = {"en": (Segment(text, 0), Segment("w9 w8", 1)), "uk": (Segment(text, 0), Segment("w9 w8", 1))}
    known = ({"en": (0,), "uk": (0,)}, {"en": (1,)})
    resegmented, alignment = aligner().align_resegmented(Document("split", texts, known))
    assert resegmented.document.known == known
    assert groups(alignment)[0] == {"en": (0,), "uk": (0,)}
