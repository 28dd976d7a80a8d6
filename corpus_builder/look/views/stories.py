"""All stories: a list that can be searched, and each story side by side."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corpus_builder.look.kwic import Piece
from corpus_builder.look.page import Paging, bench, chosen, render, search_of
from corpus_builder.look.query import Query, QueryError, parse
from corpus_builder.look.store import Row, Store
from corpus_builder.model import LIKELY, RIGHT
from corpus_builder.report.templating import bound

TITLE = "Stories"
PATH = "/stories"
_ORDERS = {
    "newest": ("date, newest first", "story DESC"),
    "oldest": ("date, oldest first", "story"),
    "weakest": ("mean probability, lowest first", "probability IS NULL, probability, story"),
    "most": (f"most rows below {bound(LIKELY)} first", "low DESC, story"),
}
_ONE_SIDED = {"sentences": "one_sided_sentence", "paragraphs": "one_sided_block"}


def stories(request: Request) -> Response:
    """The list of the stories."""
    store = bench(request).store
    text, query, error = search_of(request, store.languages)
    order = chosen(request, "order", list(_ORDERS), "newest")
    with store.reading() as db:
        if query is None:
            total = 0 if error else db.execute("SELECT count(*) FROM stories").fetchone()[0]
            paging = Paging.of(request, total)
            found = _listed(
                db, f"ORDER BY {_ORDERS[order][1]} LIMIT ? OFFSET ?", (paging.end - paging.start, paging.start)
            )
        else:
            ranked = _in_order(db, _matching(store, db, query, text), order)
            paging = Paging.of(request, len(ranked))
            page = ranked[paging.start : paging.end]
            by_number = {row["story"]: row for row in _listed(db, f"WHERE story IN ({_marks(page)})", page)}
            found = [by_number[number] for number in page]
    return render(
        request, "stories.html.j2", PATH, stories=found, q=text, error=error, paging=paging, order=order,
        orders={name: words for name, (words, _) in _ORDERS.items()},
    )  # fmt: skip


def _matching(store: Store, db: sqlite3.Connection, query: Query, text: str) -> list[int]:
    """The stories with a row that a search finds, or with a title, section or id that does."""
    numbers: set[int] = set()
    for level in store.levels:
        column = store.column(level, "story")
        if column is not None:
            found = store.matching(db, query.match, level)
            numbers |= set(np.unique(column[found - store.ranges[level][0]]).astype(int).tolist())
    try:
        titles = parse(text, []).match
    except QueryError:  # it names a language, which titles do not have
        return sorted(numbers)
    return sorted(numbers | {n for (n,) in db.execute("SELECT rowid FROM titles WHERE titles MATCH ?", (titles,))})


def _in_order(db: sqlite3.Connection, numbers: list[int], order: str) -> list[int]:
    if order in ("newest", "oldest"):
        return numbers[::-1] if order == "newest" else numbers
    wanted = set(numbers)
    return [n for (n,) in db.execute(f"SELECT story FROM stories ORDER BY {_ORDERS[order][1]}") if n in wanted]


def _listed(db: sqlite3.Connection, how: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    import json

    names = ("story", "article_id", "date", "section", "titles", "urls", "probability", "rows", "low")
    found = db.execute(f"SELECT {', '.join(names)} FROM stories {how}", values)
    rows = [dict(zip(names, row, strict=True)) for row in found]
    return [{**row, "titles": json.loads(row["titles"]), "urls": json.loads(row["urls"])} for row in rows]


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def story(request: Request) -> Response:
    """One story side by side."""
    store = bench(request).store
    # SQLite has no larger number: no story has it either.
    number = min(request.path_params["number"], 2**63 - 1)
    levels = [each for each in _ONE_SIDED if each in store.levels]
    level = chosen(request, "level", levels or store.levels, (levels or store.levels)[0])
    problems = request.query_params.get("problems") == "1"
    with store.reading() as db:
        head = next(iter(_listed(db, "WHERE story = ?", (number,))), None)
        if head is None:
            return render(
                request, "message.html.j2", PATH, 404, title="No such story",
                text=f"There is no story number {number}.", help_text="Find it in the list of the stories.",
            )  # fmt: skip
        rows = store.story_rows(db, number, level)
        quotations = store.story_rows(db, number, "quotes") if "quotes" in store.levels else []
        gone = db.execute(
            "SELECT reason, language, detail, item FROM drops WHERE article_id = ? "
            "ORDER BY reason <> ?, reason, number",
            (head["article_id"], _ONE_SIDED.get(level, "")),
        ).fetchall()
        last = db.execute("SELECT max(story) FROM stories").fetchone()[0]
    shown = [row for row in rows if not problems or _problem(row, store.languages)]
    return render(
        request, "story.html.j2", PATH, story=head, level=level, story_levels=levels, problems=problems,
        rows=[(row, marked(row, quotations)) for row in shown], hidden=len(rows) - len(shown), gone=gone,
        earlier=number - 1 if number > 1 else None, later=number + 1 if number < last else None, q="",
    )  # fmt: skip


def _problem(row: Row, languages: Sequence[str]) -> bool:
    return (
        bool(row.flags) or len(row.texts) < len(languages) or (row.probability is not None and row.probability < RIGHT)
    )


def marked(row: Row, quotations: Iterable[Row]) -> dict[str, list[Piece]]:
    """The texts of a row in pieces, what is quoted marked as "quote"."""
    pieces = {}
    for language, text in row.texts.items():
        quoted = sorted({each.texts[language] for each in quotations if language in each.texts}, key=len, reverse=True)
        pieces[language] = _cut(text, quoted)
    return pieces


def _cut(text: str, quoted: Sequence[str]) -> list[Piece]:
    """A text cut at its quotations. One that begins before the row, or ends after it, covers all of the row."""
    spans: list[tuple[int, int]] = []
    for words in quoted:
        at = text.find(words)
        if at >= 0:
            spans.append((at, at + len(words)))
        elif text in words:
            return [Piece(text, "quote")]
    pieces, end = [], 0
    for start, stop in sorted(spans):
        if start < end:  # within the one before
            continue
        pieces += [Piece(text[end:start], ""), Piece(text[start:stop], "quote")]
        end = stop
    return [piece for piece in [*pieces, Piece(text[end:], "")] if piece.text]


ROUTES = [Route("/stories", stories), Route("/stories/{number:int}", story)]
