"""Linking editions by content, on sites whose ids and hreflang links are taken away.

    python benchmarks/link.py newsroom CORPUS NEWSROOM.py --seeds 6 7 8     F1 per pair, calibration
    python benchmarks/link.py fit CORPUS NEWSROOM.py --seeds 1 2 3 4 5      the weights of the probability
    python benchmarks/link.py size --pages 10000                            seconds and memory, made-up texts

`newsroom` makes a newspaper of CORPUS (a TSV of documents in uk, ru, en) per seed, reads its pages, and links them by
their texts alone: without ids, hreflang and, with `--no-dates`, without days. The gold is which editions had one id.
Editions whose counterpart is missing must stay single. `size` makes pages of two languages without any word in common
but names and numbers; a tenth of the pages of each language has no counterpart.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from corpus_builder.align.words.seed_lexicon import find
from corpus_builder.extract.page import extract_page
from corpus_builder.link.content import DAYS, Link, evidence, scored
from corpus_builder.link.features import Page, page_of
from corpus_builder.model import Capture
from corpus_builder.sites import load_site

PAIRS = (("uk", "ru"), ("uk", "en"), ("ru", "en"))


def newsroom(options: argparse.Namespace) -> None:
    """Print precision, recall and F1 of each pair of languages over all seeds, and how probabilities hold."""
    counts = {pair: np.zeros(3, int) for pair in PAIRS}
    stated: list[tuple[float, bool]] = []
    for seed, (a, b) in itertools.product(options.seeds, PAIRS):
        pages, ids = read_newsroom(options, seed)
        links, right = linked(pages, ids, a, b, None if options.no_dates else DAYS, options.no_lexicon)
        stated += [(link.probability, is_right) for link, is_right in zip(links, right, strict=True)]
        kept = [is_right for link, is_right in zip(links, right, strict=True) if link.probability >= 0.5]
        together = {ids[page.name] for page in pages[a]} & {ids[page.name] for page in pages[b]}
        counts[a, b] += (sum(kept), len(kept), len(together))
        if options.rows:
            for link, is_right in zip(links, right, strict=True):
                print(f"{a}-{b} {link.score:.4f} {link.probability:.4f} {int(is_right)}")
    for (a, b), (right_links, test, gold) in counts.items():
        precision, recall = right_links / test, right_links / gold
        f1 = 2 * precision * recall / (precision + recall)
        print(f"{a}-{b}: {gold} pairs, precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}")
    sure = [is_right for probability, is_right in stated if probability >= 0.9]
    gap = np.mean([p for p, _ in stated]) - np.mean([r for _, r in stated])
    print(f"p >= .9: {sum(sure)} of {len(sure)} right; mean probability less share right: {gap:+.4f}")


def fit(options: argparse.Namespace) -> None:
    """Print the weights of the probability: a logistic regression over sites with and without dates and lexicon, and
    with and without half of the counterparts.
    """
    rows: list[tuple[float, float, bool]] = []
    for seed in options.seeds:
        pages, ids = read_newsroom(options, seed)
        for (a, b), days, bare, half in itertools.product(PAIRS, (None, DAYS), (False, True), (False, True)):
            some = {**pages, b: pages[b][: len(pages[b]) // 2]} if half else pages
            links, right = linked(some, ids, a, b, days, bare)
            rows += [(link.score, link.rival, is_right) for link, is_right in zip(links, right, strict=True)]
    score, rival, right_ones = (np.array(column, float) for column in zip(*rows, strict=True))
    x, weights = evidence(score, rival), np.zeros(3)
    for _ in range(50):  # Newton's steps, with a ridge of .01 so that separable data have an end
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (right_ones - p) - 0.01 * weights
        weights += np.linalg.solve((x.T * (p * (1 - p))) @ x + 0.01 * np.eye(3), gradient)
    print(f"{len(rows)} links, {int(sum(right_ones))} of them right; weights", *(f"{w:.2f}" for w in weights))


def linked(
    pages: dict[str, list[Page]], ids: dict[str, str], a: str, b: str, days: int | None, bare: bool
) -> tuple[list[Link], list[bool]]:
    """The links of two languages, and whether each is right."""
    seed = None if bare else find(True, a, b)
    links = scored(pages[a], pages[b], seed.links if seed else (), days)
    return links, [ids[pages[a][link.a].name] == ids[pages[b][link.b].name] for link in links]


def read_newsroom(options: argparse.Namespace, seed: int) -> tuple[dict[str, list[Page]], dict[str, str]]:
    """The pages of a made newspaper by language, in an order that says nothing, and the id of each."""
    site = load_site("pravda")
    with tempfile.TemporaryDirectory() as folder:
        make = [sys.executable, options.newsroom, "make", "--corpus", options.corpus, "--seed", str(seed)]
        subprocess.run([*make, "--out", folder], check=True, stdout=subprocess.DEVNULL)
        pages: dict[str, list[Page]] = {language: [] for language in site.languages}
        ids: dict[str, str] = {}
        gold = [json.loads(line) for line in (Path(folder) / "gold.jsonl").open(encoding="utf-8")]
        for record in gold:
            for language, path in record["url"].items():
                body = (Path(folder) / "pages" / f"{record['article']}.{language}.html").read_bytes()
                url = f"{site.rules.homepage}{path}"
                edition = extract_page(Capture(url, 200, {"content-type": "text/html"}, body, None, ""), site)
                pages[language].append(page_of(edition, site.rules.domains))
                ids[url] = record["article"]
    for of_language in pages.values():
        random.Random(seed).shuffle(of_language)
    return pages, ids


def size(options: argparse.Namespace) -> None:
    """Print F1, seconds and peak memory for many made-up pages of two languages."""
    rng = np.random.default_rng(1)
    count = options.pages
    a, b = made_up(rng, count, options.days)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    links = [link for link in scored(a, b, (), DAYS) if link.probability >= 0.5]
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    right = sum(a[link.a].name[1:] == b[link.b].name[1:] for link in links)
    gold = len({page.name[1:] for page in a} & {page.name[1:] for page in b})
    f1 = 2 * right / (len(links) + gold)
    print(
        f"{len(a):,} x {len(b):,} pages over {options.days} days: {seconds:.1f} s, {peak:.0f} MB ({before:.0f} MB are "
        f"the pages); precision {right / len(links):.4f}, recall {right / gold:.4f}, F1 {f1:.4f}"
    )


def made_up(rng: np.random.Generator, count: int, days: int = 5) -> tuple[list[Page], list[Page]]:
    """Pages of two languages: 120 words by Zipf's law and eight names and numbers each, of which the other edition has
    all but a fifth; the words of the languages have nothing in common.
    """
    ranks = np.arange(1, 20001)
    law = 1 / ranks / np.sum(1 / ranks)
    first = date(2025, 1, 1)
    pages: tuple[list[Page], list[Page]] = ([], [])
    for story in range(count + count // 9):
        day = first + timedelta(days=int(rng.integers(days)))
        topic, names = rng.choice(20000, 120, p=law), rng.integers(0, 4000, 8)
        for side, of_side in enumerate(pages):
            if story % 10 == side:  # a story of the other language alone
                continue
            words, sounds = topic[rng.random(120) < 0.8], names[rng.random(8) < 0.8]
            units = {f"{'ab'[side]}{word}": 1.0 for word in words}
            of_side.append(Page(f"{side}{story}", "ab"[side], day, {f"n{name}": 1.0 for name in sounds}, units))
    for of_side in pages:
        rng.shuffle(of_side)  # type: ignore[arg-type]
    return pages


def main() -> None:
    """Read the options and run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    of_news = commands.add_parser("newsroom")
    of_news.add_argument("corpus")
    of_news.add_argument("newsroom")
    of_news.add_argument("--seeds", type=int, nargs="+", default=[6, 7, 8])
    of_news.add_argument("--no-dates", action="store_true")
    of_news.add_argument("--no-lexicon", action="store_true")
    of_news.add_argument("--rows", action="store_true", help="print each link: score, probability, right or not")
    of_news.set_defaults(run=newsroom)
    of_fit = commands.add_parser("fit")
    of_fit.add_argument("corpus")
    of_fit.add_argument("newsroom")
    of_fit.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    of_fit.set_defaults(run=fit)
    of_size = commands.add_parser("size")
    of_size.add_argument("--pages", type=int, default=10_000)
    of_size.add_argument("--days", type=int, default=5)
    of_size.set_defaults(run=size)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
