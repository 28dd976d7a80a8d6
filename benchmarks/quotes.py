"""Quotes in one edition against gold: exact spans, forms, speakers, and false quotes.

    python benchmarks/quotes.py                    the held-out part of the articles of 2019, and the sample newspaper
    python benchmarks/quotes.py --part dev --show  … the development part, with every error

Gold: data/gold/quotes/bodies-2019-11.jsonl over the bodies in ../shared (docs/quotes.md has the annotation rules), and
data/newspaper/quotes.jsonl over the bundled stories. Spans are compared without white space and marks at their edges;
indirect speech is left out on both sides. A false quote is one that overlaps no quotation of the gold.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from corpus_builder.model import Block, Capture
from corpus_builder.text.quotes import find_quotes
from corpus_builder.text.quotes.speaker import same_person

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "data/gold/quotes/bodies-2019-11.jsonl"
BODIES = ROOT.parent / "shared/data/html/pravda.com.ua/bodies-2019-11.uk.jsonl"

PAGE = """<html lang="uk"><head><meta charset="utf-8"></head><body><h1 class="post__title">{title}</h1>
<div class="post__time">8 листопада 2019, 11:21</div><div class="post__text">{body}</div></body></html>"""


class Annotated(NamedTuple):
    """An edition with the quotations it holds, as dictionaries of the gold file."""

    name: str
    language: str
    blocks: Sequence[Block]
    quotes: list[dict[str, Any]]


def bodies(part: str) -> Iterator[Annotated]:
    """The annotated articles of 2019, read as pages of their time."""
    from corpus_builder.extract import extract_page
    from corpus_builder.sites import load_site

    site = load_site("pravda")
    rows = {row["url"]: row for row in map(json.loads, BODIES.open(encoding="utf-8"))}
    for number, record in enumerate(map(json.loads, GOLD.open(encoding="utf-8"))):
        if part != "all" and (number % 3 == 2) != (part == "held-out"):
            continue
        row = rows[record["url"]]
        page = PAGE.format(title=html.escape(row["title"]), body=row["html"])
        blocks = extract_page(Capture(row["url"], 200, {}, page.encode(), None, "gold"), site).blocks
        stale = [
            index
            for index, digest in record["blocks"].items()
            if int(index) >= len(blocks) or hashlib.sha256(blocks[int(index)].text.encode()).hexdigest()[:12] != digest
        ]
        if stale:
            print(f"left out, extracted otherwise than when it was annotated: {record['url']} block {stale[0]}")
            continue
        yield Annotated(record["url"], "uk", blocks, record["quotes"])


def newspaper() -> Iterator[Annotated]:
    """The stories of the sample newspaper in each language."""
    from corpus_builder.newspaper.stories import load_newspaper

    by_edition: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in map(json.loads, (ROOT / "data/newspaper/quotes.jsonl").open(encoding="utf-8")):
        for language, spans in record["spans"].items():
            quote = {
                "form": record["form"][language],
                "spans": spans,
                "person": record["person"][language] if record["speaker"][language] else None,
            }
            by_edition.setdefault((record["article"], language), []).append(quote)
    for story in load_newspaper().stories:
        if story.opt_out:
            continue
        for language in story.editions:
            if language in story.shows:
                continue
            blocks = [
                Block(
                    kind=block.kind,
                    text=" ".join(unit.texts[language].text for unit in block.units),
                    label="quote" if block.role == "verbatim" else block.role,
                    label_text=block.label_text,
                    speaker=block.speaker,
                )
                for block in story.blocks(language)
            ]
            yield Annotated(story.slug, language, blocks, by_edition.get((story.id, language), []))


def place(blocks: Sequence[Block], spans: Iterable[Sequence[int]]) -> frozenset[tuple[int, int]]:
    """The letters and digits that spans cover."""
    return frozenset(
        (block, at) for block, start, end in spans for at in range(start, end) if blocks[block].text[at].isalnum()
    )


def measure(editions: Iterable[Annotated], show: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    for edition in editions:
        gold = {place(edition.blocks, quote["spans"]): quote for quote in edition.quotes}
        counts["editions"] += 1
        wanted = {spot for spot, quote in gold.items() if quote["form"] not in ("optional", "indirect")}
        counts["gold"] += len(wanted)
        matched = set()
        for quote in find_quotes(edition.blocks, edition.language):
            if quote.form == "indirect":
                continue
            spot = place(edition.blocks, quote.spans)
            truth = gold.get(spot)
            said = " … ".join(edition.blocks[b].text[start:end] for b, start, end in quote.spans)
            if truth is None or truth["form"] in ("optional", "indirect"):
                if truth is None and not any(len(spot & other) * 2 > len(spot) for other in gold.keys() - wanted):
                    counts["found"] += 1
                    overlaps = any(spot & other for other in wanted)
                    counts["false"] += not overlaps
                    if show:
                        print(f"{'SPAN ' if overlaps else 'FALSE'} {edition.name} {quote.form}: {said[:110]!r}")
                continue
            counts["found"] += 1
            counts["matched"] += 1
            matched.add(spot)
            counts["form right"] += truth["form"] == quote.form
            if show and truth["form"] != quote.form:
                print(f"FORM  {edition.name} {quote.form} for {truth['form']}: {said[:80]!r}")
            if truth["person"]:
                kind = "labelled" if truth["form"] == "labelled" else "other"
                right = quote.person is not None and same_person(quote.person, truth["person"])
                counts[f"{kind} speakers"] += 1
                counts[f"{kind} speakers right"] += right
                if show and not right:
                    print(
                        f"WHO   {edition.name} {quote.person!r} ({quote.speaker!r}) for {truth['person']!r}: "
                        f"{said[:60]!r}"
                    )
        if show:
            for spot in wanted - matched:
                truth = gold[spot]
                said = " … ".join(edition.blocks[b].text[start:end] for b, start, end in truth["spans"])
                print(f"LOST  {edition.name} {truth['form']}: {said[:110]!r}")
    return counts


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part}/{whole})" if whole else "–"


def report(name: str, counts: Counter[str]) -> None:
    precision = counts["matched"] / max(1, counts["found"])
    recall = counts["matched"] / max(1, counts["gold"])
    f1 = 2 * precision * recall / (precision + recall) if counts["matched"] else 0.0
    speakers = counts["labelled speakers"] + counts["other speakers"]
    right = counts["labelled speakers right"] + counts["other speakers right"]
    print(
        f"| {name} | {counts['gold']} | {precision:.3f} | {recall:.3f} | {f1:.3f} "
        f"| {share(counts['false'], counts['found'])} | {share(counts['form right'], counts['matched'])} "
        f"| {share(right, speakers)} "
        f"| {share(counts['labelled speakers right'], counts['labelled speakers'])} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("dev", "held-out", "all"), default="held-out")
    parser.add_argument("--show", action="store_true", help="print every error")
    arguments = parser.parse_args()
    rows = []
    if BODIES.is_file():
        rows.append((f"2019, {arguments.part}", measure(bodies(arguments.part), arguments.show)))
    else:
        print(f"no articles of 2019: {BODIES} is not there")
    stories = list(newspaper())
    for language in ("uk", "ru", "en"):
        counts = measure((one for one in stories if one.language == language), arguments.show)
        rows.append((f"newspaper, {language}", counts))
    print("| gold | quotations | precision | recall | F1 | false | form right | speaker right | … of labelled |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        report(*row)


if __name__ == "__main__":
    main()
