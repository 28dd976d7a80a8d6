"""Near-duplicates of rows and of stories, across languages: reprints, updates of a story, boilerplate.

Texts are compared within a language (sketches.py). Rows (stories) with a duplicate text in any language are linked, and
the connected components of the links are the groups: what is the same in one edition is the same in all that are
aligned with it. scipy finds the components.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from corpus_builder.quality.sketches import WORD, Items

_LINKS = 2_000_000
"""Links in memory at a time, 32 MB of them; a text of boilerplate is linked in every band."""
SHORT = 20
"""Words of a short text. Chosen: a notice has fewer, the lead of a story alone has more. In a longer story an edition
of fewer words is a stub ("Subscribe to read on"), which says nothing of the story."""


class Duplicate(NamedTuple):
    """For a row: how many other stories have a near-duplicate of it, and how many of them come before its story."""

    others: int
    rank: int


ALONE = Duplicate(0, 0)


class Group(NamedTuple):
    """Numbers of items that are near-duplicates, in rising order."""

    members: tuple[int, ...]


def fewest_links(links: Iterable[tuple[Items, Items]]) -> tuple[Items, Items]:
    """The fewest links (earlier item, later item) with the same connected components: each item to the first one."""
    waiting: list[tuple[Items, Items]] = []
    for pairs in links:
        waiting.append(pairs)
        if sum(len(earlier) for earlier, _ in waiting) > _LINKS:
            waiting = [_to_first(*_connected(waiting))]
    return _to_first(*_connected(waiting))


def groups_of(links: Iterable[tuple[Items, Items]]) -> list[Group]:
    """The connected components of links, in the order of their first members."""
    members, starts = _connected(list(links))
    groups = [Group(tuple(group.tolist())) for group in np.split(members, starts[1:]) if len(group)]
    return sorted(groups, key=lambda group: group.members[0])


def _connected(links: Sequence[tuple[Items, Items]]) -> tuple[Items, Items]:
    """The connected components of links: all linked items, component after component, in rising order within each, and
    where each component starts.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not sum(len(earlier) for earlier, _ in links):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    earlier, later = (np.concatenate(ends) for ends in zip(*links, strict=True))
    linked, places = np.unique(np.concatenate((earlier, later)), return_inverse=True)
    graph = coo_array(
        (np.ones(len(earlier), np.bool_), (places[: len(earlier)], places[len(earlier) :])), shape=(len(linked),) * 2
    )
    component = connected_components(graph, directed=False)[1]
    order = np.argsort(component, kind="stable")
    return linked[order], np.flatnonzero(np.diff(component[order], prepend=-1))


def _to_first(members: Items, starts: Items) -> tuple[Items, Items]:
    """The fewest links that keep the components: each member to the first of its component."""
    return np.repeat(members[starts], np.diff(starts, append=len(members))), members


def compared_texts(editions: Mapping[str, str]) -> Mapping[str, str]:
    """The texts by which a story is compared with others, of the whole text of each edition.

    Short texts count only in stories that are short in every language: repeated notices are a cluster, stories whose
    English editions are the same stub are not.
    """
    return {language: text for language, text in editions.items() if len(WORD.findall(text)) >= SHORT} or editions


def row_duplicates(stories: Mapping[int, Hashable], groups: Iterable[Group]) -> dict[int, Duplicate]:
    """The duplicates of rows that another story has too, by number of the row; `stories` has the story of each row in a
    group."""
    by_row = {}
    for group in groups:
        order = {story: rank for rank, story in enumerate(dict.fromkeys(stories[i] for i in group.members))}
        if len(order) > 1:
            by_row.update({i: Duplicate(len(order) - 1, order[stories[i]]) for i in group.members})
    return by_row
