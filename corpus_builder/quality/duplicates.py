"""Near-duplicates of rows and of stories, across languages: reprints, updates of a story, boilerplate.

Texts are compared within a language (sketches.py). Rows (stories) with a duplicate text in any language are linked, and
the connected components of the links are the groups: what is the same in one edition is the same in all that are
aligned with it (components.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, NamedTuple

import numpy as np

from corpus_builder.quality.components import Components, Items
from corpus_builder.quality.sketches import WORD

SHORT = 20
"""Words of a short text. Chosen: a notice has fewer, the lead of a story alone has more. In a longer story an edition
of fewer words is a stub ("Subscribe to read on"), which says nothing of the story."""


class Duplicate(NamedTuple):
    """For a row: how many other stories have a near-duplicate of it, and how many of them come before its story."""

    others: int
    rank: int


ALONE = Duplicate(0, 0)


def compared_texts(editions: Mapping[str, str]) -> Mapping[str, str]:
    """The texts by which a story is compared with others, of the whole text of each edition.

    Short texts count only in stories that are short in every language: repeated notices are a cluster, stories whose
    English editions are the same stub are not.
    """
    return {language: text for language, text in editions.items() if len(WORD.findall(text)) >= SHORT} or editions


class Repeats:
    """Which rows other stories have, too: of rows that `groups` joins, given part after part in the order of their
    numbers. A story's rows are in one part. Memory holds 4 bytes a row besides the groups; `ranks` is an empty file.
    """

    def __init__(self, groups: Components, ranks: IO[bytes]) -> None:
        self._groups = groups
        self._stories = np.zeros(len(groups), np.uint32)
        """[rows] for the first row of a group: the stories in it, of the parts that were added."""
        self._ranks = ranks
        self._added = 0

    def add(self, stories: Items) -> None:
        """Add a part: the story of each of its rows, by numbers that no other part has."""
        first = self._groups.first(np.arange(self._added, self._added + len(stories)))
        self._added += len(stories)
        order = np.lexsort((stories, first))
        own, story = first[order], stories[order]
        new_group = np.diff(own, prepend=-1) != 0
        new_story = new_group | (np.diff(story, prepend=-1) != 0)
        place = np.cumsum(new_story) - 1
        begins = np.flatnonzero(new_group)
        ranks = np.empty(len(stories), np.uint32)
        ranks[order] = place - np.repeat(place[begins], np.diff(begins, append=len(own))) + self._stories[own]
        np.add.at(self._stories, own[new_story], 1)
        self._ranks.write(ranks.tobytes())

    def read(self, begin: int, end: int) -> tuple[Items, Items, Items]:
        """Of the rows from `begin` up to `end` those that other stories have: their numbers, how many other stories
        that are, and how many of these come before. Group by group, in the order of their first rows. All parts were
        added."""
        rows = np.arange(begin, end)
        first = self._groups.first(rows)
        others = self._stories[first].astype(np.int64) - 1
        self._ranks.seek(4 * begin)
        ranks = np.frombuffer(self._ranks.read(4 * len(rows)), np.uint32)
        order = np.argsort(first, kind="stable")
        order = order[others[order] > 0]
        return rows[order], others[order], ranks[order].astype(np.int64)
