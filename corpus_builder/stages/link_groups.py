"""Which pages are one story, from what is known of all pages: their addresses as hashes, and the pairs by content.

Pairs make components. Of one without two pages of a language, the order of the pairs does not matter; only the pages of
the others are looked at one by one, with their URLs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_builder.crawl.links import crawl_links, crawl_redirects
from corpus_builder.link.content import assigned
from corpus_builder.link.groups import Pair, stories
from corpus_builder.link.joins import (
    NOWHERE,
    Addresses,
    Aliases,
    Components,
    Hashes,
    Links,
    Numbers,
    address_hash,
    first_pages,
    same,
)
from corpus_builder.model import Drop
from corpus_builder.parquet import read_columns, write_tables
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.link_content import Near, all_candidates
from corpus_builder.stages.link_parts import ALIASES, GROUPS, AllPages, LinkTask, page_file, part_folder
from corpus_builder.stages.stage import ALL
from corpus_builder.workspace.drops import LINK, shard_drops
from corpus_builder.workspace.tables import DropWriter

_SURE = 0.9
"""Content links at least this probable are noted where they contradict another rule. Chosen: a reader looks at them."""


def group_pages(task: LinkTask, shards: Sequence[str], listed: Listed, near: Near) -> ShardResult:
    """Find which pages are one story: the notes, and for each shard with stories which pages these are."""
    grouping = Grouping(task, shards, listed, near)
    return ShardResult(tuple(grouping.write(shard_drops(task.workspace, LINK, ALL))), grouping.counts)


class Listed(NamedTuple):
    """What the own crawl has seen: links in sitemaps, from a page by its hash as in `AllPages.key`; redirects."""

    page: Hashes
    address: Hashes
    redirects: Aliases

    @staticmethod
    def of(crawl: Path) -> Listed:
        """What is in the folder of a crawl."""
        links = [
            (address_hash(f"{link.page_language}/{link.page_article_id}"), address_hash(link.url))
            for link in crawl_links(crawl)
            if link.origin == "sitemap"
        ]
        moved = [(address_hash(url), address_hash(to)) for url, to in crawl_redirects(crawl)]
        page, address, old, new = (np.array(x, np.uint64) for part in (links, moved) for x in _columns(part))
        return Listed(page, address, Aliases.of(old, new))

    @staticmethod
    def nothing() -> Listed:
        """Of a workspace without a crawl."""
        none = np.zeros(0, np.uint64)
        return Listed(none, none, Aliases(none, none))

    def digest(self) -> list[int]:
        """What tells two of them apart."""
        return [address_hash(array.tobytes().hex()) for array in (self.page, self.address, *self.redirects)]


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [one for one, _ in pairs], [other for _, other in pairs]


class Pairs(NamedTuple):
    """The pairs by one rule, with their probabilities."""

    by: str
    links: Links
    probability: npt.NDArray[np.float64] | None = None


class Grouping:
    """The stories of a run, on their way."""

    def __init__(self, task: LinkTask, shards: Sequence[str], listed: Listed, near: Near) -> None:
        self._task, self._listed, self._near = task, listed, near
        self._site = task.site
        self._pages = AllPages(task.workspace, shards)
        self._addresses = Addresses(self._pages.address)
        self._languages = self._site.languages
        self.counts = Counter[str]()

    def write(self, notes: Path) -> list[Path]:
        """Write the notes, and for each shard with stories which pages these are; the files."""
        with DropWriter(notes) as drops:
            pairs = list(self._pairs(drops))
            every = Links(*(np.concatenate(sides) for sides in zip(*(each.links for each in pairs), strict=True)))
            components = Components.of(every, self._pages.language)
            label = self._without_contradictions(components, pairs, drops)
            self._note_missing(drops)
            self.counts["disagreements"] = drops.count
        self.counts.update({f"linked_by_{each.by}": len(each.links.source) for each in pairs if len(each.links.source)})
        return [notes, *self._write_groups(first_pages(label, self._pages.language))]

    # ------------------------------------------------------------------------------------------------------- pairs
    def _pairs(self, drops: DropWriter) -> Iterator[Pairs]:
        """The pairs by each rule of the site, in the order of the rules."""
        for by in self._site.rules.linking.by:
            if by == "id":
                yield Pairs(by, same(self._pages.id))
            elif by == "hreflang":
                yield from self._by_hreflang(drops)
            else:
                yield self._by_content()

    def _by_hreflang(self, drops: DropWriter) -> Iterator[Pairs]:
        """Sitemaps promise editions that do not exist, so what pages say of each other comes first; what a page says
        may be answered by a sitemap, and two entries of sitemaps that name each other are a link as well."""
        size, languages = len(self._pages), self._pages.language
        source, target = self._named
        own = Links.between(source, target, languages)
        found = own.mutual(size)
        yield Pairs("hreflang", found)
        keys = np.sort(self._listed.page)
        listing = np.flatnonzero(np.isin(self._pages.key, keys))
        order = np.argsort(self._listed.page, kind="stable")
        start = np.searchsorted(keys, self._pages.key[listing])
        count = np.searchsorted(keys, self._pages.key[listing], "right") - start
        places = np.repeat(start - np.r_[0, np.cumsum(count)[:-1]] if len(count) else start, count) + np.arange(
            int(count.sum())
        )
        address = self._listed.address[order][places]
        listed_target = self._addresses.reached(address, address, self._aliases)
        every = Links.between(
            np.concatenate((source, np.repeat(listing, count))), np.concatenate((target, listed_target)), languages
        )
        yield Pairs("sitemap", every.mutual(size).without(found, size))
        unanswered = Links(own.source, own.target).without(
            Links(every.source[every.answered(size)], every.target[every.answered(size)]), size
        )
        self._note_unanswered(unanswered, drops)

    @property
    def _aliases(self) -> Aliases:
        """The addresses that lead to others, by redirects and canonical URLs."""
        parts: list[tuple[Hashes, Hashes]] = [self._listed.redirects]
        for shard in self._pages.shards:
            table = read_columns(page_file(self._task.workspace, shard, "aliases.parquet"), ALIASES.names)
            parts.append((table["address"].to_numpy(), table["leads_to"].to_numpy()))
        return Aliases.of(*(np.concatenate(side) for side in zip(*parts, strict=True)))

    @property
    def _named(self) -> tuple[Numbers, Numbers]:
        """The pages that pages name: by whom, and which, `NOWHERE` for one that is not there."""
        aliases, sources, targets = self._aliases, [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for start, table in self._pages.alternates(["page", "address", "bare"]):
            sources.append(table["page"].to_numpy().astype(np.int64) + start)
            reached = self._addresses.reached(table["address"].to_numpy(), table["bare"].to_numpy(), aliases)
            targets.append(reached)
        return np.concatenate(sources), np.concatenate(targets)

    def _by_content(self) -> Pairs:
        rules = self._site.rules.linking
        links = [
            link
            for pair in combinations(self._languages, 2)
            for link in assigned(
                all_candidates(self._pages, self._task.workspace, "scores", pair, self._near, self._languages)
            )
            if link.probability >= rules.probability
        ]
        a, b = (np.array([link[side] for link in links], np.int64) for side in range(2))
        return Pairs("content", Links(a, b), np.array([link.probability for link in links], np.float64))

    # ----------------------------------------------------------------------------------------------------- stories
    def _without_contradictions(self, components: Components, pairs: Sequence[Pairs], drops: DropWriter) -> Numbers:
        """[pages] the number of the story of each: pairs that would give it two editions of a language are refused."""
        label = components.label.copy()
        members = np.flatnonzero(components.contradicts[label])
        texts = self._pages.texts(members)
        number = {url: page for page, (url, _) in texts.items()}
        language = {url: self._languages[self._pages.language[page]] for url, page in number.items()}
        ordered = [pair for each in pairs for pair in self._ordered(each, components, texts)]
        linked, refused = stories(language, ordered)
        for new, story in enumerate(linked, start=len(components.contradicts)):
            label[[number[url] for url in story]] = new
        self.counts.subtract(f"linked_by_{pair.by}" for pair in refused)
        for pair in refused:
            if pair.probability >= _SURE:
                detail = f"{pair.other} ({pair.probability:.2f})"
                drops.add(self._note(texts[number[pair.one]], language[pair.one], f"{pair.by}_other_article", detail))
        return label

    def _ordered(self, pairs: Pairs, components: Components, texts: dict[int, tuple[str, str]]) -> Iterable[Pair]:
        """The pairs of contradicting components in the order in which they count."""
        source, target, probability = pairs.links.source, pairs.links.target, pairs.probability
        inside = np.flatnonzero(components.contradicts[components.label[source]])
        if pairs.by == "id":
            pages = {int(page) for side in (source, target) for page in side[inside]}
            found = sorted((texts[page][1], texts[page][0]) for page in pages)
            for _, group in groupby(found, key=lambda item: item[0]):
                (_, first), *others = group
                yield from (Pair(first, other, 1.0, pairs.by) for _, other in others)
            return
        urls = [(texts[int(source[i])][0], texts[int(target[i])][0]) for i in inside]
        if probability is None:
            yield from (Pair(one, other, 1.0, pairs.by) for one, other in sorted(map(_sorted, urls)))
            return
        stated = sorted(zip(-probability[inside], urls, strict=True))
        yield from (Pair(one, other, float(-minus), pairs.by) for minus, (one, other) in stated)

    def _write_groups(self, first: Numbers) -> Iterator[Path]:
        """For each shard with stories: the shard and place of each page of these, and the place of its first page."""
        target = self._pages.shard_of(first)
        source = self._pages.shard_of(np.arange(len(first)))
        order = np.lexsort((np.arange(len(first)), target))
        for own in np.split(order, np.flatnonzero(np.diff(target[order])) + 1) if len(order) else ():
            shard = int(target[own[0]])
            columns = [
                pa.array([self._pages.shards[i] for i in source[own]]),
                pa.array((own - self._pages.starts[source[own]]).astype(np.int32)),
                pa.array((first[own] - self._pages.starts[shard]).astype(np.int32)),
            ]
            path = part_folder(self._task.workspace, "groups", f"{self._pages.shards[shard]}.parquet")
            write_tables(path, GROUPS, [pa.table(columns, GROUPS)])
            yield path

    # ------------------------------------------------------------------------------------------------------- notes
    def _note_unanswered(self, links: Links, drops: DropWriter) -> None:
        texts = self._pages.texts(np.concatenate((links.source, links.target)))
        named = sorted((texts[a][0], texts[b][0], a) for a, b in zip(*map(np.ndarray.tolist, links), strict=True))
        for _, other, page in named:
            language = self._languages[self._pages.language[page]]
            drops.add(self._note(texts[page], language, "hreflang_not_mutual", other))

    def _note_missing(self, drops: DropWriter) -> None:
        """Note the editions that pages name but that are not there, and what stands for one but is no article."""
        aliases = self._aliases
        columns = ["page", "address", "bare", "is_article", "is_elsewhere"]
        for place, (start, table) in enumerate(self._pages.alternates(columns)):
            reached = self._addresses.reached(table["address"].to_numpy(), table["bare"].to_numpy(), aliases)
            missing = table["is_article"].to_numpy() & (reached == NOWHERE)
            elsewhere = table["is_elsewhere"].to_numpy() & ("hreflang" in self._site.rules.linking.by)
            noted = np.flatnonzero(missing | elsewhere)
            if not len(noted):
                continue
            pages = table["page"].to_numpy()[noted].astype(np.int64) + start
            texts = self._pages.texts(pages)
            named = (
                read_columns(
                    page_file(self._task.workspace, self._pages.shards[place], "alternates.parquet"),
                    ["language", "url"],
                )
                .take(pa.array(noted))
                .to_pylist()
            )
            for row, page, is_missing in zip(named, pages.tolist(), missing[noted], strict=True):
                language = self._languages[self._pages.language[page]]
                reason = "edition_missing" if is_missing else "hreflang_no_article"
                drops.add(self._note(texts[page], language, reason, f"{row['language']}: {row['url']}"))

    def _note(self, page: tuple[str, str], language: str, reason: str, detail: str) -> Drop:
        url, article_id = page
        return Drop(LINK, url, reason, detail, language, article_id)


def _sorted(pair: tuple[str, str]) -> tuple[str, str]:
    return (pair[0], pair[1]) if pair[0] < pair[1] else (pair[1], pair[0])
