"""The parts of linking by content: what features say, the best pairs of the pages of a shard, what these teach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from corpus_builder.align.words.seed_lexicon import find
from corpus_builder.link.content import Candidates, Comparison, Names, PairWeights, learned
from corpus_builder.link.joins import Numbers
from corpus_builder.link.vectors import UNDATED, Vectors
from corpus_builder.link.weights import Table, Weights, seed_table
from corpus_builder.parquet import read_columns
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.link_parts import (
    AllPages,
    LinkTask,
    page_file,
    pair_file,
    part_folder,
    read_arrays,
    write_arrays,
)
from corpus_builder.workspace.layout import Workspace

Pair = tuple[str, str]
Near = Mapping[str, Mapping[Pair, Sequence[str]]]
"""The shards whose pages are compared with those of each shard, by the pair of languages."""
_SHARD_BITS = 32
"""A candidate is stored as the place of its shard among the near ones, and in this many bits its place there."""


def near_shards(workspace: Workspace, shards: Sequence[str], languages: Sequence[str], days: int) -> Near:
    """Which shards have pages that were published near in time to those of each shard; those without a day are near
    to all."""
    published = {shard: _days(workspace, shard, languages) for shard in shards}
    near: dict[str, dict[Pair, list[str]]] = {}
    for shard, own in published.items():
        for one, other in combinations(languages, 2):
            if one not in own:
                continue
            reach = {day + step for day in own[one] for step in range(-days, days + 1)}
            others = [
                name
                for name, theirs in published.items()
                if other in theirs
                and (UNDATED in own[one] or UNDATED in theirs[other] or not reach.isdisjoint(theirs[other]))
            ]
            if others:
                near.setdefault(shard, {})[one, other] = others
    return near


def _days(workspace: Workspace, shard: str, languages: Sequence[str]) -> dict[str, set[int]]:
    table = read_columns(page_file(workspace, shard, "pages.parquet"), ["language", "day"])
    language, day = table["language"].to_numpy(), table["day"].to_numpy()
    return {languages[i]: set(np.unique(day[language == i]).tolist()) for i in np.unique(language).tolist()}


def weigh(task: LinkTask) -> ShardResult:
    """Count in how many pages each feature is, and look up what translates the units."""
    weights: dict[str, tuple[Weights, Weights]] = {}
    outputs = []
    for language in task.site.languages:
        sounds, units = (Weights.of(getattr(each, kind) for each in _vectors(task, language)) for kind in _KINDS)
        weights[language] = sounds, units
        arrays = {f"{kind}_{name}": array for kind, own in zip(_KINDS, (sounds, units), strict=True)
                  for name, array in own._asdict().items()}  # fmt: skip
        outputs.append(write_arrays(part_folder(task.workspace, "weights", f"{language}.npz"), **arrays))
    for one, other in combinations(task.site.languages, 2):
        lexicon = find(True, one, other)
        table = seed_table(lexicon.links if lexicon else (), weights[one][1], weights[other][1])
        outputs.append(write_arrays(pair_file(task.workspace, "weights", (one, other)), **table._asdict()))
    return ShardResult(tuple(outputs))


_KINDS = ("sounds", "units")


def _vectors(task: LinkTask, language: str) -> Iterator[Vectors]:
    for path in sorted(part_folder(task.workspace, "pages").glob(f"*/{language}.npz")):
        yield Vectors.load(path)


def _weights(workspace: Workspace, pair: Pair) -> PairWeights:
    saved = [read_arrays(part_folder(workspace, "weights", f"{language}.npz")) for language in pair]
    return PairWeights(*(
        Weights(each[f"{kind}_hashes"], each[f"{kind}_values"]) for kind in _KINDS for each in saved
    ))  # fmt: skip


def compare_shard(task: LinkTask) -> ShardResult:
    """Find the best pairs of the pages of one shard, by the table of weights/ or, for scores/, by that of learned/."""
    outputs = []
    for pair, others in task.near.items():
        table = Table(**read_arrays(pair_file(task.workspace, _TABLES[task.step], pair)))
        own = Vectors.load(page_file(task.workspace, task.shard, f"{pair[0]}.npz"))
        comparison = Comparison(own, _weights(task.workspace, pair), table)
        best = Candidates.joined(())
        for place, shard in enumerate(others):
            theirs = Vectors.load(page_file(task.workspace, shard, f"{pair[1]}.npz"))
            found = comparison.with_shard(theirs, task.site.rules.linking.days, 0, place << _SHARD_BITS)
            best = Candidates.joined((best, found)).best()
        outputs.append(write_arrays(pair_file(task.workspace, task.step, pair, task.shard), **best._asdict()))
    return ShardResult(tuple(outputs))


_TABLES = {"candidates": "weights", "scores": "learned"}


def all_candidates(
    pages: AllPages, workspace: Workspace, step: str, pair: Pair, near: Near, site_languages: Sequence[str]
) -> Candidates:
    """The best pairs of all shards, by the numbers of their pages."""
    one, other = map(site_languages.index, pair)
    shard_number = {shard: i for i, shard in enumerate(pages.shards)}
    members = {i: pages.in_language(i, other) for i in range(len(pages.shards))}
    parts = []
    for shard, pairs in near.items():
        if pair not in pairs:
            continue
        saved = Candidates(**read_arrays(pair_file(workspace, step, pair, shard)))
        a = pages.in_language(shard_number[shard], one)[saved.a]
        place, local = saved.b >> _SHARD_BITS, saved.b & ((1 << _SHARD_BITS) - 1)
        b = np.empty(len(a), np.int64)
        for i, name in enumerate(pairs[pair]):
            b[place == i] = members[shard_number[name]][local[place == i]]
        parts.append(Candidates(a, b, saved.score))
    return Candidates.joined(parts)


def learn_pairs(task: LinkTask, near: Near) -> ShardResult:
    """Learn from the clearest pairs of all shards what translates what."""
    outputs, languages = [], task.site.languages
    pages = AllPages(task.workspace, [path.stem for path in sorted(task.workspace.editions.glob("*.parquet"))])
    for pair in combinations(languages, 2):
        clear = all_candidates(pages, task.workspace, "candidates", pair, near, languages).clear()
        known = Table(**read_arrays(pair_file(task.workspace, "weights", pair)))
        sides = [_units(pages, task.workspace, language, languages.index(language), [each[side] for each in clear])
                 for side, language in enumerate(pair)]  # fmt: skip
        names: Iterable[Names] = ((sides[0][a], sides[1][b]) for a, b in clear)
        table = learned(names, known, _weights(task.workspace, pair))
        outputs.append(write_arrays(pair_file(task.workspace, "learned", pair), **table._asdict()))
    return ShardResult(tuple(outputs))


def _units(
    pages: AllPages, workspace: Workspace, language: str, number: int, wanted: Sequence[int]
) -> dict[int, list[str]]:
    """The units of some pages, by the numbers of these."""
    found: dict[int, list[str]] = {}
    numbers: Numbers = np.unique(np.array(wanted, np.int64))
    place = pages.shard_of(numbers)
    for shard in np.unique(place).tolist():
        units = Vectors.load(page_file(workspace, pages.shards[shard], f"{language}.npz")).units
        members = pages.in_language(shard, number)
        for page in numbers[place == shard].tolist():
            found[page] = units.names_of(int(np.searchsorted(members, page)))
    return found
