"""Quotes in one edition against gold: exact spans, forms, speakers, false quotes; and reported speech.

    python benchmarks/quotes.py                    the held-out articles of 2019, the pages, and the sample newspaper
    python benchmarks/quotes.py --part dev --show  … the development part, with every error

Gold (docs/quotes.md has the annotation rules): data/gold/quotes/ over articles and pages in ../shared, and
data/newspaper/quotes.jsonl over the bundled stories. Spans are compared without white space and marks at their edges.
A false quote is one that overlaps no quotation of the gold. Words in marks that the finder itself calls no quotation
(`mentioned`) count for nothing, as do quotations within quotations, which are not annotated. Reported speech has a
table of its own, over the articles where it is annotated.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from quotes_gold import BODIES, PARTS, Annotated, bodies, newspaper, pages

from corpus_builder.model import Block
from corpus_builder.quotes import Form, find_quotes
from corpus_builder.quotes.full_names import same_person

SPEECH = frozenset((Form.DIRECT, Form.LABELLED, Form.PARTIAL))
REPORTED = frozenset((Form.INDIRECT,))


def place(blocks: Sequence[Block], spans: Iterable[Sequence[int]]) -> frozenset[tuple[int, int]]:
    """The letters and digits that spans cover."""
    return frozenset(
        (block, at) for block, start, end in spans for at in range(start, end) if blocks[block].text[at].isalnum()
    )


def measure(editions: Iterable[Annotated], show: bool, forms: frozenset[Form] = SPEECH) -> Counter[str]:
    """Counts over editions of the quotations of some forms: gold, found, matched, false, forms and speakers right."""
    counts: Counter[str] = Counter()
    for edition in editions:
        wanted = {place(edition.blocks, one["spans"]): one for one in edition.quotes if one["form"] in forms}
        optional = [place(edition.blocks, one["spans"]) for one in edition.quotes if one["form"] == "optional"]
        counts["gold"] += len(wanted)
        matched = set()
        for quote in find_quotes(edition.blocks, edition.language):
            spot = place(edition.blocks, quote.spans)
            truth = wanted.get(spot)
            if quote.form not in forms or (truth is None and quote.nested):
                continue
            if truth is None:
                if not any(len(spot & other) * 2 > len(spot) for other in optional):
                    counts["found"] += 1
                    overlaps = any(spot & other for other in wanted)
                    counts["false"] += not overlaps
                    if show:
                        kind = "SPAN " if overlaps else "FALSE"
                        print(f"{kind} {edition.name} {quote.form}: {said(edition, quote.spans)}")
                continue
            counts["found"] += 1
            counts["matched"] += 1
            matched.add(spot)
            counts["form right"] += truth["form"] == quote.form
            if show and truth["form"] != quote.form:
                print(f"FORM  {edition.name} {quote.form} for {truth['form']}: {said(edition, quote.spans)}")
            if truth["person"]:
                kind = "labelled" if truth["form"] == "labelled" else "other"
                right = quote.person is not None and same_person(quote.person, truth["person"])
                counts[f"{kind} speakers"] += 1
                counts[f"{kind} speakers right"] += right
                counts["speakers unknown"] += quote.person is None
                if show and not right:
                    print(
                        f"WHO   {edition.name} {quote.person!r} ({quote.speaker!r}) for {truth['person']!r}: "
                        f"{said(edition, quote.spans)}"
                    )
        if show:
            for spot in wanted.keys() - matched:
                print(f"LOST  {edition.name} {wanted[spot]['form']}: {said(edition, wanted[spot]['spans'])}")
    return counts


def said(edition: Annotated, spans: Iterable[Any]) -> str:
    words = " … ".join(edition.blocks[block].text[start:end] for block, start, end in spans)
    return repr(words[:110])


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part}/{whole})" if whole else "–"


def report(name: str, counts: Counter[str]) -> None:
    precision = counts["matched"] / max(1, counts["found"])
    recall = counts["matched"] / max(1, counts["gold"])
    f1 = 2 * precision * recall / (precision + recall) if counts["matched"] else 0.0
    speakers = counts["labelled speakers"] + counts["other speakers"]
    right = counts["labelled speakers right"] + counts["other speakers right"]
    wrong = speakers - right - counts["speakers unknown"]
    print(
        f"| {name} | {counts['gold']} | {precision:.3f} | {recall:.3f} | {f1:.3f} "
        f"| {share(counts['false'], counts['found'])} | {share(counts['form right'], counts['matched'])} "
        f"| {share(right, speakers)} | {wrong} "
        f"| {share(counts['labelled speakers right'], counts['labelled speakers'])} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, default="held-out")
    parser.add_argument("--show", action="store_true", help="print every error")
    arguments = parser.parse_args()
    editions: dict[str, list[Annotated]] = {}
    if BODIES.is_file():
        editions[f"2019, {arguments.part}"] = list(bodies(arguments.part))
        for page in pages():
            editions[f"page, {page.language}"] = [page]
    else:
        print(f"no articles of 2019 and no pages: {BODIES} is not there")
    stories = list(newspaper())
    for language in ("uk", "ru", "en"):
        editions[f"newspaper, {language}"] = [one for one in stories if one.language == language]
    table("quotations", {name: measure(own, arguments.show) for name, own in editions.items()})
    reported = {name: [one for one in own if one.reported] for name, own in editions.items()}
    table("reported", {name: measure(own, arguments.show, REPORTED) for name, own in reported.items() if own})


def table(what: str, rows: dict[str, Counter[str]]) -> None:
    print(f"\n| gold | {what} | precision | recall | F1 | false | form right | speaker right | wrong | … of labelled |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name, counts in rows.items():
        report(name, counts)


if __name__ == "__main__":
    main()
