"""Every view in Chromium: axe-core, no sideways scroll, live counts, keys, and that no text of a page acts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from corpus_builder.look.build import ensure
from corpus_builder.look.source import find

from .browsing import MARKS, assert_accessible, served, watched
from .corpus import write

pytest.importorskip("uvicorn", reason="needs the extra look")
playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")
pytest.importorskip("axe_playwright_python", reason="needs the extra browser")
pytestmark = MARKS

PAGES = [
    "/", "/stories", "/stories/1", "/concordance", "/concordance?q=uk:міст*", "/concordance?q=fr:x", "/quotations",
    "/people", "/drops", "/nothing",
]  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    source = find(write(tmp_path_factory.mktemp("look") / "workspace").root)
    ensure(source, lambda _: None)
    with served(source) as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_accessible_and_fits(address: str, browser: Any, width: int, scheme: str) -> None:
    assert_accessible(browser, [address + path for path in PAGES], width, scheme)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    opened, faults = watched(browser)
    yield opened
    opened.context.close()
    assert not faults


def test_texts_do_not_act_and_the_policy_is_kept(address: str, page: Any) -> None:
    for path in [*PAGES[:-1], "/stories/2", "/quotations?q=filed", "/drops?q=script"]:
        page.goto(address + path)


def test_a_slider_counts_at_once_and_prints_the_filter(address: str, page: Any) -> None:
    page.goto(address + "/")
    slider = page.locator("input[name=probability]")
    slider.focus()
    page.keyboard.press("End")
    playwright.expect(page.locator("#passing")).to_have_text("1")
    page.keyboard.press("Home")
    playwright.expect(page.locator("#passing")).to_have_text("6")
    page.keyboard.press("ArrowRight")
    playwright.expect(page.locator("#passing")).to_have_text("5")
    assert 'score = "probability"\nmin = 0.21' in page.locator("#toml").inner_text()


def test_a_search_and_its_story_by_keyboard_alone(address: str, page: Any) -> None:
    page.goto(address + "/concordance")
    page.keyboard.press("/")
    page.keyboard.type("uk:відкрило")
    page.keyboard.press("Enter")
    playwright.expect(page.locator(".keyword")).to_have_count(1)
    page.wait_for_load_state()  # the keys work once the script has run
    page.keyboard.press("j")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    playwright.expect(page.locator("tr:target")).to_contain_text("The city opened a bridge")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.wait_for_url("**/stories/2**")


def test_names_are_joined_in_the_browser(address: str, page: Any) -> None:
    page.goto(address + "/people")
    for box in page.locator("input[name=person]").all():
        box.check()
    page.get_by_role("button", name="These names are one person").click()
    playwright.expect(page.locator("#joined")).to_be_visible()
    page.get_by_role("button", name="Not one person").click()
    playwright.expect(page.locator("#joined")).to_have_count(0)
