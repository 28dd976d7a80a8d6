"""The concordance: a search in context in one language, with the other languages beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from corpus_builder.escape import one_line
from corpus_builder.look import kwic
from corpus_builder.look.page import Paging, Workbench, bench, chosen, render, search_of
from corpus_builder.look.query import Query
from corpus_builder.look.schema import LEVELS

TITLE = "Concordance"
PATH = "/concordance"


def page(request: Request) -> Response:
    """The hits of a search, a page of them."""
    workbench = bench(request)
    store = workbench.store
    text, query, error = search_of(request, store.languages)
    level, order, language = _choices(request, workbench)
    paging, found, only = Paging.of(request, 0), [], 0
    if query is not None:
        with store.reading() as db:
            numbers = kwic.ordered(store, db, query, level, order)
            total = len(numbers)
            if order in ("left", "right"):
                numbers, only = kwic.by_words(store, db, query, numbers, order, language)
                paging = Paging.of(request, len(numbers))
                only = only if only < total else 0
            else:
                paging = Paging.of(request, total)
            found = list(kwic.hits(store, db, query, numbers[paging.start : paging.end].tolist(), language))
            if only:
                only, total_rows = only, total
            else:
                total_rows = total
    else:
        total_rows = 0
    return render(
        request, "concordance.html.j2", PATH, q=text, error=error, hits=found, paging=paging, level=level,
        order=order, language=language, orders=kwic.ORDERS, searched=query is not None, only=only,
        total_rows=total_rows, learned=workbench.source.workspace is not None,
    )  # fmt: skip


def _choices(request: Request, workbench: Workbench) -> tuple[str, str, str]:
    """The level, the order and the language of the keyword; "" is the first language of the search."""
    store = workbench.store
    level = chosen(request, "level", store.levels, next(each for each in LEVELS if each in store.levels))
    return level, chosen(request, "order", list(kwic.ORDERS), "newest"), chosen(request, "in", store.languages, "")


def download(request: Request) -> Response:
    """All hits as tab-separated values."""
    workbench = bench(request)
    _, query, _ = search_of(request, workbench.store.languages)
    if query is None:
        return RedirectResponse(f"{workbench.base}{PATH}?{request.url.query}", 303)
    lines = _lines(workbench, query, *_choices(request, workbench))
    return StreamingResponse(
        lines, media_type="text/tab-separated-values; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="concordance.tsv"'},
    )  # fmt: skip


def _lines(workbench: Workbench, query: Query, level: str, order: str, language: str) -> Iterator[str]:
    """The lines of the table; a hit a line. Orders by words hold for the rows that the page sorts, then the rest."""
    store = workbench.store
    yield _line(
        ["id", "article_id", "date", "split", "probability", "flags", "speaker", "form", "language", "left", "keyword",
         "right", *store.languages]
    )  # fmt: skip
    with store.reading() as db:
        numbers = kwic.ordered(store, db, query, level, order)
        if order in ("left", "right"):
            first, sorted_rows = kwic.by_words(store, db, query, numbers, order, language)
            numbers = np.concatenate([first, numbers[sorted_rows:]])
    for start in range(0, len(numbers), 1_000):  # each part has the time that a search may take
        with store.reading() as db:
            for hit in kwic.hits(store, db, query, numbers[start : start + 1_000].tolist(), language):
                row = hit.row
                probability = "" if row.probability is None else f"{row.probability:.4f}"
                yield _line(
                    [row.id, row.article_id, row.date, row.split, probability, " ".join(row.flags),
                     row.more.get("who", ""), row.more.get("how", ""), hit.language, hit.left, hit.keyword, hit.right,
                     *(row.texts.get(each, "") for each in store.languages)]
                )  # fmt: skip


def _line(fields: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerow(map(one_line, fields))
    return out.getvalue()


ROUTES = [Route("/concordance", page), Route("/concordance.tsv", download)]
