"""Correcting a story, without a browser: what is shown, what is saved, and who is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from corpus_builder.corrections.folder import read_correction, read_corrections
from corpus_builder.look.app import application
from corpus_builder.look.build import ensure
from corpus_builder.look.source import Source, find
from corpus_builder.look.store import Store
from corpus_builder.model import Block, BlockKind, Edition, PlacedBead, Span
from corpus_builder.parquet import write_rows
from corpus_builder.workspace.tables import BEADS, EDITIONS, bead_row, edition_row

from .corpus import HOSTILE, LANGUAGES, SENTENCES, write

pytest.importorskip("starlette", reason="needs the extra look")
TOKEN = "a-token"
HOST = "http://127.0.0.1:8123"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """The small workspace with articles/ and aligned/: a block a sentence, a bead a row."""
    workspace = write(tmp_path / "workspace")
    editions, beads = [], []
    for story in ("1", "2", "3"):
        rows = [row for row in SENTENCES if row[0] == story]
        for at, language in enumerate(LANGUAGES):
            blocks = tuple(Block(BlockKind.PARAGRAPH, str(row[3 + at] or "Alone")) for row in rows)
            editions.append(Edition("x", story, language, f"https://x.example/{language}/{story}", blocks))
        for number, row in enumerate(rows):
            spans = tuple(Span(x, number, 0, len(str(row[3 + at]))) for at, x in enumerate(LANGUAGES) if row[3 + at])
            beads.append(PlacedBead(story, "sentence", number, spans, 1.0, row[2], {}, (), 1.0))
            beads += [PlacedBead(story, "sentence", 9, (Span("en", number, 0, 5),), 0.0, 0.5, {}, (), 1.0)
                      for _ in range(row[5] is None)]  # fmt: skip
    workspace.articles.mkdir()
    workspace.aligned.mkdir()
    write_rows(workspace.articles / "2025-12.parquet", EDITIONS, map(edition_row, editions))
    write_rows(workspace.aligned / "2025-12.parquet", BEADS, map(bead_row, beads))
    found = find(workspace.root)
    ensure(found, lambda _: None)
    return found


@pytest.fixture
def client(source: Source) -> Iterator[Any]:
    from starlette.testclient import TestClient

    app = application(source, Store(source.index()), TOKEN)
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as made:
        yield made


def folder(source: Source) -> Path:
    assert source.workspace is not None
    return source.workspace.corrections


def number_of(client: Any, article_id: str) -> int:
    for number in (1, 2, 3):
        if f"article {article_id} " in client.get(f"/{TOKEN}/corrections/{number}").text:
            return number
    raise AssertionError(article_id)


def boxes(html: str) -> list[list[str]]:
    tree = lxml.html.fromstring(html)
    return [[str(p.get("data-place")) for p in box.cssselect(".segment")] for box in tree.cssselect(".box")]


def send(client: Any, status: int = 200, **data: Any) -> dict[str, Any]:
    answer = client.post(f"/{TOKEN}/corrections", json={"article_id": "1", **data})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def test_a_story_is_shown_and_a_change_is_saved(client: Any, source: Source) -> None:
    page = client.get(f"/{TOKEN}/corrections/{number_of(client, '1')}").text
    first, second, alone, third = boxes(page)
    assert first == ["uk:0:0:19", "ru:0:0:17", "en:0:0:24"]
    answer = send(client, seen=[third, alone], beads=[[*third, *alone]])
    assert boxes(answer["html"]) == [first, second, [*third, *alone]]
    assert len(read_correction(folder(source), "1").beads) == 1
    back = send(client, **answer["undo"])
    assert boxes(back["html"]) == [first, second, alone, third]
    assert read_corrections(folder(source)) == {}


def test_all_is_confirmed_at_once(client: Any, source: Source) -> None:
    page = client.get(f"/{TOKEN}/corrections/{number_of(client, '1')}").text
    version = lxml.html.fromstring(page).cssselect(".boxes")[0].get("data-version")
    assert "4 of 4 groups" in send(client, all=version)["html"]
    assert len(read_correction(folder(source), "1").beads) == 4
    listed = lxml.html.fromstring(client.get(f"/{TOKEN}/corrections").text)
    assert [cell.text_content() for cell in listed.cssselect("tbody tr *")][1:] == ["1", "4", "yes", "teaches", "–"]


def test_an_older_window_is_told_and_shown_what_is_there_now(client: Any, source: Source) -> None:
    first = ["uk:0:0:19", "ru:0:0:17", "en:0:0:24"]
    send(client, seen=[first], beads=[first[:2], first[2:]])
    answer = send(client, 409, seen=[first], beads=[first])
    assert "another window" in answer["error"]
    assert first not in boxes(answer["html"])
    assert "another window" in send(client, 409, all="0" * 16)["error"]
    assert len(read_correction(folder(source), "1").beads) == 2


BAD: list[Any] = [
    b"{", b"[]", b"[" * 90_000, json.dumps({"article_id": "1", "beads": [[]]}).encode(),
    *(json.dumps({"article_id": "1", "beads": [[place]]}).encode()
      for place in ("en:0:0:999", "en:x:0:3", "en:0:0", "de:0:0:3", "en:0:5:5", "en:-1:0:3", f"en:0:0:{'9' * 99}", 7)),
    json.dumps({"article_id": "../../x", "beads": [["en:0:0:3"]]}).encode(), b'{"beads": []}',
]  # fmt: skip


@pytest.mark.parametrize("body", BAD)
def test_what_is_no_change_is_refused_and_writes_nothing(client: Any, source: Source, body: bytes) -> None:
    answer = client.post(f"/{TOKEN}/corrections", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]
    assert not folder(source).exists()


def test_another_site_cannot_correct(client: Any, source: Source) -> None:
    body = {"article_id": "1", "seen": [], "beads": [["en:0:0:8"]]}
    other = client.post(f"/{TOKEN}/corrections", json=body, headers={"origin": "https://evil.example"})
    assert other.status_code == 403
    assert client.post("/no-token/corrections", json=body).status_code == 403
    assert not folder(source).exists()


def test_texts_stay_texts(client: Any) -> None:
    number = number_of(client, "2")
    page = client.get(f"/{TOKEN}/corrections/{number}").text
    tree = lxml.html.fromstring(page)
    assert HOSTILE in [p.text_content() for p in tree.cssselect(".segment")]
    assert not tree.cssselect(".segment script, .segment img")
    html = send(client, article_id="2", seen=[], beads=[["ru:1:0:5"]])["html"]
    assert not lxml.html.fromstring(html).cssselect("script, img")


def test_a_story_that_is_not_there(client: Any) -> None:
    assert client.get(f"/{TOKEN}/corrections/99").status_code == 404
    assert "is not aligned" in send(client, 400, article_id="99", beads=[["en:0:0:3"]])["error"]


def test_a_dataset_on_its_own_keeps_no_corrections(client: Any, source: Source, tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    app = application(Source(source.dataset, None), Store(source.index()), TOKEN)
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as alone:
        assert "dataset on its own" in alone.get(f"/{TOKEN}/corrections").text
        assert alone.get(f"/{TOKEN}/corrections/1").status_code == 400
        assert send(alone, 400, beads=[["en:0:0:3"]])["error"]
