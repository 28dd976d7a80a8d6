"""The extractor, by the rules of configs/sites/sample.toml, reads the newspaper's pages as their gold has them."""

import json

import pytest

from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.model import BlockKind, Capture, Edition
from corpus_builder.newspaper.server import answers
from corpus_builder.newspaper.stories import load_newspaper
from corpus_builder.resources import shipped
from corpus_builder.sites import load_site

BASE = "http://127.0.0.1:9"
SITE = load_site("sample", mirror=BASE)
ANSWERS = answers(load_newspaper(), BASE)
GOLD = [json.loads(line) for line in (shipped("data/newspaper") / "gold.jsonl").read_text("utf-8").splitlines()]


def extracted(path: str) -> Edition:
    answer = ANSWERS[path]
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return extract_page(Capture(BASE + path, answer.status, headers, answer.body, None, "test"), SITE)


@pytest.mark.parametrize("gold", GOLD, ids=lambda gold: gold["document"])
def test_editions_are_as_in_the_gold(gold: dict) -> None:
    for language, path in gold["url"].items():
        edition = extracted(path)
        assert edition.title == gold["title"][language]
        assert list(edition.authors) == gold["authors"][language]
        assert list(edition.tags) == gold["tags"][language]
        assert edition.published is not None
        assert edition.published.date().isoformat() == gold["date"]
        assert [
            (block.kind.value, block.text, block.label, block.label_text)
            for block in edition.blocks
            if block.kind is not BlockKind.TITLE
        ] == [
            (block["kind"], " ".join(block["texts"]), block["role"], block["label"])
            for block in gold["paragraphs"][language]
        ]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/articles/2025/12/11/8011307/", "empty_body"),
        ("/columns/2025/12/12/8011420/", "opt_out_noai"),
        ("/news/2025/12/15/8011655/", "wrong_language"),
        ("/news/2025/12/05/8010031/", "http_301"),
    ],
)
def test_pages_with_deliberate_faults_yield_no_edition(path: str, reason: str) -> None:
    with pytest.raises(SkipPage) as skipped:
        extracted(path)
    assert skipped.value.reason == reason
