"""Correcting the alignment of a story by keyboard. Every change is saved before it is answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from corpus_builder.corrections.editing import ShownBead, Spans, State, confirm_all, edit, shown, version
from corpus_builder.corrections.folder import Conflict, read_correction
from corpus_builder.corrections.held_out import is_held_out
from corpus_builder.corrections.validity import checked
from corpus_builder.errors import CorpusBuilderError, UsageError
from corpus_builder.files import json_of
from corpus_builder.look.correcting import story_to_correct, workspace_of
from corpus_builder.look.page import bench, environment, render
from corpus_builder.model import Span, Story
from corpus_builder.workspace.layout import Workspace

if TYPE_CHECKING:
    from corpus_builder.stages.config import CorrectionsConfig

TITLE = "Correct"
PATH = "/corrections"
WORDS = {State.HUMAN: "corrected", State.ALIGNER: "", State.OPEN: "left to the next build"}
"""What is said of a bead."""


def stories(request: Request) -> Response:
    """The stories that somebody corrected, and how correcting works."""
    from corpus_builder.stages.correct import corrected_stories  # it takes a while

    workbench = bench(request)
    workspace = workbench.source.workspace
    found = corrected_stories(workspace, _config(workspace)) if workspace else []
    with workbench.store.reading() as db:
        numbers = dict(db.execute("SELECT article_id, story FROM stories").fetchall())
    return render(
        request, "corrections.html.j2", PATH, stories=found, numbers=numbers, kept=workspace is not None,
        config=_config(workspace),
    )  # fmt: skip


def story(request: Request) -> Response:
    """One story to correct."""
    workbench = bench(request)
    workspace = workspace_of(workbench.source)
    number = min(request.path_params["number"], 2**63 - 1)  # SQLite has no larger number
    with workbench.store.reading() as db:
        row = db.execute("SELECT article_id, date, titles FROM stories WHERE story = ?", (number,)).fetchone()
        last = db.execute("SELECT max(story) FROM stories").fetchone()[0]
    if row is None:
        return render(
            request, "message.html.j2", PATH, 404, title="No such story",
            text=f"There is no story number {number}.", help_text="Find it in the list of the stories.",
        )  # fmt: skip
    article_id, date, titles = row
    own, placed = story_to_correct(workspace, article_id)
    corrections = checked(read_correction(workspace.corrections, article_id), own)
    config = _config(workspace)
    return render(
        request, "correct.html.j2", PATH, number=number, article_id=article_id, date=date, titles=json.loads(titles),
        beads=_boxes(request, own, shown(own, placed, corrections)), void=corrections.reasons,
        held_out=is_held_out(article_id, config.held_out, config.seed),
        earlier=number - 1 if number > 1 else None, later=number + 1 if number < last else None,
    )  # fmt: skip


async def change(request: Request) -> Response:
    """Replace some beads by others: JSON with article_id and either `seen` and `beads`, lists of lists of places
    "en:3:0:25", or `all` with the version that was shown. The answer has the beads anew."""
    try:
        data = json_of(await request.body())
        if not isinstance(data, dict):
            raise TypeError("not an object")
        article_id = str(data["article_id"])
        whole = None if data.get("all") is None else str(data["all"])
        seen, beads = (tuple(map(_spans, data.get(name, ()))) for name in ("seen", "beads"))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        return JSONResponse({"error": f"this change cannot be read: {error}"}, 400)
    return await run_in_threadpool(_change, request, article_id, whole, seen, beads)


def _change(
    request: Request, article_id: str, whole: str | None, seen: Sequence[Spans], beads: Sequence[Spans]
) -> Response:
    undo: dict[str, Any] | None = None
    status, answer = 200, {}
    try:
        workspace = workspace_of(bench(request).source)
        own, placed = story_to_correct(workspace, article_id)
        if whole is not None:
            now = confirm_all(workspace.corrections, own, placed, whole)
        else:
            done = edit(workspace.corrections, own, placed, seen, beads)
            now = done.beads
            undo = {"seen": [*map(_places, done.undo_seen)], "beads": [*map(_places, done.undo_beads)]}
    except Conflict as error:
        status, answer = 409, {"error": f"{error}; they are shown now as they are"}
        now = shown(own, placed, checked(read_correction(workspace.corrections, article_id), own))
    except CorpusBuilderError as error:
        return JSONResponse({"error": f"{error}. {error.next_step}"}, 400)
    html = environment().get_template("correct_beads.html.j2").render(
        beads=_boxes(request, own, now), languages=bench(request).store.languages
    )  # fmt: skip
    return JSONResponse({**answer, "html": html, "undo": undo}, status)


def _boxes(request: Request, own: Story, beads: Sequence[ShownBead]) -> dict[str, Any]:
    """The beads as the template takes them, with their version."""
    languages = bench(request).store.languages
    boxes = [
        {
            "state": str(bead.state), "words": WORDS[bead.state], "probability": bead.probability,
            "sides": {x: [(_place(s), own.editions[x].blocks[s.block].text[s.start : s.end], s.block)
                          for s in bead.spans if s.language == x] for x in languages if x in own.editions},
        }
        for bead in beads
    ]  # fmt: skip
    human = sum(bead.state is State.HUMAN for bead in beads)
    return {"boxes": boxes, "version": version(beads), "human": human}


def _place(span: Span) -> str:
    return f"{span.language}:{span.block}:{span.start}:{span.end}"


def _places(spans: Spans) -> list[str]:
    return [*map(_place, spans)]


def _spans(places: Any) -> Spans:
    """The places of a bead. Raises ValueError for anything else."""
    if not isinstance(places, list) or not places:
        raise ValueError("a bead is a list of places")
    spans = []
    for place in places:
        language, *numbers = str(place).split(":")
        block, start, end = (int(number) for number in numbers if number.isdecimal() and len(number) < 10)
        spans.append(Span(language, block, start, end))
    return tuple(spans)


def _config(workspace: Workspace | None) -> CorrectionsConfig:
    from corpus_builder.stages.config import CorrectionsConfig, saved_config  # it takes a while

    try:
        config = saved_config(workspace) if workspace else None
    except UsageError:  # a config of another version: correcting does not need it
        config = None
    return config.corrections if config else CorrectionsConfig()


ROUTES = [
    Route("/corrections", stories),
    Route("/corrections/{number:int}", story),
    Route("/corrections", change, methods=["POST"]),
]
