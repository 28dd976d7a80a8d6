"""Content linking: pages of made-up languages whose only common ground is names, numbers and what pairs teach."""

from __future__ import annotations

import random
from datetime import date, timedelta

from corpus_builder.link.content import scored
from corpus_builder.link.features import Page, page_of
from corpus_builder.model import Block, BlockKind, Edition, Link

DAY = date(2025, 3, 14)


def made(count: int, seed: int = 1) -> tuple[list[Page], list[Page]]:
    """Pages of two languages in different orders; each tenth of one language and each tenth of the other is alone."""
    rng = random.Random(seed)
    sides: tuple[list[Page], list[Page]] = ([], [])
    for story in range(count):
        words, names = rng.choices(range(1500), k=60), rng.choices(range(600), k=6)
        for side, of_side in enumerate(sides):
            if story % 10 != side:
                units = {f"{'xy'[side]}{word}": 1.0 for word in words}
                of_side.append(Page(str(story), "xy"[side], DAY, {f"n{name}": 1.0 for name in names[side:]}, units))
    for of_side in sides:
        rng.shuffle(of_side)
    return sides


def test_pairs_are_found_and_pages_without_a_counterpart_stay_single() -> None:
    a, b = made(200)
    links = [link for link in scored(a, b) if link.probability >= 0.5]
    right = sum(a[link.a].name == b[link.b].name for link in links)
    assert right >= 0.97 * 160
    assert right >= 0.97 * len(links)


def test_links_are_one_to_one_and_the_same_for_any_order_of_the_pages() -> None:
    a, b = made(80)
    links = scored(a, b)
    assert len({link.a for link in links}) == len({link.b for link in links}) == len(links)
    found = {(a[link.a].name, b[link.b].name) for link in links if link.probability >= 0.5}
    turned = {(a[::-1][link.a].name, b[link.b].name) for link in scored(a[::-1], b) if link.probability >= 0.5}
    assert found == turned


def test_pages_of_distant_days_are_not_compared_and_undated_ones_are() -> None:
    a, b = made(40)
    far = [Page(page.name, page.language, DAY + timedelta(days=9), page.sounds, page.units) for page in b]
    undated = [Page(page.name, page.language, None, page.sounds, page.units) for page in b]
    assert scored(a, far) == []
    assert scored(a, undated) == scored(a, b)


def test_nothing_links_to_nothing() -> None:
    a, b = made(10)
    assert scored(a, []) == scored([], b) == []
    empty = [Page("e", "y", DAY, {}, {})]
    assert [link for link in scored(a, empty) if link.probability >= 0.5] == []


def test_the_features_of_an_edition_meet_across_alphabets() -> None:
    def features(language: str, text: str, url: str) -> Page:
        block = Block(BlockKind.PARAGRAPH, text, links=(Link(0, 1, url),))
        return page_of(Edition("s", "1", language, f"https://n.example/{language}", (block,)), ["n.example"])

    uk = features("uk", "Зеленського бачили 1\u00a0997 людей", "https://www.x.example/report")
    en = features("en", "Zelenskyy was seen by 1,997 people", "https://x.example/report")
    own = features("en", "Zelenskyy", "https://n.example/other")
    assert {"slnsk", "#1997", "@x.example/report"} <= uk.sounds.keys() & en.sounds.keys()
    assert not [name for name in own.sounds if name.startswith("@")]
