"""Precision, recall and speed of extraction, compared with trafilatura and readability.

    python benchmarks/extraction.py [--json] [--shared ../shared] [--letters | --other]

Needs ../shared (real pages and the newsroom), and for trafilatura and readability `pip install '.[benchmark]'`; those
that are not installed are skipped.

newsroom    every block of every edition compared with gold.jsonl; a block is right if its text and label are equal
other sites pages of twelve sites that no rules exist for, of ten made-up layouts (extraction_layouts.py) and of other
            kinds of layouts that were held out at first (extraction_kinds.py), block by block: the generic extractor
            against the modes of trafilatura, readability, resiliparse and newspaper4k. The
            blocks of the real pages were chosen by reading them; extraction_gold.json has hashes of their letters
news, article, epravda   blocks of real pages compared with JSON-LD articleBody and with the output of the parser of
            another project (*.expected.json; list items, which that parser drops, are taken from the page)
bodies 2019 519 real bodies: lost paragraphs (found by splitting the HTML at its tags with regular expressions, which
            share nothing with the extractor), and blocks with text of scripts, ads or "read also" links
speed       milliseconds per page, and the ratio to the time of lxml to parse the same bytes, in the same run
On real pages, only letters and digits are compared.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.languages import known_languages
from corpus_builder.model import Block, BlockKind, Capture, Edition
from corpus_builder.sites import load_site
from corpus_builder.text.language import letter_counts
from corpus_builder.text.normalise import normalise

HOME = "https://www.pravda.com.ua"
SHARED = Path(__file__).resolve().parents[2] / "shared"
Extractor = Callable[[str, bytes], list[str]]


class Score(NamedTuple):
    """Blocks found, expected, and both."""

    right: int
    found: int
    expected: int

    def figures(self) -> dict[str, float]:
        """Precision and recall, 0 to 1."""
        return {
            "precision": round(self.right / max(self.found, 1), 4),
            "recall": round(self.right / max(self.expected, 1), 4),
            "blocks": self.expected,
        }

    def __add__(self, other: object) -> Score:
        assert isinstance(other, Score)
        return Score(self.right + other.right, self.found + other.found, self.expected + other.expected)


def squash(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(filter(str.isalnum, text.lower()))


def capture(url: str, body: bytes) -> Capture:
    return Capture(url, 200, {}, body, None, "benchmark")


# ---------------------------------------------------------------------------------------------------- extractors
def ours(url: str, body: bytes) -> list[str]:
    site = load_site("epravda" if "epravda" in url else "pravda")
    try:
        edition = extract_page(capture(url, body), site)
    except SkipPage:
        return []
    return [with_label(block) for block in edition.blocks if block.kind is not BlockKind.TITLE]


def with_label(block: Block) -> str:
    return f"{block.label_text}: {block.text}" if block.label_text else block.text


def by_trafilatura(url: str, body: bytes) -> list[str]:
    import trafilatura

    return (trafilatura.extract(body, url=url, include_comments=False) or "").split("\n")


def by_readability(url: str, body: bytes) -> list[str]:
    import lxml.html
    import readability

    summary = readability.Document(body.decode("utf-8", "replace"), url=url).summary()
    tree = lxml.html.fromstring(summary)
    blocks = tree.xpath("//p | //li | //h2 | //h3 | //h4")
    return [block.text_content() for block in blocks]


EXTRACTORS: dict[str, Extractor] = {"ours": ours} | {
    name: extractor
    for name, extractor in (("trafilatura", by_trafilatura), ("readability", by_readability))
    if find_spec(name)
}


# ------------------------------------------------------------------------------------------------------ newsroom
def newsroom(shared: Path) -> dict[str, object]:
    totals: dict[str, Score] = {}
    exact = expected = 0
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        command = [sys.executable, str(shared / "newsroom/newsroom.py"), "make", "--seed", "1"]
        command += ["--corpus", str(shared / "data/ntrex/ntrex.tsv"), "--out", str(room)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        site = load_site("pravda")
        for line in (room / "gold.jsonl").open(encoding="utf-8"):
            gold = json.loads(line)
            for language, paragraphs in gold["paragraphs"].items():
                url = HOME + gold["url"][language]
                body = (room / "pages" / f"{gold['article']}.{language}.html").read_bytes()
                wanted = Counter((normalise(" ".join(p["texts"])).text, p["label"]) for p in paragraphs)
                edition = extract_page(capture(url, body), site)
                found = Counter((block.text, block.label_text) for block in edition.blocks[1:])
                exact += (wanted & found).total()
                expected += wanted.total()
                texts = [f"{p['label'] or ''} {' '.join(p['texts'])}" for p in paragraphs]
                for name, extractor in EXTRACTORS.items():
                    score = compared(extractor(url, body), texts)
                    totals[name] = totals.get(name, Score(0, 0, 0)) + score
    figures = {name: score.figures() for name, score in totals.items()}
    return {"blocks equal with label": round(exact / expected, 4), **figures}


def compared(found: Iterable[str], expected: Iterable[str]) -> Score:
    """Blocks compared by their letters. A label may be part of a block or a separate block, on either side."""
    have = Counter(filter(None, map(squash, found)))
    want = Counter(filter(None, map(squash, expected)))
    return Score((have & want).total(), have.total(), want.total())


# ---------------------------------------------------------------------------------------------------- real pages
def real_pages(shared: Path) -> dict[str, object]:
    folder = shared / "data/html/pravda.com.ua"
    figures: dict[str, object] = {}
    for name, file, url in REAL:
        body = (folder / file).read_bytes()
        expected = [text for text in reference(folder / file, body) if not _CHROME.match(text.strip())]
        for extractor_name, extractor in EXTRACTORS.items():
            found = joined_labels(extractor(url, body), expected)
            figures[f"{name}, {extractor_name}"] = compared(found, expected).figures()
    return figures


REAL = [
    ("news", "news-2025-12-01-8009697.uk.html", f"{HOME}/news/2025/12/01/8009697/"),
    ("article", "articles-2026-01-08-8015225.ru.html", f"{HOME}/rus/articles/2026/01/08/8015225/"),
    (
        "epravda",
        "epravda-2025-10-24.uk.html",
        "https://epravda.com.ua/tehnologiji/yak-v-ukrajini-diyatimut-limiti-dlya-gravciv-azartnih-igor-813313/",
    ),
]
_CHROME = re.compile(r"Читайте так|Реклама:|РЕКЛАМА:")


def reference(page: Path, body: bytes) -> list[str]:
    """The output of another parser, without what is not in the articleBody of JSON-LD (teasers of other articles), with
    what is only there; and list items from the page if there is no articleBody.
    """
    saved = page.with_name(page.name.replace(".html", ".expected.json"))
    root = etree.fromstring(body, etree.HTMLParser(encoding="utf-8"))
    whole = [
        json.loads(script.text, strict=False)["articleBody"]
        for script in root.iter("script")
        if "articleBody" in (script.text or "")
    ]
    pieces = re.split(r"\t+", html.unescape(whole[0])) if whole else []
    if not saved.exists():
        return pieces
    sections = json.loads(saved.read_text(encoding="utf-8"))["V1"]["body"]["sections"]
    texts = [text for section in sections for text in (*section["headline"], *section["paragraphs"])]
    if not whole:
        return texts + ["".join(item.itertext()) for item in root.xpath("//div[@class='post_news_text']//li")]
    texts = [text for text in texts if squash(text) in squash(whole[0])]
    return texts + [piece for piece in pieces if squash(piece) not in squash(" ".join(texts))]


def joined_labels(found: list[str], expected: list[str]) -> list[str]:
    """Blocks divided as in the reference, where some labels are separate blocks."""
    alone = {squash(text) for text in expected if text.strip().endswith(":")}
    out: list[str] = []
    for text in found:
        label, _, rest = text.partition(": ")
        out += [label, rest] if rest and squash(label) in alone else [text]
    return out


# --------------------------------------------------------------------------------------------------- other sites
def generic(url: str, body: bytes) -> list[str]:
    from corpus_builder.extract.generic import by_generic_extractor
    from corpus_builder.web.page import parse_page

    page = parse_page({}, body, url)
    try:
        return [block.text for block in by_generic_extractor(page.markup, url, page.root, page.head).blocks]
    except SkipPage:
        return []


def trafilatura_mode(url: str, body: bytes, **mode: bool) -> list[str]:
    import trafilatura

    return (trafilatura.extract(body, url=url, include_comments=False, **mode) or "").split("\n")


def by_resiliparse(_url: str, body: bytes) -> list[str]:
    from resiliparse.extract.html2text import extract_plain_text

    text = extract_plain_text(body.decode("utf-8", "replace"), main_content=True, alt_texts=False)
    return [line.strip().removeprefix("• ") for line in str(text).split("\n")]


def by_newspaper(url: str, body: bytes) -> list[str]:
    import newspaper

    language = "uk" if "uk" in url else "ru" if "ru" in url else "en"
    article = newspaper.Article(url, language=language, fetch_images=False)
    article.download(input_html=body.decode("utf-8", "replace"))
    article.parse()
    return str(article.text).split("\n")


GENERIC: dict[str, tuple[str, Extractor]] = {
    "ours": ("trafilatura", generic),
    "trafilatura": ("trafilatura", trafilatura_mode),
    "trafilatura, precision": ("trafilatura", partial(trafilatura_mode, favor_precision=True)),
    "trafilatura, recall": ("trafilatura", partial(trafilatura_mode, favor_recall=True)),
    "readability": ("readability", by_readability),
    "resiliparse": ("resiliparse", by_resiliparse),
    "newspaper4k": ("newspaper", by_newspaper),
}


def digest(text: str) -> str:
    """What stands for a block of a real page: its letters, hashed."""
    return hashlib.sha256(squash(text).encode()).hexdigest()[:10]


def other_sites(shared: Path) -> dict[str, object]:
    from extraction_kinds import kinds, later_kinds
    from extraction_layouts import layouts

    gold = json.loads(Path(__file__).with_name("extraction_gold.json").read_text(encoding="utf-8"))
    folder = shared / "data/html/other"
    pages = [("real", file, (folder / file).read_bytes(), blocks) for file, blocks in gold.items()]
    for group, made in (("made up", layouts()), ("kinds", kinds()), ("later kinds", later_kinds())):
        for name, (markup, blocks) in made.items():
            pages.append((group, f"{name}.uk", markup.encode(), [digest(block) for block in blocks]))
    figures: dict[str, object] = {}
    for extractor_name, (module, extractor) in GENERIC.items():
        if not find_spec(module):
            continue
        totals: dict[str, Score] = {}
        for kind, file, body, blocks in pages:
            found = Counter(digest(text) for text in extractor(f"https://news.example/{file}/", body) if squash(text))
            want = Counter(blocks)
            score = Score((found & want).total(), found.total(), want.total())
            for name in (f"{kind} pages", f"{kind}, {file}"):
                totals[name] = totals.get(name, Score(0, 0, 0)) + score
        for name, score in totals.items():
            if name.endswith(" pages") or extractor_name == "ours":
                figures[f"{name}: {extractor_name}"] = score.figures()
    return figures


# --------------------------------------------------------------------------------------------------- bodies 2019
_UNREAD = re.compile(r"(?is)<(script|style|iframe|noscript)\b.*?</\1\s*>|<!--.*?-->")
_BOXES = re.compile(
    r'(?is)<blockquote class="(?:red_quote|twitter-tweet)".*?</blockquote>|<ins\s.*?</ins>'
    r"|читайте також:(?:&nbsp;|\s|<[^a>][^>]*>)*<a\s.*?</a>"
)
_BLOCK_TAGS = re.compile(r"(?i)</?(?:p|li|ul|ol|div|h\d|blockquote|table|tr|td|br|hr)\b[^>]*>")
_TAGS = re.compile(r"<[^>]+>")
_READ_ALSO = re.compile(
    r"(?i)^слухайте також"
    r"|^(?:детальніше|докладніше|більше|читайте|дивіться також).{0,140}(?:читайте|також|также|більше|докладніше)"
)
_BAD = re.compile(r"(?i)admixer|adsbygoogle|googletag|function ?\(|^реклама|читайте (?:також|также)")


def bodies_2019(shared: Path) -> dict[str, object]:
    site = load_site("pravda")
    reasons: Counter[str] = Counter()
    lost: list[str] = []
    bad: list[str] = []
    paragraphs = 0
    for line in (shared / "data/html/pravda.com.ua/bodies-2019-11.uk.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        title = f'<h1 class="post__title">{row["title"]}</h1>'
        body = f'<html><head></head><body>{title}<div class="post__text">{row["html"]}</div>'
        try:
            edition = extract_page(capture(row["url"], body.encode()), site)
        except SkipPage as skipped:
            reasons[skipped.reason] += 1
            continue
        reasons["editions"] += 1
        bad += [block.text for block in edition.blocks if _BAD.search(with_label(block))]
        have = squash("\n".join(with_label(block) for block in (*edition.blocks, *edition.captions)))
        for paragraph in dumped(row["html"]):
            paragraphs += 1
            if squash(paragraph) not in have:
                lost.append(f"{row['url']} {paragraph}")
    return {**reasons, "paragraphs": paragraphs, "lost": lost, "script, ad or read also": bad}


def dumped(markup: str) -> list[str]:
    """The paragraphs of a body, split at tags, without what is known not to be article text."""
    text = _BOXES.sub(" ", _UNREAD.sub(" ", markup))
    pieces = [html.unescape(_TAGS.sub("", piece)) for piece in _BLOCK_TAGS.split(text)]
    return [piece for piece in pieces if squash(piece) and not _READ_ALSO.match(piece.strip())]


# --------------------------------------------------------------------------------------------------------- speed
def speed(shared: Path, seconds: float = 3.0) -> dict[str, object]:
    """The best of several rounds over the real pages, since other work can only slow a round down."""
    folder = shared / "data/html/pravda.com.ua"
    figures: dict[str, object] = {}
    for name, file, url in REAL:
        body = (folder / file).read_bytes()
        page, site = capture(url, body), load_site("epravda" if "epravda" in url else "pravda")
        jobs: dict[str, Callable[[], object]] = {
            "lxml": partial(parsed, body),
            "ours": partial(extract_page, page, site),
        }
        best = rounds(jobs, seconds)
        for other in [name for name in EXTRACTORS if name != "ours"]:
            best |= rounds({other: partial(EXTRACTORS[other], url, body)}, 1.0)
        figures[f"{name}, {len(body) // 1000} KB"] = {
            **{f"{job} ms": round(taken * 1000, 2) for job, taken in best.items()},
            "ours/lxml": round(best["ours"] / best["lxml"], 2),
        }
    body = (folder / REAL[0][1]).read_bytes()
    started, count = time.perf_counter(), 1600
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(many, [(REAL[0][2], body, count // 8)] * 8))
    figures["pages/s on 2 processes"] = round(count / (time.perf_counter() - started))
    return figures


def parsed(body: bytes) -> object:
    return etree.fromstring(body, etree.HTMLParser(encoding="utf-8"))


def rounds(jobs: dict[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    best = dict.fromkeys(jobs, float("inf"))
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def many(task: tuple[str, bytes, int]) -> Edition:
    url, body, count = task
    page, site = capture(url, body), load_site("pravda")
    for _ in range(count):
        edition = extract_page(page, site)
    return edition


# ------------------------------------------------------------------------------------------------------- letters
def letters(shared: Path) -> dict[str, object]:
    """The rates of letters and frequent words that only one language has, which the language files state."""
    figures: dict[str, object] = {}
    for name, language in (("eng-ukr.ukr", "uk"), ("rus-ukr.ukr", "uk"), ("rus-ukr.rus", "ru")):
        text = (shared / "data/tatoeba" / name).read_text(encoding="utf-8").lower()
        cyrillic = len(re.findall("[\u0400-\u04ff]", text))
        figures[f"{name} ({language})"] = {
            "іїєґ": round(sum(map(text.count, "іїєґ")) / cyrillic, 4),
            "ыэъё": round(sum(map(text.count, "ыэъё")) / cyrillic, 4),
        }
    known = known_languages()
    for name, language in (("eng-ukr.eng", "en"), ("rus-ukr.ukr", "uk"), ("rus-ukr.rus", "ru")):
        counts = letter_counts((shared / "data/tatoeba" / name).read_text(encoding="utf-8"))
        figures[f"{name} ({language}), frequent words"] = {
            other: round(common / counts.words, 4) for other, common in zip(known, counts.common, strict=True)
        }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--letters", action="store_true", help="only the letter rates of Ukrainian and Russian")
    parser.add_argument("--other", action="store_true", help="only the pages of other sites and layouts")
    options = parser.parse_args()
    if not (options.shared / "data").is_dir():
        sys.exit(f"folder with real pages not found: {options.shared}; give it with --shared")
    parts = [newsroom, real_pages, other_sites, bodies_2019, speed]
    if options.letters or options.other:
        parts = [letters] if options.letters else [other_sites]
    report = {part.__name__: part(options.shared) for part in parts}
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for part, figures in report.items():
        print(f"\n{part}")
        for name, value in figures.items():
            shown = "  ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
            print(f"  {name:28} {len(value) if isinstance(value, list) else shown}")
            for line in value[:10] if isinstance(value, list) else ():
                print(f"      {line[:160]}")


if __name__ == "__main__":
    main()
