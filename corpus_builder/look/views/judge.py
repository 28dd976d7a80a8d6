"""Judging the rows of an audit, one a screen, and deciding where annotators disagree.

A judgement is appended to the annotator's file before it is answered. The page shows no probability, no stratum and no
way to either: they would lead the annotator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from corpus_builder.audit.decisions import disputed
from corpus_builder.audit.folder import Audit, SampleRow, read_audit
from corpus_builder.audit.guideline import MARK_LINES, VERDICT_LINES
from corpus_builder.audit.judgements import MARKS, REASONS, VERDICTS, Judgement, Records, Verdict, check_name
from corpus_builder.audit.queue import rows_to_judge
from corpus_builder.errors import UsageError
from corpus_builder.look.page import Workbench, bench, render

PATH = "/audits"
CODES = {value: [str(value), *(f"{value}{reason}" for reason in REASONS.get(value, {}))] for value in VERDICTS}
"""The codes of each verdict, that without a reason first."""
_APPENDING = Lock()
"""What is known is read and the new record appended by one request at a time. Files of other annotators, and the
command line, need no lock: a record is appended by one write."""


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody works through: the own rows (and second looks), or those that annotators disagree on."""

    audit: Audit
    annotator: str
    deciding: bool
    rows: Sequence[SampleRow]
    records: Records

    @property
    def waiting(self) -> list[SampleRow]:
        """The rows that are left, in order."""
        return [row for row in self.rows if row.id not in self.records.judgements]

    def next_row(self, after: str) -> SampleRow | None:
        """The first row left that comes after another one, else the first that is left."""
        places = {row.id: place for place, row in enumerate(self.rows)}
        left = self.waiting
        later = (row for row in left if places[row.id] > places.get(after, -1))
        return next(later, left[0] if left else None)


def audit_of(request: Request) -> Audit:
    """The audit that an address names. Raises UsageError where there is none."""
    name = str(request.path_params["name"])
    check_name(name, "audit")
    return read_audit(audits_folder(bench(request)) / name)


def audits_folder(workbench: Workbench) -> Path:
    """Where the audits are. Raises UsageError for a dataset on its own."""
    if workbench.source.workspace is None:
        raise UsageError(
            "audits are kept in a workspace, and this is a dataset on its own",
            next_step="open the workspace that it was built in",
        )
    return workbench.source.workspace.audit


def page(request: Request) -> Response:
    """The next row of an annotator, or the one that the address names; what is next when none is left."""
    task = _task(request, request.query_params.get("annotator", ""))
    row = task.audit.row(request.query_params.get("row", ""))
    row = row or task.next_row(request.query_params.get("after", ""))
    said: Mapping[str, str] = {}
    marks = ""
    if row is not None and row.id in task.records.judgements:
        judgement = task.records.judgements[row.id]
        said, marks = {pair: verdict.code for pair, verdict in judgement.verdicts.items()}, judgement.marks
    opinions = [each.judgements for each in disputed(task.audit) if row and each.row.id == row.id]
    total = len(task.rows) if not task.deciding else len(task.waiting)
    return render(
        request, "judge.html.j2", PATH, audit=task.audit, annotator=task.annotator, deciding=task.deciding, row=row,
        said=said, marks=marks, opinions=opinions[0] if task.deciding and opinions else (), total=total,
        done=len(task.rows) - len(task.waiting), shown=_languages(row, bench(request).store.languages),
        verdict_lines=VERDICT_LINES, mark_lines=MARK_LINES, codes=CODES, reasons=REASONS, all_marks=MARKS,
        damaged=task.records.damaged, disputes=len(disputed(task.audit)),
        skip=address(task, after=row.id) if row else "",
    )  # fmt: skip


def _languages(row: SampleRow | None, order: Sequence[str]) -> list[str]:
    there = set(row.translation) if row else set()
    return [*(language for language in order if language in there), *sorted(there - set(order))]


def _task(request: Request, annotator: str) -> Task:
    audit = audit_of(request)
    deciding = request.url.path.endswith("/disagreements")
    own = audit.records(annotator)  # raises UsageError for somebody who is no annotator
    if deciding:
        final = audit.adjudicated()
        rows = [each.row for each in disputed(audit)]
        return Task(audit, annotator, deciding, rows, final)
    return Task(audit, annotator, deciding, rows_to_judge(audit, annotator), own)


def address(task: Task, **parameters: str) -> str:
    """The address of a task below that of the workbench."""
    what = "disagreements" if task.deciding else "judge"
    query = urlencode({"annotator": task.annotator, **parameters})
    return f"{PATH}/{quote(task.audit.design.name)}/{what}?{query}"


async def judge(request: Request) -> Response:
    """Append a judgement, or take the latest one back; then the next row. The script asks for JSON instead."""
    async with request.form(max_files=0, max_fields=100) as form:
        return await run_in_threadpool(_judge, request, form)


def _judge(request: Request, form: FormData) -> Response:
    base = bench(request).base
    with _APPENDING:
        task = _task(request, str(form.get("annotator", "")))
        if "undo" in form:
            undone = task.records.undo(task.annotator)
            return RedirectResponse(base + address(task, **({"row": undone} if undone else {})), 303)
        judgement = _said(task, form)
        if task.records.judgements.get(judgement.row) != judgement:
            task.records.judge(judgement)
    if request.headers.get("accept") == "application/json":
        return JSONResponse({"saved": {pair: verdict.words for pair, verdict in judgement.verdicts.items()}})
    return RedirectResponse(base + address(task, after=judgement.row), 303)


def _said(task: Task, form: FormData) -> Judgement:
    """The judgement of a form. Raises UsageError where a pair has no verdict, or the row is gone."""
    row = task.audit.row(str(form.get("row", "")))
    if row is None:
        raise UsageError("this row is no longer in the sample", next_step="open the audit again")
    verdicts = {}
    for pair in row.pairs:
        try:
            verdicts[pair] = Verdict.of(str(form.get(f"verdict-{pair}", "")))
        except ValueError as error:
            raise UsageError(
                f"nothing was saved: {pair} has no verdict", next_step="go back and choose 1 right, 2 partly or 3 wrong"
            ) from error
    marks = "".join(sorted({str(mark) for mark in form.getlist("marks")} & set(MARKS)))
    return Judgement(row.id, verdicts, marks, task.annotator)
