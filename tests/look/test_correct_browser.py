"""A story corrected in Chromium by keyboard alone, and the next build; the pages under axe-core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus_builder.corrections.folder import read_corrections
from corpus_builder.look.build import ensure
from corpus_builder.look.source import Source, find
from corpus_builder.model import PlacedBead
from corpus_builder.stages import stage
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import read_beads
from tests.saved_pages import save_month

from .browsing import MARKS, assert_accessible, served, watched

pytest.importorskip("uvicorn", reason="needs the extra look")
playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")
pytest.importorskip("axe_playwright_python", reason="needs the extra browser")
pytestmark = MARKS


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saved pages of a month."""
    folder = tmp_path_factory.mktemp("pages")
    save_month(folder, 2022, 10)
    return folder


def run_of(workspace: Path, pages: Path) -> stage.Run:
    config = load_config("sample", corrections={"held_out": 0.0})
    return build_run(config, workspace, source=stage.Source(pages=pages), workers=1)


@pytest.fixture(scope="module")
def source(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Source:
    folder = tmp_path_factory.mktemp("workspace")
    build(run_of(folder, pages))
    found = find(folder)
    ensure(found, lambda _: None)
    return found


@pytest.fixture(scope="module")
def address(source: Source) -> Iterator[str]:
    with served(source) as found:
        yield found


def sentences(workspace: Workspace) -> list[PlacedBead]:
    [path] = workspace.aligned.glob("*.parquet")
    return [bead for _, beads in read_beads(path) for bead in beads if bead.level == "sentence"]


def press(page: Any, keys: str) -> None:
    """Press keys at once, one after the other: each waits for the answer to the one before. → is the arrow."""
    for key in keys:
        page.keyboard.press({"→": "ArrowRight"}.get(key, key))


def shown(page: Any) -> list[list[str]]:
    """The places of every group."""
    found = page.evaluate(
        "[...document.querySelectorAll('.box')].map(b => [...b.querySelectorAll('.segment')].map(s => s.dataset.place))"
    )
    return [sorted(each) for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_are_accessible_and_fit(address: str, browser: Any, width: int, scheme: str) -> None:
    assert_accessible(browser, [address + path for path in ("/corrections", "/corrections/1")], width, scheme)


def test_a_story_is_corrected_by_keyboard_and_the_next_build_has_it(
    address: str, browser: Any, source: Source, pages: Path
) -> None:
    assert source.workspace is not None
    page, faults = watched(browser)
    page.goto(address + "/corrections/1")
    playwright.expect(page.locator(".box.at")).to_have_count(1)
    before = shown(page)
    saved = page.locator("#status")
    press(page, "?")  # the keys are explained
    playwright.expect(page.locator("#guide")).to_have_attribute("open", "")
    press(page, "jjc")  # the third group is right
    playwright.expect(saved).to_have_text("confirmed; saved")
    press(page, "]")  # the first side of the fourth group belongs to the fifth
    playwright.expect(saved).to_have_text("moved; saved")
    moved = shown(page)
    assert moved != before
    press(page, "ld")  # and its second side to nothing
    playwright.expect(saved).to_have_text("detached; saved")
    press(page, "u")
    playwright.expect(saved).to_have_text("undone; saved")
    assert shown(page) == moved
    press(page, "→→s")  # a cursor after two words
    playwright.expect(saved).to_have_text("split; saved")
    press(page, "m")
    playwright.expect(saved).to_have_text("merged; saved")
    after = shown(page)
    page.reload()
    playwright.expect(page.locator(".box.at")).to_have_count(1)
    assert shown(page) == after
    page.context.close()
    assert not faults
    [corrections] = read_corrections(source.workspace.corrections).values()
    human = {frozenset(f"{p.language}:{p.block}:{p.start}:{p.end}" for p in bead.places) for bead in corrections.beads}
    assert human <= {frozenset(each) for each in after}
    assert not human <= {frozenset(each) for each in before}
    build(run_of(source.workspace.root, pages), stages_of("crawl", "extract", "align-articles"))
    built = {
        frozenset(f"{s.language}:{s.block}:{s.start}:{s.end}" for s in bead.spans): bead.probability
        for bead in sentences(source.workspace)
        if bead.origin == "human"
    }
    assert built == dict.fromkeys(human, 1.0)


def test_two_windows_lose_nothing(address: str, browser: Any) -> None:
    (one, faults), (two, _) = watched(browser), watched(browser)
    for page in (one, two):
        page.goto(address + "/corrections/2")
        playwright.expect(page.locator(".box.at")).to_have_count(1)
    press(one, "jm")
    playwright.expect(one.locator("#status")).to_have_text("merged; saved")
    press(two, "jm")  # it shows the groups as they were
    playwright.expect(two.locator("#status")).to_contain_text("another window")
    assert shown(two) == shown(one)
    press(two, "c")
    playwright.expect(two.locator("#status")).to_contain_text("group")
    for page in (one, two):
        page.context.close()
    assert not faults
