"""The quotations that the report shows, read from the config `quotes` of dataset/: only what is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_builder.dataset.quotes import QUOTES
from corpus_builder.parquet import opened
from corpus_builder.report import QuoteFigures, ShownQuotation, ShownQuoteSide
from corpus_builder.report.people import Person, find_people
from corpus_builder.report.templating import shortened
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.people import read_people

BATCH = 5_000
"""Rows in memory at a time, with all columns. Chosen: a few MB of quotations."""
MOST, SAMPLE = 10, 12
"""Speakers and quotations on the first page; every third of the latter has a flag. Chosen: what fits on a screen."""
TEXT, WORDS = 1_500, 120
"""Characters shown of a side, and of its mention and cue. Chosen: more is a mistake of extraction, not a quotation."""
_HEAD = ["article_id", "date", "position", "speaker", "form", "flags"]
_SHOWN = ["date", "url", "translation", "probability", "flags", "mention", "cue", "form"]


@dataclass(frozen=True)
class Quoted:
    """The quotations of a dataset, numbered from the newest on: figures, and who said them.

    `rows` has for each number the row in the files, counted through them.
    """

    figures: QuoteFigures
    people: Sequence[Person]
    files: Sequence[Path]
    rows: Sequence[int]

    def read(self, numbers: Sequence[int]) -> Iterator[ShownQuotation]:
        """Quotations by their numbers, in the order of these; meanwhile memory holds the texts of all of them."""
        yield from _read(self.files, [self.rows[number] for number in numbers])


def read_quoted(workspace: Workspace, languages: Sequence[str]) -> Quoted | None:
    """The quotations of a workspace's dataset; None where it has none."""
    files = sorted(workspace.dataset.glob(f"data/{QUOTES}/*.parquet"))
    heads = [row for batch in _batches(files, _HEAD) for row in batch.to_pylist()]
    if not heads:
        return None
    rows = sorted(range(len(heads)), key=lambda row: int(heads[row]["position"]))
    rows.sort(key=lambda row: (str(heads[row]["date"] or ""), heads[row]["article_id"]), reverse=True)
    ordered = [heads[row] for row in rows]
    people = find_people(
        [head["article_id"] for head in ordered],
        [{language: head["speaker"].get(language) for language in languages} for head in ordered],
        same=[person.pairs() for person in read_people(workspace)],
    )
    forms, sides, flags = _counts(ordered, languages)
    figures = QuoteFigures(
        count=len(ordered),
        unnamed=len(ordered) - sum(len(person.quotes) for person in people),
        speakers=len(people),
        forms=forms,
        sides=sides,
        flags=flags,
        most=tuple(people[:MOST]),
        samples=tuple(_read(files, [rows[number] for number in _sample(ordered, people, languages)])),
    )
    return Quoted(figures, people, files, rows)


def _counts(
    heads: Sequence[dict[str, Any]], languages: Sequence[str]
) -> tuple[dict[str, dict[str, int]], dict[str, int], dict[str, int]]:
    """Quotations by form and language, by their editions, and by flag; the most frequent first."""
    forms: dict[str, Counter[str]] = {}
    sides, flags = Counter[str](), Counter[str]()
    for head in heads:
        own = {language: form for language in languages if (form := head["form"].get(language))}
        for language, form in own.items():
            forms.setdefault(form, Counter())[language] += 1
        sides["–".join(own)] += 1
        flags.update(head["flags"])
    ranked = sorted(forms.items(), key=lambda item: (-item[1].total(), item[0]))
    return {form: dict(counts) for form, counts in ranked}, _ranked(sides), _ranked(flags)


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _sample(heads: Sequence[dict[str, Any]], people: Sequence[Person], languages: Sequence[str]) -> list[int]:
    """Numbers of quotations of a known speaker that most editions have, spread over the dates."""
    named = sorted(number for person in people for number in person.quotes)
    sizes = {number: sum(bool(heads[number]["form"].get(language)) for language in languages) for number in named}
    most = max(sizes.values(), default=0)
    whole = [number for number in named if sizes[number] == most]
    flagged = _evenly([number for number in whole if heads[number]["flags"]], SAMPLE // 3)
    plain = _evenly([number for number in whole if not heads[number]["flags"]], SAMPLE - len(flagged))
    return sorted(flagged + plain)


def _batches(files: Sequence[Path], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    for path in files:
        with opened(path) as file:
            yield from file.iter_batches(BATCH, columns=columns)


def _read(files: Sequence[Path], rows: Sequence[int]) -> Iterator[ShownQuotation]:
    wanted, start, kept = np.unique(np.array(rows, np.int64)), 0, []
    for batch in _batches(files, _SHOWN):
        low, high = np.searchsorted(wanted, (start, start + len(batch)))
        if low < high:
            kept.append(batch.take(pa.array(wanted[low:high] - start)))
        start += len(batch)
    if kept:
        table, order = pa.Table.from_batches(kept).combine_chunks(), np.searchsorted(wanted, rows)
        for begin in range(0, len(order), BATCH):
            yield from map(_quotation, table.take(pa.array(order[begin : begin + BATCH])).to_pylist())


def _quotation(row: dict[str, Any]) -> ShownQuotation:
    sides = {
        language: ShownQuoteSide(
            text=shortened(text, TEXT),
            form=row["form"][language],
            mention=_short(row["mention"][language]),
            cue=_short(row["cue"][language]),
            url=row["url"][language] or "",
        )
        for language, text in row["translation"].items()
        if text
    }
    return ShownQuotation(row["date"] and row["date"].isoformat(), sides, row["probability"], tuple(row["flags"]))


def _short(words: str | None) -> str | None:
    return shortened(words, WORDS) if words else None


def _evenly(items: Sequence[int], count: int) -> list[int]:
    """At most `count` of the items, evenly spaced."""
    if count >= len(items):
        return list(items)
    return [items[i * len(items) // count] for i in range(count)]
