"""Quotations of one edition compared with gold: spans, forms, speakers, false quotations; and reported speech.

    python benchmarks/quotes.py                    the held-out articles of 2019, the pages, and the sample newspaper
    python benchmarks/quotes.py --part dev --show  the development part instead of the held-out one, with every error

Gold (annotation rules in docs/quotes.md): data/gold/quotes/ for articles and pages in ../shared, and
data/newspaper/quotes.jsonl for the bundled stories. Spans are compared without white space and marks at their ends. A
quotation is false if it overlaps no quotation of the gold. Words in marks that are classified as no quotation
(`mentioned`) are not counted, nor are quotations within quotations, which are not annotated. Reported speech has a
separate table, for the articles where it is annotated.
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
    """The positions of the letters and digits in spans."""
    return frozenset(
        (block, at) for block, start, end in spans for at in range(start, end) if blocks[block].text[at].isalnum()
    )


def measure(editions: Iterable[Annotated], show: bool, forms: frozenset[Form] = SPEECH) -> Counter[str]:
    """Count the quotations of some forms: in the gold, found, matched, false, with the right form and speaker."""
    counts: Counter[str] = Counter()
    for edition in editions:
        wanted = {place(edition.blocks, quote["spans"]): quote for quote in edition.quotes if quote["form"] in forms}
        optional = [place(edition.blocks, quote["spans"]) for quote in edition.quotes if quote["form"] == "optional"]
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
        print(f"without the articles of 2019 and the pages: file not found: {BODIES}")
    stories = list(newspaper())
    for language in ("uk", "ru", "en"):
        editions[f"newspaper, {language}"] = [story for story in stories if story.language == language]
    table("quotations", {name: measure(group, arguments.show) for name, group in editions.items()})
    reported = {name: [edition for edition in group if edition.reported] for name, group in editions.items()}
    table("reported", {name: measure(group, arguments.show, REPORTED) for name, group in reported.items() if group})


def table(what: str, rows: dict[str, Counter[str]]) -> None:
    print(f"\n| gold | {what} | precision | recall | F1 | false | form right | speaker right | wrong | … of labelled |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name, counts in rows.items():
        report(name, counts)


if __name__ == "__main__":
    main()
