"""A whole audit in Chromium by keyboard alone, two annotators at the same time; and its pages under axe-core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from corpus_builder.audit.decisions import decisions, disputed
from corpus_builder.audit.folder import Audit, read_audit
from corpus_builder.audit.new import new_audit, plan_audit
from corpus_builder.audit.report import report
from corpus_builder.look.build import ensure
from corpus_builder.look.source import Source, find

from .browsing import MARKS, assert_accessible, served, watched
from .corpus import write

pytest.importorskip("uvicorn", reason="needs the extra look")
playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")
pytest.importorskip("axe_playwright_python", reason="needs the extra browser")
pytestmark = MARKS
ANNOTATORS = ("anna", "ben")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    found = find(write(tmp_path_factory.mktemp("look") / "workspace", more=40).root)
    ensure(found, lambda _: None)
    return found


@pytest.fixture(scope="module")
def address(source: Source) -> Iterator[str]:
    with served(source) as found:
        yield found


def tab_to(page: Any, words: str) -> None:
    """Press Tab until something with these words has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.textContent"):
            return
    pytest.fail(f"{words!r} is not reached by Tab")


def press(page: Any, keys: str) -> None:
    """Press keys one after the other; ⏎ is Enter, and waits for the next page."""
    for key in keys:
        if key == "⏎":
            with page.expect_navigation(wait_until="load"):
                page.keyboard.press("Enter")
        else:
            page.keyboard.press(key)


def row_of(page: Any) -> str:
    found = page.locator("#judge input[name=row]")
    return str(found.input_value()) if found.count() else ""


def test_a_whole_audit_of_fifty_rows_by_two_annotators_by_keyboard_alone(
    address: str, source: Source, browser: Any
) -> None:
    assert source.workspace is not None
    one, faults = watched(browser)
    one.goto(f"{address}/")
    tab_to(one, "Audit")
    press(one, "⏎")
    for label, text in (("number of rows", "50"), ("annotators", "anna,ben"), ("name", "whole"), ("seed", "3")):
        box = one.get_by_label(label, exact=True)
        while not box.evaluate("box => box === document.activeElement"):
            one.keyboard.press("Tab")
        one.keyboard.press("Control+A")
        one.keyboard.type(text)
    tab_to(one, "Show what it would tell")
    press(one, "⏎")
    assert "The interval to expect" in one.inner_text("main")
    tab_to(one, "Draw this sample")
    press(one, "⏎")
    audit = read_audit(source.workspace.audit / "whole")
    two, more_faults = watched(browser)
    two.goto(f"{address}/audits/whole")
    pages = dict(zip(ANNOTATORS, (one, two), strict=True))
    for name, page in pages.items():
        tab_to(page, f"judge as {name}")
        press(page, "⏎")

    expected = judge_in_turn(audit, pages)
    for name in ANNOTATORS:
        said = {row: judgement.verdicts for row, judgement in audit.records(name).judgements.items()}
        assert {row: {"".join(v.code for v in verdicts.values())} for row, verdicts in said.items()} == {
            row: {codes} for row, codes in expected[name].items()
        }
    waiting = disputed(audit)
    assert waiting
    one.reload()  # ben was not done yet
    tab_to(one, f"Decide the {len(waiting)} rows")
    press(one, "⏎")
    for _ in waiting:
        press(one, "1⏎")
    assert "Nothing is left to decide." in one.inner_text("main")
    assert disputed(audit) == []
    assert len(decisions(audit)) == len(audit.rows) == 50
    tab_to(one, "the audit")
    press(one, "⏎")
    found = report(audit)
    assert found.agreement is not None
    assert f"50 rows, 2 annotators, AC1 {found.agreement.ac1:.2f}".replace("0.", ".") in one.inner_text("main")
    assert one.locator("svg.curve").is_visible()
    for page in pages.values():
        page.context.close()
    assert faults == more_faults == []


def judge_in_turn(audit: Audit, pages: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Two annotators judge row by row in turn until each is done; the codes of the pairs by annotator and row."""
    expected: dict[str, dict[str, str]] = {name: {} for name in pages}
    turn = 0
    while any(row_of(page) for page in pages.values()):
        for name, page in pages.items():
            row = row_of(page)
            if not row:  # a second look may have come since
                page.reload()
                continue
            turn += 1
            assert turn < 200
            # All right; right and free; pair by pair with reasons; a verdict without its reason that Enter passes over.
            keys, codes = [("1", "111"), ("f1", "111"), ("p12m3a", "12m3a"), ("1", "111"), ("32e11", "2e11")][turn % 5]
            if len(audit.row(row).pairs) < 3:  # type: ignore[union-attr]
                keys, codes = ("3l", "3l") if turn % 5 == 2 else ("1", "1")
            press(page, keys)
            playwright.expect(page.locator("#status")).to_contain_text("saved: ")
            assert row in audit.records(name).judgements  # before the next row is shown
            if turn % 7 == 3:  # taken back, and said again
                with page.expect_navigation(wait_until="load"):
                    page.keyboard.press("u")
                assert row not in audit.records(name).judgements
                assert row_of(page) == row
                press(page, keys)
            press(page, "⏎")
            assert row_of(page) != row
            expected[name][row] = codes
    return expected


@pytest.fixture
def small(source: Source) -> Audit:
    """An audit of the pair en-uk of this test's own."""
    assert source.workspace is not None
    name = f"small-{len(list(source.workspace.audit.glob('*')))}"
    plan = plan_audit(source.dataset, name=name, config="sentences", pair="en-uk", annotators=ANNOTATORS,
                      wanted=20, seed=1)  # fmt: skip
    return new_audit(source.dataset, source.workspace.audit, plan)


def test_keys_say_what_they_say_in_the_issue(address: str, small: Audit, browser: Any) -> None:
    page, faults = watched(browser)
    page.goto(f"{address}/audits/{small.design.name}/judge?annotator=anna")
    rows = small.rows_of("anna")
    page.keyboard.press("Enter")  # no verdict: it stays, and says so
    playwright.expect(page.locator("#status")).to_have_text("A verdict first: 1 right, 2 partly, 3 wrong.")
    for keys in ("1", "2m", "2e", "2r", "3a", "3l", "3x", "2", "f1", "1t", "31", "2mf"):
        press(page, f"{keys}⏎")
    records = small.records("anna")
    said = [records.judgements[row.id] for row in rows[:12]]
    assert [each.verdicts["en-uk"].code for each in said] == [
        "1", "2m", "2e", "2r", "3a", "3l", "3x", "2", "1", "1", "1", "2m",
    ]  # fmt: skip
    assert [each.marks for each in said] == [""] * 8 + ["f", "t", "", "f"]
    page.keyboard.press("?")
    playwright.expect(page.locator("#guide dl")).to_be_visible()
    page.context.close()
    assert faults == []


def test_skipping_comes_back_and_the_focus_on_a_button_is_its_own(address: str, small: Audit, browser: Any) -> None:
    page, _ = watched(browser)
    page.goto(f"{address}/audits/{small.design.name}/judge?annotator=ben")
    first, second = (row.id for row in small.rows_of("ben")[:2])
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("s")
    assert row_of(page) == second
    while row_of(page) != first:
        press(page, "1⏎")
    assert first not in small.records("ben").judgements
    press(page, "1")
    tab_to(page, "Undo the last one")
    press(page, "⏎")
    assert first not in small.records("ben").judgements
    page.context.close()


def test_a_server_that_is_gone_is_told(address: str, small: Audit, browser: Any) -> None:
    page, _ = watched(browser)
    page.goto(f"{address}/audits/{small.design.name}/judge?annotator=ben")
    page.context.set_offline(True)
    page.keyboard.press("1")
    playwright.expect(page.locator("#status")).to_contain_text("Not saved")
    assert small.records("ben").judgements == {}
    page.context.set_offline(False)
    press(page, "⏎")
    assert len(small.records("ben").judgements) == 1
    page.context.close()


def test_it_works_without_the_script(address: str, small: Audit, browser: Any) -> None:
    page, _ = watched(browser, java_script_enabled=False)
    page.goto(f"{address}/audits/{small.design.name}/judge?annotator=anna")
    page.get_by_label("missing").check()
    page.get_by_role("button", name="Save and next").click()
    [judgement] = small.records("anna").judgements.values()
    assert judgement.verdicts["en-uk"].code == "2m"
    page.get_by_role("button", name="Undo the last one").click()
    assert small.records("anna").judgements == {}
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_of_an_audit_is_accessible_and_fits(
    address: str, source: Source, small: Audit, browser: Any, width: int, scheme: str
) -> None:
    assert source.workspace is not None
    shared = [row for row in small.rows if len(row.annotators) == 2]
    page, _ = watched(browser)
    for name, keys in zip(ANNOTATORS, ("1⏎", "3a⏎"), strict=True):
        for row in shared[:2]:
            page.goto(f"{address}/audits/{small.design.name}/judge?annotator={name}&row={row.id}")
            press(page, keys)
    page.context.close()
    own = f"{address}/audits/{small.design.name}"
    paths = [f"{address}/audits", f"{address}/audit-plan?rows=20&annotators=a,b&config=sentences", own,
             f"{own}/judge?annotator=anna", f"{own}/judge?annotator=anna&row={shared[0].id}",
             f"{own}/disagreements?annotator=ben"]  # fmt: skip
    assert_accessible(browser, paths, width, scheme)
