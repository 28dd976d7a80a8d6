"""Real pages, and the article that the project began with; they lie outside the checkout."""

from __future__ import annotations

import html
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from corpus_builder.extract import extract_page
from corpus_builder.model import BlockKind, Capture, Edition
from corpus_builder.sites import load_site

HOME = "https://www.pravda.com.ua"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "extraction.py"
    spec = importlib.util.spec_from_file_location("extraction_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def extract(url: str, body: bytes, site: str = "pravda") -> Edition:
    return extract_page(Capture(url, 200, {}, body, None, "test"), load_site(site))


def test_real_pages(shared: Path, benchmark: ModuleType) -> None:
    """Every block of the references, and no other: the floors of benchmarks/extraction.py are 0.98."""
    folder = shared / "data/html/pravda.com.ua"
    for _, file, url in benchmark.REAL:
        body = (folder / file).read_bytes()
        expected = benchmark.reference(folder / file, body)
        score = benchmark.compared(benchmark.joined_labels(benchmark.ours(url, body), expected), expected)
        assert score.right / score.found >= 0.98, file
        assert score.right / score.expected >= 0.98, file


def test_bodies_of_2019(shared: Path, benchmark: ModuleType) -> None:
    figures: dict[str, Any] = benchmark.bodies_2019(shared)
    assert figures["lost"] == []
    assert figures["script, ad or read also"] == []
    assert figures["wrong_language"] == 5  # the five that hold Russian text
    assert figures["editions"] == 514


def test_facts_of_the_news_page(shared: Path) -> None:
    body = (shared / "data/html/pravda.com.ua/news-2025-12-01-8009697.uk.html").read_bytes()
    edition = extract(f"{HOME}/news/2025/12/01/8009697/", body)
    assert edition.layout == "news-2025"
    assert edition.detected_language == "uk"
    assert edition.authors == ("Ольга Глущенко",)
    assert str(edition.published) == "2025-12-01 00:08:00+02:00"
    assert edition.tags == ("Трамп", "переговори")
    assert [language for language, _ in edition.alternates] == ["uk", "ru", "en"]
    labels = [block.label for block in edition.blocks if block.label_text]
    assert labels == ["source", "details", "quote", "details", "preceded", "background"]
    assert [block.speaker for block in edition.blocks if block.label == "quote"] == ["Трампа"]


def test_pages_of_other_sites_have_no_edition(shared: Path) -> None:
    from corpus_builder.errors import SkipPage

    body = (shared / "data/html/pravda.com.ua/offsite-redirect-8009694.html").read_bytes()
    with pytest.raises(SkipPage) as caught:
        extract(f"{HOME}/news/2025/12/01/8009694/", body)
    assert caught.value.reason == "off_site"


# ------------------------------------------------------------------------------------------------ the first article
LABEL = re.compile(r"(Source|Quote from \w+|Details|Background): ?")


def seed_article(shared: Path) -> tuple[str, list[str], str]:
    """Its title, its paragraphs as copied (menus and side columns are known by their words), and all of the copy."""
    text = (shared / "data/seed-article.en.txt").read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("Moscow starts"))
    start, end = text.index("The Kremlin has announced"), text.index("Support UP or become")
    return title, [line.strip() for line in text[start:end].splitlines() if line.strip()], text


def as_page(title: str, lines: list[str], rest: str) -> bytes:
    """The article in the markup of its time, with the boilerplate that was copied with it."""
    body = []
    for line in lines:
        if line == "Advertisement:":
            body.append(f'<div class="advert">{line}</div>')
        elif line.startswith("•"):
            body.append(f"<ul><li>{html.escape(line.lstrip('• '), quote=False)}</li></ul>")
        else:
            label = LABEL.match(line)
            head = f"<strong>{label[0].rstrip()}</strong> " if label else ""
            body.append(f"<p>{head}{html.escape(line[label.end() if label else 0 :], quote=False)}</p>")
    items = "\n".join(body).replace("</ul>\n<ul>", "\n")
    side = "".join(f"<p>{html.escape(line)}</p>" for line in rest.splitlines() if line.strip())
    return f"""<html lang="en"><head><meta charset="utf-8"></head><body><div>{side}</div>
<article class="post">
<h1 class="post_title">{html.escape(title)}</h1>
<div class="post_time"><span class="post_author"><a>Iryna Balachuk</a></span>Thursday, 13 February 2025, 12:58</div>
<div class="post_text">{items}<p><em>Support UP or become our patron!</em></p></div></article>
{side}</body></html>""".encode()


def test_every_block_label_and_quotation_of_the_first_article(shared: Path) -> None:
    title, lines, rest = seed_article(shared)
    edition = extract(f"{HOME}/eng/news/2025/02/13/7498162/", as_page(title, lines, rest))
    wanted = [
        LABEL.sub("", line, count=1).lstrip("• ").strip()
        for line in lines
        if line not in ("Advertisement:", "Background:")
    ]
    assert edition.title == title
    assert [block.text for block in edition.blocks[1:]] == wanted
    assert str(edition.published) == "2025-02-13 12:58:00+02:00"
    assert [(block.label, block.label_text, block.speaker) for block in edition.blocks if block.label] == [
        ("source", "Source", None),
        ("quote", "Quote from Peskov", "Peskov"),
        ("details", "Details", None),
        ("background", "Background", None),
        ("background", None, None),
        ("background", None, None),
    ]
    kinds = [block.kind for block in edition.blocks]
    assert kinds == [BlockKind.TITLE] + [BlockKind.PARAGRAPH] * (len(wanted) - 3) + [BlockKind.LIST_ITEM] * 3
    joined = "\n".join(block.text for block in edition.blocks)
    assert "[on assembling a negotiating team – ed]" in joined
    assert json.dumps(re.findall(r'"[^"]+"', joined)) == json.dumps(re.findall(r'"[^"]+"', "\n".join(wanted)))
