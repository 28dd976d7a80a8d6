"""The report in Chromium: axe-core, no sideways scroll at 390 pixels, one language at a time, keys, search."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from corpus_builder.report import write_report
from corpus_builder.report.data import DropGroup
from corpus_builder.report.drops import write_drops
from corpus_builder.report.stories import write_stories

from .report_data import LANGUAGES, bead, full, story

playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

PAGES = ["index.html", "stories/1.html", "stories/index.html", "dropped.html"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("report")
    rows = {f"sentences.{pair}": {"train": 12_345, "validation": 1_234, "test": 1_234} for pair in ("en-uk", "ru-uk")}
    write_report(home / "index.html", replace(full(), rows=rows))
    (home / "stories").mkdir()
    beads = (
        bead(0, uk="Місто відкрило міст " * 9, ru="Город открыл мост " * 9, en="The city opened a bridge " * 9),
        bead(1, ("moved",), probability=0.31, uk="Два", ru="Два", en="Two"),
        bead(2, ("one_sided",), probability=None, ru="Три"),
    )
    stories = [replace(story(i, *beads), dropped=(("near_test", "x" * 200),)) for i in (7, 8, 9)]
    write_stories(home / "stories", "A corpus", LANGUAGES, stories, len(stories))
    drops = (("https://x.example/" + "long" * 60, "uk", "Not Found"), ("y", "", "z"))
    write_drops(home / "dropped.html", "A corpus", [DropGroup("crawl", "http_404", 2, drops)])
    return home.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        # Chromium has no sandbox where tests run as root, as in containers.
        launched = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_accessible_and_fits(address: str, browser: Any, width: int, scheme: str) -> None:
    # axe-core is put into the page, which its own policy would refuse.
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        found = [(each["id"], each["nodes"][0]["html"]) for each in axe.Axe().run(page).response["violations"]]
        assert not found, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_a_narrow_screen_shows_one_language_at_a_time(address: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{address}/stories/1.html")
    cells = page.locator("#story-1 table.blocks tbody tr:first-child td:visible")
    assert [cell.get_attribute("data-language") for cell in cells.all()] == ["uk"]
    page.get_by_text("en", exact=True).first.click()
    assert [cell.get_attribute("data-language") for cell in cells.all()] == ["en"]
    page.close()


def test_keys_and_search(address: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/stories/1.html")
    page.keyboard.press("j")
    assert page.url.endswith("#story-2")
    page.keyboard.press("o")
    assert page.locator("#story-2 table.blocks tbody tr:visible").count() == 2
    page.goto(f"{address}/stories/index.html")
    page.fill("#search", "title 9 en")
    assert page.locator("#list li:visible").count() == 1
    page.goto(f"{address}/dropped.html")
    page.fill("#search", "not found")
    assert page.locator(".drop-list li:visible").count() == 1
    page.close()
