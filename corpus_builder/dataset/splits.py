"""Which story goes to which split: whole stories, the newest to test, the next newest to validation."""

from __future__ import annotations

from collections.abc import Mapping

SPLITS = ("train", "validation", "test")


def split_stories(dates: Mapping[str, str | None], validation: float, test: float) -> dict[str, str]:
    """The split of every article id, given its date ("2025-12-01"; None counts as oldest).

    `validation` and `test` are shares of all stories, rounded; train keeps at least one story where there is any.
    """
    order = sorted(dates, key=lambda article_id: (dates[article_id] or "", article_id))
    newest = round(len(order) * test)
    held_out = min(newest + round(len(order) * validation), max(len(order) - 1, 0))
    first_held_out, first_test = len(order) - held_out, len(order) - min(newest, held_out)
    return {
        article_id: "train" if i < first_held_out else "validation" if i < first_test else "test"
        for i, article_id in enumerate(order)
    }
