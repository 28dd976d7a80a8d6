"""The quotations: by speaker, form, flag and languages, with the sentence around; and which names are one person."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from corpus_builder.look.kwic import Piece
from corpus_builder.look.page import Paging, Workbench, bench, chosen, render, search_of
from corpus_builder.look.people import Speaker
from corpus_builder.look.store import Row, Store
from corpus_builder.look.views.stories import marked

TITLE = "Quotations"
PATH = "/quotations"
_FACETS = {"form": "forms", "flag": "flags"}
_MOST = 300
"""Speakers in the list to choose from. Chosen: a list that can be read; the page of the speakers has all."""


def page(request: Request) -> Response:
    """The quotations that pass the filters, and how many have each value of them."""
    workbench = bench(request)
    store = workbench.store
    if "quotes" not in store.levels:
        return render(
            request, "message.html.j2", PATH, title="Quotations", text="This dataset has no config quotes.",
            help_text="Export the dataset with quotations to see them here.",
        )  # fmt: skip
    text, query, error = search_of(request, store.languages)
    with store.reading() as db:
        speakers = workbench.people.speakers(db)
        choices = {name: chosen(request, name, store.facets.get(column, []), "") for name, column in _FACETS.items()}
        sides = _sides(store)
        choices["sides"] = chosen(request, "sides", list(sides), "")
        numbers = {str(each.numbers[0]): each for each in speakers}
        choices["speaker"] = chosen(request, "speaker", [*numbers, "nobody"], "")
        kept = _kept(store, choices, sides, numbers)
        first = store.ranges["quotes"][0]
        if query is not None:
            found = np.zeros(len(kept), np.bool_)
            found[store.matching(db, query.match, "quotes") - first] = True
            kept &= found
        places = np.flatnonzero(kept if error is None else np.zeros(len(kept), np.bool_))[::-1]
        paging = Paging.of(request, len(places))
        rows = store.rows(db, [first + int(place) for place in places[paging.start : paging.end]])
        shown = [(row, _around(store, db, row)) for row in rows]
    counted = {name: _counts(store, column, kept) for name, column in _FACETS.items()}
    return render(
        request, "quotations.html.j2", PATH, q=text, error=error, shown=shown, paging=paging, choices=choices,
        counts=counted, sides={name: int((kept & has).sum()) for name, has in sides.items()},
        speakers=speakers[:_MOST], more_speakers=max(len(speakers) - _MOST, 0),
        table=_table(store, speakers, kept),
    )  # fmt: skip


def _kept(
    store: Store, choices: dict[str, str], sides: dict[str, npt.NDArray[np.bool_]], numbers: dict[str, Speaker]
) -> npt.NDArray[np.bool_]:
    first, end = store.ranges["quotes"]
    kept = np.ones(end - first, np.bool_)
    for name, column in _FACETS.items():
        if choices[name]:
            kept &= _has(store, column, choices[name])
    if choices["sides"]:
        kept &= sides[choices["sides"]]
    if choices["speaker"]:
        person = store.column("quotes", "person")
        assert person is not None  # of every level of quotations
        kept &= (
            np.isnan(person) if choices["speaker"] == "nobody" else np.isin(person, numbers[choices["speaker"]].numbers)
        )
    return kept


def _bits(store: Store, column: str) -> npt.NDArray[np.int32]:
    values = store.column("quotes", column)
    first, end = store.ranges["quotes"]
    return np.zeros(end - first, np.int32) if values is None else values.astype(np.int32)


def _has(store: Store, column: str, tag: str) -> npt.NDArray[np.bool_]:
    return (_bits(store, column) >> store.facets[column].index(tag) & 1).astype(np.bool_)


def _counts(store: Store, column: str, kept: npt.NDArray[np.bool_]) -> dict[str, int]:
    counts = {tag: int((kept & _has(store, column, tag)).sum()) for tag in store.facets.get(column, [])}
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _sides(store: Store) -> dict[str, npt.NDArray[np.bool_]]:
    """Which quotations are in exactly some languages, by those languages ("uk–en"), the most frequent first."""
    bits, tags = _bits(store, "sides"), store.facets.get("sides", [])
    values, counts = np.unique(bits, return_counts=True)
    found = {}
    for value in values[np.argsort(-counts)].tolist():
        own = [language for language in store.languages if language in tags and value >> tags.index(language) & 1]
        found["–".join(own)] = bits == value
    return found


def _table(store: Store, speakers: Sequence[Speaker], kept: npt.NDArray[np.bool_]) -> list[tuple[Speaker, list[int]]]:
    """The speakers with most quotations here, and by form how many."""
    person = store.column("quotes", "person")
    if person is None:
        return []
    forms = [kept & _has(store, "forms", form) for form in store.facets.get("forms", [])]
    size = int(np.nanmax(person, initial=0)) + 1
    named = np.nan_to_num(person, nan=0).astype(np.int64)
    by_person = [np.bincount(named[each], minlength=size) for each in forms]
    rows = [(each, [int(counts[list(each.numbers)].sum()) for counts in by_person]) for each in speakers]
    return sorted((row for row in rows if any(row[1])), key=lambda row: -sum(row[1]))[:15]


def _around(store: Store, db: sqlite3.Connection, row: Row) -> dict[str, list[Piece]]:
    """By language the sentence that a quotation is in, or its paragraph where that is published, with it marked."""
    around: dict[str, list[Piece]] = {}
    for level in ("sentences", "paragraphs"):
        for each in store.story_rows(db, row.story, level) if level in store.levels else ():
            for language, pieces in marked(each, [row]).items():
                if language in row.texts and any(piece.kind for piece in pieces):
                    around.setdefault(language, pieces)
    return around


def people(request: Request) -> Response:
    """The speakers with their names, to say which are one person."""
    workbench = bench(request)
    text = request.query_params.get("name", "").strip()
    with workbench.store.reading() as db:
        found = workbench.people.speakers(db)
    if text:
        wanted = text.casefold()
        found = [
            each for each in found if any(wanted in name.casefold() for own in each.names.values() for name in own)
        ]
    paging = Paging.of(request, len(found))
    return render(
        request, "people.html.j2", PATH, speakers=found[paging.start : paging.end], paging=paging, name_part=text,
        joined=workbench.people.joined(), writable=workbench.people.writable,
    )  # fmt: skip


async def change(request: Request) -> Response:
    """Write what the form says into people.toml."""
    from starlette.concurrency import run_in_threadpool

    async with request.form(max_files=0, max_fields=1_000) as form:
        separate = str(form.get("separate", ""))
        numbers = [int(str(each)) for each in form.getlist("person") if str(each).isdecimal()]
    workbench = bench(request)
    await run_in_threadpool(_change, workbench, separate, numbers)
    return RedirectResponse(f"{workbench.base}/people", 303)


def _change(workbench: Workbench, separate: str, numbers: Sequence[int]) -> None:
    if separate.isdecimal():
        workbench.people.separate(int(separate))
        return
    with workbench.store.reading() as db:
        workbench.people.join(db, numbers)


ROUTES: list[Any] = [
    Route("/quotations", page),
    Route("/people", people, methods=["GET"]),
    Route("/people", change, methods=["POST"]),
]
