"""The HTML report: one file, safe whatever the segments hold, and its script shows and marks segments."""

from __future__ import annotations

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


@pytest.mark.slow
def test_its_script_shows_segments_and_marks_words(sample, tmp_path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium on this machine")
    path = tmp_path / "report.html"
    path.write_text(to_html(make(sample)), encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    shown = subprocess.run([*command, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=60).stdout
    segments = shown.partition('id="segments"')[2].partition("<script")[0]
    assert segments.count('class="segment"') == 4
    # "Міст через Десну відкрили 12 березня." against "Міст над Десною відкрили 12 березня."
    assert "Міст <ins>над</ins> <ins>Десною</ins> відкрили 12 березня." in segments
    assert "1 of 1 · 4 segments" in shown
