"""The HTML report: one file, safe whatever the segments hold, and its script shows and marks segments."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess

import pytest

from corpus_builder.evaluate.contamination import find_contamination
from corpus_builder.evaluate.evaluation import Settings, evaluate
from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.outputs import report
from corpus_builder.evaluate.outputs.report import to_html

from .conftest import OUTPUTS, REFERENCES, SOURCES, make_test

EVIL = "</script><img src=x onerror=alert(1)>&amp;"


def make(test, names=("good", "copy <b>"), **arguments):
    outputs = {names[0]: list(OUTPUTS), names[1]: list(SOURCES)}
    metrics = make_metrics(["bleu", "chrf", "ter", "quote"], test, MetricSettings())
    return evaluate(test, outputs, metrics, Settings(smallest_slice=1), **arguments)


def test_it_needs_nothing_else(sample):
    page = to_html(make(sample, contamination={"mine": find_contamination(sample, [SOURCES[0]])}))
    assert page.startswith("<!DOCTYPE html>")
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import|https?://""", page)


def test_segments_and_names_are_never_markup(sample):
    sources = [EVIL, *SOURCES[1:]]
    page = to_html(make(make_test(sources, REFERENCES)))
    assert "<img" not in page
    assert "copy <b>" not in page.partition('id="data"')[0]
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL).group(1))
    assert EVIL in {row["source"] for row in data["rows"]}


def test_the_worst_segments_come_first_and_are_kept_where_there_are_many(sample, monkeypatch):
    def sources(page):
        return [
            row["source"]
            for row in json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL).group(1))["rows"]
        ]

    evaluation = make(sample)
    everything = sources(to_html(evaluation))
    means = sum(evaluation.segment_scores["chrf"].values())
    assert everything == [SOURCES[index] for index in means.argsort(kind="stable")]
    monkeypatch.setattr(report, "LARGEST", 2)
    page = to_html(evaluation)
    assert sources(page) == everything[:2]
    assert "the 2 worst of 4 segments" in page


def test_intervals_lie_inside_their_picture(sample):
    page = to_html(make(sample))
    for left, width in re.findall(r"left:([\d.]+)%;width:([\d.]+)%", page):
        assert 0 <= float(left) <= float(left) + float(width) <= 100


@pytest.fixture
def browse(tmp_path):
    """Open a page in a browser, run a script in it, and give its document as the script left it."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium on this machine")

    def opened(page, script=""):
        path = tmp_path / "report.html"
        path.write_text(page.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
        done = subprocess.run(
            [*command, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=120, check=False
        )
        return done.stdout

    return opened


def segments(shown):
    return shown.partition('<div id="segments">')[2].partition("<script")[0]


@pytest.mark.slow
def test_its_script_shows_segments_and_marks_words(sample, browse):
    shown = browse(to_html(make(sample)))
    assert segments(shown).count('class="segment"') == 4
    # "Міст через Десну відкрили 12 березня." against "Міст над Десною відкрили 12 березня."
    assert "Міст <ins>над</ins> <ins>Десною</ins> відкрили 12 березня." in segments(shown)
    assert "1 of 1 · 4 segments" in shown


@pytest.mark.slow
def test_it_sorts_by_the_difference_of_two_systems(sample, browse):
    evaluation = make(sample)
    good, copy = (evaluation.segment_scores["chrf"][name] for name in evaluation.systems)
    # system A is the first in the ranking; A − B, A better first
    choose = """
      const set = (id, value) => { byId(id).value = value; byId(id).dispatchEvent(new Event("input")); };
      set("order", "above");
    """
    shown = segments(browse(to_html(evaluation), choose))
    places = [shown.index(f">{SOURCES[n]}<") for n in (good - copy).argsort()[::-1]]
    assert places == sorted(places)
    assert shown.count(">A − B<") == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "wrong"), [(0, [1, 2]), (1, [0]), (2, [1])], ids=["name lost", "number wrong", "quotation broken"]
)
def test_it_filters_by_misses(sample, browse, number, wrong):
    outputs = list(REFERENCES)
    outputs[1] = "Ми чекали цього дня три роки, – сказала Олена Швець."  # no marks, another name
    outputs[0] = outputs[0].replace("12", "13")
    outputs[2] = outputs[2].replace("гривень", "Гривень")
    test = make_test(SOURCES, REFERENCES)
    metrics = make_metrics(["chrf", "name", "number", "quote"], test, MetricSettings())
    page = to_html(evaluate(test, {"one": outputs}, metrics, Settings(smallest_slice=1)))
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL).group(1))
    assert data["misses"] == ["name lost", "number wrong", "quotation broken"]
    expected = {row["place"] for row in data["rows"] if row["misses"][number][0]}
    assert expected & {0, 1} == set(wrong) & {0, 1}
    shown = segments(browse(page, f'byId("miss").value = "{number}"; byId("miss").dispatchEvent(new Event("input"));'))
    assert shown.count('class="segment"') == len(expected)
    assert shown.count(data["misses"][number]) == len(expected)


@pytest.mark.slow
def test_a_cell_of_the_heat_map_opens_its_rows(sample, browse):
    click = """document.querySelector('button[data-dimension="numbers"][data-value="with numbers"]').click();"""
    shown = segments(browse(to_html(make(sample)), click))
    # the first and the third have numbers written in digits; "three years" is a number too
    assert shown.count('class="segment"') < 4
    assert f">{SOURCES[0]}<" in shown
    assert f">{SOURCES[3]}<" not in shown


@pytest.mark.slow
def test_keys_move_between_segments_and_pages(browse):
    count = 45
    sources = [f"{SOURCES[n % 4]} {n}" for n in range(count)]
    test = make_test(sources, sources)
    page = to_html(
        evaluate(test, {"one": sources}, make_metrics(["chrf"], test, MetricSettings()), Settings(resampling=None))
    )
    press = """
      const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      ["n", "n", "j", "j"].forEach(press);
      const at = [...document.querySelectorAll(".segment")].indexOf(document.activeElement);
      document.title = `${byId("position").textContent} at ${at}`;
    """
    assert "<title>3 of 3 · 45 segments at 1</title>" in browse(page, press)


@pytest.mark.slow
@pytest.mark.parametrize("systems", [2, 9])
def test_a_phone_shows_it_without_scrolling_sideways(sample, browse, systems, tmp_path):
    outputs = {f"Quite-A-Long-Name-of-System-{n}": list(OUTPUTS if n % 2 else SOURCES) for n in range(systems)}
    sources = [*SOURCES[:3], "https://example.com/" + "long" * 60]
    test = make_test(sources, REFERENCES)
    metrics = make_metrics(["bleu", "chrf", "name"], test, MetricSettings())
    page = to_html(evaluate(test, outputs, metrics, Settings(smallest_slice=1)))
    (tmp_path / "inner.html").write_text(page, encoding="utf-8")
    frame = f"""<html><head><title></title></head><body>
      <iframe id="f" width="390" height="800" srcdoc="{html.escape(page)}"></iframe></body></html>"""
    measure = """
      const frame = document.getElementById("f");
      frame.addEventListener("load", () => {
        const inner = frame.contentDocument;
        inner.querySelectorAll("details").forEach((each) => { each.open = true; });
        const scrolls = [...inner.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth + 1);
        document.title = `${inner.documentElement.scrollWidth} ${scrolls.length}`;
      });
    """
    title = re.search("<title>(.*?)</title>", browse(frame, measure)).group(1)
    width, scrolling = map(int, title.split())
    assert width <= 390
    assert scrolling == 0


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_it_is_accessible_and_fits(sample, tmp_path, width, scheme):
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra browser")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium on this machine")
    path = tmp_path / "report.html"
    path.write_text(
        to_html(make(sample, contamination={"mine": find_contamination(sample, [SOURCES[0]])})), encoding="utf-8"
    )
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = launched.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        found = [(each["id"], each["nodes"][0]["html"]) for each in axe.Axe().run(page).response["violations"]]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        launched.close()
    assert not found
