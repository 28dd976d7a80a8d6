"""Joins of pages by the hashes of their addresses, in arrays: what a page costs is a few numbers.

Pages are numbered from 0 over all shards. A link is the number of a page and the hash of the address that it names.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

NOWHERE = -1
"""Stands for a page that is not there."""
_HOPS = 5
"""Addresses that lead to one another, at most. Chosen: a site that moved more often says the newest address."""


def address_hash(text: str) -> int:
    """The hash of an address or an id, 8 bytes: of a billion of them two are alike with a probability of .03."""
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "little")


class Aliases(NamedTuple):
    """Addresses that lead to another one, sorted."""

    address: Hashes
    leads_to: Hashes

    @staticmethod
    def of(address: Hashes, leads_to: Hashes) -> Aliases:
        """From pairs in any order; of several of an address the first counts."""
        found, first = np.unique(address, return_index=True)
        return Aliases(found, leads_to[first])


class Addresses:
    """The pages by the hashes of their addresses."""

    def __init__(self, hashes: Hashes) -> None:
        self._order = np.argsort(hashes, kind="stable")
        self._sorted = hashes[self._order]

    def find(self, hashes: Hashes) -> Numbers:
        """The pages with these hashes, `NOWHERE` where there is none."""
        if not len(self._sorted):
            return np.full(len(hashes), NOWHERE, np.int64)
        at = np.searchsorted(self._sorted, hashes)
        inside = np.minimum(at, len(self._sorted) - 1)
        return np.where(self._sorted[inside] == hashes, self._order[inside], NOWHERE).astype(np.int64)

    def reached(self, hashes: Hashes, bare: Hashes, aliases: Aliases) -> Numbers:
        """The pages that addresses lead to: their own, by a redirect or a canonical URL, or without their query.

        `bare` are the hashes without the query.
        """
        found = self.find(hashes)
        for start in (hashes, bare):
            at = start.copy()
            for _ in range(_HOPS):
                lost = found == NOWHERE
                if not lost.any():
                    return found
                found[lost] = self.find(at[lost])
                place = np.searchsorted(aliases.address, at)
                inside = np.minimum(place, max(len(aliases.address) - 1, 0))
                if not len(aliases.address):
                    break
                at = np.where(aliases.address[inside] == at, aliases.leads_to[inside], at)
        return found


class Links(NamedTuple):
    """Links from page to page, each once: page `source` names page `target`."""

    source: Numbers
    target: Numbers

    @staticmethod
    def between(source: Numbers, target: Numbers, languages: npt.NDArray[np.int8]) -> Links:
        """Those that lead to a page of another language, out of all that pages name."""
        there = target != NOWHERE
        source, target = source[there], target[there]
        other = languages[source] != languages[target]
        both = np.unique(np.column_stack((source[other], target[other])), axis=0)
        return Links(both[:, 0], both[:, 1])

    def answered(self, pages: int) -> npt.NDArray[np.bool_]:
        """[links] whether the page that is named names the other one, too; there are so many pages."""
        return np.isin(self.source * pages + self.target, self.target * pages + self.source)

    def mutual(self, pages: int) -> Links:
        """The pairs of pages that name each other, the page with the smaller number first."""
        kept = self.answered(pages) & (self.source < self.target)
        return Links(self.source[kept], self.target[kept])

    def without(self, others: Links, pages: int) -> Links:
        """Those that are not among others."""
        new = ~np.isin(self.source * pages + self.target, others.source * pages + others.target)
        return Links(self.source[new], self.target[new])


def same(hashes: Hashes) -> Links:
    """Each first page with a hash, with all further ones that have the same."""
    order = np.argsort(hashes, kind="stable")
    starts = np.flatnonzero(np.r_[True, hashes[order][1:] != hashes[order][:-1]]) if len(order) else order
    first = np.repeat(order[starts], np.diff(np.r_[starts, len(order)]))
    return Links(first[first != order], order[first != order])


class Components(NamedTuple):
    """Pages that pairs hold together: the number of the component of each, and which have two pages of a language."""

    label: Numbers
    contradicts: npt.NDArray[np.bool_]

    @staticmethod
    def of(pairs: Links, languages: npt.NDArray[np.int8]) -> Components:
        """The components of all pages."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        size = len(languages)
        edges: Any = coo_matrix((np.ones(len(pairs.source), np.int8), (pairs.source, pairs.target)), (size, size))
        count, label = connected_components(edges, directed=False)
        contradicts = np.zeros(count, bool)
        keys = np.sort(label.astype(np.int64) * 128 + languages)  # int8: at most 128 languages
        contradicts[keys[1:][keys[1:] == keys[:-1]] // 128] = True
        return Components(label.astype(np.int64), contradicts)


def first_pages(label: Numbers, languages: npt.NDArray[np.int8]) -> Numbers:
    """[pages] of each page the first of its story, which is that of the earliest language."""
    order = np.lexsort((np.arange(len(label)), languages, label))
    starts = np.flatnonzero(np.r_[True, label[order][1:] != label[order][:-1]]) if len(order) else order
    first = np.empty(len(label), np.int64)
    first[order] = np.repeat(order[starts], np.diff(np.r_[starts, len(order)]))
    return first
