"""Audits: the list, a new one with the interval to expect, and the report of each. judge.py has the judging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from corpus_builder.audit.card import mistakes, number, shown, summary
from corpus_builder.audit.decisions import disputed
from corpus_builder.audit.estimates import expected
from corpus_builder.audit.folder import Audit, Design, audit_names, read_audit
from corpus_builder.audit.judgements import annotator_names
from corpus_builder.audit.mistakes import wilson
from corpus_builder.audit.new import CONFIGS, Plan, new_audit, plan_audit
from corpus_builder.audit.queue import rows_to_judge, waiting
from corpus_builder.audit.report import report
from corpus_builder.dataset.rows import pair_names
from corpus_builder.errors import UsageError
from corpus_builder.look.curve import reliability_curve
from corpus_builder.look.page import Workbench, bench, render
from corpus_builder.look.views import judge

TITLE = "Audit"
PATH = judge.PATH
SHARES = (0.9, 0.95, 0.98, 0.99)
"""The shares of right rows whose intervals are shown before anybody has judged; `audit new` prints the same."""
MOST = 5_000
"""Rows of a sample that the form takes. Chosen: more than people judge; the command line takes any number."""


def audits(request: Request) -> Response:
    """All audits with how far each has got, and the form of a new one."""
    workbench = bench(request)
    if workbench.source.workspace is None:
        return render(
            request, "message.html.j2", PATH, title="Audit", text="This is a dataset on its own.",
            help_text="Audits are kept in the workspace that it was built in: open that one.",
        )  # fmt: skip
    folder = judge.audits_folder(workbench)
    found = [_progress(read_audit(folder / name)) for name in audit_names(folder)]
    return render(
        request, "audits.html.j2", PATH, audits=found, configs=_configs(workbench),
        pairs=pair_names(workbench.store.languages), values=_values(request.query_params), plan=None, intervals=(),
        most=MOST,
    )  # fmt: skip


def _configs(workbench: Workbench) -> list[str]:
    return [config for config in CONFIGS if config in workbench.store.overview["rows"]]


def _progress(audit: Audit) -> dict[str, Any]:
    by_annotator = {}
    for name in audit.design.annotators:
        rows = len(rows_to_judge(audit, name))
        by_annotator[name] = {"rows": rows, "left": len(waiting(audit, name))}
    return {"design": audit.design, "rows": len(audit.rows), "annotators": by_annotator,
            "disputed": len(disputed(audit))}  # fmt: skip


def _values(given: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form of a new audit, with what they are by default."""
    usual = {"config": "sentences", "pair": "", "rows": "300", "annotators": "", "name": "", "seed": "1"}
    return {field: str(given.get(field, value)).strip() for field, value in usual.items()}


def _plan(workbench: Workbench, values: Mapping[str, str]) -> Plan:
    """The plan of a form. Raises UsageError for what cannot be drawn."""
    judge.audits_folder(workbench)
    whole = {}
    for field, words in (("rows", "the number of rows"), ("seed", "the seed")):
        if not values[field].isdecimal() or len(values[field]) > 9:
            raise UsageError(f"{words} is a whole number, not {values[field]!r}", next_step="go back and change it")
        whole[field] = int(values[field])
    if not 1 <= whole["rows"] <= MOST:
        raise UsageError(f"a sample has 1 to {MOST:,} rows", next_step="go back and change the number")
    return plan_audit(
        workbench.source.dataset, name=values["name"] or None, config=values["config"], pair=values["pair"] or None,
        annotators=annotator_names(values["annotators"]), wanted=whole["rows"], seed=whole["seed"],
    )  # fmt: skip


def plan(request: Request) -> Response:
    """What an audit would tell, before its sample is drawn: its strata, and how wide the interval will be."""
    workbench = bench(request)
    values = _values(request.query_params)
    found = _plan(workbench, values)
    return render(
        request, "audits.html.j2", PATH, audits=None, configs=_configs(workbench),
        pairs=pair_names(workbench.store.languages), values=values, plan=found,
        intervals=_intervals(found.design), most=MOST, rows=len(found.drawn.rows), number=number, shown=shown,
    )  # fmt: skip


def _intervals(design: Design) -> list[dict[str, Any]]:
    rows, people = sum(stratum.sampled for stratum in design.strata), len(design.annotators)
    return [
        {"share": share, "expected": expected(design.strata, share, people), "simple": wilson(share, rows)}
        for share in SHARES
    ]


async def draw(request: Request) -> Response:
    """Freeze the sample of a plan, and open the audit."""
    async with request.form(max_files=0, max_fields=20) as form:
        values = _values({name: value for name, value in form.items() if isinstance(value, str)})
    name = await run_in_threadpool(_draw, bench(request), values)
    return RedirectResponse(f"{bench(request).base}{PATH}/{quote(name)}", 303)


def _draw(workbench: Workbench, values: Mapping[str, str]) -> str:
    made = new_audit(workbench.source.dataset, judge.audits_folder(workbench), _plan(workbench, values))
    return made.design.name


def one(request: Request) -> Response:
    """The report of an audit; before anybody has judged, the interval to expect."""
    audit = judge.audit_of(request)
    found = report(audit)
    return render(
        request, "audit.html.j2", PATH, audit=audit, progress=_progress(audit), report=found,
        summary=summary(found).replace("`", ""), intervals=() if found.judged else _intervals(audit.design),
        curve=reliability_curve(found.reliability), mistakes=mistakes(found), number=number, shown=shown,
    )  # fmt: skip


ROUTES = [
    Route("/audits", audits, methods=["GET"]),
    Route("/audits", draw, methods=["POST"]),
    Route("/audit-plan", plan),
    Route("/audits/{name}", one),
    Route("/audits/{name}/judge", judge.page, methods=["GET"]),
    Route("/audits/{name}/judge", judge.judge, methods=["POST"]),
    Route("/audits/{name}/disagreements", judge.page, methods=["GET"]),
    Route("/audits/{name}/disagreements", judge.judge, methods=["POST"]),
]
