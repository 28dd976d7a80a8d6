"""The quotations that the report shows, read from the config `quotes` of dataset/: only what is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
SHOWN = 50_000
"""Quotations whose speakers are told, the newest. Chosen: memory has some 3 kB of each; the dataset has all."""
_HEAD = ["article_id", "speaker", "form", "flags"]
_SHOWN = ["date", "url", "translation", "probability", "flags", "mention", "cue", "form"]


@dataclass(frozen=True)
class Quoted:
    """The newest quotations of a dataset, numbered from the newest on: figures of all of them, and who said these.

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
    counts = _count(files, languages)
    if not counts.rows:
        return None
    rows = _newest(files)
    ordered = _take(files, _HEAD, rows).to_pylist()
    people = find_people(
        [head["article_id"] for head in ordered],
        [{language: head["speaker"].get(language) for language in languages} for head in ordered],
        same=[person.pairs() for person in read_people(workspace)],
    )
    figures = QuoteFigures(
        count=counts.rows,
        older=counts.rows - len(rows),
        unnamed=len(ordered) - sum(len(person.quotes) for person in people),
        speakers=len(people),
        forms=counts.ranked_forms(languages),
        sides=_ranked(counts.sides),
        flags=_ranked(counts.flags),
        most=tuple(people[:MOST]),
        samples=tuple(_read(files, [rows[number] for number in _sample(ordered, people, languages)])),
    )
    return Quoted(figures, people, files, rows)


def _newest(files: Sequence[Path]) -> Sequence[int]:
    """The rows of the newest quotations, counted through the files, the newest first; in a story by their positions."""
    table = pa.Table.from_batches(list(_batches(files, ["date", "article_id", "position"])))
    table = table.append_column("row", pa.array(np.arange(len(table))))
    keys = [("date", "descending"), ("article_id", "descending"), ("position", "ascending"), ("row", "ascending")]
    newest: Sequence[int] = pc.sort_indices(table, keys)[:SHOWN].to_numpy().tolist()
    return newest


@dataclass
class _Counts:
    """Quotations by form and language, by their editions, and by flag."""

    rows: int = 0
    forms: dict[str, Counter[str]] = field(default_factory=dict)
    sides: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)

    def ranked_forms(self, languages: Sequence[str]) -> dict[str, dict[str, int]]:
        """The most frequent form first, and of each the languages in their order."""
        ranked = sorted(self.forms.items(), key=lambda item: (-item[1].total(), item[0]))
        return {form: {language: own[language] for language in languages if own[language]} for form, own in ranked}


def _count(files: Sequence[Path], languages: Sequence[str]) -> _Counts:
    counts = _Counts()
    for batch in _batches(files, ["form", "flags"]):
        counts.rows += len(batch)
        counts.flags.update(batch["flags"].flatten().to_pylist())
        for forms in batch["form"].to_pylist():
            own = {language: form for language in languages if (form := forms.get(language))}
            for language, form in own.items():
                counts.forms.setdefault(form, Counter())[language] += 1
            counts.sides["–".join(own)] += 1
    return counts


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


def _take(files: Sequence[Path], columns: Sequence[str], rows: Sequence[int]) -> pa.Table:
    """Some columns of rows that are counted through the files, in the order of these."""
    wanted, start, kept = np.unique(np.array(rows, np.int64)), 0, []
    for batch in _batches(files, columns):
        low, high = np.searchsorted(wanted, (start, start + len(batch)))
        if low < high:
            kept.append(batch.take(pa.array(wanted[low:high] - start)))
        start += len(batch)
    table = pa.Table.from_batches(kept).combine_chunks()
    return table.take(pa.array(np.searchsorted(wanted, np.array(rows, np.int64))))


def _read(files: Sequence[Path], rows: Sequence[int]) -> Iterator[ShownQuotation]:
    if rows:
        table = _take(files, _SHOWN, rows)
        for begin in range(0, len(table), BATCH):
            yield from map(_quotation, table.slice(begin, BATCH).to_pylist())


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
