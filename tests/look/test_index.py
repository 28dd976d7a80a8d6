"""The index: what is in it, and when it is built anew."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus_builder.errors import UsageError
from corpus_builder.look import kwic
from corpus_builder.look.build import ensure
from corpus_builder.look.query import parse
from corpus_builder.look.source import Source, find
from corpus_builder.look.store import Store
from corpus_builder.model import LIKELY

from .corpus import LANGUAGES, SENTENCES


def test_every_row_is_in_it_in_the_order_of_the_dates(store: Store) -> None:
    first, end = store.ranges["sentences"]
    assert store.languages == list(LANGUAGES)
    with store.reading() as db:
        rows = store.rows(db, range(first, end))
    assert [(row.article_id, row.position) for row in rows] == [(row[0], row[1]) for row in SENTENCES]
    assert [row.texts.get("en") for row in rows] == [row[5] for row in SENTENCES]
    column = store.column("sentences", "probability")
    assert column is not None
    assert np.array_equal(column, [row[2] for row in SENTENCES])


def test_the_verdict_counts_a_pair_by_its_own_probability(store: Store) -> None:
    assert store.overview["pairs"]["en-uk"] == {"rows": 5, "right": 4, "complete": 4}
    assert store.overview["pairs"]["ru-uk"] == {"rows": 6, "right": 4, "complete": 4}
    share = store.overview["covered"]["en"]
    # The line breaks of a document are no text of a sentence.
    assert share["stories"] - share["rows"] == 2


def test_a_sentence_has_the_speaker_of_its_quotation(store: Store) -> None:
    with store.reading() as db:
        [number] = store.matching(db, parse("en:stated", LANGUAGES).match, "sentences")
        [row] = store.rows(db, [int(number)])
    assert row.more == {"who": "Пєсков", "how": "direct"}


@pytest.mark.parametrize("spelling", ["п'ять", "п’ять", "пʼять"])
def test_an_apostrophe_is_found_whichever_way_it_is_spelt(store: Store, spelling: str) -> None:
    with store.reading() as db:
        assert len(store.matching(db, parse(f"uk:{spelling}", LANGUAGES).match, "sentences")) == 1


def test_hits_are_sorted_by_what_is_beside_them(store: Store) -> None:
    query = parse("en:the OR en:a", LANGUAGES)
    with store.reading() as db:
        numbers = kwic.ordered(store, db, query, "sentences", "newest")
        for order in ("left", "right"):
            ranked, count = kwic.by_words(store, db, query, numbers, order, "")
            assert count == len(numbers) == 4
            first = {hit.row.number: hit for hit in reversed(list(kwic.hits(store, db, query, ranked.tolist(), "")))}
            beside = [
                first[number].left.lower().split()[-1:] if order == "left" else first[number].right.lower().split()[:1]
                for number in ranked.tolist()
            ]
            assert beside == sorted(beside)


def test_a_hit_is_shown_as_often_as_it_occurs_and_with_all_of_its_row(store: Store) -> None:
    query = parse("en:a", LANGUAGES)
    with store.reading() as db:
        numbers = kwic.ordered(store, db, query, "sentences", "oldest")
        hits = list(kwic.hits(store, db, query, numbers.tolist(), ""))
    assert [hit.keyword for hit in hits] == ["a", "a"]
    assert hits[0].left + hits[0].keyword + hits[0].right == "The city opened a bridge"
    assert "".join(piece.text for piece in hits[0].others["uk"]) == "Місто відкрило міст"


def test_likely_equivalents_are_marked(source: Source, store: Store) -> None:
    import sqlite3

    with sqlite3.connect(source.index()) as db:
        db.execute("INSERT INTO lexicon VALUES ('en', 'uk', 'brid', 'міст нічо')")
    query = parse("en:bridge", LANGUAGES)
    with store.reading() as db:
        numbers = kwic.ordered(store, db, query, "sentences", "oldest")
        hit = next(kwic.hits(store, db, query, numbers.tolist(), ""))
    # Місто and міст share the four letters that the aligner counts.
    assert [piece.text for piece in hit.others["uk"] if piece.kind == "likely"] == ["Місто", "міст"]


def test_it_is_built_anew_when_the_dataset_or_the_drops_change(source: Source) -> None:
    before = source.index()
    ensure(source, lambda _: pytest.fail("built twice"))
    (source.dataset / "manifest.json").write_text('{"files": {"changed": {}}}')
    after = source.index()
    assert after != before
    ensure(source, lambda _: None)
    assert after.is_file()
    assert not before.exists()
    assert source.workspace is not None
    os.utime(source.workspace.dropped / "crawl.parquet", (1, 1))
    assert source.index() != after


def test_a_dataset_on_its_own_keeps_its_folder_as_it_is(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    alone = Path(shutil.copytree(source.dataset, tmp_path / "published"))
    files = sorted(alone.rglob("*"))
    found = find(alone)
    assert found.workspace is None
    ensure(found, lambda _: None)
    assert sorted(alone.rglob("*")) == files
    assert Store(found.index()).ranges["sentences"][1] > 1
    assert find(source.dataset).workspace is not None  # within its workspace it is known


def test_what_has_no_dataset_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder not found"):
        find(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no dataset in"):
        find(tmp_path)


def test_weak_rows_have_their_reason(store: Store) -> None:
    with store.reading() as db:
        rows = store.rows(db, range(*store.ranges["sentences"]))
    weak = [row for row in rows if row.probability is not None and row.probability < LIKELY]
    assert weak
    assert {row.reason for row in weak} == {"en-uk names_agree"}
