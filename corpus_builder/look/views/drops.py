"""The drops: every page, paragraph and row that was left out, by reason, with the page it is from."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corpus_builder.look.page import Paging, bench, render, search_of

TITLE = "Drops"
PATH = "/drops"


def page(request: Request) -> Response:
    """The drops that a search finds, of one reason or of all."""
    workbench = bench(request)
    store = workbench.store
    # Drops have no columns by language: no language may be named.
    text, query, error = search_of(request, ())
    stage, reason = request.query_params.get("stage", ""), request.query_params.get("reason", "")
    with store.reading() as db:
        reasons = db.execute(
            "SELECT stage, reason, count(*) FROM drops GROUP BY stage, reason ORDER BY 3 DESC, 1, 2"
        ).fetchall()
        where, values = ["1"], []
        for name, value in (("stage", stage), ("reason", reason)):
            if value:
                where.append(f"d.{name} = ?")
                values.append(value)
        if query is not None:
            where.append("d.number IN (SELECT rowid FROM drop_texts WHERE drop_texts MATCH ?)")
            values.append(query.match)
        condition = " AND ".join(where) if error is None else "0"
        values = values if error is None else []
        paging = Paging.of(request, db.execute(f"SELECT count(*) FROM drops d WHERE {condition}", values).fetchone()[0])
        found = db.execute(
            "SELECT d.stage, d.reason, d.item, d.detail, d.language, d.article_id, s.story FROM drops d "
            f"LEFT JOIN stories s ON s.article_id = d.article_id WHERE {condition} ORDER BY d.number LIMIT ? OFFSET ?",
            (*values, paging.end - paging.start, paging.start),
        ).fetchall()
    return render(
        request, "drops.html.j2", PATH, q=text, error=error, drops=found, paging=paging, reasons=reasons, stage=stage,
        reason=reason, whole=workbench.source.workspace is not None,
    )  # fmt: skip


ROUTES = [Route("/drops", page)]
