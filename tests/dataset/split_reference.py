"""The split of each story, slow and obvious: what corpus_builder/dataset/splits.py does, by ids and in dictionaries."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from corpus_builder.dataset.splits import MOST, SHARE, SPLITS, TOGETHER


@dataclass(frozen=True)
class Assignment:
    """`splits` by article id, those assigned earlier included; `left_out` stories are near-duplicates of two splits.

    `pairs` has the stories of this build by pair and split.
    """

    splits: Mapping[str, str]
    left_out: frozenset[str] = frozenset()
    pairs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def assign(
    dates: Mapping[str, str | None],
    clusters: Iterable[Collection[str]] = (),
    companions: Iterable[Collection[str]] = (),
    *,
    validation: float,
    test: float,
    earlier: Mapping[str, str] | None = None,
    pairs: Mapping[str, Collection[str]] | None = None,
    least: int = 0,
) -> Assignment:
    """A split for every article id.

    Args:
        dates: the day of each story of this build ("2025-12-01"; None counts as oldest).
        clusters: disjoint groups of near-duplicates; a story in none is a cluster of its own.
        companions: groups of stories that share a text. Clusters of new stories are joined by these, up to
            `TOGETHER` of all stories.
        validation: share of all stories, 0 to 0.5; a cluster that lies across the border goes to the side that has
            more of it. Train keeps at least one story.
        test: likewise.
        earlier: what earlier builds assigned, to be kept; assigning once more changes nothing.
        pairs: the pairs of languages that each story has ("en-uk").
        least: stories of each pair that test and validation should have, as far as these are no more than `SHARE` of
            all stories and `MOST` of the pair's are left for both. A split with share 0 has none.
    """
    pairs = pairs or {}
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
    joined = _joined(new, companions, int(TOGETHER * len(dates)))
    joined.sort(key=lambda cluster: min((dates[story] or "", story) for story in cluster), reverse=True)
    newest_first = deque(joined)
    held = {split: sum(splits.get(story) == split for story in dates) for split in SPLITS}
    total = len(dates) - len(left_out)
    of_pair = Counter(pair for story in dates if story not in left_out for pair in pairs.get(story, ()))
    if newest_first and not held["train"]:
        splits |= dict.fromkeys(newest_first.pop(), "train")
    for split, share in (("test", test), ("validation", validation)):
        room, placed = round(total * share) - held[split], 0
        while newest_first and placed + len(newest_first[0]) / 2 <= room:
            placed += len(newest_first[0])
            splits |= dict.fromkeys(newest_first.popleft(), split)
        if share:
            enough = {x: min(least, round(total * SHARE), int(count * MOST / 2)) for x, count in of_pair.items()}
            enough = {pair: enough[pair] for pair in sorted(enough)}
            newest_first = _add_pairs(newest_first, split, splits, pairs, enough)
    splits |= {story: "train" for cluster in newest_first for story in cluster}
    counts = {pair: dict.fromkeys(SPLITS, 0) for pair in sorted(of_pair)}
    for story in dates.keys() - left_out:
        for pair in pairs.get(story, ()):
            counts[pair][splits[story]] += 1
    return Assignment(dict(sorted(splits.items())), frozenset(left_out), counts)


def _add_pairs(
    new: Iterable[tuple[str, ...]],
    split: str,
    splits: dict[str, str],
    pairs: Mapping[str, Collection[str]],
    enough: Mapping[str, int],
) -> deque[tuple[str, ...]]:
    """Add the newest clusters with pairs that a split has too few stories of; the clusters that are left.

    A cluster of more stories than are missing is not added: it would be most of the split.
    """
    missing = Counter(enough)
    for story, own in splits.items():
        if own == split:
            missing.subtract(pair for pair in pairs.get(story, ()) if pair in enough)
    left: deque[tuple[str, ...]] = deque()
    for cluster in new:
        added = Counter(pair for story in cluster for pair in pairs.get(story, ()))
        if any(0 < added[pair] <= missing[pair] for pair in enough):
            splits |= dict.fromkeys(cluster, split)
            missing.subtract(added)
        else:
            left.append(cluster)
    return left


def _joined(clusters: list[tuple[str, ...]], companions: Iterable[Collection[str]], most: int) -> list[tuple[str, ...]]:
    """Clusters joined by companions in them, as long as the joined ones have no more than `most` stories."""
    members = {number: list(cluster) for number, cluster in enumerate(clusters)}
    cluster_of = {story: number for number, cluster in members.items() for story in cluster}
    for group in companions:
        numbers = sorted({cluster_of[story] for story in group if story in cluster_of})
        for number in numbers[1:]:
            if len(members[numbers[0]]) + len(members[number]) <= most:
                moved = members.pop(number)
                members[numbers[0]] += moved
                cluster_of |= dict.fromkeys(moved, numbers[0])
    return [tuple(sorted(cluster)) for cluster in members.values()]


def _clusters(stories: Iterable[str], clusters: Iterable[Collection[str]]) -> Iterator[tuple[str, ...]]:
    """The clusters of two or more, then every other story alone."""
    together: set[str] = set()
    for cluster in clusters:
        together.update(cluster)
        yield tuple(sorted(cluster))
    yield from ((story,) for story in sorted(stories) if story not in together)
