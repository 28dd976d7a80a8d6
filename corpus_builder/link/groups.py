"""Pairs of pages into stories: each page in one story, at most one edition a language in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Pair(NamedTuple):
    """Two pages of different languages that are one story with this probability; `by` is the rule that says so."""

    one: str
    other: str
    probability: float
    by: str


def stories(languages: Mapping[str, str], pairs: Iterable[Pair]) -> tuple[list[list[str]], list[Pair]]:
    """The stories as lists of pages, and the pairs that contradict them.

    `languages` has the language of every page. The pairs are taken in the order given. One that would bring a second
    edition of a language into a story is refused. So three languages are consistent: what links uk to ru and uk to en
    links ru to en, and of contradicting pairs the first one counts.
    """
    story = {page: [page] for page in languages}
    refused = []
    for pair in pairs:
        one, other = story[pair.one], story[pair.other]
        if one is other:
            continue
        if {languages[page] for page in one} & {languages[page] for page in other}:
            refused.append(pair)
            continue
        one += other
        for page in other:
            story[page] = one
    return list({id(pages): pages for pages in story.values()}.values()), refused
