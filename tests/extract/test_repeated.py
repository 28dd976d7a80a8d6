"""Texts of several articles, counted over parts and on disk: as by a slow and obvious count, in bounded memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_builder.extract import tally
from corpus_builder.extract.content import GENERIC
from corpus_builder.extract.page_text import PAGE_TEXTS, PageText
from corpus_builder.extract.repeated import find_repeated
from corpus_builder.extract.tally import Tally
from tests.extract import reference
from tests.extract.notes import repeated_texts, table_of


def hashed(*parts: object) -> int:
    """Any number of 64 bits, as hashes are."""
    return Random(repr(parts)).getrandbits(64) - 2**63


def some_pages(seed: int) -> list[PageText]:
    """Pages of a site in which every reason occurs: few texts, layouts and appeals, each at several articles."""
    random = Random(seed)
    texts, articles = random.randint(1, 12), random.randint(1, 12)
    blocks = {text: [f"b{random.randrange(8)}" for _ in range(random.randrange(5))] for text in range(texts)}
    sizes = {f"b{number}": random.choice((5, 90, 700)) for number in range(8)}
    long = {text: random.random() < 0.2 for text in range(texts)}
    pages = []
    for _ in range(random.randint(0, 30)):
        text, article = random.randrange(texts), random.randrange(articles)
        own = list(dict.fromkeys(blocks[text]))
        pages.append(PageText(
            text=hashed("text", text),
            loose=0 if long[text] else hashed("loose", random.randrange(4) if random.random() < 0.5 else text),
            blocks=tuple(hashed(block) for block in own),
            sizes=tuple(sizes[block] for block in own),
            appeals=tuple(hashed(block) for block in own if random.random() < 0.4),
            article=hashed("article", article),
            address=hashed("address", article, random.randrange(2)),
            language=random.choice(("uk", "ru", "en")) if random.random() < 0.2 else "uk",
            layout=random.choice((GENERIC, "news", "old")),
            said=random.random() < 0.3,
            long=long[text],
        ))  # fmt: skip
    return pages


@settings(max_examples=40)
@given(st.integers(0, 10**9), st.integers(1, 4), st.sampled_from((1, 200, tally.WAITING)))
def test_the_same_texts_in_whatever_parts_and_memory(seed: int, parts: int, waiting: int) -> None:
    pages = some_pages(seed)
    expected = reference.repeated_texts(pages)
    shuffled = Random(seed).sample(pages, len(pages))
    tables = [table_of(page for page in shuffled if page.article % parts == part) for part in range(parts)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "WAITING", waiting)
        found = find_repeated(lambda columns: (table.select(columns) for table in tables))
    in_parts = [found.among(table.select(["text"])) for table in tables]
    assert in_parts == [
        {text: why for text, why in sorted(expected.items()) if text in table["text"].to_pylist()} for table in tables
    ]
    assert repeated_texts(shuffled) == expected


def test_the_random_pages_have_every_reason() -> None:
    words = " ".join(why for seed in range(100) for why in reference.repeated_texts(some_pages(seed)).values())
    for part in ("the same text at", "paragraphs is in", "but for days and times", "an appeal to subscribe"):
        assert words.count(part) > 1


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 9)), max_size=60), st.integers(1, 8), st.integers(1, 12))
def test_a_tally_adds_up_whatever_it_spills(records: Sequence[tuple[int, int]], size: int, least: int) -> None:
    sums, most = dict[int, int](), dict[int, int]()
    for number, value in records:
        key = hashed(number)
        sums[key], most[key] = sums.get(key, 0) + value, max(value, most.get(key, 0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "WAITING", 30)
        made = Tally({"n": (np.uint32, np.add), "most": (np.uint8, np.maximum)}, "n", least)
        for start in range(0, len(records), size):
            part = records[start : start + size]
            values = np.array([value for _, value in part])
            made.add(np.array([hashed(number) for number, _ in part], np.int64), n=values, most=values)
        table = made.table()
    asked = [hashed(number) for number in range(-8, 8)]
    found = table.find(np.array(asked, np.int64))
    kept = {key for key in asked if sums.get(key, 0) >= least}
    assert found["n"].tolist() == [sums[key] if key in kept else 0 for key in asked]
    assert found["most"].tolist() == [most[key] if key in kept else 0 for key in asked]
    assert len(table) == len({key for key, count in sums.items() if count >= least})


def many_pages(parts: int) -> Iterator[pa.Table]:
    """Parts of 1,000 pages with ten paragraphs each, one of them on every page."""
    for part in range(parts):
        random = np.random.default_rng(part)
        size = 1_000
        blocks = random.integers(-(2**63), 2**63, (size, 10))
        blocks[:, 0] = 7
        of_each = pa.array(np.arange(0, size * 10 + 1, 10, dtype=np.int32))
        columns = {name: pa.array(random.integers(-(2**63), 2**63, size)) for name in ("text", "loose", "article")}
        columns |= {"address": columns["article"], "blocks": pa.ListArray.from_arrays(of_each, blocks.ravel())}
        columns |= {"sizes": pa.ListArray.from_arrays(of_each, pa.array(np.full(size * 10, 40, np.int32)))}
        columns |= {"appeals": pa.array([[]] * size, pa.list_(pa.int64()))}
        columns |= {name: pa.array([value] * size) for name, value in (("language", "uk"), ("layout", "news"))}
        columns |= {"said": pa.array([True] * size), "long": pa.array([False] * size)}
        yield pa.table(columns).select(PAGE_TEXTS.names).cast(PAGE_TEXTS)


def test_memory_does_not_grow_with_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "WAITING", 2**17)

    def peak(parts: int) -> int:
        tracemalloc.start()
        try:
            assert not find_repeated(lambda columns: (t.select(columns) for t in many_pages(parts)))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak(4), min(peak(16), peak(16))  # a table that all of Python shares may grow by chance, but once
    assert many < 1.1 * few  # with 0.5 and 2 MB of records of paragraphs
    assert many < 12 * 2**17 + 1_000 * 10 * 8 * 20  # what waits in three tallies and is sorted, and a part
