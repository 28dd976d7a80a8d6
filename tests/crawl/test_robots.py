"""robots.txt as sites write it: names with versions, delays with units, odd charsets, content signals."""

from __future__ import annotations

import pytest

from corpus_builder.crawl import crawl_drops
from corpus_builder.crawl.robots import Robots
from corpus_builder.web.head import Head
from corpus_builder.web.opt_out import opt_out

from .conftest import HOME

PAGE = f"{HOME}/news/2025/12/01/1/"


@pytest.mark.parametrize(
    "name", ["corpus-builder/0.3", "Corpus-Builder/0.1.0 (+mailto:a@b.example)", "corpus-builder", "corpus-builder *"]
)
def test_a_name_with_its_version_means_this_crawler(name):
    robots = Robots.parse(f"User-agent: *\nAllow: /\n\nUser-agent: {name}\nDisallow: /\n")
    assert not robots.allows(PAGE)


@pytest.mark.parametrize("name", ["corpus-builder-pro/1.0", "mycorpus-builder/0.3", "GPTBot/1.2"])
def test_another_name_with_its_version_does_not(name):
    assert Robots.parse(f"User-agent: {name}\nDisallow: /\n").allows(PAGE)


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        ("0.5s", 0.5), ("1,5", 1.5), ("10", 10.0), ("2 seconds", 2.0), ("500ms", 0.5), ("1 min", 60.0), ("3 # s", 3.0),
        ("1e2", 100.0), ("soon", 0.0), ("99999999999", 99999999999.0),
    ],
)  # fmt: skip
def test_delays_as_people_write_them(delay, seconds):
    assert Robots.parse(f"User-agent: *\nCrawl-delay: {delay}\n").delay == seconds


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_rules_in_utf_16_with_and_without_a_mark(paper, run, charset):
    paper.sitemap("/sitemap.xml", paper.story(1, "uk"))
    robots = paper.answers["/robots.txt"][0]
    robots.body = robots.body.decode().replace("/search/", "/news/").encode(charset)
    summary = run()
    assert paper.count("/sitemap.xml") == 1
    assert paper.pages_asked() == []
    assert summary.dropped["robots"] == 1


def reserved(rules: str) -> bool:
    return Robots.parse(rules).reserves(PAGE)


def test_content_signals_are_for_the_robots_of_their_group():
    assert reserved("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n")
    assert reserved("User-agent: *\nDisallow: /x\ncontent-signal: ai-input = no\n")
    assert reserved("Content-Signal: ai-train=no\nUser-agent: *\nDisallow: /x\n")
    assert reserved("User-agent: corpus-builder/0.3\nContent-Usage: train-ai=n\n")
    assert not reserved("User-agent: *\nContent-Signal: search=no, ai-train=yes, ai-input=yes\n")
    assert not reserved("User-agent: *\nDisallow: /x\nUser-agent: GPTBot\nContent-Signal: ai-train=no\n")
    assert not reserved("User-agent: *\nContent-Signal: ai-train=no\nUser-agent: corpus-builder\nAllow: /\n")


def test_content_signals_of_a_path():
    rules = "User-agent: *\nContent-Signal: /news/ ai-train=no\nContent-Signal: /news/2025/ ai-train=yes\n"
    assert not reserved(rules)
    assert Robots.parse(rules).reserves(f"{HOME}/news/2024/1/1/1/")
    assert not Robots.parse(rules).reserves(f"{HOME}/eng/news/2024/1/1/1/")


def test_a_content_signal_is_a_counted_opt_out(paper, run, tmp_path):
    paper.sitemap("/sitemap.xml", paper.story(1))
    assert run().counts["pages_usable"] == 3
    paper.answers["/robots.txt"][0].body += b"Content-Signal: /eng/ ai-train=no\n"
    summary = run()
    assert summary.counts["pages_usable"] == 2, "the stored copy is not used any more"
    assert summary.dropped["opt_out_content_signal"] == 1
    [drop] = [drop for drop in crawl_drops(tmp_path / "crawl") if drop.reason == "opt_out_content_signal"]
    assert drop.language == "en"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"content-signal": "ai-train=no, search=yes"}, "opt_out_content_signal"),
        ({"content-usage": "train-ai=n"}, "opt_out_content_signal"),
        ({"content-signal": "ai-train=yes, search=no"}, None),
        ({"x-robots-tag": "googlebot-news: noindex"}, None),
        ({"x-robots-tag": "googlebot/2.1: noindex, nofollow"}, None),
        ({"x-robots-tag": "otherbot: noindex\nnoai"}, "opt_out_noai"),
        ({"x-robots-tag": "corpus-builder/0.3: noindex"}, "opt_out_noindex"),
    ],
)
def test_opt_outs_in_headers(headers, reason):
    assert opt_out(headers, Head()) == reason


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("Content-Signal: ai-train=no", "opt_out_content_signal"),
        ("Disallow: /", "robots"),
        ("Disallow: /news/", "robots"),
    ],
)
def test_a_refusal_applies_to_copies_that_are_not_requested_again(paper, run, rule, reason):
    paper.sitemap("/sitemap.xml", paper.story(1, "uk"), "2025-12-01")
    assert run().counts["pages_usable"] == 1
    before = paper.answers["/robots.txt"][0].body
    paper.forget()
    assert (run().counts["pages_usable"], paper.pages_asked()) == (1, [])
    paper.answers["/robots.txt"][0].body = before + f"{rule}\n".encode()
    summary = run()
    assert summary.counts["pages_usable"] == 0
    assert summary.dropped[reason] >= 1
    paper.answers["/robots.txt"][0].body = before
    assert run().counts["pages_usable"] == 1, "what is allowed again is used again"
