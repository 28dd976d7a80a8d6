"""Pages joined by the hashes of their addresses, against the same with sets and dictionaries."""

from __future__ import annotations

import random

import numpy as np
import pytest

from corpus_builder.link.content import Candidates
from corpus_builder.link.groups import Pair, stories
from corpus_builder.link.joins import Addresses, Aliases, Components, Links, address_hash, first_pages, same
from tests.link.reference import mutual


@pytest.mark.parametrize("seed", range(8))
def test_pages_that_name_each_other(seed: int) -> None:
    rnd = random.Random(seed)
    languages = {f"p{i}": rnd.choice("abc") for i in range(30)}
    named = {url: [("x", f"p{rnd.randrange(36)}") for _ in range(rnd.randrange(6))] for url in languages}
    pairs, unanswered = mutual(named, languages)

    urls = list(languages)
    hashes = np.array([address_hash(url) for url in urls], np.uint64)
    source = np.array([i for i, url in enumerate(urls) for _ in named[url]], np.int64)
    target = np.array([address_hash(to) for url in urls for _, to in named[url]], np.uint64)
    codes = np.array(["abc".index(languages[url]) for url in urls], np.int8)
    links = Links.between(source, Addresses(hashes).find(target), codes)
    found = links.mutual(len(urls))
    assert {frozenset(pair) for pair in pairs} == {
        frozenset((urls[a], urls[b])) for a, b in zip(found.source, found.target, strict=True)
    }
    open_ones = ~links.answered(len(urls))
    assert set(unanswered) == {
        (urls[a], urls[b]) for a, b in zip(links.source[open_ones], links.target[open_ones], strict=True)
    }
    components = Components.of(found, codes)
    linked, _ = stories(languages, [Pair(*pair, 1.0, "hreflang") for pair in pairs])
    for story in linked:
        members = [urls.index(url) for url in story]
        if not components.contradicts[components.label[members[0]]]:
            assert {int(i) for i in np.flatnonzero(components.label == components.label[members[0]])} == set(members)


def test_addresses_lead_on_until_there_is_a_page_and_never_for_ever() -> None:
    pages = Addresses(np.array([7, 3], np.uint64))
    aliases = Aliases.of(np.array([1, 2, 8, 9], np.uint64), np.array([2, 3, 9, 8], np.uint64))
    asked = np.array([7, 1, 8, 5, 6], np.uint64)
    bare = np.array([7, 1, 8, 5, 3], np.uint64)
    assert pages.reached(asked, bare, aliases).tolist() == [0, 1, -1, -1, 1]
    none = np.zeros(0, np.uint64)
    assert Addresses(none).reached(asked, bare, Aliases(none, none)).tolist() == [-1] * 5


def test_pages_with_one_id_and_the_first_of_each_story() -> None:
    links = same(np.array([5, 4, 5, 4, 6, 5], np.uint64))
    assert sorted(zip(links.source.tolist(), links.target.tolist(), strict=True)) == [(0, 2), (0, 5), (1, 3)]
    label, languages = np.array([9, 9, 2, 9]), np.array([2, 0, 1, 1], np.int8)
    assert first_pages(label, languages).tolist() == [1, 1, 2, 1]


def test_the_best_candidates_do_not_depend_on_how_they_are_cut() -> None:
    rng = np.random.default_rng(0)
    every = Candidates(rng.integers(0, 5, 200), rng.permutation(200), rng.integers(0, 50, 200).astype(np.float32))
    parts = [Candidates(*(column[i::3] for column in every)) for i in range(3)]
    whole, joined = every.best(), Candidates.joined(part.best() for part in parts).best()
    assert [column.tolist() for column in whole] == [column.tolist() for column in joined]
    assert np.bincount(whole.a).tolist() == [8] * 5
