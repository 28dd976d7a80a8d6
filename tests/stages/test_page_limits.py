"""A page that hangs in C code, takes all memory or crashes the parser is a drop with its place; the build goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from corpus_builder.apart import Limits
from corpus_builder.parquet import read_rows
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.extract import GENERIC_DROPS
from corpus_builder.stages.pipeline import STAGES
from corpus_builder.stages.stage import Source
from corpus_builder.web import page_process
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import edition_of, read_drops

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory that others do not mind")

HOME = "https://www.pravda.com.ua"
TEXT = "Перший абзац тексту українською мовою про подію, яка сталася вчора у місті на великій річці. Номер"

PLANTED = """
import ctypes, itertools

def bare_extraction(text, **_):
    if "HANGS" in text:
        max(itertools.count())
    if "GROWS" in text:
        return [bytes(2**28) for _ in range(100)]
    if "CRASHES" in text:
        ctypes.string_at(0)
    return None
"""
"""Stands in for trafilatura, which reads pages without a layout."""


def saved_pages(folder: Path, **words: str) -> Path:
    """Three articles with a layout in two months, and pages without one that have these words."""
    site = folder / "www.pravda.com.ua"
    for number, (day, word) in enumerate((("2025/11/3", "міст"), ("2025/12/1", "сад"), ("2025/12/2", "ліс")), 1):
        title = f"<h1 class='post_news_title'>Подія {number}</h1>"
        body = f"{title}<div class='post_news_text'><p>{TEXT} {word}.</p></div>"
        path = site / f"news/{day}/{number}/index.html"
        path.parent.mkdir(parents=True)
        path.write_text(f"<html><body><article class='post_news'>{body}</article></body></html>", encoding="utf-8")
    for number, word in words.items():
        path = site / f"news/2025/12/1/{number.removeprefix('n')}/index.html"
        path.parent.mkdir(parents=True)
        path.write_text(f"<html><body><p>{TEXT} {word}</p></body></html>", encoding="utf-8")
    return folder


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted/trafilatura.py").write_text(PLANTED)
    monkeypatch.syspath_prepend(str(tmp_path / "planted"))
    monkeypatch.setattr(page_process, "PAGE_LIMITS", Limits(processor=2.0, clock=60.0, memory=600 * 2**20))


EXPECTED = {
    "11": "extractor_timeout", "12": "extractor_memory", "13": "extractor_error", "14": "empty_body",
}  # fmt: skip


@pytest.mark.parametrize(
    ("workers", "hangs"),
    [(1, "HANGS"), pytest.param(2, "", id="2, with the limits as they are", marks=pytest.mark.slow)],
)
def test_the_build_goes_on(
    tmp_path: Path, planted: None, workers: int, hangs: str, caplog: pytest.LogCaptureFixture
) -> None:
    pages = saved_pages(tmp_path / "pages", n11=hangs, n12="GROWS", n13="CRASHES", n14="an empty page")
    workspace = Workspace((tmp_path / "ws").absolute())
    config = load_config("pravda").model_copy(update={"since": None, "until": None, "limit": None})
    build(build_run(config, workspace.root, source=Source(pages=pages), workers=workers), STAGES[:2])
    editions = [edition_of(row) for path in workspace.shards().values() for row in read_rows(path)]
    assert sorted(edition.article_id for edition in editions) == ["1", "2", "3"]
    drops = {drop.article_id: drop for drop in read_drops(workspace.dropped / "extract.parquet")}
    expected = EXPECTED if hangs else {**EXPECTED, "11": "empty_body"}
    assert {key: drop.reason for key, drop in drops.items()} == expected
    for number, reason in expected.items():
        if reason != "empty_body":
            assert drops[number].item == f"{HOME}/news/2025/12/1/{number}/"
            assert "corpus_builder.extract.generic:" in drops[number].detail, drops[number].detail
            assert reason in caplog.text
            assert reason in GENERIC_DROPS
    assert not page_process._idle, "a process is left"
    (log,) = (workspace.root / "logs").glob("*.log")
    assert f"{HOME}/news/2025/12/1/13/ ended the process that read it: crash" in log.read_text(encoding="utf-8")
