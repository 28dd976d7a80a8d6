"""The split of each story: by clusters of near-duplicates and by time, and permanent.

A cluster (reprints and updates of a story) is never divided. The newest clusters are the test split, the next newest
validation; a cluster is as old as its oldest story, so that a long-running series does not swallow the test split.

A story keeps its split. Later builds assign new stories as follows: one in the cluster of an assigned story gets the
same split; one whose cluster has stories in two splits is dropped, as it would leak from either into the other; of the
rest, the newest are added to test until it has its share of all stories, the next newest to validation, and all others
to train. So a test story remains one, and test grows by newer stories.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Assignment:
    """`splits` by article id, those assigned earlier included; `left_out` stories are near-duplicates of two splits."""

    splits: Mapping[str, str]
    left_out: frozenset[str] = frozenset()


def assign(
    dates: Mapping[str, str | None],
    clusters: Iterable[Collection[str]] = (),
    *,
    validation: float,
    test: float,
    earlier: Mapping[str, str] | None = None,
) -> Assignment:
    """A split for every article id.

    Args:
        dates: the day of each story of this build ("2025-12-01"; None counts as oldest).
        clusters: disjoint groups of near-duplicates; a story in none is a cluster of its own.
        validation: share of all stories, 0 to 0.5; a cluster that lies across the border goes to the side that has
            more of it. Train keeps at least one story.
        test: likewise.
        earlier: what earlier builds assigned, to be kept; assigning once more changes nothing.
    """
    splits = dict(earlier or {})
    left_out: set[str] = set()
    new: list[tuple[str, ...]] = []
    for cluster in _clusters(dates, clusters):
        fresh = tuple(article_id for article_id in cluster if article_id not in splits and article_id in dates)
        taken = {splits[article_id] for article_id in cluster if article_id in splits}
        if len(taken) > 1:
            left_out.update(fresh)
        elif taken:
            splits |= dict.fromkeys(fresh, taken.pop())
        elif fresh:
            new.append(fresh)
    new.sort(key=lambda cluster: min((dates[story] or "", story) for story in cluster), reverse=True)
    held = {split: sum(splits.get(story) == split for story in dates) for split in SPLITS}
    total = len(dates) - len(left_out)
    if new and not held["train"]:
        splits |= dict.fromkeys(new.pop(), "train")  # the oldest
    for split, share in (("test", test), ("validation", validation)):
        room, placed = round(total * share) - held[split], 0
        while new and placed + len(new[0]) / 2 <= room:
            placed += len(new[0])
            splits |= dict.fromkeys(new.pop(0), split)
    splits |= {story: "train" for cluster in new for story in cluster}
    return Assignment(dict(sorted(splits.items())), frozenset(left_out))


def _clusters(stories: Iterable[str], clusters: Iterable[Collection[str]]) -> Iterator[tuple[str, ...]]:
    """The clusters of two or more, then every other story alone."""
    together: set[str] = set()
    for cluster in clusters:
        together.update(cluster)
        yield tuple(sorted(cluster))
    yield from ((story,) for story in sorted(stories) if story not in together)
